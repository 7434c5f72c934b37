import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { keys } from '@/api/hooks';
import { address, send } from '@/api/resource';
import type { Attribute } from '@/api/schema';
import { ObjectPage } from '@/object/ObjectPage';
import { useServers } from '@/pages/monitoring/Servers';
import { useEngine } from '@/pages/settings/EnginePage';
import { AgentBadge } from '@/sync/AgentBadge';
import type { AgentState } from '@/sync/model';
import { RelatedRuns } from '@/run/RelatedRuns';
import type { AgentRow } from './AgentsPage';
import { useConnectors } from './connector';
import { ConnectorParameters } from './ConnectorParameters';
import { IncomingData } from './IncomingData';
import { Mappings } from './Mappings';
import { MassiveActions } from './MassiveActions';
import { PolicyPreview } from './PolicyPreview';

/** Attributes that have a tab of their own. */
const elsewhere = new Set(['sourceSection', 'authoritative', 'fullReconciliation', 'propagateChanges', 'precedence']);

/** One agent: how it is served, its policy, its connector, mappings, loads and runs (guide page 045). */
export default function AgentPage() {
  const { t } = useTranslation('agents');
  const { id }: { id?: string } = useParams({ strict: false });
  const refine = useRefinement();
  const mode = useEngine().data?.mode;
  const kinds = useConnectors().data ?? [];
  return (
    <ObjectPage<AgentRow>
      key={id ?? 'new'}
      resource="systems"
      objectType="system"
      id={id}
      synchronised={false}
      list={{ label: t('title'), to: '/agents' }}
      newTitle={t('new')}
      initial={{ usage: 'iam', threads: 2, taskTimeoutMs: 30_000, longTaskTimeoutMs: 3_600_000, removal: 'disable' }}
      refine={refine}
      title={(agent) => agent.name ?? ''}
      status={(agent) => <AgentStatus id={agent.id} />}
      facts={(agent) => [
        { label: t('fact.connector'), value: kinds.find(({ name }) => name === agent.connector)?.label ?? agent.connector },
        { label: t('fact.server'), value: agent.server === '*' ? t('everyServer') : agent.server || t('noServer') },
        { label: t('fact.engine'), value: mode ? t(`engine.${mode}`) : undefined },
        { label: t('fact.description'), value: agent.description },
      ]}
      below={(agent, draft) => (agent ? <PolicyPreview id={agent.id} draft={draft} /> : <Alert variant="light">{t('newHint')}</Alert>)}
      tabs={[
        { key: 'parameters', label: t('tab.parameters'), render: (agent) => <ConnectorParameters agent={agent} /> },
        { key: 'mapping', label: t('tab.mapping'), render: (agent) => <Mappings agent={agent} /> },
        { key: 'incoming', label: t('tab.incoming'), render: (agent) => <IncomingData agent={agent} /> },
        { key: 'actions', label: t('tab.actions'), permission: 'run:query', render: (agent) => <MassiveActions agent={agent} /> },
        { key: 'runs', label: t('tab.runs'), permission: 'run:query', render: (agent) => <RelatedRuns systemId={agent.id} /> },
      ]}
      href={(saved) => `/agents/${saved}`}
      update={{ permission: id === undefined ? 'system:create' : 'system:update' }}
      remove={{ permission: 'system:delete', consequences: () => [t('remove', { count: 1 })] }}
    />
  );
}

function AgentStatus({ id }: { id: string }) {
  const { data } = useQuery({
    queryKey: keys.below('systems', id, 'status', {}),
    queryFn: async ({ signal }) => (await send('GET', address('systems', [id, 'status']), { signal })).json() as Promise<AgentState>,
  });
  return data === undefined ? null : <AgentBadge agent={data} />;
}

/** Offers what is installed and what runs where the schema only knows a text, and adds the policy's lists. */
function useRefinement() {
  const { t } = useTranslation('agents');
  const connectors = useConnectors().data ?? [];
  const servers = useServers().data ?? [];
  const serverChoices = [{ value: '*', label: t('everyServer') }, ...servers.map(({ name }) => ({ value: name, label: name }))];
  const both = (text: string) => ({ en: text, es: text });
  const lists: Attribute[] = [
    { name: 'userTypeIds', type: 'reference', resource: 'user-types', multiValued: true, label: both(t('policy.userTypes')), hint: t('policy.userTypesHint') },
    { name: 'groupIds', type: 'reference', resource: 'groups', multiValued: true, label: both(t('policy.groups')), hint: t('policy.groupsHint') },
  ];
  return (attributes: Attribute[], agent: AgentRow | undefined): Attribute[] =>
    attributes.filter(({ name }) => !elsewhere.has(name)).flatMap((attribute) => {
      if (attribute.name === 'connector') return [{ ...attribute, type: 'list' as const, values: connectors.map(({ name, label }) => ({ value: name, label })), readOnly: agent !== undefined }];
      if (attribute.name === 'server' || attribute.name === 'alternativeServer') return [{ ...attribute, type: 'list' as const, values: serverChoices, required: false }];
      if (attribute.name === 'namingRule') return [...lists, attribute];
      return [attribute];
    });
}
