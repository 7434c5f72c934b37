import type { FilterOperator, Attribute } from '@/api/schema';
import type { ListQuery } from '@/api/resource';

/** One criterion of the basic search. Several values mean "any of them". */
export interface Chip {
  name: string;
  op: FilterOperator;
  values: string[];
}

/** Which of the three searches is on screen. */
export type SearchMode = 'quick' | 'basic' | 'advanced';

/** Everything about a list that lives in its address, so that a list can be mailed, bookmarked and gone back to. */
export interface ListSearch {
  mode?: SearchMode;
  q?: string;
  chips?: Chip[];
  filter?: string;
  sort?: string;
  page?: number;
  size?: number;
  cols?: string[];
}

/** Page sizes a person may choose. */
export const pageSizes = [25, 50, 100, 200] as const;
export const defaultSize = 50;

const modes = new Set<unknown>(['quick', 'basic', 'advanced']);
const operators = new Set<unknown>(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr']);

function text(value: unknown): string | undefined {
  // A search for 007 arrives as a number, because the router reads values as JSON.
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}

function readChip(value: unknown): Chip | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, op, values } = value as Record<string, unknown>;
  if (typeof name !== 'string' || !operators.has(op) || !Array.isArray(values)) return undefined;
  return { name, op: op as FilterOperator, values: values.map(String) };
}

/** Reads a list's state from an address that anybody may have typed: what makes no sense is dropped, never an error. */
export function readListSearch(raw: Record<string, unknown>): ListSearch {
  const chips = Array.isArray(raw.chips) ? raw.chips.map(readChip).filter((chip) => chip !== undefined) : [];
  const cols = Array.isArray(raw.cols) ? raw.cols.filter((name): name is string => typeof name === 'string') : [];
  const size = count(raw.size);
  const search: ListSearch = {
    mode: modes.has(raw.mode) ? (raw.mode as SearchMode) : undefined,
    q: text(raw.q),
    chips: chips.length > 0 ? chips : undefined,
    filter: text(raw.filter),
    sort: text(raw.sort),
    page: count(raw.page),
    size: size !== undefined && (pageSizes as readonly number[]).includes(size) ? size : undefined,
    cols: cols.length > 0 ? cols : undefined,
  };
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}

/** The mode of an address: the one it names, else the one its content needs. */
export function modeOf({ mode, chips, filter }: ListSearch): SearchMode {
  return mode ?? (filter ? 'advanced' : chips ? 'basic' : 'quick');
}

/** A string as SCIM writes it: JSON's quoting, which leaves no way to break out of the value. */
function quoted(value: string): string {
  return JSON.stringify(value);
}

function literal(type: Attribute['type'] | undefined, value: string): string {
  if (type === 'boolean') return value === 'true' ? 'true' : 'false';
  if (type === 'number' && value.trim() !== '' && Number.isFinite(Number(value))) return String(Number(value));
  return quoted(value);
}

/** The SCIM filter that says the same as the chips; a chip still without a value says nothing. */
export function chipsToScim(chips: readonly Chip[], attributes: readonly Attribute[]): string {
  const types = new Map(attributes.map(({ name, type }) => [name, type]));
  const keys = new Map(attributes.map(({ name, idName }) => [name, idName ?? name]));
  return chips
    .map(({ name, op, values }) => {
      const key = keys.get(name) ?? name;
      if (op === 'pr') return `${key} pr`;
      const clauses = values.filter((value) => value !== '').map((value) => `${key} ${op} ${literal(types.get(name), value)}`);
      return clauses.length > 1 ? `(${clauses.join(' or ')})` : (clauses[0] ?? '');
    })
    .filter((clause) => clause !== '')
    .join(' and ');
}

/** The question for the server. Only the search on screen counts, so that nothing filters that cannot be seen. */
export function toQuery(search: ListSearch, attributes: readonly Attribute[], fixedFilter = '', defaultSort = ''): ListQuery {
  const mode = modeOf(search);
  const own = mode === 'advanced' ? (search.filter ?? '') : mode === 'basic' ? chipsToScim(search.chips ?? [], attributes) : '';
  const filter = fixedFilter !== '' && own !== '' ? `(${fixedFilter}) and (${own})` : fixedFilter || own;
  return {
    q: mode === 'quick' ? search.q : undefined,
    filter: filter === '' ? undefined : filter,
    sort: search.sort ?? (defaultSort === '' ? undefined : defaultSort),
    page: search.page ?? 1,
    size: search.size ?? defaultSize,
  };
}

/** Operators a person is offered for an attribute, the likeliest first. */
export function operatorsOf({ type, ops }: Attribute): FilterOperator[] {
  const byType: FilterOperator[] =
    type === 'date' || type === 'dateTime' ? ['ge', 'le', 'pr']
    : type === 'number' ? ['eq', 'ge', 'le', 'pr']
    : type === 'boolean' ? ['eq']
    : type === 'list' || type === 'reference' ? ['eq', 'ne', 'pr']
    : ['co', 'sw', 'ew', 'eq', 'pr'];
  return ops === undefined || ops === null ? byType : byType.filter((op) => ops.includes(op));
}

/** Whether anything restricts the list, as far as the address tells. */
export function isRestricted(search: ListSearch): boolean {
  const { q, filter } = toQuery(search, []);
  return q !== undefined || filter !== undefined;
}

/** The sort after a click on a column: ascending, descending, and back to the list's own order. */
export function nextSort(current: string | undefined, name: string): string | undefined {
  if (current === name) return `-${name}`;
  return current === `-${name}` ? undefined : name;
}
