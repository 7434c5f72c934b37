import { Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { address, readPage } from '@/api/resource';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { DataTable } from '@/list/DataTable';

/** A process that runs workflows and agents. */
export interface ServerState {
  name: string;
  kind: string;
  version: string;
  startedAt: string;
  lastSeen: string;
  alive: boolean;
  agents: number;
  connected: number;
  disconnected: number;
  pending: number;
  failed: number;
}

/** Servers report every few seconds; their state is read anew as often as a person would press refresh. */
const pace = 10_000;

/** The servers that reported, for lists and for choosing one. */
export function useServers(enabled = true) {
  return useQuery({
    queryKey: ['monitoring', 'servers'],
    queryFn: async ({ signal }) => (await readPage<ServerState>(address('monitoring', ['servers']), signal)).rows,
    refetchInterval: pace,
    enabled,
  });
}

/** Synchronisation servers with their agents. */
export function Servers() {
  const { t } = useTranslation('monitoring');
  const { data, error, refetch } = useServers();
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton height={120} />;
  return (
    <section className="surface" aria-label={t('servers')}>
      <Text component="h2" m={0} p="sm" fw={600} size="sm">{t('servers')}</Text>
      {data.length === 0 ? <EmptyState title={t('noServers')} hint={t('noServersHint')} /> : (
        <DataTable
          label={t('servers')}
          rows={data.map((server) => ({ ...server, id: server.name }))}
          shown={['name', 'state', 'version', 'startedAt', 'lastSeen', 'agents', 'pending', 'failed']}
          columns={[
            { name: 'name', label: t('column.server'), cell: (row) => <Text size="sm" fw={600}>{row.name}</Text> },
            { name: 'state', label: t('column.state'), cell: (row) => <StatusBadge status={row.alive ? 'online' : 'offline'} /> },
            { name: 'version', label: t('column.version'), cell: (row) => row.version },
            { name: 'startedAt', label: t('column.started'), cell: (row) => <RelativeTime at={row.startedAt} /> },
            { name: 'lastSeen', label: t('column.seen'), cell: (row) => <RelativeTime at={row.lastSeen} /> },
            { name: 'agents', label: t('column.agents'), cell: (row) => t('agentsOf', { connected: row.connected, agents: row.agents }) },
            { name: 'pending', label: t('column.pending'), numeric: true, cell: (row) => row.pending },
            { name: 'failed', label: t('column.failed'), numeric: true, cell: (row) => row.failed },
          ]}
        />
      )}
    </section>
  );
}
