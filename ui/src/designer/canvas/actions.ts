import type { Wanted } from '../model/extension';
import { extensionChange } from '../model/extension';
import { is, textIn, type Element } from '../model/moddle';
import { recipeOf, works, type Recipe, type StepKind } from '../model/steps';
import { read } from '../model/extension';
import { flowsOf } from '../model/values';
import type { Designer } from './Designer';

/** A new step of a kind, not yet on the canvas. Its name is what people call the kind. */
export function makeStep(designer: Designer, kind: StepKind, name: string): Element {
  const process = designer.process();
  const type = process === undefined ? undefined : read(process.node, 'idm:Process')?.type;
  const { type: bpmn, event, extensions = {}, members = {}, expanded } = recipeOf(kind, type);
  const node = designer.create(bpmn, { name: is(designer.create(bpmn), 'bpmn:Gateway') ? undefined : name, ...members });
  const carried = extensionChange(designer, node, extensions).members.extensionElements;
  // The factory of shapes reads the node as it is, so that it is filled before it is drawn.
  if (carried !== undefined) (node as unknown as Record<string, unknown>).extensionElements = carried;
  return designer.service('elementFactory').createShape({ type: bpmn, businessObject: node, eventDefinitionType: event, isExpanded: expanded });
}

/** Hangs a step on the pointer: it is put down where the button is released. */
export function dragStep(designer: Designer, kind: StepKind, name: string, event: Event): void {
  designer.service('create').start(event, makeStep(designer, kind, name));
}

/** Adds a step behind the selected one, or where there is room when nothing that leads on is selected. */
export function addStep(designer: Designer, kind: StepKind, name: string): void {
  const shape = makeStep(designer, kind, name);
  const after = designer.selected();
  const leadsOn = after !== undefined && kind !== 'start' && is(after.businessObject, 'bpmn:FlowNode') && !is(after.businessObject, 'bpmn:EndEvent');
  const added = leadsOn ? designer.service('autoPlace').append(after, shape) : designer.service('modeling').createShape(shape, freePlace(designer), placeFor(designer));
  designer.select(added.id);
}

function placeFor(designer: Designer): Element {
  return designer.process()?.element ?? designer.service('canvas').getRootElement();
}

/** Right of everything, at the height of the last step. */
function freePlace(designer: Designer): { x: number; y: number } {
  const last = designer.steps().at(-1);
  const right = Math.max(0, ...designer.steps().map(({ x, width }) => x + width));
  return last === undefined ? { x: 120, y: 120 } : { x: right + 110, y: last.y + last.height / 2 };
}

/** Attaches a timer to an activity, which goes on (a reminder) or is abandoned (an escalation) when it fires. */
export function attachTimer(designer: Designer, host: Element, abandons: boolean): void {
  const shape = designer.service('elementFactory').createShape({ type: 'bpmn:BoundaryEvent', eventDefinitionType: 'bpmn:TimerEventDefinition', cancelActivity: abandons });
  const taken = designer.service('elementRegistry').filter((each) => each.host === host).length;
  const at = { x: host.x + host.width - 20 - 40 * taken, y: host.y + host.height };
  const added = designer.service('modeling').createShape(shape, at, host, { attach: true });
  designer.select(added.id);
}

/** The kinds that a step of a canvas can be turned into without drawing it again. */
export interface Alternative {
  key: string;
  target: { type: string; eventDefinitionType?: string; triggeredByEvent?: boolean; isExpanded?: boolean };
  extensions?: Wanted;
}

const event = (key: string, type: string, definition?: string): Alternative => ({ key, target: { type, ...(definition ? { eventDefinitionType: `bpmn:${definition}EventDefinition` } : {}) } });
const all = (type: string, ...definitions: string[]) => definitions.map((each) => event(each.toLowerCase(), type, each));
const gateways = [['decision', 'Exclusive'], ['fork', 'Parallel'], ['inclusive', 'Inclusive'], ['firstEvent', 'EventBased']] as const;

/** What an element can become; empty when there is nothing to choose. */
export function alternativesOf(element: Element, kinds: readonly StepKind[]): Alternative[] {
  const node = element.businessObject;
  if (is(node, 'bpmn:Task', 'bpmn:CallActivity')) return kinds.map((key) => alternative(key, recipeOf(key)));
  if (is(node, 'bpmn:SubProcess')) {
    return [{ key: 'subProcess', target: { type: 'bpmn:SubProcess', triggeredByEvent: false, isExpanded: true } }, { key: 'eventSubProcess', target: { type: 'bpmn:SubProcess', triggeredByEvent: true, isExpanded: true } }];
  }
  if (is(node, 'bpmn:Gateway')) return gateways.map(([key, name]) => ({ key, target: { type: `bpmn:${name}Gateway` } }));
  if (is(node, 'bpmn:EndEvent')) return [event('end', 'bpmn:EndEvent'), ...all('bpmn:EndEvent', 'Terminate', 'Error', 'Escalation', 'Message')];
  if (is(node, 'bpmn:BoundaryEvent')) return all('bpmn:BoundaryEvent', 'Timer', 'Message', 'Signal', 'Error', 'Escalation');
  if (is(node, 'bpmn:StartEvent')) return startsOf(element);
  if (is(node, 'bpmn:IntermediateCatchEvent')) return all('bpmn:IntermediateCatchEvent', 'Timer', 'Message', 'Signal', 'Link');
  if (is(node, 'bpmn:IntermediateThrowEvent')) return [event('throw', 'bpmn:IntermediateThrowEvent'), ...all('bpmn:IntermediateThrowEvent', 'Message', 'Signal', 'Escalation', 'Link')];
  return [];
}

