import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useListBelow } from '@/api/hooks';
import { address, send } from '@/api/resource';
import { Failure } from '@/kit/Failure';
import { RelativeTime } from '@/kit/RelativeTime';
import type { ProcessComment } from './model';
import classes from './work.module.css';

/** What people wrote about a process; a task's comments belong to its process as well. */
export function Comments({ processId, taskId }: { processId: string; taskId?: string }) {
  const { t } = useTranslation('process');
  const queries = useQueryClient();
  const { data, error, refetch } = useListBelow<ProcessComment>('processes', processId, 'comments');
  const [text, setText] = useState('');
  const [refused, setRefused] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const write = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    setBusy(true);
    try {
      await send('POST', taskId === undefined ? address('processes', [processId, 'comments']) : address('tasks', [taskId, 'comments']), { body: { text } });
      setText('');
      setRefused(undefined);
      await queries.invalidateQueries({ queryKey: ['processes'] });
    } catch (failed) {
      setRefused(failed);
    } finally {
      setBusy(false);
    }
  };
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  return (
    <Stack className={`surface ${classes.panel}`}>
      {data?.rows.length === 0 ? <Text size="sm" c="dimmed">{t('comments.empty')}</Text> : null}
      <ul className={classes.lines}>
        {(data?.rows ?? []).map((comment) => (
          <li key={comment.id} className={classes.line}>
            <Stack gap={2}>
              <Group gap={6}>
                <Text size="sm" fw={600}>{comment.author}</Text>
                <Text size="sm" c="dimmed"><RelativeTime at={comment.at} /></Text>
              </Group>
              <Text size="sm" className={classes.comment}>{comment.text}</Text>
            </Stack>
          </li>
        ))}
      </ul>
      <form onSubmit={(event) => void write(event)}>
        <Stack gap="xs">
          {refused === undefined ? null : <Failure error={refused} />}
          <Textarea label={t('comments.new')} autosize minRows={2} maxRows={10} value={text} onChange={(event) => setText(event.currentTarget.value)} />
          <Group justify="flex-end"><Button type="submit" loading={busy} disabled={text.trim() === ''}>{t('comments.write')}</Button></Group>
        </Stack>
      </form>
    </Stack>
  );
}
