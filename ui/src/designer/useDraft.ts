import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ProblemError } from '@/api/problem';
import { definitions, drafts, publishDraft, readDraft, saveDraft, type Saved, type Version } from '@/process/definitions';
import type { Designer } from './canvas/Designer';
import type { Pending } from './context';
import { textIn } from './model/moddle';

/** A draft that is being drawn: what the server has of it, and how to save and publish what is on screen. */
export interface DraftInHand {
  /** The draft as it was opened; saving does not open it again. */
  opened: Saved | undefined;
  loading: boolean;
  error: unknown;
  /** Somebody else saved first: what they saved. */
  conflict: Saved | undefined;
  saving: boolean;
  /** Saves; answers whether the server has it now. What fails otherwise than by a conflict is thrown. */
  save: () => Promise<boolean>;
  publish: () => Promise<Version | undefined>;
  /** Ends a conflict: with our drawing, or with theirs, which is opened. */
  settle: (side: 'mine' | 'theirs') => Promise<void>;
  dismiss: () => void;
}

/** The draft with an id, read once: from then on the drawing is ahead of the server. */
export function useDraft(id: string, designer: Designer | undefined, pending: Pending): DraftInHand {
  const queries = useQueryClient();
  const [replaced, setReplaced] = useState<Saved>();
  const [conflict, setConflict] = useState<Saved>();
  const [saving, setSaving] = useState(false);
  const etag = useRef<string>(undefined);
  const { data, error, isPending } = useQuery({
    queryKey: [drafts, 'open', id],
    queryFn: async ({ signal }) => {
      const read = await readDraft(id, signal);
      etag.current = read.etag;
      return read;
    },
    staleTime: Infinity,
    // Opened again, a draft is read again: others may have saved it.
    gcTime: 0,
  });
  const opened = replaced ?? data;

  const store = async (against: string | undefined) => {
    if (designer === undefined) return false;
    pending.flush();
    const { state } = designer;
    setSaving(true);
    try {
      const saved = await saveDraft(id, against, nameOf(designer) ?? opened?.draft.name ?? '', await designer.xml());
      etag.current = saved.etag;
      designer.saved(state);
      void queries.invalidateQueries({ queryKey: [drafts, 'list'] });
      return true;
    } catch (refused) {
      if (!(refused instanceof ProblemError) || refused.status !== 412) throw refused;
      setConflict(await readDraft(id));
      return false;
    } finally {
      setSaving(false);
    }
  };

  return {
    opened,
    loading: isPending,
    error,
    conflict,
    saving,
    save: () => store(etag.current),
    publish: async () => {
      if (!(await store(etag.current))) return undefined;
      const version = await publishDraft(id, etag.current);
      await queries.invalidateQueries({ queryKey: [definitions] });
      void queries.invalidateQueries({ queryKey: [drafts, 'list'] });
      return version;
    },
    settle: async (side) => {
      const theirs = conflict;
      setConflict(undefined);
      if (theirs === undefined) return;
      etag.current = theirs.etag;
      if (side === 'theirs') setReplaced(theirs);
      else await store(theirs.etag);
    },
    dismiss: () => setConflict(undefined),
  };
}

function nameOf(designer: Designer): string | undefined {
  const process = designer.process();
  return process === undefined ? undefined : textIn(process.node, 'name') || undefined;
}
