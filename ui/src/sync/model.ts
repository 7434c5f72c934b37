import { useQuery } from '@tanstack/react-query';
import { keys } from '@/api/hooks';
import { address, readPage, type Entity } from '@/api/resource';

/** A task: one object on its way to its systems. */
export interface SyncTask extends Entity {
  number: number;
  objectType: string;
  objectId: string;
  objectName: string;
  status: string;
  priority: number;
  source: string;
  author: string;
  createdAt: string;
  changedAt: string;
  finishedAt: string | null;
  attempts: number;
  lastError: string;
  lastRun: string | null;
  nextRun: string | null;
  systems: string[] | null;
}

/** The part of a task that concerns one system. */
export interface SyncPart {
  systemId: string;
  system: string;
  status: string;
  errorClass: string;
  message: string;
  attempts: number;
  lastRun: string | null;
  nextRun: string | null;
}

export interface SyncTaskDetail extends SyncTask {
  parts: SyncPart[] | null;
  temporalUrl?: string;
}

/** An agent as it was seen last, and what it has to do. */
export interface AgentState {
  systemId: string;
  system: string;
  connector: string;
  assigned: string;
  alternative: string;
  serviced: boolean;
  paused: boolean;
  readOnly: boolean;
  authoritative: boolean;
  connected: boolean | null;
  server: string;
  lastSeen: string | null;
  lastError: string;
  failedSince: string | null;
  pending: number;
  waiting: number;
  failed: number;
  runId: string | null;
  runNumber: number;
  runKind: string;
  runStatus: string;
}

/** States of tasks that still have something to do. */
export const openStates = ['pending', 'held', 'waiting', 'failed'] as const;

/** The SCIM filter for tasks that still have something to do. */
export const openFilter = `(${openStates.map((status) => `status eq "${status}"`).join(' or ')})`;

/** What is still to be done for an object; users and accounts know the tasks of what belongs to them as well. */
export function usePending(objectType: string, id: string, enabled: boolean) {
  const below = objectType === 'user' ? 'users' : objectType === 'account' ? 'accounts' : undefined;
  const url = below === undefined
    ? address('sync-tasks', [], { filter: `objectId eq ${JSON.stringify(id)} and ${openFilter}` })
    : address(below, [id, 'pending-tasks']);
  return useQuery({
    // Under the tasks' name, so that their events refresh it.
    queryKey: keys.list('sync-tasks', { pendingOf: id }),
    queryFn: async ({ signal }) => (await readPage<SyncTaskDetail>(url, signal)).rows,
    enabled,
    // A change that was just saved is on its way; its end is told by an event, which may come from another server and be missed.
    refetchInterval: ({ state }) => ((state.data ?? []).length > 0 ? 3000 : false),
  });
}

/** The parts that are not done, over all tasks of an object. */
export function openParts(tasks: readonly SyncTaskDetail[]): SyncPart[] {
  return tasks.flatMap(({ parts }) => (parts ?? []).filter(({ status }) => status !== 'done'));
}
