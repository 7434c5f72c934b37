import { Button, CloseButton, Group, Menu, Popover, ScrollArea, Select, Stack, TextInput, UnstyledButton } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLabel, type Attribute, type FilterOperator } from '@/api/schema';
import { Field } from '@/form/Field';
import { ReferenceName } from '@/kit/ReferenceName';
import classes from './Chips.module.css';
import { operatorsOf, type Chip } from './search';

interface ChipsProps {
  chips: Chip[];
  attributes: readonly Attribute[];
  onChange: (chips: Chip[] | undefined) => void;
}

/** The basic search: each chip is a criterion, and all of them have to be met. */
export function Chips({ chips, attributes, onChange }: ChipsProps) {
  const { t } = useTranslation('list');
  const label = useLabel();
  const [open, setOpen] = useState<number>();
  const choices = attributes.filter(({ filterable, type }) => filterable !== false && type !== 'separator' && type !== 'password');
  const replace = (at: number, chip: Chip) => onChange(chips.map((each, index) => (index === at ? chip : each)));

  return (
    <Group gap={6}>
      {chips.map((chip, index) => {
        const attribute = attributes.find(({ name }) => name === chip.name);
        if (attribute === undefined) return null;
        return (
          <CriterionChip
            // Two criteria may be alike in everything but their place.
            // oxlint-disable-next-line react/no-array-index-key
            key={`${chip.name}-${index}`}
            chip={chip}
            attribute={attribute}
            opened={open === index}
            onOpen={(opened) => setOpen(opened ? index : undefined)}
            onChange={(changed) => replace(index, changed)}
            onRemove={() => {
              const left = chips.filter((_, at) => at !== index);
              onChange(left.length > 0 ? left : undefined);
            }}
          />
        );
      })}
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="subtle" leftSection={<IconPlus size={14} aria-hidden />}>{t('search.addCriterion')}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <ScrollArea.Autosize mah={320}>
            {choices.map((attribute) => (
              <Menu.Item
                key={attribute.name}
                onClick={() => {
                  onChange([...chips, { name: attribute.name, op: operatorsOf(attribute)[0] ?? 'eq', values: [] }]);
                  setOpen(chips.length);
                }}
              >
                {label(attribute)}
              </Menu.Item>
            ))}
          </ScrollArea.Autosize>
        </Menu.Dropdown>
      </Menu>
      {chips.length > 0 ? <Button variant="subtle" color="gray" onClick={() => onChange(undefined)}>{t('search.clear')}</Button> : null}
    </Group>
  );
}

interface CriterionChipProps {
  chip: Chip;
  attribute: Attribute;
  opened: boolean;
  onOpen: (opened: boolean) => void;
  onChange: (chip: Chip) => void;
  onRemove: () => void;
}

function CriterionChip({ chip, attribute, opened, onOpen, onChange, onRemove }: CriterionChipProps) {
  const { t } = useTranslation('list');
  const label = useLabel()(attribute);
  return (
    <Popover opened={opened} onChange={onOpen} position="bottom-start" shadow="md" trapFocus returnFocus withRoles={false}>
      <Popover.Target>
        <span className={classes.chip}>
          <UnstyledButton className={classes.body} aria-haspopup="dialog" aria-expanded={opened} onClick={() => onOpen(!opened)}>
            <span className={classes.name}>{label}</span> {t(`op.${chip.op}`)} <ChipValue chip={chip} attribute={attribute} />
          </UnstyledButton>
          <CloseButton size={24} aria-label={t('search.removeCriterion', { attribute: label })} onClick={onRemove} />
        </span>
      </Popover.Target>
      <Popover.Dropdown w={300}>
        <Stack gap="xs">
          <Select
            aria-label={t('search.operator')}
            data={operatorsOf(attribute).map((op) => ({ value: op, label: t(`op.${op}`) }))}
            value={chip.op}
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
            onChange={(op) => onChange({ ...chip, op: (op ?? chip.op) as FilterOperator })}
          />
          {chip.op === 'pr' ? null : <ChipEditor chip={chip} attribute={attribute} onChange={onChange} onDone={() => onOpen(false)} />}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function ChipValue({ chip, attribute }: { chip: Chip; attribute: Attribute }) {
  const { t } = useTranslation('list');
  const form = useTranslation('form').t;
  if (chip.op === 'pr') return null;
  if (chip.values.length === 0) return <em>{t('search.anything')}</em>;
  if (attribute.type === 'boolean') return form(chip.values[0] === 'true' ? 'yes' : 'no');
  if (attribute.type === 'reference') {
    return chip.values.map((id) => <ReferenceName key={id} resource={attribute.resource ?? attribute.name} id={id} />);
  }
  return chip.values.map((value) => attribute.values?.find((option) => option.value === value)?.label ?? value).join(', ');
}

function ChipEditor({ chip, attribute, onChange, onDone }: Pick<CriterionChipProps, 'chip' | 'attribute' | 'onChange'> & { onDone: () => void }) {
  const { t } = useTranslation('list');
  const label = useLabel()(attribute);
  const [typed, setTyped] = useState(chip.values[0] ?? '');
  if (['list', 'reference', 'boolean', 'date', 'dateTime'].includes(attribute.type)) {
    const many = attribute.type === 'list' || attribute.type === 'reference';
    return (
      <Field
        attribute={{ ...attribute, multiValued: many, idName: undefined, readOnly: false, required: false, hint: undefined }}
        labelHidden={attribute.type !== 'boolean'}
        value={many ? chip.values : chip.values[0]}
        onChange={(value) => onChange({ ...chip, values: value === null || value === undefined ? [] : [value].flat().map(String) })}
      />
    );
  }
  return (
    <TextInput
      aria-label={label}
      data-autofocus
      value={typed}
      placeholder={t('search.valueThenEnter')}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => onChange({ ...chip, values: typed === '' ? [] : [typed] })}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        onChange({ ...chip, values: typed === '' ? [] : [typed] });
        onDone();
      }}
    />
  );
}
