import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSchema, type Attribute } from '@/api/schema';
import { ScriptList } from '@/editor/ScriptList';
import { ObjectSection } from '@/object/ObjectSection';
import type { AgentRow } from './AgentsPage';

interface CorrelationRule {
  kind: 'filter' | 'script';
  expression: string;
}

interface LoadTrigger {
  objectType: string;
  event: string;
  script: string;
}

const incoming = new Set(['authoritative', 'fullReconciliation', 'propagateChanges', 'precedence']);
const limits = ['maxInserts', 'maxUpdates', 'maxDeletes', 'maxInsertPercent', 'maxUpdatePercent', 'maxDeletePercent'] as const;
const loaded = ['user', 'account', 'group', 'role', 'grant'] as const;
const events = ['preInsert', 'preUpdate', 'preDelete', 'postInsert', 'postUpdate', 'postDelete'] as const;
const others: readonly Attribute[] = [
  { name: 'correlation', type: 'string', label: { en: 'Correlation', es: 'Correlación' } },
  { name: 'loadTriggers', type: 'string', label: { en: 'Load triggers', es: 'Disparadores de carga' } },
];

/** What comes in: whose word counts, how accounts find their users, when a run stops, scripts around each change (guide page 045). */
export function IncomingData({ agent }: { agent: AgentRow }) {
  const { t } = useTranslation('agents');
  const schema = useSchema('system').data;
  if (schema === undefined) return <Skeleton height={320} />;
  const both = (text: string) => ({ en: text, es: text });
  const attributes: Attribute[] = [
    ...schema.filter(({ name }) => incoming.has(name)),
    { name: 'guardSection', type: 'separator', label: both(t('guard.title')) },
    ...limits.map<Attribute>((name) => ({ name: `guard.${name}`, type: 'number', label: both(t(`guard.${name}`)), hint: t(`guard.hint.${name}`) })),
    { name: 'guard.allowEmptyListing', type: 'boolean', label: both(t('guard.allowEmptyListing')) },
  ];
  return (
    <ObjectSection resource="systems" id={agent.id} attributes={attributes} others={others} permission="system:update">
      {(draft, readOnly) => (
        <>
          <ScriptList<CorrelationRule>
            title={t('correlation.title')}
            hint={t('correlation.hint')}
            entries={(draft.values.correlation ?? []) as CorrelationRule[]}
            fresh={{ kind: 'filter', expression: '' }}
            onChange={(correlation) => draft.change({ ...draft.values, correlation })}
            script={({ expression }) => expression}
            withScript={(rule, expression) => ({ ...rule, expression })}
            choices={[{ label: t('correlation.kind'), data: (['filter', 'script'] as const).map((value) => ({ value, label: t(`correlation.${value}`) })), value: ({ kind }) => kind, withValue: (rule, kind) => ({ ...rule, kind: kind as CorrelationRule['kind'] }) }]}
            addLabel={t('correlation.add')}
            minLines={1}
            readOnly={readOnly}
          />
          <ScriptList<LoadTrigger>
            title={t('loadTriggers.title')}
            hint={t('loadTriggers.hint')}
            entries={(draft.values.loadTriggers ?? []) as LoadTrigger[]}
            fresh={{ objectType: 'user', event: 'preInsert', script: 'return true;' }}
            onChange={(loadTriggers) => draft.change({ ...draft.values, loadTriggers })}
            script={({ script }) => script}
            withScript={(trigger, script) => ({ ...trigger, script })}
            choices={[
              { label: t('loadTriggers.objectType'), data: loaded.map((value) => ({ value, label: t(`mapped.${value}`) })), value: ({ objectType }) => objectType, withValue: (trigger, objectType) => ({ ...trigger, objectType }) },
              { label: t('triggers.kind'), data: events.map((value) => ({ value, label: t(`trigger.${value}`) })), value: ({ event }) => event, withValue: (trigger, event) => ({ ...trigger, event }) },
            ]}
            addLabel={t('triggers.add')}
            readOnly={readOnly}
          />
        </>
      )}
    </ObjectSection>
  );
}
