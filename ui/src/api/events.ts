import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

/** Something changed on the server: `topic` is the name of a resource. */
export interface LiveEvent {
  topic: string;
  id?: string;
}

/** What changes with objects of a topic: processes decide about grants, contents of roles and the use of accounts, and grants make effective roles. */
const followers: Record<string, string[]> = {
  processes: ['grants', 'role-contents', 'my-accounts', 'access'],
  grants: ['effective-roles'],
};

/** A topic with all that changes with it. */
export function topicsOf(topic: string): Set<string> {
  const topics = new Set([topic]);
  for (const each of topics) for (const follower of followers[each] ?? []) topics.add(follower);
  return topics;
}

/** Whether a query shows objects of one of the topics: those of its resource, or a list of them below another object, as the grants of a user. */
export function isAbout(queryKey: readonly unknown[], topics: ReadonlySet<string>): boolean {
  const [resource, kind, , part] = queryKey;
  return topics.has(String(resource)) || (kind === 'object' && typeof part === 'string' && topics.has(part));
}

/**
 * Listens to the server's events and refreshes whatever shows the changed resource. Answers whether the line is open;
 * the browser reconnects by itself, and everything on screen is read again after an interruption because events were missed.
 */
export function useLiveEvents(enabled: boolean): boolean {
  const queries = useQueryClient();
  const [open, setOpen] = useState(true);

  useEffect(() => {
    if (!enabled || typeof EventSource === 'undefined') return undefined;
    let interrupted = false;
    const source = new EventSource('/api/v1/events');
    source.addEventListener('open', () => {
      setOpen(true);
      if (interrupted) void queries.invalidateQueries();
      interrupted = false;
    });
    source.addEventListener('error', () => {
      interrupted = true;
      setOpen(false);
    });
    source.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const event = readEvent(data);
      if (event === undefined) return;
      const topics = topicsOf(event.topic);
      void queries.invalidateQueries({ predicate: ({ queryKey }) => isAbout(queryKey, topics) });
    });
    return () => source.close();
  }, [enabled, queries]);

  return open;
}

/** Reads an event's data; comments and heartbeats that are no JSON object are ignored. */
export function readEvent(data: string): LiveEvent | undefined {
  try {
    const event: unknown = JSON.parse(data);
    return typeof event === 'object' && event !== null && 'topic' in event ? (event as LiveEvent) : undefined;
  } catch {
    return undefined;
  }
}
