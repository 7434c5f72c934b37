import type { CatalogueEntry } from './model';

/** What can be started, below one folder. */
export interface Folder {
  /** `Users/Leavers`; empty for what lies in none. */
  path: string;
  entries: CatalogueEntry[];
}

/** Groups what can be started by folder, both by name; with words only what holds all of them. */
export function foldersOf(entries: readonly CatalogueEntry[], words: string): Folder[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ name, description, folder, code }: CatalogueEntry) => {
    const text = [name, description, folder, code].join(' ').toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
  const folders = new Map<string, CatalogueEntry[]>();
  for (const entry of entries.filter(fits)) folders.set(entry.folder, [...(folders.get(entry.folder) ?? []), entry]);
  return [...folders]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([path, members]) => ({ path, entries: members.sort((one, other) => one.name.localeCompare(other.name)) }));
}
