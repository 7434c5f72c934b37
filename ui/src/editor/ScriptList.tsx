import { ActionIcon, Button, Group, Select, Stack, Text } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ScriptEditor } from './ScriptEditor';

interface ScriptListProps<Entry> {
  title: string;
  hint: string;
  entries: Entry[];
  onChange: (entries: Entry[]) => void;
  /** What "add" makes. */
  fresh: Entry;
  script: (entry: Entry) => string;
  withScript: (entry: Entry, script: string) => Entry;
  /** The choices in front of the script: when it runs, for which type. */
  choices: { label: string; data: { value: string; label: string }[]; value: (entry: Entry) => string; withValue: (entry: Entry, value: string) => Entry }[];
  addLabel: string;
  readOnly?: boolean;
  minLines?: number;
  beside?: ReactNode;
}

/** Scripts with what they belong to: triggers of a mapping, triggers of a load, correlation rules. */
export function ScriptList<Entry>(props: ScriptListProps<Entry>) {
  const { title, hint, entries, onChange, fresh, script, withScript, choices, addLabel, readOnly = false, minLines = 3 } = props;
  const { t } = useTranslation('editor');
  const replace = (at: number, entry: Entry) => onChange(entries.map((each, index) => (index === at ? entry : each)));
  return (
    <section className="surface" aria-label={title} style={{ padding: 'var(--mantine-spacing-md)' }}>
      <Text component="h2" m={0} size="sm" fw={600}>{title}</Text>
      <Text size="sm" c="dimmed" mb="sm">{hint}</Text>
      <Stack gap="md">
        {entries.map((entry, index) => (
          // Entries have no identity but their place.
          // oxlint-disable-next-line react/no-array-index-key
          <Stack key={index} gap={6}>
            <Group gap="xs" align="flex-end">
              {choices.map(({ label, data, value, withValue }) => (
                <Select key={label} label={label} w={200} allowDeselect={false} disabled={readOnly} data={data} value={value(entry)} onChange={(chosen) => chosen !== null && replace(index, withValue(entry, chosen))} />
              ))}
              {readOnly ? null : <ActionIcon mb={4} aria-label={t('scripts.remove', { row: index + 1, list: title })} onClick={() => onChange(entries.filter((_, at) => at !== index))}><IconTrash size={15} /></ActionIcon>}
            </Group>
            <ScriptEditor label={t('scripts.of', { row: index + 1, list: title })} value={script(entry)} minLines={minLines} readOnly={readOnly} onChange={(text) => replace(index, withScript(entry, text))} />
          </Stack>
        ))}
        {readOnly ? null : <Button w="fit-content" variant="subtle" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => onChange([...entries, fresh])}>{addLabel}</Button>}
      </Stack>
    </section>
  );
}
