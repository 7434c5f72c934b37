import { Select, Stack, Tabs, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { alternativesOf, titleOf, turnInto } from '../canvas/actions';
import { useDrawing } from '../context';
import { is, textIn, type Element } from '../model/moddle';
import { changeableKinds, kindOf, type ShownKind } from '../model/steps';
import { description, descriptionChange, eventOf } from '../model/values';
import { DecisionDetails, DefaultFlow } from './DecisionDetails';
import { EventDetails } from './EventDetails';
import { LongTextField, TextField } from './fields';
import { FieldsTab } from './FieldsTab';
import { FlowName, FlowRules, FlowsTab } from './FlowsTab';
import { PeopleDetails } from './PeopleDetails';
import { PrincipalsField } from './PrincipalsField';
import { CallDetails, ProgramDetails } from './ProgramDetails';
import { Repetition } from './Repetition';
import { QueriesTab, TriggersTab } from './TriggersTab';
import { useExtension } from './useExtension';

const tabs = ['details', 'fields', 'triggers', 'queries', 'incoming', 'outgoing'] as const;
type Tab = (typeof tabs)[number];

/** The tabs that a kind of element has. */
function tabsOf({ businessObject: node, parent }: Element): Tab[] {
  if (!is(node, 'bpmn:FlowNode')) return ['details'];
  const form = is(node, 'bpmn:UserTask') || (is(node, 'bpmn:StartEvent') && !is(parent?.businessObject, 'bpmn:SubProcess'));
  const incoming = !is(node, 'bpmn:StartEvent', 'bpmn:BoundaryEvent');
  return [
    'details', ...(form ? (['fields', 'triggers'] as const) : []), ...(kindOf(node) === 'match' ? (['queries'] as const) : []),
    ...(incoming ? (['incoming'] as const) : []), ...(is(node, 'bpmn:EndEvent') ? [] : (['outgoing'] as const)),
  ];
}

/** Everything about the selected step: its name and type, and what its kind has beside. */
export function StepPanel({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const [tab, setTab] = useState<Tab>('details');
  const open = tabsOf(element);
  const current = open.includes(tab) ? tab : 'details';
  return (
    <Stack gap="sm" p="sm">
      <Head element={element} />
      <Tabs value={current} onChange={(next) => setTab(next as Tab)}>
        <Tabs.List mb="sm">{open.map((each) => <Tabs.Tab key={each} value={each} px="xs">{t(`tab.${each}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="details"><Stack gap="md"><Details element={element} /></Stack></Tabs.Panel>
        <Tabs.Panel value="fields"><Stack gap="sm"><FieldsTab element={element} /></Stack></Tabs.Panel>
        <Tabs.Panel value="triggers"><Stack gap="sm"><TriggersTab element={element} /></Stack></Tabs.Panel>
        <Tabs.Panel value="queries"><Stack gap="sm"><QueriesTab element={element} /></Stack></Tabs.Panel>
        <Tabs.Panel value="incoming"><Stack gap="sm"><FlowsTab element={element} side="incoming" /></Stack></Tabs.Panel>
        <Tabs.Panel value="outgoing"><Stack gap="sm"><FlowsTab element={element} side="outgoing" /></Stack></Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function Head({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const { designer, readOnly } = useDrawing();
  const node = element.businessObject;
  const kind = kindOf(node);
  const alternatives = alternativesOf(element, changeableKinds);
  const member = is(node, 'bpmn:TextAnnotation') ? 'text' : 'name';
  const known = alternatives.some(({ key }) => key === kind);
  const choose = (key: string | null) => {
    const chosen = alternatives.find((each) => each.key === key);
    if (chosen !== undefined && key !== kind) turnInto(designer, element, chosen);
  };
  return (
    <Stack gap="xs">
      <Text component="h2" m={0} fw={600}>{titleOf(element)}</Text>
      {is(node, 'bpmn:SequenceFlow') ? <FlowName flow={element} /> : (
        <TextField label={t('step.name')} value={textIn(node, member)} onCommit={(text) => designer.change(element, [{ node, members: { [member]: text || undefined } }])} />
      )}
      {alternatives.length < 2 ? <Text size="sm" c="dimmed">{t(`kind.${kind}`)}</Text> : (
        <Select label={t('step.kind')} allowDeselect={false} disabled={readOnly} data={[...(known ? [] : [{ value: kind, label: t(`kind.${kind}`) }]), ...alternatives.map(({ key }) => ({ value: key, label: t(`kind.${key as ShownKind}`) }))]} value={known ? kind : kind} onChange={choose} />
      )}
    </Stack>
  );
}

function Details({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const { designer } = useDrawing();
  const node = element.businessObject;
  const describe = <LongTextField label={t('step.description')} value={description(node)} onCommit={(text) => designer.change(element, [descriptionChange(designer, node, text)])} />;
  return (
    <>
      {is(node, 'bpmn:SequenceFlow') ? <FlowRules flow={element} /> : null}
      {is(node, 'bpmn:UserTask') ? <PeopleDetails element={element} /> : null}
      {is(node, 'bpmn:ScriptTask', 'bpmn:ServiceTask', 'bpmn:SendTask') ? <ProgramDetails element={element} /> : null}
      {is(node, 'bpmn:CallActivity') ? <CallDetails element={element} /> : null}
      {is(node, 'bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway') ? <DecisionDetails element={element} /> : null}
      {is(node, 'bpmn:Lane') ? <LaneDetails element={element} /> : null}
      {eventOf(node) === undefined ? null : <EventDetails element={element} />}
      {is(node, 'bpmn:Activity') && node.get('triggeredByEvent') !== true ? <><DefaultFlow element={element} /><Repetition element={element} /></> : null}
      {describe}
    </>
  );
}

function LaneDetails({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const [lane, change] = useExtension(element, 'idm:Lane');
  return <PrincipalsField label={t('lane.actors')} description={t('lane.hint')} value={lane.actors} onCommit={(actors) => change({ actors })} />;
}
