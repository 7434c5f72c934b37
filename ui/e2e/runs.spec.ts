import { readFile, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { expect, test } from './fixtures';

interface System {
  id: string;
  parameters: Record<string, string>;
  guard: Record<string, unknown> | null;
}

test('an analysis of the impact lists what provisioning would write, and writes nothing', async ({ page, api }) => {
  const directory = await api.first<System>('systems', 'name eq "Directory"');
  await page.goto(`/agents/${directory.id}?tab=actions`);
  await page.getByRole('button', { name: 'Analyse impact' }).click();
  await expect(page).toHaveURL(/\/runs\//);
  await expect(page.getByRole('main').getByText('Completed', { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('tab', { name: /changes?$/ })).toBeVisible();
  await page.getByRole('tab', { name: 'Log' }).click();
  await expect(page.getByRole('log')).not.toBeEmpty();
});

test('a load that the guard holds shows each change before and after, and goes on when a person says so', async ({ page, api }) => {
  const source = await api.first<System>('systems', 'authoritative eq true');
  const { file = '' } = source.parameters;
  const path = isAbsolute(file) ? file : join(source.parameters.folder ?? '', file);
  const people = await readFile(path, 'utf8');
  const guard = source.guard ?? {};
  const limit = (changed: object) => api.send('PATCH', `/systems/${source.id}`, { guard: { ...guard, ...changed } });
  try {
    await limit({ maxUpdates: 1 });
    await writeFile(path, people.replace('Acornflower', 'Oakflower').replace('Cornflower', 'Oakflower').replace('Cloudberry', 'Skyberry'));
    await page.goto(`/agents/${source.id}?tab=actions`);
    await page.getByRole('button', { name: 'Load authoritative data' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Load authoritative data' }).click();
    await expect(page.getByText('Held: a person has to look at this')).toBeVisible({ timeout: 20_000 });
    await page.getByRole('searchbox', { name: 'Find a name' }).fill('bcloudberry');
    await page.getByRole('button', { name: /bcloudberry/ }).click();
    await expect(page.getByRole('row', { name: /Last name/ })).toContainText('CloudberrySkyberry');
    expect(await api.get<object[]>('/users', { filter: 'lastName eq "Skyberry"' })).toEqual([]);

    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(page.getByRole('dialog')).toContainText('of the list');
    await page.getByRole('dialog').getByRole('button', { name: /^Apply \d+ changes?$/ }).click();
    await expect(page.getByRole('main').getByText('Completed', { exact: true })).toBeVisible({ timeout: 20_000 });
    await expect(page.getByText('The guard held this run; a person decided')).toBeVisible();
    expect(await api.get<object[]>('/users', { filter: 'lastName eq "Skyberry"' })).toHaveLength(1);
  } finally {
    await writeFile(path, people);
    await limit({ maxUpdates: guard.maxUpdates ?? null });
  }
});
