import type { Change } from '@/kit/Changes';

/** One execution of a job, as its page shows it. */
export interface Run {
  id: string;
  title: string;
  status: string;
  startedAt?: string;
  finishedAt?: string | null;
  phases: Phase[];
  guard?: Guard;
  /** Address of the workflow run in the Temporal UI. */
  temporalUrl?: string;
}

/** A part of a run; `total` is unknown until it has been counted. */
export interface Phase {
  name: string;
  status: 'waiting' | 'running' | 'done' | 'failed';
  done?: number;
  total?: number;
}

/** What the guard found before anything was written. */
export interface Guard {
  verdict: 'passed' | 'held';
  /** Each limit in one sentence: "312 removals, 50 allowed". */
  reasons: string[];
}

/** One object that the run changes, or would change. */
export interface RunChange {
  id: string;
  kind: 'add' | 'update' | 'remove';
  objectType: string;
  name: string;
  changes: Change[];
  error?: string;
}

/** One line of the log. */
export interface LogLine {
  at: string;
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
}

/** How far a run is, in percent of its running phase's work; undefined while nothing is counted. */
export function progressOf({ phases }: Run): number | undefined {
  const counted = phases.filter(({ total }) => total !== undefined && total > 0);
  if (counted.length === 0) return undefined;
  const total = counted.reduce((sum, phase) => sum + (phase.total ?? 0), 0);
  const done = counted.reduce((sum, phase) => sum + Math.min(phase.done ?? 0, phase.total ?? 0), 0);
  return (100 * done) / total;
}

/** Seconds left at the present speed; undefined before a tenth is done, because an early guess is a lie. */
export function secondsLeft(run: Run, now: number): number | undefined {
  const progress = progressOf(run);
  if (progress === undefined || progress < 10 || run.startedAt === undefined || run.finishedAt) return undefined;
  const elapsed = (now - Date.parse(run.startedAt)) / 1000;
  return (elapsed * (100 - progress)) / progress;
}
