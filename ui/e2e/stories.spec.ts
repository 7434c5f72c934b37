import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from './fixtures';
import type { Ready } from './platform';

const run = promisify(execFile);

interface System {
  name: string;
  parameters: Record<string, string>;
}

/** The surname that the directory holds, read as its administrator, whose password the platform keeps beside its data. */
async function surnameInDirectory(ready: Ready, system: System, uid: string): Promise<string> {
  const { adminPassword } = JSON.parse(await readFile(join(ready.data, 'ldap', 'directory.json'), 'utf8')) as { adminPassword: string };
  const { baseDN = '', bindDN = '' } = system.parameters;
  const who = ['-D', bindDN, '-w', adminPassword];
  const { stdout } = await run('ldapsearch', ['-x', '-LLL', '-o', 'ldif-wrap=no', '-H', ready.ldapURL ?? '', ...who, '-b', `ou=people,${baseDN}`, `(uid=${uid})`, 'sn']);
  return /^sn: (.*)$/m.exec(stdout)?.[1] ?? '';
}

test('a wrong password is refused and the name is kept', async ({ browser, ready }) => {
  const page = await browser.newPage({ baseURL: ready.url, storageState: { cookies: [], origins: [] } });
  await page.goto('/users');
  await page.getByLabel('User name').fill('nobody');
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('wrong');
  await expect(page.getByLabel('User name')).toHaveValue('nobody');
  await page.close();
});

test('a changed surname reaches the directory, and its way is readable in Temporal', async ({ page, api, ready }) => {
  test.slow();
  const directory = await api.first<System>('systems', 'name eq "Directory"');
  const account = await api.first<{ name: string; userId: string; fullName: string }>('accounts', 'system eq "Directory" and status eq "enabled"');
  await page.goto('/users');
  await page.getByRole('searchbox', { name: 'Search' }).fill(account.name);
  await page.getByRole('cell', { name: account.name, exact: true }).click();
  await page.getByLabel('Last name').fill('Storyteller');
  await page.getByRole('button', { name: 'Apply changes' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await expect.poll(() => surnameInDirectory(ready, directory, account.name)).toBe('Storyteller');
  await expect(page.locator('[data-pending]')).toHaveCount(0, { timeout: 15_000 });

  const task = await api.first<{ id: string }>('sync-tasks', `objectId eq "${account.userId}"`);
  await page.goto(`/monitoring/tasks/${task.id}`);
  const address = await page.getByRole('link', { name: 'Open in Temporal' }).getAttribute('href');
  await page.goto(address ?? '');
  await expect(page.getByText('Completed').first()).toBeVisible({ timeout: 20_000 });
});

test('a load lists its changes, and the guard stops one that would empty the platform', async ({ page, api }) => {
  test.slow();
  const source = await api.first<System>('systems', 'authoritative eq true');
  await page.goto(`/agents/${source.id}?tab=actions`);
  await page.getByRole('button', { name: 'Preview of a load' }).click();
  await expect(page).toHaveURL(/\/runs\//);
  await expect(page.getByRole('main').getByText('Completed', { exact: true })).toBeVisible({ timeout: 20_000 });

  const file = Object.values(source.parameters).find((value) => value.endsWith('.csv')) ?? '';
  const path = file.startsWith('/') ? file : join(source.parameters.folder ?? source.parameters.directory ?? '', file);
  const people = await readFile(path, 'utf8');
  try {
    await writeFile(path, `${people.split('\n')[0]}\n`);
    await page.goto(`/agents/${source.id}?tab=actions`);
    await page.getByRole('button', { name: 'Load authoritative data' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Load authoritative data' }).click();
    await expect(page.getByText('Held: a person has to look at this')).toBeVisible({ timeout: 20_000 });
    await expect(page.getByRole('main')).toContainText('listed no users at all');
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel run' }).click();
    await expect(page.getByRole('main').getByText('Cancelled', { exact: true }).first()).toBeVisible({ timeout: 15_000 });
  } finally {
    await writeFile(path, people);
  }
});

test('changes beyond the limit are held until somebody releases them', async ({ page, api }) => {
  test.slow();
  const engine = await api.get<{ mode: string; taskLimit: number; language: string }>('/settings/engine');
  const users = await api.get<{ id: string }[]>('/users', { filter: 'userName ne "admin" and active eq true', size: '25' });
  const settings = { mode: engine.mode, language: engine.language };
  try {
    await api.send('PUT', '/settings/engine', { ...settings, taskLimit: 1 });
    await api.send('POST', '/users/bulk', { ids: users.map(({ id }) => id), changes: { comments: 'Story of the held tasks.' }, dryRun: false });
    await page.goto('/monitoring?tab=held');
    await page.getByRole('button', { name: /^Release all/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: /^Release/ }).click();
    await expect(page.getByText('No held tasks')).toBeVisible();
  } finally {
    await api.send('PUT', '/settings/engine', { ...settings, taskLimit: engine.taskLimit });
  }
});

test('an agent tests its connection and its mapping says what it would write', async ({ page, api }) => {
  const directory = await api.first<System>('systems', 'name eq "Directory"');
  const account = await api.first<{ name: string; user: string }>('accounts', 'system eq "Directory" and status eq "enabled"');
  await page.goto(`/agents/${directory.id}?tab=parameters`);
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText(/The system answers/)).toBeVisible();
  await page.getByRole('tab', { name: 'Attribute mapping' }).click();
  await page.getByLabel('Try on').fill(account.user);
  await page.getByRole('button', { name: 'Evaluate' }).click();
  await expect(page.getByText('Belongs in the system')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Attribute mapping' })).toContainText(`"${account.name}"`);
});

test('the console speaks Spanish and remembers it', async ({ page }) => {
  await page.goto('/users');
  await page.getByRole('button', { name: /^Menu of/ }).click();
  await page.getByText('Español').click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Usuarios');
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Usuarios');
  await expect(page.getByRole('columnheader', { name: 'Nombre de usuario' })).toBeVisible();
});

test('a list is worked with by the keyboard alone', async ({ page }) => {
  await page.goto('/users');
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await page.locator('#main').focus();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/users\/[0-9a-f-]{36}/);
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Type a name, a page or an action').fill('agents');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/agents/);
});

test('a filter with a fault says where', async ({ page }) => {
  await page.goto('/users?mode=advanced');
  await page.getByLabel('SCIM filter').fill('userName is "a"');
  await page.getByLabel('SCIM filter').press('Escape');
  await page.getByLabel('SCIM filter').press('Enter');
  await expect(page.getByText('At character 10')).toBeVisible();
});
