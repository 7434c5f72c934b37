import { readFile } from 'node:fs/promises';
import { expect, test } from './fixtures';

test('an auditor finds who changed what, sees it before and after, and takes the list along', async ({ page, api }) => {
  const user = await api.first<{ userName: string; phone: string }>('users', 'userName ne "admin" and active eq true');
  const before = user.phone;
  await api.send('PATCH', `/users/${user.id}`, { phone: '+00 555 4242' });
  try {
    await page.goto('/audit?mode=advanced');
    await page.getByLabel('SCIM filter').fill(`objectId eq "${user.id}" and action eq "update"`);
    await page.getByLabel('SCIM filter').press('Escape');
    await page.getByLabel('SCIM filter').press('Enter');
    const row = page.getByRole('row').filter({ hasText: user.userName }).first();
    await expect(row).toContainText('Changed');
    await expect(row).toContainText('admin');

    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: 'More for Audit' }).click();
    await page.getByRole('menuitem', { name: /CSV/ }).click();
    const csv = await readFile(await (await file).path(), 'utf8');
    expect(csv.trim().split('\n').slice(1).every((line) => line.includes(user.userName)), csv).toBe(true);

    await row.click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Changed: ${user.userName}`);
    await expect(page.getByRole('row', { name: /Phone/ })).toContainText('+00 555 4242');
    await expect(page.getByRole('row', { name: /Phone/ })).toContainText(before);
  } finally {
    await api.send('PATCH', `/users/${user.id}`, { phone: before });
  }
});

test('a search by words finds the object in the trail', async ({ page }) => {
  await page.goto('/audit');
  await page.getByRole('searchbox', { name: 'Search' }).fill('payroll-clerk');
  await expect(page.getByRole('row').nth(1)).toContainText('payroll-clerk');
  await expect(page).toHaveURL(/q=payroll-clerk/);
});
