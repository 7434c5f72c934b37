import { Anchor, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { address, readPage } from '@/api/resource';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import { RelativeTime } from '@/kit/RelativeTime';
import { DataTable } from '@/list/DataTable';
import { useRunWords } from '@/run/words';
import { AgentBadge } from '@/sync/AgentBadge';
import type { AgentState } from '@/sync/model';

const pace = 10_000;

/** All agents as they were seen last. */
export function useAgents(enabled = true) {
  return useQuery({
    queryKey: ['monitoring', 'agents'],
    queryFn: async ({ signal }) => (await readPage<AgentState>(address('monitoring', ['agents']), signal)).rows,
    refetchInterval: pace,
    enabled,
  });
}

/** The search that shows the open tasks of one agent. */
export function tasksOf(system: string): { mode: 'advanced'; filter: string } {
  return { mode: 'advanced', filter: `systems[name eq ${JSON.stringify(system)} and status ne "done"]` };
}

/** Agents with what they have to do and why they stand still. */
export function Agents() {
  const { t } = useTranslation('monitoring');
  const words = useRunWords();
  const navigate = useNavigate();
  const { data, error, refetch } = useAgents();
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton height={160} />;
  return (
    <section className="surface" aria-label={t('agents')}>
      <Text component="h2" m={0} p="sm" fw={600} size="sm">{t('agents')}</Text>
      {data.length === 0 ? <EmptyState title={t('noAgents')} hint={t('noAgentsHint')} /> : (
        <DataTable
          label={t('agents')}
          rows={data.map((agent) => ({ ...agent, id: agent.systemId }))}
          shown={['system', 'state', 'server', 'tasks', 'failed', 'lastSeen', 'run', 'lastError']}
          onOpen={(row) => void navigate({ to: '/monitoring/tasks', search: tasksOf(row.system) as never })}
          columns={[
            { name: 'system', label: t('column.agent'), cell: (row) => <Anchor component={Link} to={`/agents/${row.systemId}`} size="sm" fw={600} onClick={(event) => event.stopPropagation()}>{row.system}</Anchor> },
            { name: 'state', label: t('column.state'), cell: (row) => <AgentBadge agent={row} /> },
            { name: 'server', label: t('column.server'), cell: (row) => row.server || row.assigned },
            { name: 'tasks', label: t('column.tasks'), numeric: true, cell: (row) => row.pending + row.waiting },
            { name: 'failed', label: t('column.failed'), numeric: true, cell: (row) => row.failed },
            { name: 'lastSeen', label: t('column.seen'), cell: (row) => <RelativeTime at={row.lastSeen} /> },
            {
              name: 'run',
              label: t('column.run'),
              cell: (row) => (row.runId ? <Anchor component={Link} to={`/runs/${row.runId}`} size="sm" onClick={(event) => event.stopPropagation()}>{words('kind', row.runKind)} #{row.runNumber}</Anchor> : null),
            },
            { name: 'lastError', label: t('column.error'), cell: (row) => <Text size="sm" c="var(--mantine-color-error)" maw={360} truncate title={row.lastError}>{row.lastError}</Text> },
          ]}
        />
      )}
    </section>
  );
}
