import { UnstyledButton } from '@mantine/core';
import {
  IconAlarm, IconArrowsJoin, IconArrowsSplit, IconBoxMultiple, IconCircle, IconCircleFilled, IconCode, IconDeviceFloppy, IconExternalLink, IconForms, IconMail, IconPlug,
  IconQuestionMark, IconUserCheck, IconUsers, type Icon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { addStep, dragStep } from './canvas/actions';
import { useDrawing } from './context';
import classes from './Designer.module.css';
import { stepKinds, type StepKind } from './model/steps';

const signs: Record<StepKind, Icon> = {
  start: IconCircle, screen: IconForms, approval: IconUserCheck, match: IconUsers, script: IconCode, apply: IconDeviceFloppy, mail: IconMail, decision: IconQuestionMark,
  fork: IconArrowsSplit, join: IconArrowsJoin, timer: IconAlarm, invoke: IconPlug, subProcess: IconBoxMultiple, call: IconExternalLink, end: IconCircleFilled,
};

/** The kinds of step: a click adds one behind the selected step, dragging puts it where it is dropped. */
export function StepPalette() {
  const { t } = useTranslation('designer');
  const { designer } = useDrawing();
  return (
    <div className={classes.palette} role="toolbar" aria-label={t('palette.title')} aria-orientation="vertical">
      {stepKinds.map((kind) => {
        const Sign = signs[kind];
        const name = t(`kind.${kind}`);
        return (
          <UnstyledButton key={kind} className={classes.tool} draggable title={t('palette.hint')} onClick={() => addStep(designer, kind, name)} onDragStart={(event) => { event.preventDefault(); dragStep(designer, kind, name, event.nativeEvent); }}>
            <Sign size={16} stroke={1.7} aria-hidden />
            <span>{name}</span>
          </UnstyledButton>
        );
      })}
    </div>
  );
}
