import { Badge, Group } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { address, send } from '@/api/resource';
import type { TaskCounts } from './model';

/** Events tell of changes at once; this often it is asked anyway, in milliseconds, because tasks also become overdue. */
const pace = 60_000;

/** The inbox in numbers; whatever tells of tasks refreshes it. */
export function useTaskCounts(): TaskCounts | undefined {
  return useQuery({
    queryKey: ['tasks', 'counts'],
    queryFn: async ({ signal }) => (await send('GET', address('tasks', ['counts']), { signal })).json() as Promise<TaskCounts>,
    refetchInterval: pace,
  }).data;
}

/** How many tasks wait for a person, beside "My tasks" in the navigation. */
export function TaskCount() {
  const { t } = useTranslation('tasks');
  const counts = useTaskCounts();
  const all = (counts?.mine ?? 0) + (counts?.available ?? 0);
  if (counts === undefined || all === 0) return null;
  const late = counts.overdue > 0;
  return (
    <Badge color={late ? 'red' : 'petrol'} className="figures">
      <Group gap={3} wrap="nowrap" aria-hidden>
        {late ? <IconAlertTriangle size={12} /> : null}
        {all}
      </Group>
      <span className="visually-hidden">{late ? t('count.late', { count: all, late: counts.overdue }) : t('count.open', { count: all })}</span>
    </Badge>
  );
}
