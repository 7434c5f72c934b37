import type { Browser, Page } from '@playwright/test';
import { expect, test } from './fixtures';
import type { Ready } from './platform';

const given = 'Sample-Given-Pass-1';
const own = 'Sample-Own-Pass-2';

async function stranger(browser: Browser, ready: Ready): Promise<Page> {
  return browser.newPage({ baseURL: ready.url, locale: 'en-GB', storageState: { cookies: [], origins: [] } });
}

async function attempt(page: Page, user: string, password: string): Promise<void> {
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  const answered = page.waitForResponse((response) => response.url().endsWith('/api/v1/session') && response.request().method() === 'POST');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await answered;
}

test('a given password is replaced at the first sign-in; too many wrong ones lock, and an administrator unlocks', async ({ page, browser, ready, api }) => {
  const user = await api.first<{ userName: string }>('users', 'userName eq "abarleycorn"');
  await page.goto(`/users/${user.id}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Set password' }).click();
  await page.getByRole('dialog').getByLabel('New password').fill(given);
  await page.getByRole('dialog').getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByText('Password set.')).toBeVisible();

  const person = await stranger(browser, ready);
  await person.goto('/');
  await attempt(person, user.userName, given);
  await expect(person.getByRole('heading', { level: 1 })).toHaveText('Choose a new password');
  await person.getByLabel('Current password').fill(given);
  await person.getByLabel('New password').fill('short');
  await person.getByRole('button', { name: 'Change password' }).click();
  await expect(person.getByLabel('New password')).toHaveAttribute('aria-invalid', 'true');
  await person.getByLabel('New password').fill(own);
  await person.getByRole('button', { name: 'Change password' }).click();
  await expect(person.getByRole('navigation', { name: 'Main navigation' })).toBeVisible();
  await person.context().clearCookies();

  await person.goto('/');
  for (let wrong = 0; wrong < 5; wrong++) await attempt(person, user.userName, `wrong-${wrong}`);
  await attempt(person, user.userName, own);
  await expect(person.getByRole('alert')).toContainText(/Too many|again in|minutes/);

  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Unlock sign-in' }).click();
  await expect(page.getByText('Sign-in unlocked.')).toBeVisible();
  await attempt(person, user.userName, own);
  await expect(person.getByRole('navigation', { name: 'Main navigation' })).toBeVisible();
  await person.close();
});
