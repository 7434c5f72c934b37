import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDrawing } from '../context';
import type { Element } from '../model/moddle';
import { loopChange, loopOf, type Loop } from '../model/values';
import { FlagField, NumberField, TextField } from './fields';
import { Section } from './Section';

const kinds = ['once', 'while', 'sequential', 'parallel'] as const satisfies readonly Loop['kind'][];

/** How often a step is done: once, as long as a condition holds, or once for each element of a list. */
export function Repetition({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const { designer, readOnly } = useDrawing();
  const loop = loopOf(element.businessObject);
  const change = (changed: Partial<Loop>) => designer.change(element, [loopChange(designer, element.businessObject, { ...loopOf(element.businessObject), ...changed })]);
  const several = loop.kind === 'sequential' || loop.kind === 'parallel';
  return (
    <Section title={t('loop.title')}>
      <Select label={t('loop.kind')} allowDeselect={false} disabled={readOnly} data={kinds.map((value) => ({ value, label: t(`loop.kinds.${value}`) }))} value={loop.kind} onChange={(kind) => change({ kind: kind as Loop['kind'] })} />
      {several ? (
        <>
          <TextField label={t('loop.collection')} description={t('loop.collectionHint')} value={loop.collection} onCommit={(collection) => change({ collection })} />
          <TextField label={t('loop.element')} description={t('loop.elementHint')} value={loop.element} onCommit={(name) => change({ element: name })} />
          <TextField label={t('loop.count')} description={t('expression')} value={loop.count} onCommit={(count) => change({ count })} />
          <TextField label={t('loop.complete')} description={t('expression')} value={loop.condition} onCommit={(condition) => change({ condition })} />
        </>
      ) : null}
      {loop.kind === 'while' ? (
        <>
          <TextField label={t('loop.condition')} description={t('expression')} value={loop.condition} onCommit={(condition) => change({ condition })} />
          <NumberField label={t('loop.maximum')} value={loop.maximum} onCommit={(maximum) => change({ maximum })} />
          <FlagField label={t('loop.before')} value={loop.before} onCommit={(before) => change({ before })} />
        </>
      ) : null}
    </Section>
  );
}
