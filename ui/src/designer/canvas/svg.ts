/** What the canvas asks of SVG and a document without layout does not have. Only tests import it. */
const matrix = () => ({ a: 1, b: 0, c: 0, d: 1, e: 0, f: 0, inverse: matrix, multiply: matrix, translate: matrix, scale: matrix });
const transform = () => ({ matrix: matrix(), setMatrix: () => undefined, setTranslate: () => undefined, setScale: () => undefined, setRotate: () => undefined });
const transforms = { consolidate: () => null, initialize: () => undefined, appendItem: () => undefined, clear: () => undefined, createSVGTransformFromMatrix: transform, numberOfItems: 0 };

const box = () => ({ x: 0, y: 0, width: 100, height: 80 });

/** Gives the elements of this document enough of SVG for a diagram to be drawn; nothing is measured. */
export function provideSvg(): void {
  const define = (prototype: object, members: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(members)) Object.defineProperty(prototype, name, { configurable: true, get: () => value });
  };
  define(SVGGraphicsElement.prototype, { transform: { baseVal: transforms, animVal: transforms }, getBBox: box, getScreenCTM: matrix, getCTM: matrix });
  define(SVGSVGElement.prototype, { createSVGMatrix: matrix, createSVGTransform: transform, createSVGPoint: () => ({ x: 0, y: 0, matrixTransform: () => ({ x: 0, y: 0 }) }), createSVGTransformFromMatrix: transform });
}
