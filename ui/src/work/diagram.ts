import type { ProcessLogLine } from './model';

const namespace = 'http://www.omg.org/spec/BPMN/20100524/MODEL';

/** The names of the elements of a BPMN document by their ids; elements without a name are left out. */
export function namesIn(xml: string): Map<string, string> {
  const names = new Map<string, string>();
  if (xml === '') return names;
  const document = new DOMParser().parseFromString(xml, 'application/xml');
  for (const element of document.getElementsByTagNameNS(namespace, '*')) {
    const [id, name] = [element.getAttribute('id'), element.getAttribute('name')];
    if (id && name) names.set(id, name.replaceAll(/\s+/g, ' '));
  }
  return names;
}

/** The elements a process has been at, in the order in which it came to them first. */
export function passedElements(log: readonly Pick<ProcessLogLine, 'kind' | 'element'>[]): string[] {
  return [...new Set(log.filter(({ kind, element }) => (kind === 'enter' || kind === 'leave') && element !== '').map(({ element }) => element))];
}
