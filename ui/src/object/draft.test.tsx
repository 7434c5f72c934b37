import { act, renderHook, waitFor } from '@testing-library/react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { expect, test, vi } from 'vitest';
import type { Attribute } from '@/api/schema';
import { useDraft } from './draft';

const attributes: Attribute[] = [
  { name: 'name', type: 'string', label: {}, required: true },
  { name: 'title', type: 'string', label: {} },
  { name: 'group', type: 'reference', resource: 'groups', idName: 'groupId', label: {} },
];

/** A server with one object whose version grows with every change; it keeps what it was sent. */
function server() {
  const state = { object: { id: '1', name: 'Anna', title: 'Clerk', groupId: 'g1', group: 'Sales' } as Record<string, unknown>, version: 1, patches: [] as Record<string, unknown>[] };
  const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ETag: `"${state.version}"` } });
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    if (request.method === 'GET') return json(state.object);
    if (request.headers.get('If-Match') !== `"${state.version}"`) return json({ status: 412, detail: 'changed' }, 412);
    const patch = (await request.json()) as Record<string, unknown>;
    if (patch.name === 'taken') return json({ status: 422, errors: [{ location: 'name', message: 'Already taken.' }] }, 422);
    state.patches.push(patch);
    state.object = { ...state.object, ...patch };
    state.version += 1;
    return json(state.object);
  });
  return state;
}

async function draft() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  const { result } = renderHook(() => useDraft('things', '1', attributes), { wrapper });
  await waitFor(() => expect(result.current.values.name).toBe('Anna'));
  return result;
}

test('only what changed is sent, a reference by its id', async () => {
  const state = server();
  const result = await draft();
  act(() => result.current.change({ ...result.current.values, title: 'Head', groupId: 'g2', group: 'IT' }));
  expect(result.current.changed).toEqual(['title', 'group']);
  await act(async () => { await result.current.save(); });
  expect(state.patches).toEqual([{ title: 'Head', groupId: 'g2' }]);
  expect(result.current.changed).toEqual([]);
});

test('a refused value stands at its field and nothing typed is lost', async () => {
  server();
  const result = await draft();
  act(() => result.current.change({ ...result.current.values, name: 'taken' }));
  await act(async () => { await result.current.save(); });
  expect(result.current.errors).toEqual({ name: 'Already taken.' });
  expect(result.current.values.name).toBe('taken');
});

test('an emptied required field never reaches the server', async () => {
  const state = server();
  const result = await draft();
  act(() => result.current.change({ ...result.current.values, name: '' }));
  await act(async () => { await result.current.save(); });
  expect(state.patches).toEqual([]);
  expect(Object.keys(result.current.errors)).toEqual(['name']);
});

test('when somebody else saved first, the person decides for each attribute', async () => {
  const state = server();
  const result = await draft();
  act(() => result.current.change({ ...result.current.values, name: 'Anne', title: 'Head' }));
  state.object = { ...state.object, title: 'Director' };
  state.version += 1;
  await act(async () => { await result.current.save(); });
  expect(result.current.conflict?.names).toEqual(['name', 'title']);
  await act(async () => { await result.current.settle(['name']); });
  expect(state.object).toMatchObject({ name: 'Anne', title: 'Director' });
  expect(result.current.conflict).toBeUndefined();
});
