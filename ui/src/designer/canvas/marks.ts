import type { components } from '@/api/api.gen';
import type { Designer } from './Designer';

/** One remark of the server about a definition. */
export type Finding = components['schemas']['ProcessFinding'];

const severities = ['error', 'warning', 'hint'] as const;

/** The findings of each element of the diagram, the worst first. */
export function byElement(findings: readonly Finding[]): Map<string, Finding[]> {
  const sorted = [...findings].sort((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity));
  const found = new Map<string, Finding[]>();
  for (const finding of sorted) found.set(finding.element, [...(found.get(finding.element) ?? []), finding]);
  return found;
}

const signs = { error: '✕', warning: '!', hint: 'i' } as const;

/** Marks the elements that have findings: a sign and a number at the corner, with the sentences as a hint. The list beside the canvas says the same. */
export function markFindings(designer: Designer, findings: readonly Finding[], className: string): void {
  const overlays = designer.service('overlays');
  overlays.remove({ type: 'finding' });
  const root = designer.service('canvas').getRootElement();
  for (const [id, own] of byElement(findings)) {
    const element = designer.element(id);
    const worst = own[0];
    if (element === undefined || element === root || worst === undefined) continue;
    const sign = document.createElement('div');
    sign.className = className;
    sign.dataset.severity = worst.severity;
    sign.textContent = own.length > 1 ? `${signs[worst.severity]} ${own.length}` : signs[worst.severity];
    sign.title = own.map(({ message }) => message).join('\n');
    overlays.add(id, 'finding', { position: { top: -12, left: -12 }, html: sign });
  }
}
