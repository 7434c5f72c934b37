import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import './canvas/canvas.css';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Designer } from './canvas/Designer';

interface CanvasProps {
  /** The document to show; a different one is opened in place of the former. */
  xml: string;
  /** Gets the process once it is drawn, or why it cannot be. */
  onOpen: (designer: Designer | undefined, problem?: string) => void;
}

/** The drawing itself. It owns its document from the moment it is opened. */
export function Canvas({ xml, onOpen }: CanvasProps) {
  const { t } = useTranslation('designer');
  const host = useRef<HTMLDivElement>(null);
  const words = useEffectEvent(() => ({
    append: { screen: t('pad.screen'), decision: t('pad.decision'), end: t('pad.end') }, connect: t('pad.connect'), remove: t('pad.remove'),
  }));
  const opened = useEffectEvent(onOpen);

  useEffect(() => {
    if (host.current === null) return undefined;
    const designer = new Designer(host.current, words());
    let current = true;
    designer.open(xml).then(
      (left) => current && opened(designer, left.length === 0 ? undefined : left.join('\n')),
      (error: unknown) => current && opened(undefined, error instanceof Error ? error.message : String(error)),
    );
    return () => {
      current = false;
      designer.destroy();
    };
  }, [xml]);

  return <div ref={host} className="provost-canvas" role="region" aria-label={t('canvas.label')} />;
}
