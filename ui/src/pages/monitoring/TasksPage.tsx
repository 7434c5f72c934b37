import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { usePermission } from '@/api/session';
import { address } from '@/api/resource';
import { useFailureText } from '@/kit/Failure';
import { useChange } from '@/kit/refresh';
import { StatusBadge } from '@/kit/StatusBadge';
import { toastDone, toastFailed } from '@/kit/toast';
import { ListPage } from '@/list/ListPage';
import { useRunWords } from '@/run/words';
import type { SyncTask } from '@/sync/model';

/** Every synchronisation task, open and finished, with release, cancel and prioritise for many (guide page 070). */
export default function TasksPage() {
  const { t } = useTranslation('monitoring');
  const words = useRunWords();
  const can = usePermission();
  const change = useChange();
  const failure = useFailureText();
  const steer = (action: 'release' | 'cancel' | 'prioritise') => (ids: string[]) =>
    void change('POST', address('sync-tasks', [action]), { body: { ids } })
      .then(async (response) => toastDone(t('steered', (await response.json()) as { count: number; skipped: number })))
      .catch((error: unknown) => toastFailed(failure(error)));
  const actions = (['release', 'prioritise', 'cancel'] as const)
    .filter((action) => can(`syncTask:${action}`))
    .map((action) => ({ label: t(`action.${action}`), run: steer(action) }));
  return (
    <ListPage<SyncTask>
      title={t('tasks')}
      resource="sync-tasks"
      objectType="syncTask"
      columns={['objectName', 'objectType', 'status', 'systems', 'priority', 'attempts', 'createdAt', 'nextRun', 'lastError']}
      sort="-createdAt"
      href={(task) => `/monitoring/tasks/${task.id}`}
      bulkActions={actions}
      empty={{ title: t('matrix.empty'), hint: t('matrix.emptyHint') }}
      cells={{
        objectType: { sortable: true, cell: (task) => words('type', task.objectType) },
        status: { sortable: true, cell: (task) => <StatusBadge status={task.status} /> },
        systems: { label: t('agents'), cell: (task) => (task.systems ?? []).join(', ') },
        lastError: { cell: (task) => <Text size="sm" c="var(--mantine-color-error)" maw={320} truncate title={task.lastError}>{task.lastError}</Text> },
      }}
    />
  );
}
