import { Button, Group, Modal, Skeleton, Stack, Table, Text, Textarea } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keys } from '@/api/hooks';
import { address, readObject } from '@/api/resource';
import { Failure } from '@/kit/Failure';
import { useChange } from '@/kit/refresh';
import { StatusBadge } from '@/kit/StatusBadge';
import { commonDecisions, wholeDecisions, type Decision } from './decisions';
import type { DecideResult, TaskDetail } from './model';

/** Decides several tasks at once: one decision that all of them have, one comment, and a result for each. */
export function DecideDialog({ ids, onClose }: { ids: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation('tasks');
  const change = useChange();
  const found = useQueries({
    queries: ids.map((id) => ({ queryKey: keys.object('tasks', id), queryFn: () => readObject<TaskDetail>(address('tasks', [id])) })),
  });
  const tasks = found.flatMap(({ data }) => (data === undefined ? [] : [data.object]));
  const error = found.find((query) => query.error)?.error;
  const [comment, setComment] = useState('');
  const [busy, setBusy] = useState<string>();
  const [refused, setRefused] = useState<unknown>();
  const [results, setResults] = useState<DecideResult[]>();
  const called = (id: string) => tasks.find((task) => task.id === id)?.title ?? id;

  const decide = async ({ outcome }: Decision) => {
    setBusy(outcome);
    try {
      const response = await change('POST', address('tasks', ['decide']), { body: { ids, outcome, comment: comment.trim() || undefined } });
      setResults((await response.json()) as DecideResult[]);
    } catch (failed) {
      setRefused(failed);
    } finally {
      setBusy(undefined);
    }
  };

  return (
    <Modal opened onClose={onClose} title={t('bulk.title', { count: ids.length })} size="lg">
      {results ? <Results results={results} called={called} onClose={onClose} /> : (
        <Stack>
          {error ? <Failure error={error} /> : null}
          {refused === undefined ? null : <Failure error={refused} />}
          <Textarea label={t('bulk.comment')} autosize minRows={2} value={comment} onChange={(event) => setComment(event.currentTarget.value)} />
          {tasks.length < ids.length && !error ? <Skeleton height={36} /> : <Choices tasks={tasks} busy={busy} onDecide={(decision) => void decide(decision)} onClose={onClose} />}
        </Stack>
      )}
    </Modal>
  );
}

function Choices({ tasks, busy, onDecide, onClose }: { tasks: readonly TaskDetail[]; busy?: string; onDecide: (decision: Decision) => void; onClose: () => void }) {
  const { t } = useTranslation('tasks');
  const decisions = commonDecisions(tasks);
  const words = ({ name }: Decision) => {
    const whole = wholeDecisions.find((each) => each === name);
    return whole === undefined ? name : t(`lines.${whole}`);
  };
  return (
    <>
      {decisions.length === 0 ? <Text size="sm" role="alert">{t('bulk.none')}</Text> : null}
      <Group justify="flex-end">
        <Button variant="subtle" color="gray" onClick={onClose}>{t('bulk.cancel')}</Button>
        {decisions.toReversed().map((decision, index) => (
          <Button key={decision.outcome} variant={index === decisions.length - 1 ? 'filled' : 'default'} loading={busy === decision.outcome} disabled={busy !== undefined} onClick={() => onDecide(decision)}>
            {words(decision)}
          </Button>
        ))}
      </Group>
    </>
  );
}

function Results({ results, called, onClose }: { results: readonly DecideResult[]; called: (id: string) => string; onClose: () => void }) {
  const { t } = useTranslation('tasks');
  const done = results.filter(({ completed }) => completed).length;
  return (
    <Stack>
      <Text size="sm" role="status">{t('bulk.done', { done, count: results.length })}</Text>
      <Table aria-label={t('bulk.results')}>
        <Table.Tbody>
          {results.map(({ id, completed, problem }) => (
            <Table.Tr key={id}>
              <Table.Th scope="row" fw={500}>{called(id)}</Table.Th>
              <Table.Td><StatusBadge status={completed ? 'done' : 'failed'} /></Table.Td>
              <Table.Td>{problem?.detail}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group justify="flex-end"><Button onClick={onClose}>{t('bulk.close')}</Button></Group>
    </Stack>
  );
}
