import { expect, test } from './fixtures';

test('who does not want a notice any more switches it off, and it stays off', async ({ page, api }) => {
  await page.goto('/');
  await page.getByRole('button', { name: /^Menu of/ }).click();
  await page.getByRole('link', { name: 'My notices' }).click();
  await expect(page.getByRole('link', { name: 'My notices' })).toHaveCount(0);
  const outcome = page.getByRole('switch', { name: 'what became of my requests' });
  await expect(outcome).toBeChecked();
  await outcome.click();
  await expect(outcome).not.toBeChecked();
  await expect(page.getByText('Kept.')).toBeVisible();
  expect(await api.get('/me/notices')).toMatchObject({ assignment: true, reminder: true, outcome: false, digest: true });
  await page.reload();
  await expect(outcome).not.toBeChecked();
  await outcome.click();
  await expect(outcome).toBeChecked();
  await expect(page.getByText('Kept.')).toBeVisible();
});
