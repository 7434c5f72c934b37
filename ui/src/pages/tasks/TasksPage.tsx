import { Group, Text } from '@mantine/core';
import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { StatusBadge } from '@/kit/StatusBadge';
import { ListPage } from '@/list/ListPage';
import { DecideDialog } from '@/work/DecideDialog';
import { DueMark } from '@/work/DueMark';
import { isLive, viewOf, views, type Task, type View } from '@/work/model';
import { useTaskCounts } from '@/work/TaskCount';

/** The tasks of the person who looks: what they have taken, may take, and have done (guide page 003). */
export default function TasksPage() {
  const { t } = useTranslation('tasks');
  const search: { view?: unknown } = useSearch({ strict: false });
  const view = viewOf(search.view);
  const [deciding, setDeciding] = useState<string[]>();
  return (
    <>
      <ListPage<Task>
        key={view}
        title={t('title')}
        hint={t(`hint.${view}`)}
        resource="tasks"
        objectType="task"
        parameters={{ view }}
        above={<Views current={view} />}
        columns={['number', 'process', 'title', 'startedAt', view === 'done' ? 'closedAt' : 'dueAt', 'assignee', 'status']}
        href={(task) => `/tasks/${task.id}`}
        bulkActions={view === 'done' ? [] : [{ label: t('bulk.open'), run: setDeciding }]}
        empty={{ title: t(`empty.${view}.title`), hint: t(`empty.${view}.hint`) }}
        cells={{
          number: { sortable: true, numeric: false, cell: (task) => <span className="figures">#{task.number}</span> },
          title: { sortable: true, cell: (task) => <Title task={task} /> },
          dueAt: { sortable: true, cell: (task) => <DueMark at={task.dueAt} over={!isLive(task)} /> },
          assignee: { sortable: true, cell: (task) => task.assignee || <Text span size="sm" c="dimmed">{t('nobody')}</Text> },
          status: { sortable: true, cell: (task) => <StatusBadge status={task.status} /> },
        }}
      />
      {deciding === undefined ? null : <DecideDialog ids={deciding} onClose={() => setDeciding(undefined)} />}
    </>
  );
}

/** A task that waits for somebody to take it stands out; the state beside it says so in words. */
function Title({ task }: { task: Task }) {
  return <Text span size="sm" fw={task.status === 'open' ? 700 : undefined}>{task.title || task.name}</Text>;
}

/** The lists as tabs, with how many wait in each. */
function Views({ current }: { current: View }) {
  const { t } = useTranslation('tasks');
  const navigate = useNavigate();
  const counts = useTaskCounts();
  const numbers: Partial<Record<View, number>> = counts ? { inbox: counts.mine + counts.available, mine: counts.mine, available: counts.available } : {};
  return (
    <Tabs value={current} mb="sm" onChange={(view) => void navigate({ to: '.', search: { view } as never })}>
      <Tabs.List aria-label={t('views')}>
        {views.map((view) => (
          <Tabs.Tab key={view} value={view}>
            <Group gap={6} wrap="nowrap">
              {t(`view.${view}`)}
              {numbers[view] === undefined ? null : <Text span size="xs" c="dimmed" className="figures">{numbers[view]}</Text>}
            </Group>
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs>
  );
}
