import { useSyncExternalStore } from 'react';
import { readListSearch, type ListSearch } from './search';

/** A list's state under a name: search, columns and sort, never the page. */
export interface View {
  name: string;
  search: ListSearch;
}

const listeners = new Set<() => void>();

function storageKey(resource: string): string {
  return `provost.views.${resource}`;
}

/** Reads stored views; what another version of the console wrote and this one cannot read is left out. */
export function parseViews(stored: string | null): View[] {
  try {
    const views: unknown = JSON.parse(stored ?? '[]');
    if (!Array.isArray(views)) return [];
    return views
      .filter((view): view is View => typeof view?.name === 'string' && typeof view?.search === 'object' && view.search !== null)
      .map(({ name, search }) => ({ name, search: readListSearch(search as Record<string, unknown>) }));
  } catch {
    return [];
  }
}

function write(resource: string, views: View[]): void {
  localStorage.setItem(storageKey(resource), JSON.stringify(views));
  for (const listener of listeners) listener();
}

/** The person's own views of a resource, kept in this browser; a view is shared by mailing its address. */
export function useViews(resource: string) {
  const stored = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => localStorage.getItem(storageKey(resource)),
  );
  const views = parseViews(stored);
  return {
    views,
    save: (name: string, { page: _, ...search }: ListSearch) => write(resource, [...views.filter((view) => view.name !== name), { name, search }]),
    remove: (name: string) => write(resource, views.filter((view) => view.name !== name)),
  };
}
