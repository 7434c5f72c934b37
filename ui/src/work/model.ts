import type { components } from '@/api/api.gen';
import type { Entity } from '@/api/resource';

type Schemas = components['schemas'];

/** A piece of work for people, as lists show it. */
export type Task = Schemas['Task'] & Entity;
/** A task with its form, lines and decisions. */
export type TaskDetail = Schemas['TaskDetail'];
/** How many tasks somebody has taken, may take, and is late with. */
export type TaskCounts = Schemas['TaskCounts'];
/** A field of a form, of a task or of a start. */
export type FormField = Schemas['FormField'];
/** What an approval decides about. */
export type ApprovalLine = Schemas['ApprovalLine'];
/** What becomes of one task when several are decided at once. */
export type DecideResult = Schemas['DecideResult'];
/** A running or ended process, as lists show it. */
export type Process = Schemas['Process'] & Entity;
/** A process with its values, log and open tasks. */
export type ProcessDetail = Schemas['ProcessView'];
export type ProcessLogLine = Schemas['ProcessLogLine'];
export type ProcessComment = Schemas['ProcessComment'];
export type ProcessDocument = Schemas['ProcessDocument'];
/** A timer or a background step that a process waits for. */
export type ProcessJob = Schemas['ProcessJob'] & Entity;
/** Work that failed and waits for a person. */
export type ProcessIncident = Schemas['ProcessIncident'] & Entity;
/** What somebody may start. */
export type CatalogueEntry = Schemas['CatalogueEntry'];
/** What has to be filled in to start it. */
export type StartForm = Schemas['StartForm'];

/** Lists of tasks, in the order of their tabs. */
export const views = ['inbox', 'mine', 'available', 'done'] as const;
export type View = (typeof views)[number];

/** The list that an address names; the inbox when it names none. */
export function viewOf(text: unknown): View {
  return views.find((view) => view === text) ?? 'inbox';
}

/** Whether somebody can still do a task. */
export function isLive({ status }: Pick<Task, 'status'>): boolean {
  return status === 'open' || status === 'claimed';
}

/** Whether a process has come to its end. */
export function isOver({ endedAt }: Pick<Process, 'endedAt'>): boolean {
  return endedAt !== null;
}

/** A process as people call it. */
export function processTitle({ name, number }: { name: string; number: number }): string {
  return `${name} #${number}`;
}
