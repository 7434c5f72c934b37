import { ProblemError, problemOf } from './problem';

type Listener = () => void;

const expiryListeners = new Set<Listener>();
let language = 'en';

/** Tells the server in which language its own sentences (labels, problems) shall come. */
export function speak(chosen: string): void {
  language = chosen;
}

/** Calls back whenever the server no longer knows the session; returns the way to stop listening. */
export function onSessionExpired(listener: Listener): () => void {
  expiryListeners.add(listener);
  return () => expiryListeners.delete(listener);
}

/**
 * fetch for the API: throws a {@link ProblemError} for everything but success, so that no caller can forget to look.
 * There is no CSRF token to add: the server checks Origin and Sec-Fetch-Site, which no script can forge.
 */
export async function transport(request: Request): Promise<Response> {
  request.headers.set('Accept-Language', language);
  const response = await fetch(request).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ProblemError({ status: 0, code: 'unreachable' });
  });
  if (response.ok) return response;
  // Asking who I am or signing in with a wrong password also answers 401, which says nothing about an expired session.
  if (response.status === 401 && !new URL(request.url).pathname.endsWith('/session')) {
    for (const listener of expiryListeners) listener();
  }
  throw new ProblemError(await problemOf(response));
}
