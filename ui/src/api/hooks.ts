import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { address, answer, readObject, readPage, send, type ListQuery, type RowOf } from './resource';

/**
 * Query keys are `[resource, kind, …]` everywhere, so that a change (ours, or one told by the server's events)
 * refreshes whatever shows that resource.
 */
export const keys = {
  list: (resource: string, query: object) => [resource, 'list', query] as const,
  object: (resource: string, id: string) => [resource, 'object', id] as const,
  below: (resource: string, id: string, part: string, query: object) => [resource, 'object', id, part, query] as const,
};

/** A page of a resource. The previous page stays on screen while the next one is fetched. */
export function useList<Name extends string>(resource: Name, query: ListQuery = {}, enabled = true) {
  return useQuery({
    queryKey: keys.list(resource, query),
    queryFn: ({ signal }) => readPage<RowOf<Name>>(address(resource, [], query), signal),
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** How many rows answer a filter: the true numbers of a dashboard, without fetching the rows. */
export function useCount(resource: string, filter = '', enabled = true) {
  return useQuery({
    queryKey: keys.list(resource, { count: filter }),
    queryFn: async ({ signal }) => (await readPage(address(resource, [], { filter, size: 1 }), signal)).total,
    enabled,
  });
}

/** One object with its version. */
export function useObject<Name extends string>(resource: Name, id: string | undefined) {
  return useQuery({
    queryKey: keys.object(resource, id ?? ''),
    queryFn: ({ signal }) => readObject<RowOf<Name>>(address(resource, [id ?? '']), signal),
    enabled: id !== undefined,
  });
}

/** A list that lives below an object, as `/users/{id}/accounts` does. */
export function useListBelow<Row extends object>(resource: string, id: string, part: string, query: ListQuery = {}, enabled = true) {
  return useQuery({
    queryKey: keys.below(resource, id, part, query),
    queryFn: ({ signal }) => readPage<Row>(address(resource, [id, part], query), signal),
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** What to save: without `id` a new object, with it the changed attributes only (null clears one). */
export interface Save {
  id?: string;
  etag?: string;
  changes: Record<string, unknown>;
}

/** Creates or changes an object; answers it as the server keeps it, with its new version. */
export function useSave<Name extends string>(resource: Name) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, etag, changes }: Save) => {
      const response =
        id === undefined
          ? await send('POST', address(resource), { body: changes })
          : await send('PATCH', address(resource, [id]), { body: changes, etag, contentType: 'application/merge-patch+json' });
      return { object: (await response.json()) as RowOf<Name>, etag: response.headers.get('ETag') ?? undefined };
    },
    onSuccess: (saved) => {
      queries.setQueryData(keys.object(resource, saved.object.id), saved);
      return queries.invalidateQueries({ queryKey: [resource] });
    },
  });
}

/** Removes objects one after the other and stops at the first refusal, so that the sentence shown is about one object. */
export function useRemove(resource: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (ids: readonly string[]) => {
      for (const id of ids) await send('DELETE', address(resource, [id]));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: [resource] }),
  });
}

/** Runs a verb on an object (`POST /users/{id}/synchronise`) or, without an id, on the resource. */
export function useAction<Result = unknown>(resource: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, verb, body }: { id?: string; verb: string; body?: unknown }) => {
      const parts = id === undefined ? [verb] : [id, verb];
      return answer<Result>(await send('POST', address(resource, parts), { body }));
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: [resource] }),
  });
}
