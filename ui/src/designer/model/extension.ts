import type { ExtensionType, Extensions } from '../language';
import { nodesIn, type Change, type Editing, type Element, type Node } from './moddle';

type Plain = Record<string, unknown>;

/** The members of a node that its own type declares, as a plain object. */
function toPlain(node: Node): Plain {
  const plain: Plain = {};
  for (const { name, ns } of ownMembers(node)) {
    const value = node.get(name);
    const seen = Array.isArray(value) ? value.map((each: Node) => toPlain(each)) : isNode(value) ? toPlain(value) : value;
    if (!isEmpty(seen)) plain[localName(ns.name)] = seen;
  }
  return plain;
}

/** A node of a type with the members of a plain object; what is empty is left out of the document. */
function fromPlain(editing: Editing, type: string, plain: Plain): Node {
  const node = editing.create(type);
  const members: Plain = {};
  const children: Node[] = [];
  for (const { name, ns, type: memberType } of ownMembers(node)) {
    const value = plain[localName(ns.name)];
    if (isEmpty(value)) continue;
    const made = Array.isArray(value)
      ? value.map((each: Plain) => fromPlain(editing, memberType, each))
      : typeof value === 'object' ? fromPlain(editing, memberType, value as Plain) : value;
    if (Array.isArray(made)) children.push(...made);
    else if (isNode(made)) children.push(made);
    members[name] = made;
  }
  const filled = editing.create(type, members);
  for (const child of children) child.$parent = filled;
  return filled;
}

function ownMembers(node: Node) {
  return node.$descriptor.properties.filter(({ ns }) => ns.name.startsWith('idm:'));
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && '$type' in value;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  // A validation without a script says nothing; a field without anything is a row that is being filled in.
  return Array.isArray(value) ? value.length === 0 : typeof value === 'object' && !isNode(value) && Object.values(value).every(isEmpty);
}

function holderOf(node: Node): Node | undefined {
  return node.get('extensionElements') as Node | undefined;
}

/** All extension elements of a type that a node carries. */
export function readAll<Type extends ExtensionType>(node: Node, type: Type): Extensions[Type][] {
  const holder = holderOf(node);
  return holder === undefined ? [] : nodesIn(holder, 'values').filter(({ $type }) => $type === type).map((each) => toPlain(each) as Extensions[Type]);
}

/** The extension element of a type, or undefined when the node carries none. */
export function read<Type extends ExtensionType>(node: Node, type: Type): Extensions[Type] | undefined {
  return readAll(node, type)[0];
}

/** The extension elements that a node shall carry: undefined for a type removes it, types not named stay as they are. */
export type Wanted = { [Type in ExtensionType]?: Extensions[Type] | Extensions[Type][] | undefined };

/** The change with which a node carries other extension elements. Those that the change does not name keep their places. */
export function extensionChange(editing: Editing, node: Node, wanted: Wanted): Change {
  const holder = holderOf(node);
  let values = holder === undefined ? [] : nodesIn(holder, 'values');
  for (const [type, plain] of Object.entries(wanted)) {
    const made = (plain === undefined ? [] : Array.isArray(plain) ? plain : [plain]).map((each) => fromPlain(editing, type, each as Plain));
    const first = values.findIndex(({ $type }) => $type === type);
    const others = values.filter(({ $type }) => $type !== type);
    others.splice(first < 0 ? others.length : values.slice(0, first).filter(({ $type }) => $type !== type).length, 0, ...made);
    values = others;
  }
  if (values.length === 0) return { node, members: { extensionElements: undefined } };
  // A holder of its own for each state: undoing puts the former one back as it was.
  const next = editing.create('bpmn:ExtensionElements', { values });
  next.$parent = node;
  for (const value of values) value.$parent = next;
  return { node, members: { extensionElements: next } };
}

/** Writes the extension elements of an element's node as one step that can be undone. */
export function write(editing: Editing, element: Element, wanted: Wanted): void {
  editing.change(element, [extensionChange(editing, element.businessObject, wanted)]);
}
