import { NativeSelect, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDrawing } from '../context';
import { triggerMoments, type Query, type Trigger } from '../language';
import type { Element } from '../model/moddle';
import { LongTextField, NumberField, ScriptField } from './fields';
import { VariableSelect } from './FieldsTab';
import { Rows } from './Rows';
import { useExtension } from './useExtension';

/** Scripts of a form: when it is opened, when a field changes, before a decision is taken. */
export function TriggersTab({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const { readOnly } = useDrawing();
  const [form, change] = useExtension(element, 'idm:Form');
  return (
    <>
      <Text size="xs" c="dimmed">{t('trigger.hint')}</Text>
      <Rows
        label={t('tab.triggers')}
        rows={form.triggers ?? []}
        onChange={(triggers) => change({ triggers })}
        name={({ on }, index) => `${index + 1} ${on ?? ''}`}
        fresh={(): Trigger => ({ on: 'onLoad', body: '' })}
        addLabel={t('trigger.add')}
      >
        {(trigger, changeRow) => (
          <>
            <NativeSelect label={t('trigger.on')} disabled={readOnly} data={triggerMoments.map((value) => ({ value, label: t(`trigger.moments.${value}`) }))} value={trigger.on} onChange={(event) => changeRow({ on: event.currentTarget.value as Trigger['on'] })} />
            {trigger.on === 'onChange' ? <VariableSelect label={t('trigger.field')} value={trigger.field} onChange={(field) => changeRow({ field })} /> : null}
            <ScriptField label={t('trigger.script')} minLines={3} value={trigger.body} onCommit={(body) => changeRow({ body })} />
          </>
        )}
      </Rows>
    </>
  );
}

/** The questions by which a step finds people who may be the same: each has a weight, which counts towards the threshold. */
export function QueriesTab({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const { readOnly } = useDrawing();
  const [match, change] = useExtension(element, 'idm:Match');
  return (
    <>
      <Text size="xs" c="dimmed">{t('query.hint')}</Text>
      <Rows
        label={t('tab.queries')}
        rows={match.queries ?? []}
        onChange={(queries) => change({ queries })}
        name={(_, index) => String(index + 1)}
        fresh={(): Query => ({ type: 'scim', weight: 1, body: '' })}
        addLabel={t('query.add')}
      >
        {(query, changeRow) => (
          <>
            <NativeSelect label={t('query.type')} disabled={readOnly} data={[{ value: 'scim', label: t('query.scim') }, { value: 'text', label: t('query.text') }]} value={query.type} onChange={(event) => changeRow({ type: event.currentTarget.value as Query['type'] })} />
            <NumberField label={t('query.weight')} value={query.weight} onCommit={(weight) => changeRow({ weight })} />
            <LongTextField label={t('query.body')} description={t('query.bodyHint')} value={query.body} onCommit={(body) => changeRow({ body })} />
          </>
        )}
      </Rows>
    </>
  );
}
