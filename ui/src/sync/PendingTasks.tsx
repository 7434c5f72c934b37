import { Skeleton, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { DataTable } from '@/list/DataTable';
import { useRunWords } from '@/run/words';
import { usePending } from './model';

/** What has not yet reached all systems, one line per system, with the reason when one refuses it. */
export function PendingTasks({ objectType, id }: { objectType: string; id: string }) {
  const { t } = useTranslation('sync');
  const words = useRunWords();
  const navigate = useNavigate();
  const { data, error, isLoading, refetch } = usePending(objectType, id, true);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (isLoading || data === undefined) return <Skeleton height={160} />;
  const rows = data.flatMap((task) => {
    const parts = task.parts ?? [];
    return parts.length === 0 ? [{ ...task, id: task.id, task: task.id, system: '', state: task.status, message: task.lastError }] : parts.map((part) => ({ ...task, ...part, id: `${task.id}-${part.systemId}`, task: task.id, state: part.status }));
  });
  if (rows.length === 0) return <div className="surface"><EmptyState title={t('none.title')} hint={t('none.hint')} /></div>;
  return (
    <div className="surface">
      <DataTable
        label={t('tasks')}
        rows={rows}
        shown={['object', 'system', 'state', 'attempts', 'nextRun', 'message']}
        onOpen={(row) => void navigate({ to: `/monitoring/tasks/${row.task}` })}
        columns={[
          { name: 'object', label: t('column.object'), cell: (row) => <><Text span size="xs" c="dimmed">{words('type', row.objectType)}</Text> {row.objectName}</> },
          { name: 'system', label: t('column.agent'), cell: (row) => row.system },
          { name: 'state', label: t('column.status'), cell: (row) => <StatusBadge status={row.state} /> },
          { name: 'attempts', label: t('column.attempts'), numeric: true, cell: (row) => row.attempts },
          { name: 'nextRun', label: t('column.next'), cell: (row) => <RelativeTime at={row.nextRun} /> },
          { name: 'message', label: t('column.reason'), cell: (row) => <Text size="sm" c="var(--mantine-color-error)" maw={420} style={{ whiteSpace: 'normal' }}>{row.message}</Text> },
        ]}
      />
    </div>
  );
}
