import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './diagram.css';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { useEffect, useEffectEvent, useRef } from 'react';
import classes from './work.module.css';

/** What is used of the canvas of bpmn-js. */
interface Canvas {
  zoom: (to: 'fit-viewport', centre: 'auto') => void;
  addMarker: (element: string, marker: string) => void;
}

interface DiagramCanvasProps {
  label: string;
  /** BPMN 2.0 with diagram. */
  xml: string;
  /** Elements where the process stands, and where it has been. */
  here: readonly string[];
  passed: readonly string[];
  /** Called when the document cannot be drawn: it has no diagram. */
  onProblem: () => void;
}

/** The drawing itself: moved by dragging, nothing in it can be changed. */
export default function DiagramCanvas({ label, xml, here, passed, onProblem }: DiagramCanvasProps) {
  const host = useRef<HTMLDivElement>(null);
  const failed = useEffectEvent(onProblem);
  const marks = JSON.stringify([here, passed]);

  useEffect(() => {
    if (host.current === null) return undefined;
    const ink = 'var(--mantine-color-text)';
    const options = { container: host.current, bpmnRenderer: { defaultFillColor: 'var(--provost-surface)', defaultStrokeColor: ink, defaultLabelColor: ink } };
    const viewer = new NavigatedViewer(options);
    let current = true;
    const [places, former] = JSON.parse(marks) as [string[], string[]];
    viewer.importXML(xml).then(() => {
      if (!current) return;
      const canvas = viewer.get<Canvas>('canvas');
      canvas.zoom('fit-viewport', 'auto');
      for (const element of former) mark(canvas, element, 'provost-passed');
      for (const element of places) mark(canvas, element, 'provost-here');
    }).catch(() => current && failed());
    return () => {
      current = false;
      viewer.destroy();
    };
  }, [xml, marks]);

  return <div ref={host} role="region" aria-label={label} className={`surface provost-diagram ${classes.diagram}`} />;
}

/** Marks an element. One that the drawing leaves out, as a process imported without its sub-process, is no fault. */
function mark(canvas: Canvas, element: string, marker: string): void {
  try {
    canvas.addMarker(element, marker);
  } catch {
    return;
  }
}
