import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures';

const head = 'userName,firstName,lastName,userType,primaryGroup';
const good = ['storyimport1,Iris,Sample,I,Direction', 'storyimport2,Ivo,Sample,I,Direction'];
const bad = 'storyimport3,Ida,Sample,I,No such group';

/** Opens the wizard and gives it a file of these rows. */
async function choose(page: Page, rows: string[]): Promise<Locator> {
  await page.goto('/users');
  await page.getByRole('button', { name: 'More for Users' }).click();
  await page.getByRole('menuitem', { name: 'Import CSV' }).click();
  const buffer = Buffer.from([head, ...rows, ''].join('\n'));
  await page.locator('input[type=file]').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer });
  const wizard = page.getByRole('dialog', { name: 'Import CSV' });
  await expect(wizard.getByRole('combobox', { name: 'Attribute for column primaryGroup' })).toHaveValue('Primary group');
  return wizard;
}

test('a row that cannot be loaded is shown with its line and reason before anything is written', async ({ page, api }) => {
  const wizard = await choose(page, [good[0] ?? '', bad]);
  await wizard.getByRole('button', { name: 'Trial run' }).click();
  const rejected = wizard.getByRole('table', { name: 'Rejected rows' }).getByRole('row');
  await expect(rejected).toHaveCount(2);
  await expect(rejected.nth(1)).toContainText('3');
  await expect(rejected.nth(1)).toContainText('storyimport3');
  await expect(rejected.nth(1)).toContainText('No such group');
  await expect(wizard.getByRole('status')).toContainText('1 rejected');
  await wizard.getByRole('button', { name: 'Cancel' }).click();
  expect(await api.get('/users', { filter: 'userName sw "storyimport"' })).toEqual([]);
});

test('a file whose rows are all good is tried, loaded, and its people are in the list', async ({ page, api }) => {
  const wizard = await choose(page, good);
  await wizard.getByRole('button', { name: 'Trial run' }).click();
  await expect(wizard.getByRole('status')).toContainText('2 added');
  expect(await api.get('/users', { filter: 'userName sw "storyimport"' })).toEqual([]);
  await wizard.getByRole('button', { name: 'Load', exact: true }).click();
  await expect(wizard.getByText('Loaded', { exact: true })).toBeVisible();
  await wizard.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('searchbox', { name: 'Search' }).fill('storyimport');
  await expect(page.getByRole('cell', { name: 'storyimport1', exact: true })).toBeVisible();
  await expect(page.getByRole('cell', { name: 'storyimport2', exact: true })).toBeVisible();
});

test('two columns that load into the same attribute are refused in the wizard', async ({ page }) => {
  const wizard = await choose(page, good);
  await wizard.getByRole('combobox', { name: 'Attribute for column lastName' }).click();
  await page.getByRole('option', { name: 'First name', exact: true }).click();
  await expect(wizard.getByRole('alert')).toHaveText(/Two columns load into the same attribute/);
  await expect(wizard.getByRole('button', { name: 'Trial run' })).toBeDisabled();
});
