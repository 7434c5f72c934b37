/** A node of the BPMN model as bpmn-moddle makes it; members are reached by `get`, and never written but through {@link Editing}. */
export interface Node {
  $type: string;
  $parent?: Node;
  $descriptor: { properties: { name: string; ns: { name: string }; type: string; isMany?: boolean; isBody?: boolean; isAttr?: boolean; isReference?: boolean }[] };
  $instanceOf: (type: string) => boolean;
  get: (name: string) => unknown;
  id: string;
}

/** A shape or connection of the diagram with what it stands for. */
export interface Element {
  id: string;
  type: string;
  businessObject: Node;
  parent?: Element;
  host?: Element;
  /** A label refers to the shape whose name it shows. */
  labelTarget?: Element;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One change of a node's members. */
export interface Change {
  node: Node;
  members: Record<string, unknown>;
}

/** What the panels need of a modeler: new nodes, and changes that can be undone. */
export interface Editing {
  create: (type: string, members?: object) => Node;
  /** Changes nodes that belong to an element, all of them as one step of the history. */
  change: (element: Element, changes: readonly Change[]) => void;
  /** The root of the document, where messages, signals, errors and escalations are declared. */
  definitions: () => Node;
}

/** The nodes in a member that holds several. */
export function nodesIn(node: Node, member: string): Node[] {
  return ((node.get(member) as Node[] | undefined) ?? []).slice();
}

/** The text in a member, '' when there is none. */
export function textIn(node: Node | undefined, member: string): string {
  const value = node?.get(member);
  return typeof value === 'string' ? value : '';
}

/** Whether an element stands for one of the BPMN types, or for a type derived from one. */
export function is(node: Node | undefined, ...types: string[]): boolean {
  return node !== undefined && types.some((type) => node.$instanceOf(type));
}
