import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ProblemError } from './problem';
import { send } from './resource';

/** Who is signed in and what they may do. */
export interface Session {
  user: { id: string; userName: string; fullName: string };
  permissions: string[];
  language: string;
  /** Nothing else is answered before the password is changed. */
  mustChangePassword?: boolean;
}

const url = '/api/v1/session';

async function readSession(): Promise<Session | null> {
  try {
    return (await (await send('GET', url)).json()) as Session;
  } catch (error) {
    if (error instanceof ProblemError && error.status === 401) return null;
    throw error;
  }
}

/** The session, or null for somebody who is not signed in. */
export function useSession() {
  return useQuery({ queryKey: ['session'], queryFn: readSession, staleTime: 60_000, retry: false });
}

/** Answers whether the person holds a permission; pages and buttons they cannot use are not shown at all. */
export function usePermission(): (permission?: string) => boolean {
  const held = useSession().data?.permissions ?? [];
  return (permission) => permission === undefined || held.includes(permission);
}

/** Signs in and reads again whatever is on screen; signing out has dropped what another person may have fetched. */
export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (credentials: { userName: string; password: string }) => send('POST', url, { body: credentials }),
    onSuccess: () => queries.invalidateQueries(),
  });
}

/** Ends the session; leaving the page by a full load drops every cached row with it. */
export function useSignOut() {
  return useMutation({
    mutationFn: () => send('DELETE', url),
    onSuccess: () => globalThis.location.assign('/'),
  });
}
