import type { Change } from '@/kit/Changes';
import type { Entity } from '@/api/resource';

/** A run as lists and its page read it. */
export interface Run extends Entity {
  number: number;
  kind: string;
  systemId: string | null;
  system: string;
  status: string;
  phase: string;
  counters: Record<string, number> | null;
  guard: Verdict | null;
  message: string;
  author: string;
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
  reviewedBy: string;
}

/** What the guard said about the change list before anything was written. */
export interface Verdict {
  blocked: boolean;
  /** Each limit in one sentence, as the server words it. */
  reasons: string[] | null;
  total: number;
}

/** How many changes of a kind there are, and what became of them. */
export interface ChangeCount {
  objectType: string;
  action: string;
  status: string;
  changes: number;
}

/** A run with its change list counted, and where it is in the Temporal UI. */
export interface RunDetail extends Run {
  changes: ChangeCount[] | null;
  temporalUrl: string;
}

/** One entry of the change list. */
export interface RunChange {
  seq: number;
  objectType: string;
  objectKey: string;
  objectId: string | null;
  action: string;
  changes: Change[] | null;
  status: string;
  message: string;
}

/** One line of the log; ids grow. */
export interface LogLine {
  id: number;
  at: string;
  level: string;
  message: string;
}

/** The steps of every run, in their order. */
export const phases = ['export', 'compare', 'guard', 'apply', 'report'] as const;
export type PhaseName = (typeof phases)[number];
export type PhaseStatus = 'waiting' | 'running' | 'done' | 'failed' | 'blocked' | 'cancelled';

const over = new Set(['completed', 'failed', 'cancelled']);

/** Whether nothing more will happen. */
export function isOver({ status }: Pick<Run, 'status'>): boolean {
  return over.has(status);
}

/** How each step stands. The run names the step it is in; what comes before is done. */
export function phaseStates({ status, phase }: Pick<Run, 'status' | 'phase'>): { name: PhaseName; status: PhaseStatus }[] {
  const at = phases.findIndex((name) => name === phase);
  return phases.map((name, index) => {
    if (status === 'completed' || index < at) return { name, status: 'done' };
    if (index > at || status === 'queued') return { name, status: 'waiting' };
    const here: PhaseStatus = status === 'failed' ? 'failed' : status === 'cancelled' ? 'cancelled' : status === 'blocked' ? 'blocked' : 'running';
    return { name, status: here };
  });
}

/** How many changes are done of how many, once they are known; failures count as done because nothing more happens to them. */
export function progressOf({ counters, status }: Pick<Run, 'counters' | 'status'>): { done: number; total: number; percent: number } | undefined {
  const total = counters?.changes ?? counters?.objects;
  if (total === undefined || total === 0) return undefined;
  const done = Math.min((counters?.applied ?? 0) + (counters?.failed ?? 0), total);
  return { done, total, percent: status === 'completed' ? 100 : (100 * done) / total };
}

/** Seconds left at the present speed; undefined before a tenth is done, because an early guess is a lie. */
export function secondsLeft(run: Run, now: number): number | undefined {
  const progress = progressOf(run);
  if (progress === undefined || progress.percent < 10 || run.startedAt === null || isOver(run) || run.status === 'blocked') return undefined;
  const elapsed = (now - Date.parse(run.startedAt)) / 1000;
  return (elapsed * (100 - progress.percent)) / progress.percent;
}

/** Signs and colours of what happens to an object. */
export type ActionTone = 'add' | 'change' | 'remove' | 'note';
const tones: Record<string, ActionTone> = {
  create: 'add', link: 'add', grant: 'add', enable: 'add', update: 'change', delete: 'remove', disable: 'remove', revoke: 'remove',
};

/** What an action means for the reader; drift, conflicts and rejects change nothing. */
export function toneOf(action: string): ActionTone {
  return tones[action] ?? 'note';
}

/** Counts added up by type of object and action, the largest first. */
export function summed(counts: readonly ChangeCount[]): { objectType: string; action: string; changes: number }[] {
  const sums = new Map<string, { objectType: string; action: string; changes: number }>();
  for (const { objectType, action, changes } of counts) {
    const key = `${objectType} ${action}`;
    sums.set(key, { objectType, action, changes: (sums.get(key)?.changes ?? 0) + changes });
  }
  return [...sums.values()].sort((one, other) => other.changes - one.changes);
}
