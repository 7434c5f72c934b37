import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { components } from '@/api/api.gen';
import { ProblemError } from '@/api/problem';
import { address, send } from '@/api/resource';
import { transport } from '@/api/transport';
import { saveFile } from '@/list/csv';

type Schemas = components['schemas'];
/** A process that people can start, with its current version. */
export type Definition = Schemas['ProcessDefinition'];
/** What was deployed under a number. */
export type Version = Schemas['ProcessVersion'];
/** Unpublished work of a designer. */
export type ProcessDraft = Schemas['ProcessDraft'];
export type Difference = Schemas['ProcessDifference'];
export type Finding = Schemas['ProcessFinding'];
/** A file as the designer can open it, or why it cannot. */
export type Converted = Schemas['ConvertedProcess'];

/** Resources of the API, which are also the first parts of query keys. */
export const definitions = 'process-definitions';
export const versions = 'process-versions';
export const drafts = 'process-drafts';

/** Posts a document as it is, not as JSON. */
async function sendDocument(path: string[], document: Blob | string, query: object = {}, signal?: AbortSignal): Promise<Response> {
  const url = new URL(address(definitions, path, query), globalThis.location.origin);
  return transport(new Request(url, { method: 'POST', headers: { Accept: 'application/json', 'Content-Type': 'application/xml' }, body: document, signal }));
}

/** Everything that can be said about a document; nothing is stored. */
export async function checkDocument(document: Blob | string, signal?: AbortSignal): Promise<Finding[]> {
  return (await (await sendDocument(['check'], document, {}, signal)).json()) as Finding[];
}

/** Reads a file of another editor: BPMN without a diagram gets one, a .pardef becomes BPMN. */
export async function convertDocument(document: Blob): Promise<Converted> {
  return (await (await sendDocument(['convert'], document)).json()) as Converted;
}

/** Deploys a file at once, without a draft. What is refused keeps all findings. */
export function useDeploy() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (file: File) => (await (await sendDocument([], file, { file: file.name })).json()) as Version,
    onSuccess: () => queries.invalidateQueries({ queryKey: [definitions] }),
  });
}

/** The versions of a definition, newest first. */
export function useVersions(definition: string) {
  return useQuery({
    queryKey: [definitions, 'object', definition, 'versions'],
    queryFn: async ({ signal }) => (await (await send('GET', address(definitions, [definition, 'versions']), { signal })).json()) as Version[],
  });
}

/** Keeps the document of a version as a file. */
export async function downloadVersion({ id, code, number }: Pick<Version, 'id' | 'code' | 'number'>): Promise<void> {
  const response = await send('GET', address(versions, [id, 'source']), { accept: 'application/xml' });
  saveFile(await response.blob(), `${code}-${number}.bpmn`);
}

/** The document of a version; it never changes. */
export function useSource(version: string | null | undefined) {
  return useQuery({
    queryKey: [versions, 'source', version],
    enabled: Boolean(version),
    staleTime: Infinity,
    queryFn: async ({ signal }) => (await send('GET', address(versions, [version ?? '', 'source']), { accept: 'application/xml', signal })).text(),
  });
}

/** What changed between two versions. */
export function useDifferences(from: string | undefined, to: string | undefined) {
  return useQuery({
    queryKey: [versions, 'differences', from, to],
    enabled: from !== undefined && to !== undefined,
    staleTime: Infinity,
    queryFn: async ({ signal }) => (await (await send('GET', address(versions, [to ?? '', 'differences'], { from }), { signal })).json()) as Difference[],
  });
}

/** Begins a draft: with a source, or as the next version of a definition. */
export function useNewDraft() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (draft: Schemas['DraftRequest']) => (await (await send('POST', address(drafts), { body: draft })).json()) as ProcessDraft,
    onSuccess: () => queries.invalidateQueries({ queryKey: [drafts, 'list'] }),
  });
}

/** All drafts by name, without their sources. */
export async function readDrafts(signal?: AbortSignal): Promise<ProcessDraft[]> {
  return (await (await send('GET', address(drafts), { signal })).json()) as ProcessDraft[];
}

/** A draft as it was saved, with the version that the next saving has to name. */
export interface Saved {
  draft: ProcessDraft;
  etag: string | undefined;
}

/** Reads a draft with its source. */
export async function readDraft(id: string, signal?: AbortSignal): Promise<Saved> {
  const response = await send('GET', address(drafts, [id]), { signal });
  return { draft: (await response.json()) as ProcessDraft, etag: response.headers.get('ETag') ?? undefined };
}

/** Keeps a draft, finished or not. Without an etag it overwrites what others saved meanwhile. */
export async function saveDraft(id: string, etag: string | undefined, name: string, source: string): Promise<Saved> {
  const response = await send('PUT', address(drafts, [id]), { etag, body: { name, source } });
  return { draft: (await response.json()) as ProcessDraft, etag: response.headers.get('ETag') ?? undefined };
}

/** Makes a draft the current version of its definition; the draft is gone then. */
export async function publishDraft(id: string, etag: string | undefined): Promise<Version> {
  return (await (await send('POST', address(drafts, [id, 'publish']), { etag })).json()) as Version;
}

/** Whether a request was refused because of what the definition is, and not of who asks. */
export function isRefusal(error: unknown): error is ProblemError {
  return error instanceof ProblemError && error.status === 422;
}
