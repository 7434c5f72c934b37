import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { Api } from './fixtures';
import type { Ready } from './platform';

const given = 'Sample-Given-Pass-1';
const own = 'Sample-Own-Pass-2';

/** A sample person at their own browser. */
export interface Person {
  id: string;
  userName: string;
  page: Page;
  api: Api;
  leave: () => Promise<void>;
}

/** Gives a sample person a password, signs them in and has them choose their own, as the platform asks of everybody. */
export async function arrive(browser: Browser, ready: Ready, admin: Api, userName: string): Promise<Person> {
  const { id } = await admin.first('users', `userName eq "${userName}"`);
  await admin.send('POST', `/users/${id}/password`, { password: given });
  const context = await browser.newContext({ baseURL: ready.url, locale: 'en-GB', storageState: { cookies: [], origins: [] }, reducedMotion: 'reduce' });
  await send(context, ready, '/api/v1/session', { userName, password: given });
  await send(context, ready, '/api/v1/session/password', { current: given, new: own });
  const page = await context.newPage();
  return { id, userName, page, api: new Api(context.request, ready.url), leave: () => context.close() };
}

async function send(context: BrowserContext, ready: Ready, path: string, data: unknown): Promise<void> {
  const answer = await context.request.post(path, { data, headers: { Origin: ready.url } });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** Gives a person permissions of the console by a role of their own. */
export async function permit(admin: Api, userId: string, role: string, ...permissions: string[]): Promise<void> {
  const made = (await admin.send('POST', '/roles', { name: role, system: 'soffid', informationSystem: 'SOFFID', description: 'Sample data: made by a story' })) as { id: string };
  for (const permission of permissions) await admin.send('POST', '/authorizations', { permission, roleId: made.id });
  await admin.send('POST', '/grants', { userId, roleId: made.id });
}
