import { Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { StatusBadge } from '@/kit/StatusBadge';
import type { AgentState } from './model';

/** How an agent stands: without a server it is disabled, and paused or read-only ones say so beside their connection. */
export function AgentBadge({ agent }: { agent: Pick<AgentState, 'serviced' | 'connected' | 'paused' | 'readOnly'> }) {
  const { t } = useTranslation('sync');
  const state = !agent.serviced ? 'disabled' : agent.connected === null ? 'waiting' : agent.connected ? 'connected' : 'disconnected';
  return (
    <Group gap={4} wrap="nowrap">
      <StatusBadge status={state} label={agent.serviced && agent.connected === null ? t('untried') : undefined} />
      {agent.paused ? <StatusBadge status="paused" /> : null}
      {agent.readOnly ? <StatusBadge status="locked" label={t('readOnly')} /> : null}
    </Group>
  );
}
