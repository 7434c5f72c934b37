import { mkdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** What `provost dev --json` says when everything runs, and the folder of its data. */
export interface Ready {
  url: string;
  user: string;
  password: string;
  temporalUI: string;
  ldapURL?: string;
  data: string;
}

const folder = fileURLToPath(new URL('.auth/', import.meta.url));
const readyFile = `${folder}ready.json`;

/** The browser's state after signing in. */
export const sessionFile = `${folder}session.json`;

/** Keeps the parameters for the worker processes, which know nothing of the setup. */
export async function keepReady(ready: Ready): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await writeFile(readyFile, JSON.stringify(ready), { mode: 0o600 });
}

/** The parameters of the platform under test. */
export function readReady(): Ready {
  return JSON.parse(readFileSync(readyFile, 'utf8')) as Ready;
}
