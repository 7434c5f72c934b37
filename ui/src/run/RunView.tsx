import { Alert, Anchor, Button, Group, List, Progress, Stack, Tabs, Text } from '@mantine/core';
import { IconAlertCircle, IconExternalLink, IconShieldCheck, IconShieldExclamation } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Facts } from '@/kit/Facts';
import { PageHeader } from '@/kit/PageHeader';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { formatDuration } from '@/kit/time';
import { ChangeList, type ChangeQuery } from './ChangeList';
import { isOver, phaseStates, progressOf, secondsLeft, type LogLine, type RunChange, type RunDetail } from './model';
import { RunLog } from './RunLog';
import classes from './RunView.module.css';
import { useRunWords } from './words';

interface RunViewProps {
  run: RunDetail;
  /** When the run was read, in milliseconds (the query's `dataUpdatedAt`): the time left is counted from there. */
  readAt: number;
  changes: RunChange[];
  /** How many changes answer the query. */
  total: number;
  query: ChangeQuery;
  onQuery: (query: ChangeQuery) => void;
  log: LogLine[];
  onResume?: () => void;
  onCancel?: () => void;
  onDownload?: () => void;
  /** Inside another page, which has the h1. */
  embedded?: boolean;
}

/** A run as it happens and as it was: progress, guard, changes, log. */
export function RunView(props: RunViewProps) {
  const { run, readAt, changes, total, query, onQuery, log } = props;
  const { t } = useTranslation('run');
  const left = secondsLeft(run, readAt);
  const counts = run.changes ?? [];
  return (
    <Stack gap="md">
      <Head {...props} />
      <Facts
        facts={[
          { label: t('started'), value: run.startedAt ? <RelativeTime at={run.startedAt} /> : undefined },
          { label: t('finished'), value: run.endedAt ? <RelativeTime at={run.endedAt} /> : undefined },
          { label: t('author'), value: run.author },
          { label: t('reviewedBy'), value: run.reviewedBy },
          { label: t('left'), value: left === undefined ? undefined : formatDuration(left) },
        ]}
      />
      {run.message ? <Alert variant="light" color={run.status === 'failed' ? 'red' : 'gray'} icon={<IconAlertCircle size={18} />}>{run.message}</Alert> : null}
      <GuardVerdict run={run} />
      <Phases run={run} />
      <Tabs defaultValue="changes">
        <Tabs.List>
          <Tabs.Tab value="changes">{t('changes', { count: counts.reduce((sum, each) => sum + each.changes, 0) })}</Tabs.Tab>
          <Tabs.Tab value="log">{t('log.title')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="changes" pt="md"><ChangeList counts={counts} changes={changes} total={total} query={query} onQuery={onQuery} /></Tabs.Panel>
        <Tabs.Panel value="log" pt="md"><RunLog lines={log} live={!isOver(run)} /></Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function Head({ run, embedded = false, onResume, onCancel, onDownload }: RunViewProps) {
  const { t } = useTranslation('run');
  const words = useRunWords();
  const title = t('title', { kind: words('kind', run.kind), system: run.system, number: run.number });
  return (
    <PageHeader embedded={embedded} title={title} beside={<StatusBadge status={run.status} />}>
      {run.temporalUrl ? (
        <Anchor href={run.temporalUrl} target="_blank" rel="noreferrer" size="sm">{t('temporal')} <IconExternalLink size={13} aria-hidden /></Anchor>
      ) : null}
      {onDownload ? <Button variant="default" onClick={onDownload}>{t('download')}</Button> : null}
      {onCancel ? <Button variant="default" onClick={onCancel}>{t('cancel')}</Button> : null}
      {onResume ? <Button onClick={onResume}>{t('resume')}</Button> : null}
    </PageHeader>
  );
}

function Phases({ run }: { run: RunDetail }) {
  const { t, i18n } = useTranslation('run');
  const words = useRunWords();
  const number = new Intl.NumberFormat(i18n.language);
  const progress = progressOf(run);
  const counters = Object.entries(run.counters ?? {});
  return (
    <div className="surface" style={{ padding: 'var(--mantine-spacing-md)' }}>
      <ol className={classes.phases} aria-label={t('phases')}>
        {phaseStates(run).map(({ name, status }) => (
          <li key={name} className={classes.phase} data-status={status} aria-current={status === 'running' || status === 'blocked' ? 'step' : undefined}>
            <StatusBadge status={status} />
            <Text size="sm" fw={status === 'running' || status === 'blocked' ? 600 : undefined}>{words('phase', name)}</Text>
          </li>
        ))}
      </ol>
      {progress ? (
        <Group gap="sm" mt="md" wrap="nowrap">
          <Progress flex={1} value={progress.percent} size="sm" aria-label={t('progress')} color={run.status === 'failed' ? 'red' : undefined} />
          <Text size="sm" c="dimmed" className="figures">{t('of', { done: number.format(progress.done), total: number.format(progress.total) })}</Text>
        </Group>
      ) : null}
      {counters.length > 0 ? (
        <Group gap="lg" mt="md">
          {counters.map(([name, value]) => <Text key={name} size="sm" className="figures"><Text span c="dimmed" inherit>{words('counter', name)}</Text> {number.format(value)}</Text>)}
        </Group>
      ) : null}
    </div>
  );
}

function GuardVerdict({ run: { guard, status } }: { run: RunDetail }) {
  const { t } = useTranslation('run');
  if (guard === null || guard === undefined) return null;
  const reasons = guard.reasons ?? [];
  const title = guard.blocked ? t(status === 'blocked' ? 'guard.held' : 'guard.wasHeld') : t('guard.passed');
  return (
    <Alert
      color={guard.blocked ? 'yellow' : 'petrol'}
      variant="light"
      icon={guard.blocked ? <IconShieldExclamation size={18} /> : <IconShieldCheck size={18} />}
      title={title}
    >
      {reasons.length > 0 ? <List size="sm">{reasons.map((reason) => <List.Item key={reason}>{reason}</List.Item>)}</List> : null}
    </Alert>
  );
}
