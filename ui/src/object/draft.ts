import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useObject, useSave } from '@/api/hooks';
import { fieldErrors, ProblemError, type FieldErrors } from '@/api/problem';
import type { Versioned } from '@/api/resource';
import type { Attribute } from '@/api/schema';
import { changedNames, complaints, fieldValue, keyOf, mergePatch, withFieldValue, type Values } from '@/form/values';

/** A conflict: somebody saved the object while it was being edited. */
export interface Conflict {
  theirs: Versioned<Values>;
  /** Attributes that both sides changed, and those only we changed. */
  names: string[];
}

/** Edits of one object: what is on screen, what differs, how to save or undo it. */
export interface Draft {
  values: Values;
  /** The object as it was read; undefined for a new one. */
  original?: Values;
  change: (values: Values) => void;
  changed: string[];
  errors: Record<string, string>;
  otherErrors: string[];
  saving: boolean;
  undo: () => void;
  /** Saves; answers the saved object, or undefined when it was refused or there is a conflict. */
  save: () => Promise<Values | undefined>;
  conflict?: Conflict;
  /** Ends a conflict: the attributes named keep our value, the others take theirs. */
  settle: (mine: readonly string[]) => Promise<void>;
  dismiss: () => void;
}

interface Editing {
  base: Versioned<Values>;
  values: Values;
}

/**
 * Edits of the object `id` of a resource, or of a new one. While nothing is edited the screen follows the server;
 * from the first change on it keeps the version the person saw, and the server decides at saving whether it still holds.
 */
export function useDraft(resource: string, id: string | undefined, attributes: readonly Attribute[], initial: Values = {}): Draft {
  const { t } = useTranslation('form');
  const { data, refetch } = useObject(resource, id);
  const saving = useSave(resource);
  const [editing, setEditing] = useState<Editing>();
  const [complained, setComplained] = useState<Record<string, string>>({});
  const [conflict, setConflict] = useState<Conflict>();

  const fresh: Versioned<Values> = (data as Versioned<Values> | undefined) ?? { object: initial };
  const { base, values } = editing ?? { base: fresh, values: fresh.object };
  const before = id === undefined ? {} : base.object;
  const changed = changedNames(before, values, attributes);
  const { fields, others } = errorsAt(conflict ? undefined : saving.error, attributes);

  const undo = () => {
    setEditing(undefined);
    setComplained({});
    setConflict(undefined);
    saving.reset();
  };

  const send = async (from: Versioned<Values>, to: Values) => {
    const wrong = complaints(attributes, to);
    setComplained(Object.fromEntries(Object.entries(wrong).map(([name, complaint]) => [name, t(`complaint.${complaint}`)])));
    if (Object.keys(wrong).length > 0) return undefined;
    try {
      const saved = await saving.mutateAsync({ id, etag: from.etag, changes: mergePatch(id === undefined ? {} : from.object, to, attributes) });
      undo();
      return saved.object as Values;
    } catch (error) {
      if (error instanceof ProblemError && error.status === 412) await meet(to);
      return undefined;
    }
  };

  const meet = async (mine: Values) => {
    const theirs = (await refetch()).data as Versioned<Values> | undefined;
    if (theirs !== undefined) setConflict({ theirs, names: changedNames(theirs.object, mine, attributes).filter((name) => changed.includes(name)) });
  };

  const settle = async (mine: readonly string[]) => {
    if (conflict === undefined) return;
    const merged = attributes
      .filter(({ name }) => mine.includes(name))
      .reduce((object, attribute) => withFieldValue(object, attribute, fieldValue(values, attribute)), conflict.theirs.object);
    setConflict(undefined);
    setEditing({ base: conflict.theirs, values: merged });
    await send(conflict.theirs, merged);
  };

  return {
    values,
    original: id === undefined ? undefined : data?.object,
    change: (next) => setEditing({ base, values: next }),
    changed,
    errors: { ...complained, ...fields },
    otherErrors: others,
    saving: saving.isPending,
    undo,
    save: () => send(base, values),
    conflict,
    settle,
    dismiss: () => setConflict(undefined),
  };
}

/** The findings at the fields they are about; the server names a reference by its id's place or by its name's. */
export function errorsAt(error: unknown, attributes: readonly Attribute[]): FieldErrors {
  const { fields, others } = fieldErrors(error, attributes.flatMap((attribute) => [attribute.name, keyOf(attribute)]));
  const named = attributes.flatMap((attribute) => {
    const sentence = fields[attribute.name] ?? fields[keyOf(attribute)];
    return sentence === undefined ? [] : [[attribute.name, sentence] as const];
  });
  return { fields: Object.fromEntries(named), others };
}
