import Modeler from 'bpmn-js/lib/Modeler';
import idm from '../../../../bpm/idm.json';
import type { Change, Editing, Element, Node } from '../model/moddle';
import { is } from '../model/moddle';
import { processOf } from '../model/values';
import { look } from './look';
import { modules, severalChanges, type CanvasWords } from './modules';
import type { Services } from './services';

/** Events after which something that the page shows may be different. */
const events = ['commandStack.changed', 'selection.changed', 'import.done', 'tool-manager.update', 'copyPaste.elementsCopied', 'canvas.viewbox.changed'];

/**
 * A process being drawn: bpmn-js with the extension of our language. The document is the only state; the page reads it again
 * whenever {@link Designer.revision} has grown.
 */
export class Designer implements Editing {
  /** Tells this drawing from others of the same page. */
  readonly id = crypto.randomUUID();
  private readonly modeler: InstanceType<typeof Modeler>;
  private readonly listeners = new Set<() => void>();
  private told = 0;
  /** How many commands the document has seen, without those undone; and how many it had seen when it was last saved. */
  private depth = 0;
  private savedDepth = 0;
  private edits = 0;

  constructor(container: HTMLElement, words: CanvasWords) {
    // The types of bpmn-js know neither values nor configuration of modules.
    const options = { container, words, additionalModules: modules, moddleExtensions: { idm }, ...look };
    this.modeler = new Modeler(options as unknown as ConstructorParameters<typeof Modeler>[0]);
    this.service('eventBus').on('commandStack.changed', ({ trigger }: { trigger?: string }) => this.count(trigger));
    this.service('eventBus').on(events, () => this.tell());
  }

  /** A service of bpmn-js. */
  service<Name extends keyof Services>(name: Name): Services[Name] {
    return this.modeler.get<Services[Name]>(name);
  }

  /** Shows a document; throws when it is no BPMN or has no diagram. Gives what had to be left out. */
  async open(xml: string): Promise<string[]> {
    const { warnings } = await this.modeler.importXML(xml);
    this.depth = 0;
    this.savedDepth = 0;
    this.fit();
    return warnings.map((each: unknown) => (each instanceof Error ? each.message : String((each as { message?: string }).message ?? each)));
  }

  /** The document as it is now. */
  async xml(): Promise<string> {
    const { xml } = await this.modeler.saveXML({ format: true });
    return xml ?? '';
  }

  /** The diagram as a picture. */
  async svg(): Promise<string> {
    return (await this.modeler.saveSVG()).svg;
  }

  destroy(): void {
    this.listeners.clear();
    this.modeler.destroy();
  }

  /** Calls back after each change; returns the way to stop. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Grows with everything that happens: of the document, the selection, the view. */
  readonly revision = (): number => this.told;

  /** Whether the document differs from what was last saved; undoing back to that state makes it the same again. */
  get changed(): boolean {
    return this.depth !== this.savedDepth;
  }

  /** Grows with every change of the document. */
  get edition(): number {
    return this.edits;
  }

  /** Where in its history the document is; goes to {@link Designer.saved} when it was saved as it was there. */
  get state(): number {
    return this.depth;
  }

  private count(trigger: string | undefined): void {
    this.edits++;
    if (trigger === 'clear') this.depth = 0;
    else if (trigger === 'undo') this.depth--;
    else {
      // What was undone before this change cannot come back, and with it the state that was saved.
      if (trigger === 'execute' && this.savedDepth > this.depth) this.savedDepth = -1;
      this.depth++;
    }
  }

  /** Says that the server has the state that the document had at a {@link Designer.state}. */
  saved(state: number): void {
    this.savedDepth = state;
    this.tell();
  }

  private tell(): void {
    this.told++;
    for (const listener of this.listeners) listener();
  }

  create(type: string, members?: object): Node {
    return type.startsWith('idm:') ? this.service('moddle').create(type, members) : this.service('bpmnFactory').create(type, members);
  }

  change(element: Element, changes: readonly Change[]): void {
    this.service('commandStack').execute(severalChanges, { element, changes });
  }

  definitions(): Node {
    return this.modeler.getDefinitions() as unknown as Node;
  }

  /** The process that is drawn, and the element of the diagram that stands for it: the plane, or a pool. Undefined before a document is shown. */
  process(): { node: Node; element: Element } | undefined {
    const definitions = this.definitions() as Node | undefined;
    const node = definitions === undefined ? undefined : processOf(definitions);
    if (node === undefined) return undefined;
    const root = this.service('canvas').getRootElement();
    if (root.businessObject === node) return { node, element: root };
    const pool = this.service('elementRegistry').find(({ businessObject }) => is(businessObject, 'bpmn:Participant') && businessObject.get('processRef') === node);
    return pool === undefined ? undefined : { node, element: pool };
  }

  /** The only selected element, the shape itself when its label is selected. */
  selected(): Element | undefined {
    const [first, ...more] = this.service('selection').get();
    return more.length > 0 ? undefined : (first?.labelTarget ?? first);
  }

  element(id: string): Element | undefined {
    return this.service('elementRegistry').get(id);
  }

  /** Selects an element and brings it into view; answers whether the diagram has it. */
  select(id: string | undefined): boolean {
    const element = id === undefined ? undefined : this.element(id);
    this.service('selection').select(element ?? null);
    if (element === undefined || element === this.service('canvas').getRootElement()) return false;
    this.service('canvas').scrollToElement(element, 60);
    return true;
  }

  /** The steps of the process in reading order: from left to right, in a column from top to bottom. */
  steps(): Element[] {
    return this.service('elementRegistry')
      .filter(({ businessObject, labelTarget }) => labelTarget === undefined && is(businessObject, 'bpmn:FlowNode'))
      .sort((one, other) => one.x - other.x || one.y - other.y);
  }

  fit(): void {
    const canvas = this.service('canvas');
    canvas.zoom('fit-viewport', 'auto');
    // A small diagram is not blown up, because it is easier to recognise at its own size; a large one keeps off the edges.
    canvas.zoom(Math.min(1, canvas.zoom() * 0.92), 'auto');
  }

  /** Makes everything larger or smaller by a factor, within reason. */
  zoomBy(factor: number): void {
    const canvas = this.service('canvas');
    canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * factor)), 'auto');
  }
}
