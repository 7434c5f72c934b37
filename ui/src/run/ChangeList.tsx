import { Accordion, Badge, Group, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconInfoCircle, IconMinus, IconPencil, IconPlus, IconSearch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useSchema } from '@/api/schema';
import { Changes } from '@/kit/Changes';
import { EmptyState } from '@/kit/EmptyState';
import { StatusBadge } from '@/kit/StatusBadge';
import { Pager } from '@/list/Pager';
import classes from './ChangeList.module.css';
import { summed, toneOf, type ChangeCount, type RunChange } from './model';
import { useRunWords } from './words';

const looks = {
  add: { color: 'petrol', Sign: IconPlus },
  change: { color: 'blue', Sign: IconPencil },
  remove: { color: 'red', Sign: IconMinus },
  note: { color: 'gray', Sign: IconInfoCircle },
} as const;

/** What of the change list is on screen. */
export interface ChangeQuery {
  objectType?: string;
  action?: string;
  words: string;
  page: number;
}

export const changesPerPage = 50;

/** The SCIM filter that a change query means. */
export function changeFilter({ objectType, action, words }: ChangeQuery): string {
  return [
    objectType ? `objectType eq ${JSON.stringify(objectType)}` : '',
    action ? `action eq ${JSON.stringify(action)}` : '',
    words.trim() ? `objectKey co ${JSON.stringify(words.trim())}` : '',
  ].filter(Boolean).join(' and ');
}

interface ChangeListProps {
  counts: ChangeCount[];
  changes: RunChange[];
  total: number;
  query: ChangeQuery;
  onQuery: (query: ChangeQuery) => void;
}

/** What a run changes: counted by kind, filtered by a click on a count or by name, each with before → after. */
export function ChangeList({ counts, changes, total, query, onQuery }: ChangeListProps) {
  const { t } = useTranslation('run');
  return (
    <Stack gap="sm">
      <Counts counts={counts} query={query} onQuery={onQuery} />
      <TextInput
        type="search"
        w={280}
        aria-label={t('find')}
        placeholder={t('find')}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={query.words}
        onChange={(event) => onQuery({ ...query, words: event.currentTarget.value, page: 1 })}
      />
      {changes.length === 0 ? <div className="surface"><EmptyState title={t('noChanges')} hint={t('noChangesHint')} /></div> : (
        <Accordion multiple variant="contained" chevronPosition="left">
          {changes.map((change) => <ChangeItem key={change.seq} change={change} />)}
        </Accordion>
      )}
      {total > changesPerPage ? <Pager page={query.page} size={changesPerPage} total={total} onPage={(page) => onQuery({ ...query, page })} /> : null}
    </Stack>
  );
}

function Counts({ counts, query, onQuery }: Pick<ChangeListProps, 'counts' | 'query' | 'onQuery'>) {
  const { t, i18n } = useTranslation('run');
  const words = useRunWords();
  const number = new Intl.NumberFormat(i18n.language);
  if (counts.length === 0) return null;
  return (
    <Group gap="xs" role="group" aria-label={t('kindsOfChange')}>
      {summed(counts).map(({ objectType, action, changes }) => {
        const { color, Sign } = looks[toneOf(action)];
        const chosen = query.objectType === objectType && query.action === action;
        return (
          <UnstyledButton
            key={`${objectType}${action}`}
            className={classes.count}
            data-chosen={chosen || undefined}
            aria-pressed={chosen}
            onClick={() => onQuery(chosen ? { words: query.words, page: 1 } : { ...query, objectType, action, page: 1 })}
          >
            <Badge color={color} leftSection={<Sign size={12} aria-hidden />}>{words('action', action)}</Badge>
            <Text span size="sm">{words('type', objectType)}</Text>
            <Text span size="sm" fw={600} className="figures">{number.format(changes)}</Text>
          </UnstyledButton>
        );
      })}
    </Group>
  );
}

function ChangeItem({ change: { seq, action, objectType, objectKey, changes, status, message } }: { change: RunChange }) {
  const { t } = useTranslation('run');
  const words = useRunWords();
  const attributes = useSchema(objectType === 'grant' ? 'roleAccount' : objectType).data ?? [];
  const { color, Sign } = looks[toneOf(action)];
  const changed = changes ?? [];
  return (
    <Accordion.Item value={String(seq)}>
      <Accordion.Control>
        <Group gap="xs">
          <Badge color={color} leftSection={<Sign size={12} aria-hidden />}>{words('action', action)}</Badge>
          <Text size="sm" c="dimmed">{words('type', objectType)}</Text>
          <Text size="sm" fw={500}>{objectKey}</Text>
          <StatusBadge status={status} />
          {message ? <Text size="sm" c={status === 'failed' ? 'var(--mantine-color-error)' : 'dimmed'}>{message}</Text> : null}
        </Group>
      </Accordion.Control>
      <Accordion.Panel>{changed.length > 0 ? <Changes changes={changed} attributes={attributes} created={action === 'create'} /> : <Text size="sm" c="dimmed">{t('noAttributes')}</Text>}</Accordion.Panel>
    </Accordion.Item>
  );
}
