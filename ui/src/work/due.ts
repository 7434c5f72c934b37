/** How near the end of the time for a task is. */
export type DueState = 'overdue' | 'soon' | 'later';

/** So long before its end, in milliseconds, a task is called due soon: two days, so that a weekend does not hide it. */
export const soonBefore = 2 * 24 * 3_600_000;

/** The state of a due date at a moment (in milliseconds); undefined for work without one. */
export function dueState(dueAt: string | null | undefined, now: number): DueState | undefined {
  const due = Date.parse(dueAt ?? '');
  if (Number.isNaN(due)) return undefined;
  if (due < now) return 'overdue';
  return due - now <= soonBefore ? 'soon' : 'later';
}
