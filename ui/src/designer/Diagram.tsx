import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './canvas/canvas.css';
import { Alert, List, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { look } from './canvas/look';
import classes from './Designer.module.css';

/** What bpmn-js says of a document without a drawing, which is nothing wrong with it. */
const undrawn = 'no diagram to display';

interface Shape {
  id: string;
  x: number;
  businessObject: { $instanceOf: (type: string) => boolean; name?: string };
  labelTarget?: Shape;
}

interface Step {
  id: string;
  name: string;
}

/** A diagram to look at: moved and enlarged, not changed. Its steps follow in words. */
export default function Diagram({ xml }: { xml: string }) {
  const { t } = useTranslation('designer');
  const host = useRef<HTMLDivElement>(null);
  const [steps, setSteps] = useState<Step[]>([]);
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    if (host.current === null) return undefined;
    const viewer = new NavigatedViewer({ container: host.current, ...look } as unknown as ConstructorParameters<typeof NavigatedViewer>[0]);
    let current = true;
    viewer.importXML(xml).then(
      () => {
        if (!current) return;
        setProblem(undefined);
        viewer.get<{ zoom: (to: 'fit-viewport', center: 'auto') => void }>('canvas').zoom('fit-viewport', 'auto');
        setSteps(stepsIn(viewer.get<{ filter: (test: (shape: Shape) => boolean) => Shape[] }>('elementRegistry')));
      },
      (error: unknown) => current && setProblem(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      current = false;
      viewer.destroy();
    };
  }, [xml]);

  return (
    <div className="surface">
      {problem === undefined ? null : problem === undrawn
        ? <Alert color="gray" variant="light">{t('canvas.undrawn')}</Alert>
        : <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={t('canvas.unreadable')}>{problem}</Alert>}
      <div className={classes.look}><div ref={host} className="provost-canvas" role="region" aria-label={t('canvas.label')} /></div>
      <details className={classes.words}>
        <summary><Text span size="sm">{t('steps.title')}</Text></summary>
        <List size="sm" type="ordered">{steps.map(({ id, name }) => <List.Item key={id}>{name}</List.Item>)}</List>
      </details>
    </div>
  );
}

function stepsIn(registry: { filter: (test: (shape: Shape) => boolean) => Shape[] }): Step[] {
  return registry
    .filter(({ businessObject, labelTarget }) => labelTarget === undefined && businessObject.$instanceOf('bpmn:FlowNode'))
    .sort((one, other) => one.x - other.x)
    .map(({ id, businessObject }) => ({ id, name: businessObject.name ?? id }));
}
