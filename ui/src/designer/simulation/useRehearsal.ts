import { useState } from 'react';
import type { components } from '@/api/api.gen';
import { address, send } from '@/api/resource';
import type { Designer } from '../canvas/Designer';
import type { Pending } from '../context';

type Schemas = components['schemas'];

/** Where a played process came to. */
export type Rehearsed = Schemas['RehearsalResult'];
/** What it waits for. */
export type Wait = Schemas['RehearsalWait'];
/** What the designer lets happen. */
export type Act = Schemas['RehearsalAct'];

interface Played {
  source: string;
  /** The edition of the drawing that is played. */
  edition: number;
  acts: Act[];
  result: Rehearsed;
}

export interface Rehearsal {
  played?: Played;
  /** The drawing was changed since: what is shown belongs to what was drawn before. */
  stale: boolean;
  busy: boolean;
  error: unknown;
  begin: () => Promise<void>;
  act: (act: Act) => Promise<void>;
  /** Takes the last act back. */
  back: () => Promise<void>;
}

/** Plays the drawn process on the server, without any effect: from its beginning, with all acts so far. */
export function useRehearsal(designer: Designer, pending: Pending): Rehearsal {
  const [played, setPlayed] = useState<Played>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const play = async (source: string, edition: number, acts: Act[]) => {
    setBusy(true);
    setError(undefined);
    try {
      const response = await send('POST', address('process-definitions', ['rehearse']), { body: { source, acts } });
      setPlayed({ source, edition, acts, result: (await response.json()) as Rehearsed });
    } catch (refused) {
      setError(refused);
    }
    setBusy(false);
  };
  return {
    played,
    stale: played !== undefined && played.edition !== designer.edition,
    busy,
    error,
    begin: async () => {
      pending.flush();
      await play(await designer.xml(), designer.edition, []);
    },
    act: async (act) => {
      if (played) await play(played.source, played.edition, [...played.acts, act]);
    },
    back: async () => {
      if (played) await play(played.source, played.edition, played.acts.slice(0, -1));
    },
  };
}

/** Values written as JSON: nothing for an empty text, undefined when it is no object. */
export function readValues(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The acts that a wait allows, with the words of their buttons; none for what has words of the page. */
export function actsOf({ kind, id, name, key, outcomes }: Wait): { act: Act; label?: string }[] {
  switch (kind) {
    case 'work':
    case 'call': {
      const ways = outcomes ?? [];
      return ways.length < 2 ? [{ act: { kind: 'complete', id, outcome: ways[0]?.flow }, label: ways[0]?.name || undefined }] : ways.map(({ flow, name: label }) => ({ act: { kind: 'complete', id, outcome: flow }, label: label || flow }));
    }
    case 'timer':
      return [{ act: { kind: 'fire', id } }];
    case 'message':
    case 'signal':
      return [{ act: key ? { kind, name, key } : { kind, name } }];
    case 'incident':
      return [{ act: { kind: 'skip', id } }];
    default:
      return [];
  }
}
