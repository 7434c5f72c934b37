import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { titleOf } from '../canvas/actions';
import { useDrawing } from '../context';
import { is, type Element, type Node } from '../model/moddle';
import { flowsOf } from '../model/values';
import { ScriptField } from './fields';
import { useExtension } from './useExtension';

/** How a decision is made: by a script that names a way, or by the conditions of its ways and the one that is taken otherwise. */
export function DecisionDetails({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const [decision, change] = useExtension(element, 'idm:Decision');
  return (
    <>
      {is(element.businessObject, 'bpmn:ExclusiveGateway') ? (
        <ScriptField label={t('decision.script')} description={t('decision.scriptHint')} minLines={5} value={decision.body} onCommit={(body) => change({ body })} />
      ) : null}
      <DefaultFlow element={element} />
    </>
  );
}

/** The way that is taken when no condition holds. */
export function DefaultFlow({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const { designer, readOnly } = useDrawing();
  const node = element.businessObject;
  const flows = flowsOf(element, 'outgoing');
  const current = node.get('default') as Node | undefined;
  const choose = (id: string | null) => designer.service('modeling').updateProperties(element, { default: flows.find((flow) => flow.id === id)?.businessObject });
  return (
    <Select
      label={t('decision.default')}
      clearable
      disabled={readOnly}
      data={flows.map((flow) => ({ value: flow.id, label: titleOf(flow) }))}
      value={current?.id ?? null}
      onChange={choose}
    />
  );
}
