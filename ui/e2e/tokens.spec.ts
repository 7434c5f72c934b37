import { request } from '@playwright/test';
import { expect, test } from './fixtures';

test('a token is shown once, opens the API for a program, and no longer does when it is revoked', async ({ page, ready }) => {
  await page.goto('/me/tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  const form = page.getByRole('dialog', { name: 'New token' });
  await form.getByRole('button', { name: 'Make token' }).click();
  await expect(form.getByLabel('What it is for')).toHaveAttribute('aria-invalid', 'true');
  await form.getByLabel('What it is for').fill('Story');
  await form.getByRole('button', { name: 'Make token' }).click();
  const shown = page.getByRole('dialog', { name: 'Your new token' });
  const secret = await shown.locator('pre').textContent();
  await shown.getByRole('button', { name: 'Close' }).click();
  await expect(page.locator('body')).not.toContainText(secret ?? '');

  const program = await request.newContext({ baseURL: ready.url, extraHTTPHeaders: { Authorization: `Bearer ${secret}` } });
  const answer = await program.get('/api/v1/users', { params: { size: '1' } });
  expect(answer.status()).toBe(200);
  expect(await answer.json()).toHaveLength(1);

  await page.getByRole('button', { name: 'Revoke: Story' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'Story' })).toContainText('Revoked');
  expect((await program.get('/api/v1/users')).status()).toBe(401);
  await program.dispose();
});
