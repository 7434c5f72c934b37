import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { IconCloudCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '@/api/problem';
import { address, send } from '@/api/resource';
import { FieldForm } from '@/form/FieldForm';
import { complaints } from '@/form/values';
import { Failure } from '@/kit/Failure';
import { errorsAt } from '@/object/draft';
import { ApprovalLines } from './ApprovalLines';
import { saidLines, unsaid, type Decision, type Verdict } from './decisions';
import { attributesOf, grantField } from './fields';
import { GrantLines } from './GrantLines';
import { MatchTable } from './MatchTable';
import type { TaskDetail } from './model';
import type { FormState } from './reactions';
import { useTaskDraft, type DraftState } from './taskDraft';
import { TooLate } from './TooLate';
import classes from './work.module.css';

interface TaskFormProps {
  task: TaskDetail;
  /** The task is done; the page goes on. */
  onDone: (decision: string) => void;
}

/** The form of a task, the lines it decides about, and its decisions. */
export function TaskForm({ task, onDone }: TaskFormProps) {
  const { t } = useTranslation('tasks');
  const words = useTranslation('form').t;
  const draft = useTaskDraft(task);
  const [verdicts, setVerdicts] = useState<Record<string, Verdict>>({});
  const [same, setSame] = useState<string>();
  const [comment, setComment] = useState('');
  const [complained, setComplained] = useState<Record<string, string>>({});
  const [refused, setRefused] = useState<unknown>();
  const [busy, setBusy] = useState<string>();
  const open = task.may.includes('complete');
  const { form } = draft;
  const attributes = attributesOf(form.fields, { resource: 'tasks', id: task.id });
  const grants = grantField(form.fields);
  const inLines = task.deciding && grants !== undefined;
  const { fields, others } = useFindings(refused, form);

  const complete = async ({ outcome, name }: Decision) => {
    const wrong = complaints(attributes, draft.values);
    setComplained(Object.fromEntries(Object.entries(wrong).map(([field, complaint]) => [field, words(`complaint.${complaint}`)])));
    if (Object.keys(wrong).length > 0) return;
    setBusy(outcome);
    setRefused(undefined);
    try {
      const etag = await draft.settled();
      const body = { outcome: outcome || undefined, values: draft.changed, same, lines: task.deciding ? saidLines(task.lines, verdicts) : undefined, comment: comment.trim() || undefined };
      await send('POST', address('tasks', [task.id, 'complete']), { body, etag });
      onDone(name);
    } catch (error) {
      setRefused(error);
      setBusy(undefined);
    }
  };

  return (
    <div className="surface">
      <Stack gap="lg" className={classes.panel}>
        {refused !== undefined && isLate(refused) ? <TooLate task={task} error={refused} /> : null}
        {refused !== undefined && !isLate(refused) && !isFinding(refused) ? <Failure error={refused} /> : null}
        {draft.stuck === undefined ? null : <Failure error={draft.stuck} />}
        {attributes.length > 0 || others.length > 0 ? (
          <FieldForm attributes={attributes} values={draft.values} onChange={draft.change} errors={{ ...(open ? form.messages : {}), ...fields, ...complained }} otherErrors={others} readOnly={!open} />
        ) : null}
        {grants && !inLines ? (
          <GrantLines
            label={grants.label}
            value={draft.values[grants.name]}
            error={fields[grants.name]}
            source={open && !grants.readOnly ? { resource: 'tasks', id: task.id, field: grants.name } : undefined}
            user={typeof draft.values.user === 'string' ? draft.values.user : ''}
            onChange={(lines) => draft.change({ ...draft.values, [grants.name]: lines })}
          />
        ) : null}
        {task.match ? <MatchTable match={task.match} same={same} onChange={open ? setSame : undefined} /> : null}
        {task.lines.length > 0 ? <ApprovalLines lines={task.lines} verdicts={verdicts} onChange={open && task.deciding ? setVerdicts : undefined} /> : null}
        {attributes.length === 0 && grants === undefined && task.lines.length === 0 && !task.match ? <Text size="sm" c="dimmed">{t('noForm')}</Text> : null}
      </Stack>
      {open ? (
        <Stack gap="xs" className={classes.decide}>
          <Textarea label={t('comment')} autosize minRows={1} maxRows={5} value={comment} onChange={(event) => setComment(event.currentTarget.value)} />
          <Group justify="space-between">
            <DraftNote state={draft.state} />
            <Decisions task={task} unsaidLines={unsaid(task.lines, verdicts).length} unsaidPerson={task.match !== undefined && same === undefined} busy={busy} onDecide={(decision) => void complete(decision)} />
          </Group>
          {draft.state === 'refused' ? <Alert color="yellow" variant="light">{t('draft.refused')} {draft.error instanceof ProblemError ? draft.error.message : ''}</Alert> : null}
        </Stack>
      ) : null}
    </div>
  );
}

/** Findings of the server, at their fields: it names them `values.name`. */
function useFindings(error: unknown, { fields }: FormState) {
  if (!isFinding(error)) return { fields: {}, others: [] };
  const { fields: found, others } = errorsAt(error, fields.map(({ name }) => ({ name: `values.${name}`, type: 'string', label: {} })));
  return { fields: Object.fromEntries(Object.entries(found).map(([name, sentence]) => [name.replace(/^values\./, ''), sentence])), others };
}

/** Somebody was first, the time ran out, or the task has changed. */
function isLate(error: unknown): error is ProblemError {
  return error instanceof ProblemError && (error.status === 409 || error.status === 412);
}

function isFinding(error: unknown): error is ProblemError {
  return error instanceof ProblemError && (error.problem.errors ?? []).length > 0;
}

function DraftNote({ state }: { state: DraftState }) {
  const { t } = useTranslation('tasks');
  return (
    <Group gap={4} c="dimmed" role="status" mih={20}>
      {state === 'saved' ? <IconCloudCheck size={15} aria-hidden /> : null}
      <Text size="sm">{state === 'saved' || state === 'unsaved' ? t(`draft.${state}`) : ''}</Text>
    </Group>
  );
}

interface DecisionsProps {
  task: TaskDetail;
  unsaidLines: number;
  /** Nobody has said yet whether it is the same person. */
  unsaidPerson: boolean;
  busy?: string;
  onDecide: (decision: Decision) => void;
}

/** The decisions as the designer named them; an approval has one: what was said about each line. */
function Decisions({ task, unsaidLines, unsaidPerson, busy, onDecide }: DecisionsProps) {
  const { t } = useTranslation('tasks');
  if (task.deciding) {
    return (
      <Group gap="xs">
        <Text size="sm" c="dimmed" role="status">{unsaidLines > 0 ? t('lines.left', { count: unsaidLines }) : t('lines.allSaid')}</Text>
        <Button disabled={unsaidLines > 0} loading={busy !== undefined} onClick={() => onDecide({ outcome: '', name: t('decisionSent') })}>{t('sendDecision')}</Button>
      </Group>
    );
  }
  const decisions: Decision[] = task.decisions.length === 0
    ? [{ outcome: '', name: t('complete') }]
    : task.decisions.map(({ flow, name }) => ({ outcome: flow, name: name || (task.decisions.length === 1 ? t('complete') : flow) }));
  return (
    <Group gap="xs">
      {decisions.toReversed().map((decision, index) => (
        <Button
          key={decision.outcome}
          variant={index === decisions.length - 1 ? 'filled' : 'default'}
          loading={busy === decision.outcome}
          disabled={unsaidPerson || (busy !== undefined && busy !== decision.outcome)}
          onClick={() => onDecide(decision)}
        >
          {decision.name}
        </Button>
      ))}
    </Group>
  );
}
