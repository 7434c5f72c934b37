import { ActionIcon, Button, Checkbox, Group, Popover, ScrollArea, Stack, Text } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconColumns } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

interface ColumnChooserProps {
  columns: { name: string; label: string }[];
  shown: string[];
  /** undefined brings the list's own columns back. */
  onChange: (shown: string[] | undefined) => void;
}

/** Chooses the columns and their order. Arrows instead of dragging, so that the keyboard can do it too. */
export function ColumnChooser({ columns, shown, onChange }: ColumnChooserProps) {
  const { t } = useTranslation('list');
  const byName = new Map(columns.map((column) => [column.name, column]));
  const ordered = [...shown.map((name) => byName.get(name)).filter((column) => column !== undefined), ...columns.filter(({ name }) => !shown.includes(name))];
  const move = (name: string, by: -1 | 1) => {
    const at = shown.indexOf(name);
    const order = shown.filter((each) => each !== name);
    order.splice(at + by, 0, name);
    onChange(order);
  };
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" className="sign-on-phone" leftSection={<IconColumns size={15} aria-hidden />}>{t('columns')}</Button>
      </Popover.Target>
      <Popover.Dropdown p="xs" w={280}>
        <ScrollArea.Autosize mah={360}>
          <Stack gap={2}>
            {ordered.map(({ name, label }) => {
              const at = shown.indexOf(name);
              return (
                <Group key={name} justify="space-between" wrap="nowrap" gap="xs" h={30}>
                  <Checkbox
                    label={label}
                    checked={at >= 0}
                    disabled={at >= 0 && shown.length === 1}
                    onChange={(event) => onChange(event.currentTarget.checked ? [...shown, name] : shown.filter((each) => each !== name))}
                  />
                  {at < 0 ? null : (
                    <Group gap={0} wrap="nowrap">
                      <ActionIcon size="sm" disabled={at === 0} aria-label={t('moveLeft', { column: label })} onClick={() => move(name, -1)}>
                        <IconChevronUp size={14} />
                      </ActionIcon>
                      <ActionIcon size="sm" disabled={at === shown.length - 1} aria-label={t('moveRight', { column: label })} onClick={() => move(name, 1)}>
                        <IconChevronDown size={14} />
                      </ActionIcon>
                    </Group>
                  )}
                </Group>
              );
            })}
          </Stack>
        </ScrollArea.Autosize>
        <Group justify="space-between" mt="xs">
          <Text size="xs" c="dimmed">{t('columnsShown', { count: shown.length })}</Text>
          <Button variant="subtle" onClick={() => onChange(undefined)}>{t('columnsReset')}</Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}
