import { useTranslation } from 'react-i18next';
import { StatusBadge } from '@/kit/StatusBadge';
import { RelativeTime } from '@/kit/RelativeTime';
import { RelatedList } from '@/list/RelatedList';
import type { SyncTask } from './model';

/** What has not yet reached all systems, with the reason when one refuses it. */
export function PendingTasks({ filter }: { filter: string }) {
  const { t } = useTranslation('sync');
  return (
    <RelatedList<SyncTask>
      label={t('tasks')}
      source={{ resource: 'sync-tasks', filter }}
      empty={{ title: t('none.title'), hint: t('none.hint') }}
      href={(row) => `/monitoring/tasks/${row.id}`}
      columns={[
        { name: 'objectName', label: t('column.task'), cell: (row) => row.objectName },
        { name: 'status', label: t('column.status'), cell: (row) => <StatusBadge status={row.status ?? ''} /> },
        { name: 'createdAt', label: t('column.created'), cell: (row) => <RelativeTime at={row.createdAt} /> },
      ]}
    />
  );
}
