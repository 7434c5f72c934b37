import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRoute, createRouter, Outlet, RouterProvider, useLocation } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import { Appearance } from '@/theme/Appearance';

/** What a page asked of the server. */
export interface Asked {
  /** `GET /tasks/1`, without the base of the API. */
  what: string;
  query: Record<string, string>;
  body: unknown;
}

/** How the server answers: JSON as it is, or what a function makes of the question. */
export type Answers = Record<string, unknown>;

/** A refusal as the server writes it. */
export function refusal(status: number, problem: object): Response {
  return new Response(JSON.stringify({ status, ...problem }), { status, headers: { 'Content-Type': 'application/problem+json' } });
}

function replied(answer: unknown): Response {
  if (answer instanceof Response) return answer;
  const headers = new Headers({ 'Content-Type': 'application/json' });
  if (Array.isArray(answer)) headers.set('X-Total-Count', String(answer.length));
  return new Response(JSON.stringify(answer), { headers });
}

/** What was sent: JSON as what it says, files as their text. */
function bodyOf(request: Request, text: string): unknown {
  if (text === '') return undefined;
  return /json/.test(request.headers.get('Content-Type') ?? '') ? JSON.parse(text) : text;
}

/**
 * A server for the time of a test, by `METHOD /path`. It keeps the changes that it was asked for; what it has no answer for it does not know. The
 * session is that of a person with the permissions given.
 */
export function serve(answers: Answers, permissions: string[] = []) {
  const asked: Asked[] = [];
  const all: Answers = { 'GET /session': { user: { id: '1', userName: 'anna', fullName: 'Anna Sample' }, permissions, language: 'en' }, ...answers };
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    const url = new URL(request.url);
    const text = await request.text();
    const question: Asked = { what: `${request.method} ${url.pathname.replace('/api/v1', '')}`, query: Object.fromEntries(url.searchParams), body: bodyOf(request, text) };
    asked.push(question);
    const answer = all[question.what];
    if (answer === undefined) return refusal(404, { detail: `no answer for ${question.what}` });
    return replied(typeof answer === 'function' ? await (answer as (question: Asked) => unknown)(question) : answer);
  });
  return { asked, changes: () => asked.filter(({ what }) => !what.startsWith('GET ')) };
}

function Elsewhere() {
  const { pathname } = useLocation();
  return <p>gone to {pathname}</p>;
}

/** Draws a page at an address; every other address says that it was gone to. */
export function draw(page: ReactNode, { path = '/', at = path }: { path?: string; at?: string } = {}) {
  const root = createRootRoute({ component: Outlet });
  const routes = [createRoute({ getParentRoute: () => root, path, component: () => page }), createRoute({ getParentRoute: () => root, path: '$', component: Elsewhere })];
  const router = createRouter({ routeTree: root.addChildren(routes), history: createMemoryHistory({ initialEntries: [at] }) });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <Appearance env="test">
      <QueryClientProvider client={queries}><RouterProvider router={router as never} /></QueryClientProvider>
    </Appearance>,
  );
  return { router, queries };
}
