import { extensionChange } from './extension';
import { is, nodesIn, textIn, type Change, type Editing, type Element, type Node } from './moddle';

/** The process of a document: the first that can be run, else the first of all. */
export function processOf(definitions: Node): Node | undefined {
  const processes = nodesIn(definitions, 'rootElements').filter((node) => is(node, 'bpmn:Process'));
  return processes.find((node) => node.get('isExecutable') === true) ?? processes[0];
}

/** The description of anything: BPMN calls it documentation. */
export function description(node: Node): string {
  return textIn(nodesIn(node, 'documentation')[0], 'text');
}

/** The change that gives something another description. */
export function descriptionChange(editing: Editing, node: Node, text: string): Change {
  const next = text === '' ? [] : [editing.create('bpmn:Documentation', { text })];
  for (const each of next) each.$parent = node;
  return { node, members: { documentation: next } };
}

function expression(editing: Editing, parent: Node, body: string): Node | undefined {
  if (body === '') return undefined;
  const made = editing.create('bpmn:FormalExpression', { body });
  made.$parent = parent;
  return made;
}

/** The text of an expression in a member, as of a condition or a timer. */
export function expressionIn(node: Node | undefined, member: string): string {
  return textIn(node?.get(member) as Node | undefined, 'body');
}

/** The change that writes an expression into a member, or removes it when it is empty. */
export function expressionChange(editing: Editing, node: Node, member: string, body: string): Change {
  return { node, members: { [member]: expression(editing, node, body) } };
}

/** The ways in which a timer says its time, with the members of BPMN. */
export const timerWays = { duration: 'timeDuration', date: 'timeDate', cycle: 'timeCycle' } as const;
export type TimerWay = keyof typeof timerWays;

export interface Timer {
  way: TimerWay;
  time: string;
}

/** When a timer fires; one that says nothing yet waits for a duration. */
export function timerOf(event: Node): Timer {
  const ways = Object.keys(timerWays) as TimerWay[];
  const way = ways.find((each) => event.get(timerWays[each]) !== undefined) ?? 'duration';
  return { way, time: expressionIn(event, timerWays[way]) };
}

/** The change that sets a timer; of the three ways one is left. An expression without text keeps the way that was chosen. */
export function timerChange(editing: Editing, event: Node, { way, time }: Timer): Change {
  const kept = editing.create('bpmn:FormalExpression', { body: time });
  kept.$parent = event;
  return { node: event, members: { timeDuration: undefined, timeDate: undefined, timeCycle: undefined, [timerWays[way]]: kept } };
}

/** Events that are known by a name, which is declared at the root of the document. */
const named: Record<string, { reference: string; type: string; name: string }> = {
  'bpmn:MessageEventDefinition': { reference: 'messageRef', type: 'bpmn:Message', name: 'name' },
  'bpmn:SignalEventDefinition': { reference: 'signalRef', type: 'bpmn:Signal', name: 'name' },
  'bpmn:ErrorEventDefinition': { reference: 'errorRef', type: 'bpmn:Error', name: 'errorCode' },
  'bpmn:EscalationEventDefinition': { reference: 'escalationRef', type: 'bpmn:Escalation', name: 'escalationCode' },
};

/** The event definition of an event, undefined for one that waits for nothing. */
export function eventOf(node: Node): Node | undefined {
  return is(node, 'bpmn:Event') ? nodesIn(node, 'eventDefinitions')[0] : undefined;
}

/** The name or code of what an event waits for or throws; undefined when events of its type have none. */
export function eventName(event: Node): string | undefined {
  if (event.$type === 'bpmn:LinkEventDefinition') return textIn(event, 'name');
  const how = named[event.$type];
  return how === undefined ? undefined : textIn(event.get(how.reference) as Node | undefined, how.name);
}

/** The changes that give an event another name. What is declared already is used; what no event names any more is left, as other tools do. */
export function eventNameChanges(editing: Editing, event: Node, name: string): Change[] {
  const how = named[event.$type];
  if (how === undefined) return [{ node: event, members: { name: name === '' ? undefined : name } }];
  if (name === '') return [{ node: event, members: { [how.reference]: undefined } }];
  const definitions = editing.definitions();
  const roots = nodesIn(definitions, 'rootElements');
  const declared = roots.find((node) => node.$type === how.type && textIn(node, how.name) === name);
  if (declared !== undefined) return [{ node: event, members: { [how.reference]: declared } }];
  const made = editing.create(how.type, { name, [how.name]: name });
  made.$parent = definitions;
  return [{ node: definitions, members: { rootElements: [...roots, made] } }, { node: event, members: { [how.reference]: made } }];
}

/** How often a step is done. */
export interface Loop {
  kind: 'once' | 'while' | 'sequential' | 'parallel';
  /** JavaScript: `while` goes on as long as it holds, the others end early when it does. */
  condition?: string;
  /** Greatest number of rounds of a `while`. */
  maximum?: number;
  /** A `while` looks before its first round. */
  before?: boolean;
  /** Number of instances, or a list that has one element for each. */
  count?: string;
  collection?: string;
  element?: string;
}

/** How often an activity is done. */
export function loopOf(activity: Node): Loop {
  const node = activity.get('loopCharacteristics') as Node | undefined;
  if (node === undefined) return { kind: 'once' };
  if (is(node, 'bpmn:StandardLoopCharacteristics')) {
    const maximum = Number(node.get('loopMaximum') ?? 0);
    return { kind: 'while', condition: expressionIn(node, 'loopCondition'), maximum: maximum || undefined, before: node.get('testBefore') === true };
  }
  const holder = node.get('extensionElements') as Node | undefined;
  const each = holder === undefined ? undefined : nodesIn(holder, 'values').find(({ $type }) => $type === 'idm:Loop');
  return {
    kind: node.get('isSequential') === true ? 'sequential' : 'parallel',
    condition: expressionIn(node, 'completionCondition'),
    count: expressionIn(node, 'loopCardinality'),
    collection: textIn(each, 'collection'),
    element: textIn(each, 'element'),
  };
}

/** The change that has an activity done once or several times. */
export function loopChange(editing: Editing, activity: Node, loop: Loop): Change {
  const members = { loopCharacteristics: loop.kind === 'once' ? undefined : loopNode(editing, loop) };
  if (members.loopCharacteristics !== undefined) members.loopCharacteristics.$parent = activity;
  return { node: activity, members };
}

function loopNode(editing: Editing, loop: Loop): Node {
  const { kind, condition = '', maximum, before, count = '', collection = '', element = '' } = loop;
  if (kind === 'while') {
    const bare = editing.create('bpmn:StandardLoopCharacteristics');
    return editing.create('bpmn:StandardLoopCharacteristics', {
      loopCondition: expression(editing, bare, condition), loopMaximum: maximum, testBefore: before === true ? true : undefined,
    });
  }
  const bare = editing.create('bpmn:MultiInstanceLoopCharacteristics');
  const each = extensionChange(editing, bare, { 'idm:Loop': collection === '' && element === '' ? undefined : { collection, element } });
  return editing.create('bpmn:MultiInstanceLoopCharacteristics', {
    ...each.members, isSequential: kind === 'sequential' ? true : undefined,
    completionCondition: expression(editing, bare, condition), loopCardinality: expression(editing, bare, count),
  });
}

/** The flows into or out of a step, as elements of the diagram. */
export function flowsOf(element: Element, side: 'incoming' | 'outgoing'): Element[] {
  const all = (element as unknown as Record<string, Element[] | undefined>)[side] ?? [];
  return all.filter((flow) => is(flow.businessObject, 'bpmn:SequenceFlow'));
}
