import { useEffect, useRef, useState } from 'react';
import { address, send } from '@/api/resource';
import { sameValue, type Values } from '@/form/values';
import { changedValues, type FormSource } from './fields';
import type { FormField } from './model';

/** So long after the last letter the server is asked what follows from it, in milliseconds. */
const pause = 350;

/** A form as the server has it: after its triggers and visibility scripts. */
export interface FormState {
  fields: FormField[];
  values: Values;
  /** Fields whose change may change others. */
  reacts: string[];
  /** What triggers say about fields. */
  messages: Record<string, string>;
}

/** A form that answers to what is filled in. */
export interface Reactions {
  /** The form as it is now. */
  form: FormState;
  /** Tells what somebody changed. */
  follow: (before: Values, after: Values) => void;
  error: unknown;
}

/** What a person touched last that others depend on, or undefined when nothing does. */
export function touched(reacts: readonly string[], before: Values, after: Values): string | undefined {
  return reacts.find((name) => !sameValue(before[name], after[name]));
}

/** What the server gave other values than those it was sent. What was touched since it was asked stays as the person has it. */
export function consequences(answer: FormState, sent: Values, now: Values): Values {
  const names = answer.fields.map(({ name }) => name).filter((name) => !sameValue(answer.values[name], sent[name]) && sameValue(sent[name], now[name]));
  return Object.fromEntries(names.map((name) => [name, answer.values[name] ?? null]));
}

/**
 * Asks the server what follows from a change, once somebody pauses: fields come and go, are needed or locked, get values and messages.
 * Answers that a later question has overtaken are dropped.
 */
export function useReactions(opened: FormState, { resource, id }: FormSource, values: Values, apply: (values: Values) => void): Reactions {
  const [form, setForm] = useState<FormState>();
  const [asking, setAsking] = useState<{ field: string; turn: number }>();
  const [error, setError] = useState<unknown>();
  const now = { values, fields: (form ?? opened).fields, base: opened.values, apply };
  const latest = useRef(now);
  useEffect(() => {
    latest.current = now;
  });

  useEffect(() => {
    if (asking === undefined) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      const { values: sent, fields, base } = latest.current;
      const body = { values: changedValues(fields, base, sent), changed: asking.field };
      send('POST', address(resource, [id, 'form']), { body, signal: stop.signal }).then((response) => response.json() as Promise<FormState>).then(
        (answer) => {
          if (stop.signal.aborted) return;
          setError(undefined);
          setForm(answer);
          latest.current.apply(consequences(answer, sent, latest.current.values));
        },
        (refused: unknown) => stop.signal.aborted || setError(refused),
      );
    }, pause);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [asking, resource, id]);

  return {
    form: form ?? opened,
    error,
    follow: (before, after) => {
      const field = touched((form ?? opened).reacts, before, after);
      if (field !== undefined) setAsking((last) => ({ field, turn: (last?.turn ?? 0) + 1 }));
    },
  };
}
