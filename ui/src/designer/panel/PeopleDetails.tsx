import { Button, Group, Select } from '@mantine/core';
import { IconAlarm } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { attachTimer, titleOf } from '../canvas/actions';
import { useDrawing } from '../context';
import { approvalModes, type Approval, type Deadline } from '../language';
import { read } from '../model/extension';
import type { Element } from '../model/moddle';
import { flowsOf } from '../model/values';
import { FlagField, NumberField, ScriptField, TextField } from './fields';
import { MailDetails } from './MailDetails';
import { PrincipalsField } from './PrincipalsField';
import { Rows } from './Rows';
import { Section } from './Section';
import { useExtension } from './useExtension';

/** What is particular to a task for people: who does it and until when, and how grants are approved. */
export function PeopleDetails({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const [task, changeTask] = useExtension(element, 'idm:Task');
  const [assignment, changeAssignment] = useExtension(element, 'idm:Assignment');
  const [match, changeMatch] = useExtension(element, 'idm:Match');
  const isMatch = read(element.businessObject, 'idm:Match') !== undefined;
  return (
    <>
      <Section title={t('task.who')}>
        <PrincipalsField label={t('task.actors')} description={t('task.actorsHint')} value={assignment.expression} onCommit={(expression) => changeAssignment({ expression })} />
        <ScriptField label={t('task.actorScript')} description={t('task.actorScriptHint')} minLines={2} value={assignment.body} onCommit={(body) => changeAssignment({ body })} />
      </Section>
      <Section title={t('task.title')}>
        <TextField label={t('task.name')} description={t('task.nameHint')} value={task.title} onCommit={(title) => changeTask({ title })} />
        <TextField label={t('task.due')} description={t('duration')} placeholder="P7D" value={task.due} onCommit={(due) => changeTask({ due })} />
        <FlagField label={t('task.uploads')} value={task.uploads} onCommit={(uploads) => changeTask({ uploads })} />
      </Section>
      {isMatch ? (
        <Section title={t('kind.match')}>
          <NumberField label={t('match.threshold')} description={t('match.thresholdHint')} value={match.threshold} onCommit={(threshold) => changeMatch({ threshold })} />
        </Section>
      ) : null}
      {read(element.businessObject, 'idm:Approval') === undefined ? null : <ApprovalDetails element={element} />}
      <DeadlineDetails element={element} />
      <Timers element={element} />
      <MailDetails element={element} title={t('mail.notice')} hint={t('mail.noticeHint')} />
    </>
  );
}

/** The flows out of a step, to choose from. */
function waysOut(element: Element) {
  return flowsOf(element, 'outgoing').map((flow) => ({ value: flow.id, label: titleOf(flow) }));
}

/** What happens when the task is late: of an approval it stands with its rules, of every other task with the task. */
function DeadlineDetails({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const { readOnly } = useDrawing();
  const [task, changeTask] = useExtension(element, 'idm:Task');
  const [approval, changeApproval] = useExtension(element, 'idm:Approval');
  const isApproval = read(element.businessObject, 'idm:Approval') !== undefined;
  const late: Deadline = isApproval ? approval : task;
  const change = (changed: Deadline) => (isApproval ? changeApproval(changed) : changeTask(changed));
  return (
    <Section title={t('deadline.title')} hint={task.due === undefined ? t('deadline.needsDue') : t('deadline.hint')}>
      <TextField label={t('deadline.remind')} description={t('duration')} placeholder="P2D" value={late.remind} onCommit={(remind) => change({ remind })} />
      <PrincipalsField label={t('deadline.escalate')} description={t('deadline.escalateHint')} value={late.escalate} onCommit={(escalate) => change({ escalate })} />
      <Select label={t('deadline.escalation')} disabled={readOnly} allowDeselect={false} data={[{ value: 'join', label: t('deadline.join') }, { value: 'replace', label: t('deadline.replace') }]} value={late.escalation ?? 'join'} onChange={(escalation) => change({ escalation: escalation as Deadline['escalation'] })} />
      <TextField label={t('deadline.expire')} description={t('deadline.expireHint')} placeholder="P7D" value={late.expire} onCommit={(expire) => change({ expire })} />
      <Select label={t('deadline.expireFlow')} description={isApproval ? t('deadline.expireFlowHint') : undefined} clearable disabled={readOnly} data={waysOut(element)} value={late.expireFlow ?? null} onChange={(expireFlow) => change({ expireFlow: expireFlow ?? undefined })} />
    </Section>
  );
}

/** The rules of a grant approval. */
function ApprovalDetails({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const { readOnly } = useDrawing();
  const [approval, change] = useExtension(element, 'idm:Approval');
  const flows = waysOut(element);
  return (
    <Section title={t('kind.approval')}>
      <Select label={t('approval.mode')} allowDeselect={false} disabled={readOnly} data={approvalModes.map((value) => ({ value, label: t(`approval.modes.${value}`) }))} value={approval.mode ?? null} onChange={(mode) => change({ mode: mode as Approval['mode'] })} />
      <Rows
        label={t('approval.stages')}
        rows={approval.stages ?? []}
        onChange={(stages) => change({ stages })}
        name={(_, index) => t('approval.stage', { number: index + 1 })}
        fresh={() => ({ actors: '' })}
        addLabel={t('approval.addStage')}
        ordered
      >
        {(stage, changeStage) => <PrincipalsField label={t('approval.stageActors')} value={stage.actors} onCommit={(actors) => changeStage({ actors })} />}
      </Rows>
      <TextField label={t('approval.quorum')} description={t('approval.quorumHint')} placeholder="one" value={approval.quorum} onCommit={(quorum) => change({ quorum })} />
      <Select label={t('approval.self')} description={t('approval.selfHint')} disabled={readOnly} allowDeselect={false} data={[{ value: 'refuse', label: t('approval.refuse') }, { value: 'allow', label: t('approval.allow') }]} value={approval.self ?? 'refuse'} onChange={(self) => change({ self: self as Approval['self'] })} />
      <TextField label={t('approval.roleFilter')} placeholder='name sw "CRM"' value={approval.roleFilter} onCommit={(roleFilter) => change({ roleFilter })} />
      <TextField label={t('approval.applicationFilter')} value={approval.applicationFilter} onCommit={(applicationFilter) => change({ applicationFilter })} />
      <Select label={t('approval.approveFlow')} clearable disabled={readOnly} data={flows} value={approval.approveFlow ?? null} onChange={(approveFlow) => change({ approveFlow: approveFlow ?? undefined })} />
      <Select label={t('approval.denyFlow')} clearable disabled={readOnly} data={flows} value={approval.denyFlow ?? null} onChange={(denyFlow) => change({ denyFlow: denyFlow ?? undefined })} />
    </Section>
  );
}

/** The timers at a step: each is a step of its own on the border, and is edited there. */
export function Timers({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const { designer, readOnly } = useDrawing();
  const attached = designer.service('elementRegistry').filter(({ host }) => host === element);
  if (readOnly && attached.length === 0) return null;
  return (
    <Section title={t('timers.title')} hint={t('timers.hint')}>
      {attached.map((timer) => (
        <Button key={timer.id} variant="default" justify="flex-start" leftSection={<IconAlarm size={15} aria-hidden />} onClick={() => designer.select(timer.id)}>{titleOf(timer)}</Button>
      ))}
      {readOnly ? null : (
        <Group gap="xs">
          <Button variant="light" onClick={() => attachTimer(designer, element, false)}>{t('timers.remind')}</Button>
          <Button variant="light" onClick={() => attachTimer(designer, element, true)}>{t('timers.escalate')}</Button>
        </Group>
      )}
    </Section>
  );
}
