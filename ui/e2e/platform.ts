import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
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

/** A running platform with sample data of its own. */
export interface Platform {
  ready: Ready;
  stop: () => Promise<void>;
}

/** PostgreSQL, Temporal, the directory and the sample people start in seconds; a busy machine gets more. Milliseconds. */
export const patience = 120_000;

/** Starts a whole platform on free ports, in a folder that goes with it. */
export async function startPlatform(): Promise<Platform> {
  const folder = await mkdtemp(join(tmpdir(), 'provost-e2e-'));
  // PostgreSQL refuses to run as root, so that its own user has to pass through the folder.
  await chmod(folder, 0o711);
  const binary = process.env.PROVOST_BINARY ?? fileURLToPath(new URL('../../bin/provost', import.meta.url));
  const args = ['dev', '--json', '--http', '127.0.0.1:0', '--temporal-ui', '127.0.0.1:0', '--ldap', '127.0.0.1:0', '--data', folder];
  const server = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => end(server, folder);
  try {
    return { ready: { ...(await readyLine(server)), data: folder }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readyLine(server: ChildProcess): Promise<Omit<Ready, 'data'>> {
  const log: string[] = [];
  const { stdout, stderr } = server;
  if (stdout === null || stderr === null) throw new Error('the server has no output');
  createInterface({ input: stderr }).on('line', (line) => log.push(line));
  return new Promise((resolve, reject) => {
    const give = (reason: string) => reject(new Error(`${reason}\n${log.slice(-20).join('\n')}`));
    const timer = setTimeout(() => give('the server is not ready'), patience);
    server.once('error', (error) => give(error.message));
    server.once('exit', (code) => give(`the server ended with ${code}`));
    createInterface({ input: stdout }).once('line', (line) => {
      clearTimeout(timer);
      resolve(JSON.parse(line) as Omit<Ready, 'data'>);
    });
  });
}

async function end(server: ChildProcess, folder: string): Promise<void> {
  if (server.exitCode === null && server.pid !== undefined) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
}
