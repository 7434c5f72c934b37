/** Why a correction cannot be read; the names are keys of texts. */
export type CorrectionFault = 'json' | 'object';

/** Reads corrected values, a JSON object by variable name; no text corrects nothing. */
export function readCorrection(source: string): Record<string, unknown> | CorrectionFault {
  if (source.trim() === '') return {};
  try {
    const values: unknown = JSON.parse(source);
    return typeof values === 'object' && values !== null && !Array.isArray(values) ? (values as Record<string, unknown>) : 'object';
  } catch {
    return 'json';
  }
}
