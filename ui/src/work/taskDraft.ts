import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { keys } from '@/api/hooks';
import { address, send, type Versioned } from '@/api/resource';
import type { Values } from '@/form/values';
import { changedValues, editableValues } from './fields';
import type { TaskDetail } from './model';
import { useReactions, type FormState } from './reactions';

/** So long after the last letter a draft is kept, in milliseconds. */
const pause = 1200;

/** Where the draft of a form stands. */
export type DraftState = 'none' | 'unsaved' | 'saved' | 'refused';

/** What somebody fills in on a task, and what the server keeps of it meanwhile. */
export interface TaskDraft {
  values: Values;
  /** The form as what was filled in made it. */
  form: FormState;
  /** Why the form could not follow the last change. */
  stuck: unknown;
  change: (values: Values) => void;
  /** What differs from what the server knows, without what cannot be changed. */
  changed: Values;
  state: DraftState;
  /** Why the last draft was not kept. */
  error: unknown;
  /** Waits for a draft on its way and answers the version to send. */
  settled: () => Promise<string | undefined>;
}

/** Edits of a task's form. They are kept on the server while somebody types, so that another device or another day goes on with them. */
export function useTaskDraft(task: TaskDetail): TaskDraft {
  const queries = useQueryClient();
  const [edited, setEdited] = useState<Values>({});
  // As it was sent: the server may write the members of a value in another order.
  const [kept, setKept] = useState<string>();
  const [error, setError] = useState<unknown>();
  const running = useRef<Promise<unknown>>(undefined);
  const key = keys.object('tasks', task.id);
  const values = { ...task.values, ...edited };
  const { form, follow, error: stuck } = useReactions(task, { resource: 'tasks', id: task.id }, values, (patch) => setEdited((before) => ({ ...before, ...patch })));
  const changed = changedValues(form.fields, task.values, values);
  // The server keeps the last draft as a whole, so that each holds all that was filled in.
  const whole = JSON.stringify(editableValues(form.fields, values));
  const keeps = task.may.includes('draft') && Object.keys(changed).length > 0 && whole !== kept;

  const keep = async (draft: string) => {
    await running.current?.catch(() => undefined);
    const etag = queries.getQueryData<Versioned<TaskDetail>>(key)?.etag;
    try {
      const response = await send('PUT', address('tasks', [task.id, 'draft']), { body: { values: JSON.parse(draft) as Values }, etag });
      queries.setQueryData(key, { object: await response.json(), etag: response.headers.get('ETag') ?? undefined });
      setKept(draft);
      setError(undefined);
    } catch (refused) {
      setError(refused);
    }
  };

  useEffect(() => {
    if (!keeps) return undefined;
    const timer = setTimeout(() => {
      running.current = keep(whole);
    }, pause);
    return () => clearTimeout(timer);
    // What is sent is in `whole`; the rest does not change what has to be done.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [keeps, whole, task.id]);

  return {
    values,
    form,
    stuck,
    changed,
    state: error === undefined ? (keeps ? 'unsaved' : kept === undefined ? 'none' : 'saved') : 'refused',
    error,
    change: (next) => {
      setEdited((before) => ({ ...before, ...pick(next, Object.keys(next).filter((name) => next[name] !== values[name])) }));
      follow(values, { ...values, ...next });
    },
    settled: async () => {
      await running.current;
      return queries.getQueryData<Versioned<TaskDetail>>(key)?.etag;
    },
  };
}

function pick(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}
