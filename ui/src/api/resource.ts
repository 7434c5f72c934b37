import { transport } from './transport';
import type { paths } from './api.gen';

/** What every object of the API has at least. */
export interface Entity {
  id: string;
  [attribute: string]: unknown;
}

type Body<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Json } } } } ? Json : never;

type KnownRow<Name extends string> = `/api/v1/${Name}` extends keyof paths
  ? paths[`/api/v1/${Name}`] extends { get: infer Get }
    ? Body<Get> extends (infer Row)[]
      ? Row
      : Entity
    : Entity
  : Entity;

/** The row type of a resource: taken from the OpenAPI document when it names the resource, otherwise just an entity. */
export type RowOf<Name extends string> = KnownRow<Name> & { id: string };

/** Question put to a list address; `page` counts from 1. */
export interface ListQuery {
  q?: string;
  filter?: string;
  sort?: string;
  page?: number;
  size?: number;
}

/** One page of a list and how many rows there are in all. */
export interface Page<Row> {
  rows: Row[];
  total: number;
}

/** An object with the version it was read at; `etag` goes back as If-Match. */
export interface Versioned<Row> {
  object: Row;
  etag?: string;
}

/** The address of a resource, an object or something below it, with its query. */
export function address(resource: string, parts: readonly string[] = [], query: object = {}): string {
  const path = ['/api/v1', resource, ...parts.map(encodeURIComponent)].join('/');
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query) as [string, unknown][]) {
    if (value !== undefined && value !== '') search.set(key, String(value));
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}

/** Sends one request; `body` is JSON unless it is already a form. */
export async function send(method: string, url: string, options: SendOptions = {}): Promise<Response> {
  const { body, etag, contentType = 'application/json', accept = 'application/json', signal } = options;
  const headers = new Headers({ Accept: accept });
  if (etag !== undefined) headers.set('If-Match', etag);
  if (body !== undefined && !(body instanceof FormData)) headers.set('Content-Type', contentType);
  const content = body === undefined || body instanceof FormData ? body : JSON.stringify(body);
  return transport(new Request(new URL(url, globalThis.location.origin), { method, headers, body: content, signal }));
}

/** Parts of a request that most do not need. */
export interface SendOptions {
  body?: unknown;
  etag?: string;
  contentType?: string;
  accept?: string;
  signal?: AbortSignal;
}

/** Reads one page of a list. A server that gives no X-Total-Count has given everything. */
export async function readPage<Row>(url: string, signal?: AbortSignal): Promise<Page<Row>> {
  const response = await send('GET', url, { signal });
  const rows = ((await response.json()) ?? []) as Row[];
  return { rows, total: Number(response.headers.get('X-Total-Count') ?? rows.length) };
}

/** Reads one object with its version. */
export async function readObject<Row>(url: string, signal?: AbortSignal): Promise<Versioned<Row>> {
  const response = await send('GET', url, { signal });
  return { object: (await response.json()) as Row, etag: response.headers.get('ETag') ?? undefined };
}

/** The answer's JSON, or undefined for an empty answer (204, or 202 without a body). */
export async function answer<T>(response: Response): Promise<T | undefined> {
  const text = await response.text();
  return text === '' ? undefined : (JSON.parse(text) as T);
}
