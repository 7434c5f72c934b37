import { ActionIcon, Button, Checkbox, Collapse, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { connectSteps, endOf, reconnect, removeElements, targetsOf, titleOf } from '../canvas/actions';
import { useDrawing } from '../context';
import { is, textIn, type Element } from '../model/moddle';
import { expressionChange, expressionIn, flowsOf } from '../model/values';
import { ScriptField, TextField } from './fields';
import classes from '../Designer.module.css';
import { useExtension } from './useExtension';

/** The ways into or out of a step; each is edited here as on the canvas. */
export function FlowsTab({ element, side }: { element: Element; side: 'incoming' | 'outgoing' }) {
  const { t } = useTranslation('designer');
  const { designer, readOnly } = useDrawing();
  const [chosen, setChosen] = useState('');
  const [refused, setRefused] = useState(false);
  const flows = flowsOf(element, side);
  const others = side === 'outgoing'
    ? targetsOf(designer, element)
    : designer.steps().filter((step) => !is(step.businessObject, 'bpmn:EndEvent') && targetsOf(designer, step).includes(element));
  const add = () => {
    const other = designer.element(chosen);
    if (other === undefined) return;
    const flow = side === 'outgoing' ? connectSteps(designer, element, other) : connectSteps(designer, other, element);
    setRefused(flow === undefined);
    setChosen('');
  };
  return (
    <Stack gap="xs">
      {flows.length === 0 ? <Text size="sm" c="dimmed">{t(`flow.none.${side}`)}</Text> : null}
      {flows.map((flow) => <FlowRow key={flow.id} flow={flow} side={side} />)}
      {readOnly ? null : (
        <Group gap="xs" align="flex-end" wrap="nowrap">
          <NativeSelect flex={1} label={t(`flow.add.${side}`)} error={refused ? t('flow.refused') : undefined} data={[{ value: '', label: t('flow.choose') }, ...others.map((step) => ({ value: step.id, label: titleOf(step) }))]} value={chosen} onChange={(event) => setChosen(event.currentTarget.value)} />
          <Button variant="light" disabled={chosen === ''} onClick={add}>{t('flow.connect')}</Button>
        </Group>
      )}
    </Stack>
  );
}

function FlowRow({ flow, side }: { flow: Element; side: 'incoming' | 'outgoing' }) {
  const { t } = useTranslation('designer');
  const { designer, readOnly } = useDrawing();
  const [open, setOpen] = useState(false);
  const end = side === 'outgoing' ? 'target' : 'source';
  const other = endOf(flow, end);
  const steps = designer.steps().filter((step) => !is(step.businessObject, end === 'target' ? 'bpmn:StartEvent' : 'bpmn:EndEvent', 'bpmn:BoundaryEvent') || step === other);
  return (
    <div className={classes.row} role="group" aria-label={titleOf(flow)}>
      <Group gap="xs" wrap="nowrap" align="flex-end">
        <NativeSelect flex={1} label={t(side === 'outgoing' ? 'flow.to' : 'flow.from')} disabled={readOnly} data={steps.map((step) => ({ value: step.id, label: titleOf(step) }))} value={other.id} onChange={(event) => { const step = designer.element(event.currentTarget.value); if (step) reconnect(designer, flow, end, step); }} />
        {readOnly ? null : <ActionIcon mb={4} aria-label={t('flow.remove', { name: titleOf(flow) })} onClick={() => removeElements(designer, [flow])}><IconTrash size={14} /></ActionIcon>}
      </Group>
      <FlowName flow={flow} />
      <Button mt="xs" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>{t('flow.more')}</Button>
      <Collapse expanded={open}>{open ? <FlowRules flow={flow} /> : null}</Collapse>
    </div>
  );
}

/** What a flow is called: out of a task for people it is what the button says. */
export function FlowName({ flow }: { flow: Element }) {
  const { t } = useTranslation('designer');
  const { designer } = useDrawing();
  const node = flow.businessObject;
  const button = is(endOf(flow, 'source').businessObject, 'bpmn:UserTask');
  return <TextField label={t('flow.name')} description={button ? t('flow.button') : undefined} value={textIn(node, 'name')} onCommit={(name) => designer.change(flow, [{ node, members: { name: name || undefined } }])} />;
}

/** When a flow is taken, and what happens on the way. */
export function FlowRules({ flow }: { flow: Element }) {
  const { t } = useTranslation('designer');
  const { designer, readOnly } = useDrawing();
  const [onTake, change] = useExtension(flow, 'idm:OnTake');
  const node = flow.businessObject;
  const source = endOf(flow, 'source');
  const mayBeDefault = is(source.businessObject, 'bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway', 'bpmn:Activity');
  return (
    <Stack gap="xs">
      <TextField label={t('flow.condition')} description={t('expression')} placeholder="#{days > 3}" value={expressionIn(node, 'conditionExpression')} onCommit={(body) => designer.change(flow, [expressionChange(designer, node, 'conditionExpression', body)])} />
      {mayBeDefault ? (
        <Checkbox label={t('flow.default')} disabled={readOnly} checked={source.businessObject.get('default') === node} onChange={(event) => designer.service('modeling').updateProperties(source, { default: event.currentTarget.checked ? node : undefined })} />
      ) : null}
      <ScriptField label={t('flow.action')} description={t('flow.actionHint')} minLines={3} value={onTake.body} onCommit={(body) => change({ body })} />
    </Stack>
  );
}
