import { Accordion, Badge, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { IconMinus, IconPencil, IconPlus, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Changes } from '@/kit/Changes';
import { EmptyState } from '@/kit/EmptyState';
import type { RunChange } from './model';

const looks = {
  add: { color: 'petrol', Sign: IconPlus },
  update: { color: 'blue', Sign: IconPencil },
  remove: { color: 'red', Sign: IconMinus },
} as const;

type Kind = RunChange['kind'];

/** The changes of one object type, in the order they come. */
export function groupChanges(changes: readonly RunChange[], kind: Kind | 'all', words: string): [string, RunChange[]][] {
  const wanted = words.trim().toLowerCase();
  const groups = new Map<string, RunChange[]>();
  for (const change of changes) {
    if ((kind !== 'all' && change.kind !== kind) || !change.name.toLowerCase().includes(wanted)) continue;
    groups.set(change.objectType, [...(groups.get(change.objectType) ?? []), change]);
  }
  return [...groups];
}

/** What a run changes: grouped by object type, filtered by kind and name, each with before → after. */
export function ChangeList({ changes, total }: { changes: RunChange[]; total: number }) {
  const { t } = useTranslation('run');
  const [kind, setKind] = useState<Kind | 'all'>('all');
  const [words, setWords] = useState('');
  const groups = groupChanges(changes, kind, words);
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <SegmentedControl
          aria-label={t('kind.label')}
          value={kind}
          onChange={(chosen) => setKind(chosen as Kind | 'all')}
          data={(['all', 'add', 'update', 'remove'] as const).map((value) => ({ value, label: t(`kind.${value}`) }))}
        />
        <TextInput
          type="search"
          aria-label={t('find')}
          placeholder={t('find')}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        {total > changes.length ? <Text size="sm" c="dimmed">{t('firstOnly', { shown: changes.length, total })}</Text> : null}
      </Group>
      {groups.length === 0 ? <div className="surface"><EmptyState title={t('noChanges')} /></div> : null}
      {groups.map(([objectType, members]) => (
        <section key={objectType} aria-label={objectType}>
          <Group gap="xs" mb={6}>
            <Text component="h2" m={0} size="sm" fw={600}>{objectType}</Text>
            <Badge color="gray" className="figures">{members.length}</Badge>
          </Group>
          <Accordion multiple variant="contained" chevronPosition="left">
            {members.map((change) => <ChangeItem key={change.id} change={change} />)}
          </Accordion>
        </section>
      ))}
    </Stack>
  );
}

function ChangeItem({ change: { id, kind, name, changes, error } }: { change: RunChange }) {
  const { t } = useTranslation('run');
  const { color, Sign } = looks[kind];
  return (
    <Accordion.Item value={id}>
      <Accordion.Control>
        <Group gap="xs">
          <Badge color={color} leftSection={<Sign size={12} aria-hidden />}>{t(`kind.${kind}`)}</Badge>
          <Text size="sm" fw={500}>{name}</Text>
          {error ? <Text size="sm" c="var(--mantine-color-error)">{error}</Text> : <Text size="sm" c="dimmed">{changes.map(({ attribute }) => attribute).slice(0, 4).join(', ')}</Text>}
        </Group>
      </Accordion.Control>
      <Accordion.Panel><Changes changes={changes} /></Accordion.Panel>
    </Accordion.Item>
  );
}
