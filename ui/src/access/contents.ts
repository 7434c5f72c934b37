import type { Entity } from '@/api/resource';

/** A role contained in another one, as the API lists it. */
export interface ContentRow extends Entity {
  version?: number;
  roleId?: string;
  role?: string;
  roleSystem?: string;
  containedRoleId?: string;
  containedRole?: string;
  containedRoleSystem?: string;
  mandatory?: boolean;
  state?: string;
  /** The process that decides about a pending addition or removal. */
  processId?: string | null;
  processNumber?: number | null;
  process?: string;
}

/** Whether nobody decides about a content: one that waits for a process is not changed before. */
export function isSettled(row: ContentRow): boolean {
  return row.state === undefined || row.state === 'active';
}

/** A line of the staged contents; `added` ones are not on the server yet, `removed` ones still are. */
export interface StagedRow extends ContentRow {
  staged?: 'added' | 'changed' | 'removed';
}

const limits = ['sourceGroupId', 'sourceInformationSystemId', 'sourceValueId', 'scopeGroupId', 'scopeInformationSystemId', 'scopeValueId'] as const;

/** Adds a line; its id is only for the screen. */
export function added(rows: readonly StagedRow[], row: ContentRow): StagedRow[] {
  return [...rows, { ...row, staged: 'added' }];
}

/** Makes a line mandatory or optional; a second time takes it back. */
export function toggled(rows: readonly StagedRow[], id: string): StagedRow[] {
  return rows.map((row) => {
    if (row.id !== id) return row;
    const mandatory = !row.mandatory;
    if (row.staged === 'added') return { ...row, mandatory };
    return row.staged === 'changed' ? { ...row, mandatory, staged: undefined } : { ...row, mandatory, staged: 'changed' };
  });
}

/** Takes a line out: an added one disappears, a stored one stays on screen until the changes are applied. */
export function removed(rows: readonly StagedRow[], id: string): StagedRow[] {
  return rows.filter((row) => row.id !== id || row.staged !== 'added').map((row) => (row.id === id ? { ...row, staged: 'removed' } : row));
}

/** Takes a removal back. The line is as it was stored. */
export function restored(rows: readonly StagedRow[], id: string, stored: readonly ContentRow[]): StagedRow[] {
  return rows.map((row) => (row.id === id ? { ...(stored.find((each) => each.id === id) ?? row), staged: undefined } : row));
}

/** How many lines differ from what is stored. */
export function stagedCount(rows: readonly StagedRow[]): number {
  return rows.filter(({ staged }) => staged !== undefined).length;
}

/** The draft as the API takes it: everything that the role shall contain. */
export function draftOf(rows: readonly StagedRow[]): { contents: Record<string, unknown>[] } {
  return {
    contents: rows
      .filter(({ staged }) => staged !== 'removed')
      .map((row) => ({
        ...(row.staged === 'added' ? {} : { id: row.id, version: row.version }),
        containedRoleId: row.containedRoleId,
        mandatory: row.mandatory ?? false,
        ...Object.fromEntries(limits.filter((name) => typeof row[name] === 'string').map((name) => [name, row[name]])),
      })),
  };
}