function startsOf({ parent }: Element): Alternative[] {
  const inside = parent !== undefined && is(parent.businessObject, 'bpmn:SubProcess');
  if (!inside) return [event('start', 'bpmn:StartEvent'), ...all('bpmn:StartEvent', 'Timer', 'Message')];
  if (parent.businessObject.get('triggeredByEvent') !== true) return [];
  return all('bpmn:StartEvent', 'Timer', 'Message', 'Error', 'Escalation', 'Signal');
}

function alternative(key: StepKind, { type, extensions }: Recipe): Alternative {
  return { key, target: { type }, extensions };
}

/** Turns a step into another kind: it keeps its name, its ways and all extensions that its new kind may have. */
export function turnInto(designer: Designer, element: Element, { target, extensions = {} }: Alternative): void {
  const same = element.type === target.type && target.eventDefinitionType === undefined && target.triggeredByEvent === undefined && is(element.businessObject, 'bpmn:Activity');
  const next = same ? element : designer.service('bpmnReplace').replaceElement(element, target);
  if (is(next.businessObject, 'bpmn:Task')) {
    const others = works.filter((type) => !(type in extensions) && read(next.businessObject, type) !== undefined);
    const wanted = { ...Object.fromEntries(others.map((type) => [type, undefined])), ...extensions };
    if (Object.keys(wanted).length > 0) designer.change(next, [extensionChange(designer, next.businessObject, wanted)]);
  }
  designer.select(next.id);
}

/** Connects two steps; answers the flow, or undefined when the rules of BPMN forbid it. */
export function connectSteps(designer: Designer, from: Element, to: Element): Element | undefined {
  const allowed = designer.service('rules').allowed('connection.create', { source: from, target: to });
  if (allowed === false || (allowed as { type?: string }).type !== 'bpmn:SequenceFlow') return undefined;
  return designer.service('modeling').connect(from, to, { type: 'bpmn:SequenceFlow' });
}

/** Leads a flow to or from another step; answers whether that is allowed. */
export function reconnect(designer: Designer, flow: Element, end: 'source' | 'target', step: Element): boolean {
  const { modeling, rules } = { modeling: designer.service('modeling'), rules: designer.service('rules') };
  const middle = { x: step.x + step.width / 2, y: step.y + step.height / 2 };
  const ends = flow as Element & { source: Element; target: Element };
  const allowed = rules.allowed('connection.reconnect', { connection: flow, source: end === 'source' ? step : ends.source, target: end === 'target' ? step : ends.target });
  if (allowed === false) return false;
  if (end === 'source') modeling.reconnectStart(flow, step, middle);
  else modeling.reconnectEnd(flow, step, middle);
  return true;
}

/** The step at an end of a flow. */
export function endOf(flow: Element, end: 'source' | 'target'): Element {
  return (flow as Element & { source: Element; target: Element })[end];
}

/** Removes elements with what depends on them. */
export function removeElements(designer: Designer, elements: readonly Element[]): void {
  designer.service('modeling').removeElements(elements.slice());
}

/** Copies what is selected; cutting removes it afterwards. */
export function copySelection(designer: Designer, cut = false): void {
  const selected = designer.service('selection').get();
  designer.service('copyPaste').copy(selected);
  if (cut) removeElements(designer, selected);
}

/** Puts a copy beside what there is. */
export function pasteCopied(designer: Designer): void {
  designer.service('copyPaste').paste({ element: placeFor(designer), point: freePlace(designer) });
}

/** How a person calls an element: by its name, else a flow by its ends, else by its id. */
export function titleOf(element: Element): string {
  const name = textIn(element.businessObject, 'name');
  if (name !== '') return name;
  if (is(element.businessObject, 'bpmn:SequenceFlow')) return `${titleOf(endOf(element, 'source'))} → ${titleOf(endOf(element, 'target'))}`;
  return element.id;
}

/** The steps to which a flow out of a step may lead. */
export function targetsOf(designer: Designer, from: Element): Element[] {
  const led = new Set(flowsOf(from, 'outgoing').map((flow) => endOf(flow, 'target')));
  return designer.steps().filter((step) => step !== from && !led.has(step) && !is(step.businessObject, 'bpmn:StartEvent', 'bpmn:BoundaryEvent'));
}
