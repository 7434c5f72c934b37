/** One finding inside a problem: which part of the request, what is wrong with it. */
export interface ProblemDetail {
  location?: string;
  message?: string;
  value?: unknown;
}

/** An RFC 9457 problem as the server writes it; `code` is for the machine, `detail` for the person. */
export interface Problem {
  status: number;
  title?: string;
  detail?: string;
  code?: string;
  errors?: ProblemDetail[] | null;
}

/** A refused or failed request. `status` 0 means that the server was not reached at all. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title ?? `HTTP ${problem.status}`);
    this.name = 'ProblemError';
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** Reads the problem out of a refused response; proxies answer HTML, so anything unreadable becomes a bare status. */
export async function problemOf(response: Response): Promise<Problem> {
  const bare: Problem = { status: response.status, title: response.statusText };
  if (!(response.headers.get('Content-Type') ?? '').includes('json')) return bare;
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body !== 'object' || body === null) return bare;
  return { ...bare, ...body, status: response.status };
}

/** Where in a filter the server found its fault, in characters from 0: locations read `filter[12]`. */
export function filterPosition(error: unknown): number | undefined {
  if (!(error instanceof ProblemError)) return undefined;
  const found = (error.problem.errors ?? []).map(({ location = '' }) => /filter\[(\d+)\]$/.exec(location)?.[1]).find((at) => at !== undefined);
  return found === undefined ? undefined : Number(found);
}

/** What a form shows: a sentence per field, and the sentences that belong to none of its fields. */
export interface FieldErrors {
  fields: Record<string, string>;
  others: string[];
}

/**
 * Sorts a problem's findings onto the fields of a form. A location is `body.userName` or `body.values[2].name`;
 * a finding deeper than a known field belongs to that field, one that names no known field is shown above the form.
 */
export function fieldErrors(error: unknown, known: readonly string[]): FieldErrors {
  const result: FieldErrors = { fields: {}, others: [] };
  if (!(error instanceof ProblemError)) return result;
  for (const { location = '', message = '' } of error.problem.errors ?? []) {
    const path = location.replace(/^body\.?/, '');
    const field = known.find((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`));
    if (field === undefined) result.others.push(path === '' ? message : `${path}: ${message}`);
    else result.fields[field] = result.fields[field] ? `${result.fields[field]} ${message}` : message;
  }
  if (Object.keys(result.fields).length === 0 && result.others.length === 0) result.others.push(error.message);
  return result;
}
