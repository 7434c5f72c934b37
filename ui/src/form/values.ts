import type { Attribute } from '@/api/schema';

/** An object as a form sees it: anything by name. */
export type Values = Record<string, unknown>;

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a dotted path, undefined when a part is missing. */
export function valueAt(values: Values, path: string): unknown {
  return path.split('.').reduce<unknown>((at, part) => (isObject(at) ? at[part] : undefined), values);
}

/** A copy of the object with the value set at a dotted path; the object itself is left alone. */
export function withValue(values: Values, path: string, value: unknown): Values {
  const [head = '', ...rest] = path.split('.');
  if (rest.length === 0) return { ...values, [head]: value };
  const below = values[head];
  return { ...values, [head]: withValue(isObject(below) ? below : {}, rest.join('.'), value) };
}

/** Where an attribute's value is kept: a built-in reference is known by its id, and named beside it. */
export function keyOf({ name, idName }: Attribute): string {
  return idName ?? name;
}

/** What a field of the attribute shows: for a built-in reference the object with its name, else the value. */
export function fieldValue(values: Values, { name, idName }: Attribute): unknown {
  if (idName === undefined) return valueAt(values, name);
  const id = valueAt(values, idName);
  const called = valueAt(values, name);
  if (isEmpty(id)) return null;
  return isEmpty(called) ? id : { id, name: called };
}

/** A copy of the object with what a field of the attribute was given; picking an object sets id and name. */
export function withFieldValue(values: Values, { name, idName }: Attribute, value: unknown): Values {
  if (idName === undefined) return withValue(values, name, value);
  const picked = isObject(value) ? value : { id: value, name: undefined };
  return withValue(withValue(values, idName, picked.id ?? null), name, picked.name ?? '');
}

/** An empty field says nothing, whatever it is made of. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** Whether two values say the same, as JSON; null, undefined, '' and [] are all "nothing". */
export function sameValue(one: unknown, other: unknown): boolean {
  if (isEmpty(one) || isEmpty(other)) return isEmpty(one) && isEmpty(other);
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Names of the attributes that differ between two states of an object. */
export function changedNames(before: Values, after: Values, attributes: readonly Attribute[]): string[] {
  return attributes
    .filter((attribute) => !attribute.readOnly && attribute.type !== 'separator')
    .filter((attribute) => !sameValue(valueAt(before, keyOf(attribute)), valueAt(after, keyOf(attribute))))
    .map(({ name }) => name);
}

/** The JSON merge patch (RFC 7396) that leads from one state to the other: changed attributes only, null clears. */
export function mergePatch(before: Values, after: Values, attributes: readonly Attribute[]): Values {
  const changed = new Set(changedNames(before, after, attributes));
  return attributes.filter(({ name }) => changed.has(name)).reduce<Values>((patch, attribute) => {
    const value = valueAt(after, keyOf(attribute));
    return withValue(patch, keyOf(attribute), isEmpty(value) ? null : value);
  }, {});
}

/** Why a field is wrong before the server is asked; the names are keys of the form area's texts. */
export type Complaint = 'required' | 'email' | 'tooLong' | 'number';

const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** What the browser can already tell. The server remains the judge: it knows uniqueness, scripts and rights. */
export function complaints(attributes: readonly Attribute[], values: Values): Record<string, Complaint> {
  const found: Record<string, Complaint> = {};
  for (const attribute of attributes) {
    if (attribute.readOnly || attribute.type === 'separator') continue;
    const complaint = complain(attribute, valueAt(values, keyOf(attribute)));
    if (complaint !== undefined) found[attribute.name] = complaint;
  }
  return found;
}

function complain(attribute: Attribute, value: unknown): Complaint | undefined {
  if (isEmpty(value)) return attribute.required && attribute.type !== 'boolean' ? 'required' : undefined;
  for (const single of Array.isArray(value) ? value : [value]) {
    if (attribute.type === 'email' && !email.test(String(single))) return 'email';
    if (attribute.type === 'number' && Number.isNaN(Number(single))) return 'number';
    if (attribute.maxLength !== undefined && String(single).length > attribute.maxLength) return 'tooLong';
  }
  return undefined;
}
