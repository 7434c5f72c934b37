const candidates = ['fullName', 'displayName', 'name', 'title', 'code', 'value', 'userName', 'description', 'id'] as const;

/** What a person calls an object: the first of its attributes that is a name. */
export function nameOf(object: unknown): string {
  if (typeof object === 'string') return object;
  if (typeof object !== 'object' || object === null) return '';
  const record = object as Record<string, unknown>;
  // An account carries the full name of its user beside its own name.
  if (typeof record.systemId === 'string' && typeof record.name === 'string') return record.name;
  const found = candidates.map((key) => record[key]).find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found : '';
}

/** A second line that tells namesakes apart, when there is one. */
export function hintOf(object: unknown): string {
  if (typeof object !== 'object' || object === null) return '';
  const record = object as Record<string, unknown>;
  const hint = ['userName', 'system', 'description', 'email'].map((key) => record[key]).find((value) => typeof value === 'string' && value !== '');
  return typeof hint === 'string' && hint !== nameOf(object) ? hint : '';
}

/** The id of a reference, which the server writes either as the id itself or as an object that has one. */
export function idOf(reference: unknown): string | undefined {
  if (typeof reference === 'string') return reference === '' ? undefined : reference;
  if (typeof reference !== 'object' || reference === null || !('id' in reference)) return undefined;
  return typeof reference.id === 'string' ? reference.id : undefined;
}
