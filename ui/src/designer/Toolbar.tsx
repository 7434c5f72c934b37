import { ActionIcon, Divider, Group, Tooltip } from '@mantine/core';
import {
  IconArrowBackUp, IconArrowForwardUp, IconArrowUpRight, IconClipboard, IconCopy, IconCut, IconHandStop, IconMaximize, IconMinus, IconPlayerPlay, IconPlus, IconPointer, IconTrash, IconZoomReset, type Icon,
} from '@tabler/icons-react';
import type { ParseKeys } from 'i18next';
import { useTranslation } from 'react-i18next';
import { copySelection, pasteCopied, removeElements } from './canvas/actions';
import { useDrawing } from './context';

interface Tool {
  key: ParseKeys<'designer'>;
  sign: Icon;
  run: () => void;
  disabled?: boolean;
  pressed?: boolean;
  /** Also where nothing can be edited. */
  looks?: boolean;
}

/** What is done with the canvas: choosing, panning, connecting; undo, clipboard; the size of the view. */
export function Toolbar({ simulating, onSimulate }: { simulating: boolean; onSimulate: () => void }) {
  const { t } = useTranslation('designer');
  const { designer, pending, readOnly } = useDrawing();
  const stack = designer.service('commandStack');
  const selected = designer.service('selection').get();
  const [hand, connect] = [designer.service('handTool'), designer.service('globalConnect')];
  const history = (go: () => void) => () => { pending.flush(); go(); };
  const groups: Tool[][] = [
    [
      { key: 'tool.select', sign: IconPointer, run: () => designer.service('dragging').cancel(), pressed: !hand.isActive() && !connect.isActive() },
      { key: 'tool.pan', sign: IconHandStop, run: () => hand.toggle(), pressed: hand.isActive(), looks: true },
      { key: 'tool.connect', sign: IconArrowUpRight, run: () => connect.toggle(), pressed: connect.isActive() },
    ],
    [
      { key: 'tool.undo', sign: IconArrowBackUp, run: history(() => stack.undo()), disabled: !stack.canUndo() },
      { key: 'tool.redo', sign: IconArrowForwardUp, run: history(() => stack.redo()), disabled: !stack.canRedo() },
      { key: 'tool.cut', sign: IconCut, run: () => copySelection(designer, true), disabled: selected.length === 0 },
      { key: 'tool.copy', sign: IconCopy, run: () => copySelection(designer), disabled: selected.length === 0 },
      { key: 'tool.paste', sign: IconClipboard, run: () => pasteCopied(designer), disabled: designer.service('clipboard').isEmpty() },
      { key: 'tool.remove', sign: IconTrash, run: () => removeElements(designer, selected), disabled: selected.length === 0 },
    ],
    [
      { key: 'tool.smaller', sign: IconMinus, run: () => designer.zoomBy(1 / 1.25), looks: true },
      { key: 'tool.larger', sign: IconPlus, run: () => designer.zoomBy(1.25), looks: true },
      { key: 'tool.fit', sign: IconMaximize, run: () => designer.fit(), looks: true },
      { key: 'tool.actual', sign: IconZoomReset, run: () => designer.service('canvas').zoom(1, 'auto'), looks: true },
    ],
    [{ key: 'tool.simulate', sign: IconPlayerPlay, run: onSimulate, pressed: simulating }],
  ];
  return (
    <Group gap={4} p={6} role="toolbar" aria-label={t('tool.title')}>
      {groups.map((tools) => tools.filter(({ looks = false }) => looks || !readOnly)).filter((tools) => tools.length > 0).map((tools, index) => (
        <Group key={tools[0]?.key} gap={2}>
          {index === 0 ? null : <Divider orientation="vertical" my={4} mx={4} />}
          {tools.map(({ key, sign: Sign, run, disabled, pressed }) => (
            <Tooltip key={key} label={t(key)}>
              <ActionIcon variant={pressed ? 'light' : 'subtle'} color={pressed ? 'petrol' : 'gray'} aria-pressed={pressed} disabled={disabled} aria-label={t(key)} onClick={run}><Sign size={16} /></ActionIcon>
            </Tooltip>
          ))}
        </Group>
      ))}
    </Group>
  );
}
