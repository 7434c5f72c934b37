import { Anchor, Skeleton, Stack, Tabs, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useObject } from '@/api/hooks';
import { address, readPage } from '@/api/resource';
import { Facts } from '@/kit/Facts';
import { Failure } from '@/kit/Failure';
import { PageHeader } from '@/kit/PageHeader';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { toastDone } from '@/kit/toast';
import { ActionLog } from '@/work/ActionLog';
import { Attachments } from '@/work/Attachments';
import { Comments } from '@/work/Comments';
import { Diagram } from '@/work/Diagram';
import { DueMark } from '@/work/DueMark';
import { Handing } from '@/work/Handing';
import { isLive, processTitle, type ProcessDetail, type Task, type TaskDetail } from '@/work/model';
import { TaskForm } from '@/work/TaskForm';

/** One task: what is asked, the form or the lines, the decisions, and everything known about its process (guide page 003). */
export default function TaskPage() {
  const { t } = useTranslation('tasks');
  const { id }: { id?: string } = useParams({ strict: false });
  const { data, error, refetch } = useObject('tasks', id);
  const task = data?.object as unknown as TaskDetail | undefined;
  return (
    <>
      <Anchor component={Link} to="/tasks" size="sm" c="dimmed" display="inline-block" mb={4}>← {t('title')}</Anchor>
      {/* A refresh that fails takes nothing away that is being filled in. */}
      {error && task === undefined ? <><PageHeader title={t('task')} /><Failure error={error} onRetry={() => void refetch()} /></> : null}
      {!error && task === undefined ? <><PageHeader title={t('task')} /><Skeleton height={320} /></> : null}
      {task !== undefined ? <TaskView key={task.id} task={task} onReload={() => void refetch()} /> : null}
    </>
  );
}

function TaskView({ task, onReload }: { task: TaskDetail; onReload: () => void }) {
  const { t } = useTranslation('tasks');
  const next = useNext(task);
  return (
    <>
      <PageHeader title={task.title || task.name} beside={<StatusBadge status={task.status} />}>
        <Handing task={task} onReload={onReload} />
      </PageHeader>
      <Stack>
        <Asked task={task} />
        <Facts
          facts={[
            { label: t('fact.process'), value: <Anchor component={Link} to={`/processes/${task.processId}`} inherit>{processTitle({ name: task.process, number: task.number })}</Anchor> },
            { label: t('fact.subject'), value: task.subject },
            { label: t('fact.initiator'), value: task.initiator },
            { label: t('fact.since'), value: <RelativeTime at={task.openedAt} /> },
            { label: t('fact.due'), value: task.dueAt ? <DueMark at={task.dueAt} over={!isLive(task)} /> : undefined },
            { label: t('fact.assignee'), value: task.assignee || (isLive(task) ? task.candidates.map(({ name }) => name).join(', ') : undefined) },
            { label: t('fact.owner'), value: task.owner },
            { label: t('fact.scheduled'), value: task.scheduledFor ? <RelativeTime at={task.scheduledFor} /> : undefined },
          ]}
        />
        <TaskTabs task={task} form={<TaskForm task={task} onDone={(decision) => void next(decision)} />} />
      </Stack>
    </>
  );
}

/** What is asked, in one sentence; of a task that is over, what became of it. */
function Asked({ task }: { task: TaskDetail }) {
  const { t } = useTranslation('tasks');
  const who = { initiator: task.initiator, subject: task.subject || task.initiator };
  if (task.status === 'completed') return <Text>{t('asked.completed', { who: task.closedBy, outcome: task.decisions.find(({ flow }) => flow === task.outcome)?.name ?? '' })}</Text>;
  if (!isLive(task)) return <Text>{task.reason ? `${t(`asked.${task.status === 'waiting' ? 'waiting' : 'over'}`)} ${task.reason}` : t(`asked.${task.status === 'waiting' ? 'waiting' : 'over'}`)}</Text>;
  if (task.deciding) return <Text>{t(who.subject === who.initiator ? 'asked.ownLines' : 'asked.lines', { count: task.lines.length, ...who })}</Text>;
  return <Text>{t(task.decisions.length > 1 ? 'asked.decide' : 'asked.fill', who)}</Text>;
}

/** After a decision: the next task of the person, that of the same process first, or the inbox when nothing is left. */
function useNext(task: TaskDetail) {
  const { t } = useTranslation('tasks');
  const navigate = useNavigate();
  const queries = useQueryClient();
  return async (decision: string) => {
    await queries.invalidateQueries({ queryKey: ['tasks', 'counts'] });
    const { rows } = await readPage<Task>(address('tasks', [], { view: 'inbox', size: 50 })).catch(() => ({ rows: [] }));
    const left = rows.filter(({ id }) => id !== task.id);
    const following = left.find(({ processId }) => processId === task.processId) ?? left[0];
    toastDone(following === undefined ? t('doneLast', { decision }) : t('done', { decision, next: following.title || following.name }));
    await navigate({ to: following === undefined ? '/tasks' : `/tasks/${following.id}` });
    await queries.invalidateQueries({ queryKey: ['tasks'] });
    await queries.invalidateQueries({ queryKey: ['processes'] });
  };
}

function TaskTabs({ task, form }: { task: TaskDetail; form: ReactNode }) {
  const { t } = useTranslation('process');
  const words = useTranslation('tasks').t;
  const navigate = useNavigate();
  const search: { tab?: unknown } = useSearch({ strict: false });
  const { data, error, refetch } = useObject('processes', task.processId);
  const process = data?.object as unknown as ProcessDetail | undefined;
  const withProcess = (draw: (process: ProcessDetail) => ReactNode) => {
    if (error) return <Failure error={error} onRetry={() => void refetch()} />;
    return process === undefined ? <Skeleton height={240} /> : draw(process);
  };
  const tabs = [
    { key: 'task', label: words('task'), draw: () => form },
    { key: 'log', label: t('tab.log'), draw: () => withProcess(({ log }) => <ActionLog log={log} />) },
    { key: 'diagram', label: t('tab.diagram'), draw: () => withProcess((found) => <Diagram process={found} />) },
    { key: 'attachments', label: t('tab.attachments'), draw: () => <Attachments processId={task.processId} taskId={task.id} open={task.uploads && task.may.includes('complete')} /> },
    { key: 'comments', label: t('tab.comments'), draw: () => <Comments processId={task.processId} taskId={task.id} /> },
  ];
  const current = tabs.find(({ key }) => key === search.tab)?.key ?? 'task';
  return (
    <Tabs value={current} onChange={(tab) => void navigate({ to: '.', search: (tab === 'task' ? {} : { tab }) as never, replace: true })}>
      <Tabs.List mb="md">{tabs.map(({ key, label }) => <Tabs.Tab key={key} value={key}>{label}</Tabs.Tab>)}</Tabs.List>
      {tabs.map(({ key, draw }) => (
        // The form stays: what was said about lines is not lost by a look at the diagram.
        <Tabs.Panel key={key} value={key} keepMounted={key === 'task'}>{key === current || key === 'task' ? draw() : null}</Tabs.Panel>
      ))}
    </Tabs>
  );
}
