import { expect, test } from './fixtures';

test('a wrong password is refused and the name is kept', async ({ page, looksRight }) => {
  await page.goto('/users');
  await page.getByLabel('User name').fill('nobody');
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('wrong');
  await expect(page.getByLabel('User name')).toHaveValue('nobody');
  await looksRight('sign-in');
});

test('the list of users keeps its state in the address', async ({ console: page, looksRight }) => {
  await page.getByRole('link', { name: 'Users', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Users');
  await page.getByRole('searchbox', { name: 'Search' }).fill('admin');
  await expect(page).toHaveURL(/q=admin/);
  await page.reload();
  await expect(page.getByRole('searchbox', { name: 'Search' })).toHaveValue('admin');
  await looksRight('users');
});

test('a filter with a fault says where', async ({ console: page }) => {
  await page.goto('/users?mode=advanced');
  await page.getByLabel('SCIM filter').fill('userName is "a"');
  await page.getByLabel('SCIM filter').press('Escape');
  await page.getByLabel('SCIM filter').press('Enter');
  await expect(page.getByText('At character 10')).toBeVisible();
});

test('every component passes the accessibility check in both schemes', async ({ console: page, looksRight }) => {
  await page.goto('/kitchen-sink');
  await expect(page.getByLabel('Sample script')).toBeVisible();
  await looksRight('kitchen-sink');
});

test('an address without a page says so', async ({ console: page, looksRight }) => {
  await page.goto('/no-such-page');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Not found');
  await looksRight('not-found');
});
