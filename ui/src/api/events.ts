import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

/** Something changed on the server: `topic` is the name of a resource. */
export interface LiveEvent {
  topic: string;
  id?: string;
}

/** What changes with objects of a topic: processes decide about grants and about the use of accounts. */
const followers: Record<string, string[]> = { processes: ['grants', 'my-accounts'] };

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
      for (const topic of event === undefined ? [] : [event.topic, ...(followers[event.topic] ?? [])]) void queries.invalidateQueries({ queryKey: [topic] });
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
