import { Alert, Anchor, Button, Group, List, Progress, Stack, Tabs, Text } from '@mantine/core';
import { IconExternalLink, IconShieldCheck, IconShieldExclamation } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Facts } from '@/kit/Facts';
import { PageHeader } from '@/kit/PageHeader';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { formatDuration } from '@/kit/time';
import { ChangeList } from './ChangeList';
import { progressOf, secondsLeft, type LogLine, type Phase, type Run, type RunChange } from './model';
import { RunLog } from './RunLog';

interface RunViewProps {
  run: Run;
  /** When the run was read, in milliseconds (the query's `dataUpdatedAt`): the time left is counted from there. */
  readAt: number;
  changes: RunChange[];
  log: LogLine[];
  /** How many changes there are in all, when `changes` is only the first part. */
  totalChanges?: number;
  onResume?: () => void;
  onCancel?: () => void;
  onDownload?: () => void;
  /** Inside another page, which has the h1. */
  embedded?: boolean;
}

/** A run as it happens and as it was: progress, guard, changes, log. */
export function RunView({ run, readAt, changes, log, totalChanges = changes.length, onResume, onCancel, onDownload, embedded = false }: RunViewProps) {
  const { t } = useTranslation('run');
  const left = secondsLeft(run, readAt);
  return (
    <Stack gap="md">
      <PageHeader embedded={embedded} title={run.title} beside={<StatusBadge status={run.status} />}>
        {run.temporalUrl ? (
          <Anchor href={run.temporalUrl} target="_blank" rel="noreferrer" size="sm">{t('temporal')} <IconExternalLink size={13} aria-hidden /></Anchor>
        ) : null}
        {onDownload ? <Button variant="default" onClick={onDownload}>{t('download')}</Button> : null}
        {onCancel ? <Button variant="default" onClick={onCancel}>{t('cancel')}</Button> : null}
        {onResume ? <Button onClick={onResume}>{t('resume')}</Button> : null}
      </PageHeader>
      <Facts
        facts={[
          { label: t('started'), value: <RelativeTime at={run.startedAt} /> },
          { label: t('finished'), value: run.finishedAt ? <RelativeTime at={run.finishedAt} /> : undefined },
          { label: t('left'), value: left === undefined ? undefined : formatDuration(left) },
        ]}
      />
      <div className="surface" style={{ padding: 'var(--mantine-spacing-md)' }}>
        <Overall run={run} />
        <Stack gap={6} mt="sm">{run.phases.map((phase) => <PhaseLine key={phase.name} phase={phase} />)}</Stack>
      </div>
      <GuardVerdict run={run} />
      <Tabs defaultValue="changes">
        <Tabs.List>
          <Tabs.Tab value="changes">{t('changes', { count: totalChanges })}</Tabs.Tab>
          <Tabs.Tab value="log">{t('log.title')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="changes" pt="md"><ChangeList changes={changes} total={totalChanges} /></Tabs.Panel>
        <Tabs.Panel value="log" pt="md"><RunLog lines={log} live={run.finishedAt === undefined || run.finishedAt === null} /></Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function Overall({ run }: { run: Run }) {
  const { t } = useTranslation('run');
  const progress = progressOf(run);
  if (progress === undefined) return <Progress value={100} animated striped aria-label={t('progress')} />;
  return <Progress value={progress} size="sm" aria-label={t('progress')} color={run.status === 'failed' ? 'red' : undefined} />;
}

function PhaseLine({ phase: { name, status, done, total } }: { phase: Phase }) {
  const { t, i18n } = useTranslation('run');
  const number = new Intl.NumberFormat(i18n.language);
  return (
    <Group justify="space-between" gap="sm">
      <Group gap="xs">
        <StatusBadge status={status} />
        <Text size="sm">{name}</Text>
      </Group>
      <Text size="sm" c="dimmed" className="figures">
        {done === undefined ? '' : total === undefined ? number.format(done) : t('of', { done: number.format(done), total: number.format(total) })}
      </Text>
    </Group>
  );
}

function GuardVerdict({ run: { guard } }: { run: Run }) {
  const { t } = useTranslation('run');
  if (guard === undefined) return null;
  const held = guard.verdict === 'held';
  return (
    <Alert
      color={held ? 'yellow' : 'petrol'}
      variant="light"
      icon={held ? <IconShieldExclamation size={18} /> : <IconShieldCheck size={18} />}
      title={t(held ? 'guard.held' : 'guard.passed')}
    >
      {guard.reasons.length > 0 ? <List size="sm">{guard.reasons.map((reason) => <List.Item key={reason}>{reason}</List.Item>)}</List> : null}
    </Alert>
  );
}
