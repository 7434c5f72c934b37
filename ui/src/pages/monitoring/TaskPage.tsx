import { Anchor, Button, Skeleton, Stack, Table, Text } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useObject } from '@/api/hooks';
import { address } from '@/api/resource';
import { usePermission } from '@/api/session';
import { objectHref } from '@/app/searchable';
import { ConfirmAction, type Confirmation } from '@/kit/ConfirmAction';
import { EmptyState } from '@/kit/EmptyState';
import { Facts } from '@/kit/Facts';
import { Failure } from '@/kit/Failure';
import { PageHeader } from '@/kit/PageHeader';
import { useChange } from '@/kit/refresh';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { toastDone } from '@/kit/toast';
import { useRunWords } from '@/run/words';
import type { SyncPart, SyncTaskDetail } from '@/sync/model';

const finished = new Set(['done', 'cancelled']);

/** One task with what each agent made of it, and the decisions about it. */
export default function TaskPage() {
  const { t } = useTranslation('monitoring');
  const { id }: { id?: string } = useParams({ strict: false });
  const { data, error, refetch } = useObject('sync-tasks', id);
  const task = data?.object as unknown as SyncTaskDetail | undefined;
  if (error) return <><PageHeader title={t('task')} /><Failure error={error} onRetry={() => void refetch()} /></>;
  return (
    <>
      <Anchor component={Link} to="/monitoring/tasks" size="sm" c="dimmed" display="inline-block" mb={4}>← {t('tasks')}</Anchor>
      {task === undefined ? <><PageHeader title={t('task')} /><Skeleton height={240} /></> : <TaskView task={task} />}
    </>
  );
}

function TaskView({ task }: { task: SyncTaskDetail }) {
  const { t } = useTranslation('monitoring');
  const words = useRunWords();
  const href = objectHref(task.objectType, task.objectId);
  return (
    <>
      <PageHeader title={t('taskTitle', { type: words('type', task.objectType), name: task.objectName })} beside={<StatusBadge status={task.status} />}>
        {task.temporalUrl ? (
          <Anchor href={task.temporalUrl} target="_blank" rel="noreferrer" size="sm">{t('temporal')} <IconExternalLink size={13} aria-hidden /></Anchor>
        ) : null}
        {finished.has(task.status) ? null : <Decisions task={task} />}
      </PageHeader>
      <Stack>
        <Facts
          facts={[
            { label: t('column.object'), value: href ? <Anchor component={Link} to={href} inherit>{task.objectName}</Anchor> : task.objectName },
            { label: t('column.source'), value: words('source', task.source) },
            { label: t('column.author'), value: task.author },
            { label: t('column.priority'), value: task.priority },
            { label: t('column.since'), value: <RelativeTime at={task.createdAt} /> },
            { label: t('column.finished'), value: task.finishedAt ? <RelativeTime at={task.finishedAt} /> : undefined },
          ]}
        />
        <Parts parts={task.parts ?? []} />
      </Stack>
    </>
  );
}

function Parts({ parts }: { parts: SyncPart[] }) {
  const { t } = useTranslation('monitoring');
  if (parts.length === 0) return <div className="surface"><EmptyState title={t('noParts')} hint={t('noPartsHint')} /></div>;
  return (
    <div className="surface">
      <Table.ScrollContainer minWidth={640}>
        <Table aria-label={t('agents')}>
          <Table.Thead>
            <Table.Tr>
              {(['agent', 'state', 'attempts', 'lastRun', 'nextRun', 'error'] as const).map((name) => <Table.Th key={name}>{t(`column.${name}`)}</Table.Th>)}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {parts.map((part) => (
              <Table.Tr key={part.systemId}>
                <Table.Th scope="row" fw={500}><Anchor component={Link} to={`/agents/${part.systemId}`} size="sm">{part.system}</Anchor></Table.Th>
                <Table.Td><StatusBadge status={part.status} /></Table.Td>
                <Table.Td className="figures">{part.attempts}</Table.Td>
                <Table.Td><RelativeTime at={part.lastRun} /></Table.Td>
                <Table.Td><RelativeTime at={part.nextRun} /></Table.Td>
                <Table.Td style={{ whiteSpace: 'normal' }}>
                  {part.message ? <Text size="sm" c={part.status === 'failed' ? 'var(--mantine-color-error)' : undefined}>{part.message}</Text> : null}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}

function Decisions({ task }: { task: SyncTaskDetail }) {
  const { t } = useTranslation('monitoring');
  const can = usePermission();
  const change = useChange();
  const [asked, setAsked] = useState<Confirmation>();
  const ask = (action: 'release' | 'cancel' | 'prioritise') =>
    setAsked({
      title: `${t(`action.${action}`)}: ${task.objectName}`,
      action: t(`action.${action}`),
      danger: action === 'cancel',
      consequences: [t(`consequence.${action}`)],
      run: async () => {
        await change('POST', address('sync-tasks', [task.id, action]));
        toastDone(t('taskChanged'));
      },
    });
  return (
    <>
      {can('syncTask:prioritise') ? <Button variant="default" onClick={() => ask('prioritise')}>{t('action.prioritise')}</Button> : null}
      {can('syncTask:cancel') ? <Button variant="default" onClick={() => ask('cancel')}>{t('action.cancel')}</Button> : null}
      {can('syncTask:release') && task.status !== 'pending' ? <Button onClick={() => ask('release')}>{t('action.release')}</Button> : null}
      <ConfirmAction confirmation={asked} onClose={() => setAsked(undefined)} />
    </>
  );
}
