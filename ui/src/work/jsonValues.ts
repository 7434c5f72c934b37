/** Why values cannot be read; the names are keys of texts. */
export type JsonFault = 'json' | 'object';

/** Reads values that somebody wrote as JSON, an object by variable name; no text is no values. */
export function readJsonValues(source: string): Record<string, unknown> | JsonFault {
  if (source.trim() === '') return {};
  try {
    const values: unknown = JSON.parse(source);
    return typeof values === 'object' && values !== null && !Array.isArray(values) ? (values as Record<string, unknown>) : 'object';
  } catch {
    return 'json';
  }
}
