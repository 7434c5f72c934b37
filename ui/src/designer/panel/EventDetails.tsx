import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDrawing } from '../context';
import { is, type Element, type Node } from '../model/moddle';
import { eventName, eventNameChanges, eventOf, timerChange, timerOf, timerWays, type TimerWay } from '../model/values';
import { FlagField, ScriptField, TextField } from './fields';
import { Section } from './Section';
import { useExtension } from './useExtension';

/** What an event waits for or throws, and whether the work it is attached to is abandoned. */
export function EventDetails({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const { designer } = useDrawing();
  const node = element.businessObject;
  const event = eventOf(node);
  const inEventSubProcess = is(node, 'bpmn:StartEvent') && element.parent?.businessObject.get('triggeredByEvent') === true;
  const interrupting = is(node, 'bpmn:BoundaryEvent') ? 'cancelActivity' : inEventSubProcess ? 'isInterrupting' : undefined;
  const name = event === undefined ? undefined : eventName(event);
  return (
    <>
      {interrupting === undefined ? null : (
        <FlagField
          label={t(interrupting === 'cancelActivity' ? 'event.abandons' : 'event.interrupts')}
          description={t('event.abandonsHint')}
          value={node.get(interrupting) !== false}
          onCommit={(on) => designer.service('modeling').updateProperties(element, { [interrupting]: on })}
        />
      )}
      {event !== undefined && is(event, 'bpmn:TimerEventDefinition') ? <TimerDetails element={element} event={event} /> : null}
      {event === undefined || name === undefined ? null : (
        <TextField label={t('event.name')} description={t('event.nameHint')} value={name} onCommit={(next) => designer.change(element, eventNameChanges(designer, event, next))} />
      )}
      {event !== undefined && is(event, 'bpmn:MessageEventDefinition') && (inEventSubProcess || !is(node, 'bpmn:StartEvent')) ? <CorrelationDetails element={element} /> : null}
    </>
  );
}

/** The key by which a message is known besides its name. A process begins with every message of the name: its start event has none. */
function CorrelationDetails({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const [correlation, change] = useExtension(element, 'idm:Correlation');
  const sends = is(element.businessObject, 'bpmn:ThrowEvent');
  return <TextField label={t('event.key')} description={t(sends ? 'event.sentKeyHint' : 'event.keyHint')} value={correlation.key} onCommit={(key) => change({ key })} />;
}

function TimerDetails({ element, event }: { element: Element; event: Node }) {
  const { t } = useTranslation('designer');
  const { designer, readOnly } = useDrawing();
  const [fire, changeFire] = useExtension(element, 'idm:OnFire');
  const timer = timerOf(event);
  const change = (next: typeof timer) => designer.change(element, [timerChange(designer, event, next)]);
  return (
    <Section title={t('kind.timer')}>
      <Select
        label={t('timer.way')}
        allowDeselect={false}
        disabled={readOnly}
        data={(Object.keys(timerWays) as TimerWay[]).map((value) => ({ value, label: t(`timer.ways.${value}`) }))}
        value={timer.way}
        onChange={(way) => change({ ...timer, way: way as TimerWay })}
      />
      <TextField label={t('timer.time')} description={t(`timer.hints.${timer.way}`)} value={timer.time} onCommit={(time) => change({ ...timer, time })} />
      <ScriptField label={t('timer.script')} description={t('timer.scriptHint')} minLines={2} value={fire.body} onCommit={(body) => changeFire({ body })} />
    </Section>
  );
}
