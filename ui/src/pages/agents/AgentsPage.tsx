import { Badge, Group, Text } from '@mantine/core';
import { IconDatabaseImport } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Entity } from '@/api/resource';
import { ListPage } from '@/list/ListPage';
import { useAgents } from '@/pages/monitoring/Agents';
import { AgentBadge } from '@/sync/AgentBadge';

/** A managed system as this list reads it. */
export interface AgentRow extends Entity {
  name?: string;
  description?: string;
  connector?: string;
  server?: string;
  authoritative?: boolean;
  paused?: boolean;
  readOnly?: boolean;
  builtin?: boolean;
}

/** The managed systems with their agents (guide page 045). */
export default function AgentsPage() {
  const { t } = useTranslation('agents');
  const states = new Map((useAgents().data ?? []).map((state) => [state.systemId, state]));
  return (
    <ListPage<AgentRow>
      title={t('title')}
      resource="systems"
      objectType="system"
      columns={['name', 'description', 'connector', 'server', 'status', 'tasks']}
      sort="name"
      href={(agent) => `/agents/${agent.id}`}
      create={{ label: t('new'), to: '/agents/new', permission: 'system:create' }}
      remove={{ permission: 'system:delete', consequences: (count) => [t('remove', { count })] }}
      empty={{ title: t('empty.title'), hint: t('empty.hint') }}
      cells={{
        name: {
          sortable: true,
          cell: (agent) => (
            <Group gap={8} wrap="nowrap">
              <Text span size="sm" fw={600}>{agent.name}</Text>
              {agent.authoritative ? <Badge miw="max-content" leftSection={<IconDatabaseImport size={12} aria-hidden />}>{t('source')}</Badge> : null}
            </Group>
          ),
        },
        status: {
          label: t('status'),
          cell: (agent) => <AgentBadge agent={states.get(agent.id) ?? { serviced: (agent.server ?? '') !== '' || agent.builtin === true, connected: null, paused: agent.paused ?? false, readOnly: agent.readOnly ?? false }} />,
        },
        tasks: { label: t('tasks'), numeric: true, cell: (agent) => { const state = states.get(agent.id); return state === undefined ? null : state.pending + state.waiting + state.failed; } },
      }}
    />
  );
}
