import { Anchor, Group, Skeleton, Table, Text, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keys } from '@/api/hooks';
import { address, send } from '@/api/resource';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import { StatusBadge } from '@/kit/StatusBadge';
import { Pager } from '@/list/Pager';
import { useRunWords } from '@/run/words';
import type { AgentState, SyncTaskDetail } from '@/sync/model';

interface MatrixBody {
  agents: AgentState[] | null;
  tasks: SyncTaskDetail[] | null;
}

const size = 50;
const pace = 5000;

/** Open tasks as rows, agents as columns, the state of each part in the cells. */
export function Matrix() {
  const { t } = useTranslation('monitoring');
  const words = useRunWords();
  const [page, setPage] = useState(1);
  const { data, error, refetch } = useQuery({
    queryKey: keys.list('sync-tasks', { matrix: page }),
    queryFn: async ({ signal }) => {
      const response = await send('GET', address('sync-tasks', ['matrix'], { page, size }), { signal });
      const body = (await response.json()) as MatrixBody;
      return { agents: body.agents ?? [], tasks: body.tasks ?? [], total: Number(response.headers.get('X-Total-Count') ?? 0) };
    },
    refetchInterval: pace,
    placeholderData: (previous) => previous,
  });
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton height={240} />;
  if (data.tasks.length === 0) return <div className="surface"><EmptyState title={t('matrix.empty')} hint={t('matrix.emptyHint')} /></div>;
  return (
    <div className="surface">
      <Table.ScrollContainer minWidth={480}>
        <Table aria-label={t('tab.matrix')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('column.task')}</Table.Th>
              <Table.Th>{t('column.state')}</Table.Th>
              {data.agents.map(({ systemId, system }) => <Table.Th key={systemId}>{system}</Table.Th>)}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.tasks.map((task) => (
              <Table.Tr key={task.id}>
                <Table.Th scope="row" fw={500}>
                  <Group gap={6} wrap="nowrap">
                    <Text span size="xs" c="dimmed">{words('type', task.objectType)}</Text>
                    <Anchor component={Link} to={`/monitoring/tasks/${task.id}`} size="sm">{task.objectName}</Anchor>
                  </Group>
                </Table.Th>
                <Table.Td><StatusBadge status={task.status} /></Table.Td>
                {data.agents.map(({ systemId }) => <Table.Td key={systemId}><Cell task={task} systemId={systemId} /></Table.Td>)}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {data.total > size ? <Pager page={page} size={size} total={data.total} onPage={setPage} /> : null}
    </div>
  );
}

function Cell({ task, systemId }: { task: SyncTaskDetail; systemId: string }) {
  const { t } = useTranslation('monitoring');
  const part = (task.parts ?? []).find((each) => each.systemId === systemId);
  if (part === undefined) return <Text span size="sm" c="dimmed"><span aria-hidden>–</span><span className="visually-hidden">{t('matrix.nothing')}</span></Text>;
  const badge = <Anchor component={Link} to={`/monitoring/tasks/${task.id}`} underline="never"><StatusBadge status={part.status} /></Anchor>;
  return part.message ? <Tooltip multiline maw={360} label={part.message}>{badge}</Tooltip> : badge;
}
