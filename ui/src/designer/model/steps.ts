import type { ExtensionType } from '../language';
import { read, type Wanted } from './extension';
import { eventOf } from './values';
import { is, nodesIn, type Node } from './moddle';

/** The kinds of step that the palette offers, under the names that designers of processes know. */
export const stepKinds = [
  'start', 'screen', 'approval', 'match', 'script', 'apply', 'mail', 'decision', 'fork', 'join', 'timer', 'invoke', 'subProcess', 'call', 'end',
] as const;
export type StepKind = (typeof stepKinds)[number];

/** What the canvas can hold beside the kinds of the palette: drawn elsewhere, or chosen in the menu of a step. */
export type ShownKind =
  | StepKind | 'message' | 'signal' | 'error' | 'escalation' | 'link' | 'terminate' | 'throw' | 'inclusive' | 'firstEvent' | 'eventSubProcess' | 'service'
  | 'flow' | 'lane' | 'pool' | 'note' | 'other';

/** How a kind of step is made: its BPMN type, its event, what it carries at first. */
export interface Recipe {
  type: string;
  event?: string;
  extensions?: Wanted;
  members?: Record<string, unknown>;
  expanded?: boolean;
}

const recipes: Record<StepKind, Recipe> = {
  start: { type: 'bpmn:StartEvent' },
  screen: { type: 'bpmn:UserTask' },
  approval: { type: 'bpmn:UserTask', extensions: { 'idm:Approval': { mode: 'displayPending' } } },
  match: { type: 'bpmn:UserTask', extensions: { 'idm:Match': { threshold: 1 } } },
  script: { type: 'bpmn:ScriptTask', members: { scriptFormat: 'javascript' } },
  apply: { type: 'bpmn:ServiceTask', extensions: { 'idm:Apply': { userChanges: true } } },
  mail: { type: 'bpmn:SendTask' },
  decision: { type: 'bpmn:ExclusiveGateway' },
  fork: { type: 'bpmn:ParallelGateway' },
  join: { type: 'bpmn:ParallelGateway' },
  timer: { type: 'bpmn:IntermediateCatchEvent', event: 'bpmn:TimerEventDefinition' },
  invoke: { type: 'bpmn:ServiceTask', extensions: { 'idm:Invoke': { method: 'GET' } } },
  subProcess: { type: 'bpmn:SubProcess', expanded: true },
  call: { type: 'bpmn:CallActivity' },
  end: { type: 'bpmn:EndEvent' },
};

/** How a step of a kind is made. What a process applies depends on its type. */
export function recipeOf(kind: StepKind, processType?: string): Recipe {
  if (kind !== 'apply') return recipes[kind];
  const applied = { permission: 'entitlements', request: 'entitlements', reservation: 'account', delegation: 'delegation' }[processType ?? ''] ?? 'userChanges';
  return { ...recipes.apply, extensions: { 'idm:Apply': { [applied]: true } } };
}

/** The kinds that one step can be turned into: what people or programs do there. */
export const changeableKinds = ['screen', 'approval', 'match', 'script', 'apply', 'mail', 'invoke', 'call'] as const satisfies readonly StepKind[];

/** Extension elements that say what is done at a step; a step has one of them at most. */
export const works: readonly ExtensionType[] = ['idm:Approval', 'idm:Match', 'idm:Apply', 'idm:Invoke'];

const eventKinds: Record<string, ShownKind> = {
  'bpmn:TimerEventDefinition': 'timer', 'bpmn:MessageEventDefinition': 'message', 'bpmn:SignalEventDefinition': 'signal', 'bpmn:ErrorEventDefinition': 'error',
  'bpmn:EscalationEventDefinition': 'escalation', 'bpmn:LinkEventDefinition': 'link', 'bpmn:TerminateEventDefinition': 'terminate',
};

const plainKinds: Record<string, ShownKind> = {
  'bpmn:ScriptTask': 'script', 'bpmn:SendTask': 'mail', 'bpmn:ExclusiveGateway': 'decision', 'bpmn:InclusiveGateway': 'inclusive',
  'bpmn:EventBasedGateway': 'firstEvent', 'bpmn:CallActivity': 'call', 'bpmn:IntermediateThrowEvent': 'throw', 'bpmn:SequenceFlow': 'flow',
  'bpmn:Lane': 'lane', 'bpmn:Participant': 'pool', 'bpmn:TextAnnotation': 'note', 'bpmn:Group': 'note',
};

/** The kind of anything on the canvas. */
export function kindOf(node: Node): ShownKind {
  switch (node.$type) {
    case 'bpmn:UserTask':
      return read(node, 'idm:Approval') ? 'approval' : read(node, 'idm:Match') ? 'match' : 'screen';
    case 'bpmn:ServiceTask':
      return read(node, 'idm:Apply') ? 'apply' : read(node, 'idm:Invoke') ? 'invoke' : 'service';
    case 'bpmn:ParallelGateway':
      return nodesIn(node, 'incoming').length > 1 ? 'join' : 'fork';
    case 'bpmn:SubProcess':
      return node.get('triggeredByEvent') === true ? 'eventSubProcess' : 'subProcess';
    case 'bpmn:StartEvent':
    case 'bpmn:EndEvent': {
      const event = eventOf(node);
      const plain = node.$type === 'bpmn:StartEvent' ? 'start' : 'end';
      return event === undefined || plain === 'start' ? plain : (eventKinds[event.$type] ?? 'other');
    }
    default: {
      const event = eventOf(node);
      return (event === undefined ? plainKinds[node.$type] : eventKinds[event.$type]) ?? 'other';
    }
  }
}

/** Whether a step is a task for people. */
export function isForPeople(node: Node): boolean {
  return is(node, 'bpmn:UserTask');
}
