/** The arrow of a row: the system stands on its left, Provost on its right. */
export type Direction = '<=' | '=>' | '<=>';

/** One attribute: a path on both sides, or a script on the side a one-way arrow comes from. */
export interface MappingRow {
  system: string;
  direction: Direction;
  provost: string;
}

/** Moments at which a trigger runs, in the order of guide page 045. */
export const triggerKinds = ['preInsert', 'preUpdate', 'preDelete', 'postInsert', 'postUpdate', 'postDelete', 'preSetPassword', 'postSetPassword'] as const;

/** A script around an operation on the system; a falsy result of a "pre" one vetoes it. */
export interface Trigger {
  kind: (typeof triggerKinds)[number];
  script: string;
}

/** Object types a mapping may speak about, in the order of guide page 045. */
export const mappedTypes = [
  'user', 'account', 'role', 'grant', 'group', 'grantedRole', 'allGrantedRoles', 'grantedGroup', 'allGrantedGroup', 'authChange', 'mailList', 'custom', 'host', 'network',
] as const;

/** Binds one kind of object of a system to a kind of object of Provost. */
export interface ObjectMapping {
  systemObject: string;
  objectType: (typeof mappedTypes)[number];
  condition?: string;
  properties?: Record<string, string>;
  rows: MappingRow[] | null;
  triggers?: Trigger[];
}

/** What a row gave when it was tried, by its place. */
export type Evaluated = Record<number, { value?: unknown; error?: string }>;

/** The side of a row on which a script may stand; a row that flows both ways has none. */
export function scriptSide({ direction }: MappingRow): 'system' | 'provost' | undefined {
  return direction === '<=' ? 'provost' : direction === '=>' ? 'system' : undefined;
}

/** A list with one element moved by one place; outside the list nothing moves. */
export function moved<T>(list: readonly T[], at: number, by: -1 | 1): T[] {
  const to = at + by;
  if (at < 0 || at >= list.length || to < 0 || to >= list.length) return [...list];
  const order = [...list];
  const [one] = order.splice(at, 1);
  if (one !== undefined) order.splice(to, 0, one);
  return order;
}
