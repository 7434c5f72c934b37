import type { ApprovalLine, TaskDetail } from './model';

/** A way to end a task: what is sent as its outcome, and what the button says (empty for the only, unnamed way). */
export interface Decision {
  outcome: string;
  name: string;
}

/** What somebody says about a line. */
export interface Verdict {
  approve?: boolean;
  comment: string;
}

/** Words by which approvals are decided as a whole, whatever their flows are called. */
export const wholeDecisions = ['approve', 'deny'] as const;

/** The ways out of one task, as people choose them. */
function decisionsOf({ deciding, decisions }: Pick<TaskDetail, 'deciding' | 'decisions'>): Decision[] {
  if (deciding) return wholeDecisions.map((outcome) => ({ outcome, name: outcome }));
  return decisions.map(({ flow, name }) => ({ outcome: name || flow, name: name || flow }));
}

/** The decisions that all of several tasks have. Names are compared without regard to case: they are written by different designers. */
export function commonDecisions(tasks: readonly Pick<TaskDetail, 'deciding' | 'decisions'>[]): Decision[] {
  const [first, ...others] = tasks.map(decisionsOf);
  const has = (decisions: readonly Decision[], name: string) => decisions.some((other) => other.name.toLowerCase() === name.toLowerCase());
  return (first ?? []).filter(({ name }) => others.every((decisions) => has(decisions, name)));
}

/** Lines that still wait for a decision. */
export function undecided(lines: readonly ApprovalLine[]): ApprovalLine[] {
  return lines.filter(({ decision }) => decision === '');
}

/** Lines about which nothing has been said yet. */
export function unsaid(lines: readonly ApprovalLine[], verdicts: Readonly<Record<string, Verdict>>): ApprovalLine[] {
  return undecided(lines).filter(({ id }) => verdicts[id]?.approve === undefined);
}

/** The same verdict for every open line; comments that were typed stay. */
export function allLines(lines: readonly ApprovalLine[], verdicts: Readonly<Record<string, Verdict>>, approve: boolean): Record<string, Verdict> {
  return Object.fromEntries(undecided(lines).map(({ id }) => [id, { comment: verdicts[id]?.comment ?? '', approve }]));
}

/** The lines of a completion, in their order. */
export function saidLines(lines: readonly ApprovalLine[], verdicts: Readonly<Record<string, Verdict>>): { id: string; approve: boolean; comment?: string }[] {
  return undecided(lines).flatMap(({ id }) => {
    const verdict = verdicts[id];
    if (verdict?.approve === undefined) return [];
    const comment = verdict.comment.trim();
    return [{ id, approve: verdict.approve, ...(comment === '' ? {} : { comment }) }];
  });
}
