import type { Designer } from '../canvas/Designer';
import type { Rehearsed } from './useRehearsal';

/** Marks steps and flows that the process came by. */
const trail = 'provost-played';

/** Shows where the tokens are and which way they came; answers how to take that off the canvas. */
export function showTokens(designer: Designer, { places, trace }: Rehearsed, className: string): () => void {
  const [canvas, overlays] = [designer.service('canvas'), designer.service('overlays')];
  overlays.remove({ type: 'token' });
  for (const { element, count, stuck } of places) {
    if (designer.element(element) === undefined) continue;
    const sign = document.createElement('div');
    sign.className = className;
    if (stuck > 0) sign.dataset.severity = 'error';
    sign.textContent = count > 1 ? `● ${count}` : '●';
    overlays.add(element, 'token', { position: { top: -12, right: 14 }, html: sign });
  }
  const passed = [...new Set(trace.flatMap(({ element, flow }) => [element, ...(flow ? [flow] : [])]))].filter((id) => designer.element(id) !== undefined);
  for (const id of passed) canvas.addMarker(id, trail);
  return () => {
    overlays.remove({ type: 'token' });
    for (const id of passed) if (designer.element(id) !== undefined) canvas.removeMarker(id, trail);
  };
}
