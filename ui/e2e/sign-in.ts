import { expect, type Page } from '@playwright/test';

/** Signs in by the form, as a person does. */
export async function signIn(page: Page, who: { user: string; password: string }): Promise<void> {
  await page.goto('/');
  await page.getByLabel('User name').fill(who.user);
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('navigation', { name: 'Main navigation' })).toBeVisible();
}
