import type { Element, Node } from '../model/moddle';

/** The services of bpmn-js that the designer uses, with the members it uses of them. */
export interface Services {
  canvas: {
    getRootElement: () => Element;
    zoom: (to?: number | 'fit-viewport', center?: 'auto') => number;
    viewbox: () => { x: number; y: number; width: number; height: number };
    scrollToElement: (element: Element, padding?: number) => void;
    addMarker: (id: string, marker: string) => void;
    removeMarker: (id: string, marker: string) => void;
    resized: () => void;
  };
  commandStack: { execute: (command: string, context: object) => void; undo: () => void; redo: () => void; canUndo: () => boolean; canRedo: () => boolean; clear: () => void };
  elementRegistry: { get: (id: string) => Element | undefined; filter: (test: (element: Element) => boolean) => Element[]; find: (test: (element: Element) => boolean) => Element | undefined };
  selection: { get: () => Element[]; select: (element: Element | Element[] | null) => void };
  eventBus: { on: (events: string | string[], handler: (event: never) => void) => void };
  modeling: {
    updateProperties: (element: Element, members: object) => void;
    updateLabel: (element: Element, text: string) => void;
    createShape: (shape: object, at: { x: number; y: number }, target: Element, hints?: object) => Element;
    connect: (from: Element, to: Element, attributes?: object) => Element;
    removeElements: (elements: Element[]) => void;
    reconnectStart: (flow: Element, from: Element, docking: { x: number; y: number }) => void;
    reconnectEnd: (flow: Element, to: Element, docking: { x: number; y: number }) => void;
  };
  moddle: { create: (type: string, members?: object) => Node; ids: { assigned: (id: string) => Node | undefined } };
  bpmnFactory: { create: (type: string, members?: object) => Node };
  elementFactory: { createShape: (attributes: object) => Element };
  bpmnReplace: { replaceElement: (element: Element, target: object) => Element };
  autoPlace: { append: (from: Element, shape: Element) => Element };
  create: { start: (event: Event, shape: Element) => void };
  rules: { allowed: (action: string, context: object) => unknown };
  overlays: { add: (id: string, type: string, overlay: object) => string; remove: (filter: { type: string }) => void };
  copyPaste: { copy: (elements: Element[]) => unknown; paste: (at?: object) => unknown };
  clipboard: { isEmpty: () => boolean };
  handTool: { toggle: () => void; isActive: () => boolean };
  lassoTool: { toggle: () => void; isActive: () => boolean };
  globalConnect: { toggle: () => void; isActive: () => boolean };
  dragging: { cancel: () => void };
}
