import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { titleOf } from './canvas/actions';
import { markFindings, type Finding } from './canvas/marks';
import { Canvas } from './Canvas';
import type { Designer } from './canvas/Designer';
import { DrawingProvider, useDrawing, type Pending } from './context';
import classes from './Designer.module.css';
import { FindingList } from './FindingList';
import { StepPanel } from './panel/StepPanel';
import { SimulationPanel } from './simulation/SimulationPanel';
import { StepList } from './StepList';
import { StepPalette } from './StepPalette';
import { Toolbar } from './Toolbar';

interface WorkspaceProps {
  xml: string;
  designer: Designer | undefined;
  onOpen: (designer: Designer | undefined, problem?: string) => void;
  pending: Pending;
  findings: readonly Finding[];
  readOnly: boolean;
}

/** The diagram between its palette and the panel of what is selected, and below it what the server found. */
export function Workspace({ xml, designer, onOpen, pending, findings, readOnly }: WorkspaceProps) {
  const [simulating, setSimulating] = useState(false);
  useMarks(designer, findings);
  return (
    <>
      <div className={classes.workspace} data-look={readOnly || undefined}>
        {readOnly ? null : designer ? <DrawingProvider designer={designer} pending={pending}><StepPalette /></DrawingProvider> : <div />}
        <div className={classes.middle}>
          {designer ? <DrawingProvider designer={designer} pending={pending} readOnly={readOnly}><Toolbar simulating={simulating} onSimulate={() => setSimulating(!simulating)} /></DrawingProvider> : <div />}
          <Canvas xml={xml} onOpen={onOpen} />
        </div>
        <div className={classes.side}>
          {designer ? <DrawingProvider designer={designer} pending={pending} readOnly={readOnly}>{simulating ? <SimulationPanel onClose={() => setSimulating(false)} /> : <Side />}</DrawingProvider> : null}
        </div>
      </div>
      {designer && findings.length > 0 ? (
        <div className={classes.list}>
          <FindingList findings={findings} title={(id) => nameIn(designer, id)} onSelect={(id) => designer.select(id)} />
        </div>
      ) : null}
    </>
  );
}

/** How a person calls an element of the drawing. */
export function nameIn(designer: Designer, id: string): string | undefined {
  const element = designer.element(id);
  return element === undefined ? undefined : titleOf(element);
}

/** The panel of the selected element, or the diagram in words when nothing or several elements are selected. */
function Side() {
  const { t } = useTranslation('designer');
  const { designer } = useDrawing();
  const selected = designer.selected();
  const process = designer.process();
  const shown = selected !== undefined && selected !== process?.element ? selected : undefined;
  return <aside aria-label={t('step.panel')}>{shown === undefined ? <StepList /> : <StepPanel key={shown.id} element={shown} />}</aside>;
}

function useMarks(designer: Designer | undefined, findings: readonly Finding[]): void {
  useEffect(() => {
    if (designer !== undefined) markFindings(designer, findings, classes.sign ?? '');
  }, [designer, findings]);
}
