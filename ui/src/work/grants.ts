import { formatDate } from '@/kit/time';

/** A requested permission, as the variable `grants` of a process holds it (process.LineContent). */
export interface GrantLine {
  key: string;
  action: 'grant' | 'revoke';
  /** User name; empty where the line is about an account of nobody, or about a role. */
  user: string;
  /** `name@system` of the account that gets or loses the role. */
  account?: string;
  /** `name@system` of the role that shall contain the role, or no longer contain it. */
  container?: string;
  /** `name@system`. */
  role: string;
  scopeGroupId?: string;
  scopeInformationSystemId?: string;
  scopeValueId?: string;
  /** What the scope is called. */
  scopeName?: string;
  /** RFC 3339 in UTC. */
  startAt?: string;
  endAt?: string;
  reason?: string;
}

/** Kinds of scope a role may be limited to, with the member that holds the id. */
const scopeMembers = { group: 'scopeGroupId', informationSystem: 'scopeInformationSystemId', values: 'scopeValueId' } as const;
export type ScopeKind = keyof typeof scopeMembers;

/** What can be chosen as a scope. */
export interface ScopeChoice {
  id: string;
  name: string;
}

/** Reads lines out of a value of a process; what is no line is left out. */
export function linesOf(value: unknown): GrantLine[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter((line): line is Record<string, unknown> => typeof line === 'object' && line !== null && typeof line.role === 'string')
    .map((line, index) => ({ ...line, key: String(line.key ?? index + 1), action: line.action === 'revoke' ? 'revoke' : 'grant', user: String(line.user ?? ''), role: String(line.role) }) as GrantLine);
}

/** A key that no line has: one more than the largest number, so that a removed line's key is not taken again at once. */
export function nextKey(lines: readonly GrantLine[]): string {
  return String(Math.max(0, ...lines.map(({ key }) => Number(key)).filter(Number.isFinite)) + 1);
}

/** What tells lines apart: the same role for the same person with the same limit is asked for once. */
export function identity(line: Omit<GrantLine, 'key'>): string {
  const scope = line.scopeGroupId ?? line.scopeInformationSystemId ?? line.scopeValueId ?? '';
  return [line.action, line.user.toLowerCase(), line.role.toLowerCase(), scope].join('\n');
}

/** What a dialog gives: several scopes make a line each, none makes one without a limit. */
export interface NewGrant extends Omit<GrantLine, 'key' | 'scopeGroupId' | 'scopeInformationSystemId' | 'scopeValueId' | 'scopeName'> {
  scopeKind?: ScopeKind;
  scopes?: readonly ScopeChoice[];
}

/** The lines with what was added; what is asked for already is not asked for twice. */
export function withGrant(lines: readonly GrantLine[], { scopeKind, scopes = [], ...grant }: NewGrant): GrantLine[] {
  const member = scopeKind === undefined ? undefined : scopeMembers[scopeKind];
  const added: Omit<GrantLine, 'key'>[] = member === undefined || scopes.length === 0 ? [grant] : scopes.map(({ id, name }) => ({ ...grant, [member]: id, scopeName: name }));
  return added.reduce<GrantLine[]>((all, line) => (all.some((known) => identity(known) === identity(line)) ? all : [...all, { key: nextKey(all), ...line }]), [...lines]);
}

/** The words of a period; undefined for one without bounds. */
export function period({ startAt, endAt }: Pick<GrantLine, 'startAt' | 'endAt'>, language: string): string | undefined {
  if (!startAt && !endAt) return undefined;
  const [from, until] = [startAt, endAt].map((at) => (at ? formatDate(at, language) : '…'));
  return `${from} – ${until}`;
}
