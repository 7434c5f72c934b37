import type { Change, Element, Node } from '../model/moddle';

/** Words that the canvas itself shows, in the language of the person. */
export interface CanvasWords {
  append: { screen: string; decision: string; end: string };
  connect: string;
  remove: string;
}

interface Entry {
  group: string;
  className: string;
  title: string;
  action: Record<string, (event: Event, target: never) => void>;
}

interface Services {
  contextPad: { registerProvider: (provider: object) => void };
  connect: { start: (event: Event, from: Element) => void };
  modeling: {
    removeElements: (elements: Element[]) => void;
    updateModdleProperties: (element: Element, node: Node, members: object) => void;
  };
  elementFactory: { createShape: (attributes: object) => Element };
  create: { start: (event: Event, shape: Element, context?: object) => void };
  autoPlace: { append: (from: Element, shape: Element) => void };
  moddle: { getTypeDescriptor: (type: string) => { meta?: { allowedIn?: string[] } } | undefined };
  commandStack: { registerHandler: (name: string, handler: unknown) => void };
  eventBus: { on: (event: string, priority: number, handler: (context: CopyContext) => false | undefined) => void };
}

interface CopyContext {
  parent: Node;
  property: unknown;
}

/** Several changes of the model as one step that can be undone. */
export const severalChanges = 'idm.several';

/** What may follow a step with one click beside it; the palette has everything else. */
const appended = [
  { key: 'screen', type: 'bpmn:UserTask', className: 'bpmn-icon-user-task' },
  { key: 'decision', type: 'bpmn:ExclusiveGateway', className: 'bpmn-icon-gateway-xor' },
  { key: 'end', type: 'bpmn:EndEvent', className: 'bpmn-icon-end-event-none' },
] as const;

const endings = new Set(['bpmn:EndEvent', 'bpmn:SequenceFlow', 'bpmn:TextAnnotation', 'bpmn:Association', 'bpmn:Lane', 'bpmn:Participant', 'bpmn:Group']);

/** The small menu beside a selected step: only what can be run. The constructor is given its services by name. */
class ContextPad {
  static readonly $inject = ['contextPad', 'connect', 'modeling', 'elementFactory', 'create', 'autoPlace', 'config.words'];

  constructor(
    pad: Services['contextPad'],
    private readonly connect: Services['connect'],
    private readonly modeling: Services['modeling'],
    private readonly factory: Services['elementFactory'],
    private readonly create: Services['create'],
    private readonly autoPlace: Services['autoPlace'],
    private readonly words: CanvasWords,
  ) {
    pad.registerProvider(this);
  }

  getContextPadEntries(element: Element): Record<string, Entry> {
    const remove: Entry = { group: 'edit', className: 'bpmn-icon-trash', title: this.words.remove, action: { click: () => this.modeling.removeElements([element]) } };
    if (element.labelTarget !== undefined || endings.has(element.type)) return { remove };
    const connect: Entry = {
      group: 'connect', className: 'bpmn-icon-connection-multi', title: this.words.connect,
      action: { click: (event) => this.connect.start(event, element), dragstart: (event) => this.connect.start(event, element) },
    };
    return { ...Object.fromEntries(appended.map((each) => [each.key, this.append(element, each)])), connect, remove };
  }

  getMultiElementContextPadEntries(elements: Element[]): Record<string, Entry> {
    return { remove: { group: 'edit', className: 'bpmn-icon-trash', title: this.words.remove, action: { click: () => this.modeling.removeElements(elements.slice()) } } };
  }

  private append(after: Element, { key, type, className }: (typeof appended)[number]): Entry {
    const shape = () => this.factory.createShape({ type });
    return {
      group: 'model', className, title: this.words.append[key],
      action: { click: () => this.autoPlace.append(after, shape()), dragstart: (event) => this.create.start(event, shape(), { source: after }) },
    };
  }
}

/** Performs {@link severalChanges}: each by the command that bpmn-js has for it, so that undoing takes all of them back. */
class SeveralChanges {
  static readonly $inject = ['modeling'];

  constructor(private readonly modeling: Services['modeling']) {}

  preExecute({ element, changes }: { element: Element; changes: readonly Change[] }): void {
    for (const { node, members } of changes) this.modeling.updateModdleProperties(element, node, members);
  }
}

/** Teaches the modeler our command, and that a step which becomes another kind keeps only the extensions that its new kind may have. */
class Commands {
  static readonly $inject = ['commandStack', 'eventBus', 'moddle'];

  constructor(stack: Services['commandStack'], bus: Services['eventBus'], moddle: Services['moddle']) {
    stack.registerHandler(severalChanges, SeveralChanges);
    bus.on('moddleCopy.canCopyProperty', 2000, ({ parent, property }) => {
      if (!isExtension(property) || parent.$type !== 'bpmn:ExtensionElements' || parent.$parent === undefined) return undefined;
      const host = parent.$parent;
      const places = moddle.getTypeDescriptor(property.$type)?.meta?.allowedIn;
      return places === undefined || places.some((type) => host.$instanceOf(type)) ? undefined : false;
    });
  }
}

function isExtension(property: unknown): property is Node {
  return typeof property === 'object' && property !== null && '$type' in property && String(property.$type).startsWith('idm:');
}

/** Our parts of the modeler. The palette of bpmn-js gives way to one that is part of the page. */
export const modules = [
  {
    __init__: ['contextPadProvider', 'idmCommands'],
    contextPadProvider: ['type', ContextPad],
    paletteProvider: ['value', null],
    idmCommands: ['type', Commands],
  },
];
