import { NativeSelect, SimpleGrid, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDrawing } from './context';
import { dataTypes, type Attribute, type DataType } from './language';
import { readAll, extensionChange } from './model/extension';
import { FlagField, NumberField, TextField } from './panel/fields';
import { Rows } from './panel/Rows';

/** The variables that a process declares, with their types and the values people may choose from. */
export function AttributesTab() {
  const { t } = useTranslation('designer');
  const { designer } = useDrawing();
  const process = designer.process();
  if (process === undefined) return null;
  const { element, node } = process;
  const change = (next: Attribute[]) => designer.change(element, [extensionChange(designer, node, { 'idm:Attribute': next.length === 0 ? undefined : next })]);
  return (
    <Stack p="lg">
      <Text size="sm" c="dimmed">{t('attribute.hint')}</Text>
      <Rows
        label={t('tab.attributes')}
        rows={readAll(node, 'idm:Attribute')}
        onChange={change}
        name={({ name, label }, index) => label ?? name ?? String(index + 1)}
        fresh={(): Attribute => ({ name: '', type: 'string' })}
        addLabel={t('attribute.add')}
        ordered
      >
        {(attribute, changeRow) => <AttributeRow attribute={attribute} onChange={changeRow} />}
      </Rows>
    </Stack>
  );
}

function AttributeRow({ attribute, onChange }: { attribute: Attribute; onChange: (changed: Partial<Attribute>) => void }) {
  const { t } = useTranslation('designer');
  const { readOnly } = useDrawing();
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }}>
        <TextField label={t('attribute.code')} withAsterisk value={attribute.name} onCommit={(name) => onChange({ name })} />
        <TextField label={t('attribute.label')} value={attribute.label} onCommit={(label) => onChange({ label })} />
        <NativeSelect label={t('attribute.type')} disabled={readOnly} data={dataTypes.map((value) => ({ value, label: t(`dataType.${value}`) }))} value={attribute.type} onChange={(event) => onChange({ type: event.currentTarget.value as DataType })} />
        {attribute.type === 'object' ? <TextField label={t('attribute.objectType')} value={attribute.objectType} onCommit={(objectType) => onChange({ objectType })} /> : null}
        <NumberField label={t('attribute.size')} value={attribute.size} onCommit={(size) => onChange({ size })} />
        <TextField label={t('attribute.default')} value={attribute.default} onCommit={(standard) => onChange({ default: standard })} />
      </SimpleGrid>
      <FlagField label={t('attribute.multiple')} value={attribute.multiple} onCommit={(multiple) => onChange({ multiple })} />
      <Text size="sm" fw={500}>{t('attribute.values')}</Text>
      <Rows label={t('attribute.values')} rows={attribute.values ?? []} onChange={(values) => onChange({ values })} name={({ code }, index) => code || String(index + 1)} fresh={() => ({ code: '' })} addLabel={t('attribute.addValue')} ordered>
        {(value, changeValue) => (
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextField label={t('attribute.valueCode')} value={value.code} onCommit={(code) => changeValue({ code })} />
            <TextField label={t('attribute.valueLabel')} value={value.label} onCommit={(label) => changeValue({ label })} />
          </SimpleGrid>
        )}
      </Rows>
    </Stack>
  );
}
