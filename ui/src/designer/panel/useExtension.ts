import type { Extensions, ExtensionType } from '../language';
import { useDrawing } from '../context';
import { read, readAll, write } from '../model/extension';
import type { Element, Node } from '../model/moddle';

/** An extension element of a step as a panel edits it: what it holds now, and how to change some of its members. */
export function useExtension<Type extends ExtensionType>(element: Element, type: Type): [Extensions[Type], (changed: Partial<Extensions[Type]>) => void] {
  const { designer } = useDrawing();
  // Read again at each change: fields of one panel are written one after the other, each upon what the other left.
  const now = () => (read(element.businessObject, type) ?? {}) as Extensions[Type];
  const change = (changed: Partial<Extensions[Type]>) => {
    const next = { ...now(), ...changed };
    write(designer, element, { [type]: isNothing(next) && !works.has(type) ? undefined : next });
  };
  return [now(), change];
}

/** Extension elements that mean something also when they are empty. */
const works = new Set<ExtensionType>(['idm:Approval', 'idm:Match', 'idm:Apply', 'idm:Invoke', 'idm:Process']);

function isNothing(value: object): boolean {
  return Object.values(value).every((each) => each === undefined || each === '' || each === false || (Array.isArray(each) && each.length === 0));
}

/** Extension elements of which there may be several, as a list. */
export function useExtensions<Type extends ExtensionType>(element: Element, node: Node, type: Type): [Extensions[Type][], (next: Extensions[Type][]) => void] {
  const { designer } = useDrawing();
  return [readAll(node, type), (next) => write(designer, element, { [type]: next.length === 0 ? undefined : next })];
}
