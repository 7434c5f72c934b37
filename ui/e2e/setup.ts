import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium, type FullConfig } from '@playwright/test';
import { keepReady, sessionFile, type Ready } from './ready';
import { signIn } from './sign-in';

/** PostgreSQL, Temporal, the directory and the sample people start in seconds; a busy machine gets more. */
const patience = 120_000;

/** Starts a whole platform with sample data of its own, signs in once, and gives the way to stop it. */
export default async function setup(config: FullConfig): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'provost-e2e-'));
  // PostgreSQL refuses to run as root, so that its own user has to pass through the folder.
  await chmod(folder, 0o711);
  const binary = process.env.PROVOST_BINARY ?? fileURLToPath(new URL('../../bin/provost', import.meta.url));
  const args = ['dev', '--json', '--http', '127.0.0.1:0', '--temporal-ui', '127.0.0.1:0', '--ldap', '127.0.0.1:0', '--data', folder];
  const server = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const ready = { ...(await readyLine(server)), data: folder };
    await keepReady(ready);
    await keepSession(ready, config);
  } catch (error) {
    await stop(server, folder);
    throw error;
  }
  return () => stop(server, folder);
}

async function readyLine(server: ChildProcess): Promise<Ready> {
  const log: string[] = [];
  if (server.stderr === null || server.stdout === null) throw new Error('the server has no output');
  createInterface({ input: server.stderr }).on('line', (line) => log.push(line));
  return new Promise((resolve, reject) => {
    const give = (reason: string) => reject(new Error(`${reason}\n${log.slice(-20).join('\n')}`));
    const timer = setTimeout(() => give('the server is not ready'), patience);
    server.once('error', (error) => give(error.message));
    server.once('exit', (code) => give(`the server ended with ${code}`));
    createInterface({ input: server.stdout as NonNullable<typeof server.stdout> }).once('line', (line) => {
      clearTimeout(timer);
      resolve(JSON.parse(line) as Ready);
    });
  });
}

/** The form is used once, as a person uses it; the stories go on with its cookie. */
async function keepSession(ready: Ready, config: FullConfig): Promise<void> {
  const browser = await chromium.launch(config.projects[0]?.use.launchOptions);
  const page = await browser.newPage({ baseURL: ready.url, locale: 'en-GB' });
  await signIn(page, ready);
  await page.context().storageState({ path: sessionFile });
  await browser.close();
}

async function stop(server: ChildProcess, folder: string): Promise<void> {
  if (server.exitCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
}
