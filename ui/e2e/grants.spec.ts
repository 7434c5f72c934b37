import { expect, test } from './fixtures';

interface Grant {
  id: string;
  role: string;
  startAt: string | null;
  endAt: string | null;
}

test('a role is granted until a day and taken away again', async ({ page, api }) => {
  const account = await api.first<{ userId: string }>('accounts', 'system eq "Directory" and status eq "enabled"');
  const grants = () => api.get<Grant[]>(`/users/${account.userId}/grants`);
  expect(await grants()).toEqual([]);
  await page.goto(`/users/${account.userId}?tab=roles`);
  await page.getByRole('button', { name: 'Grant role' }).click();
  const dialog = page.getByRole('dialog', { name: 'Grant a role' });
  await dialog.getByRole('combobox', { name: 'Role', exact: true }).fill('payroll-auditor');
  await page.getByRole('option', { name: /payroll-auditor/ }).click();
  await dialog.getByRole('button', { name: 'Until' }).click();
  const end = new Date();
  end.setFullYear(end.getFullYear() + 1, end.getMonth(), 15);
  for (let month = 0; month < 12; month++) await page.getByRole('button', { name: 'Next month' }).click();
  await page.getByRole('button', { name: new RegExp(`^15 \\w+ ${end.getFullYear()}$`) }).click();
  await page.getByRole('button', { name: 'Take this date and time' }).click();
  await dialog.getByRole('button', { name: 'Grant role' }).click();
  await expect(page.getByText('Role granted.')).toBeVisible();
  const [granted] = await grants();
  expect(granted?.role).toBe('payroll-auditor');
  expect(granted?.startAt).toBeNull();
  expect(granted?.endAt?.slice(0, 7)).toBe(end.toISOString().slice(0, 7));
  await expect(page.getByRole('row').filter({ hasText: 'payroll-auditor' })).toContainText('Active');

  await page.getByRole('button', { name: /^Revoke: payroll-auditor/ }).click();
  await expect(page.getByRole('dialog')).toContainText('taken away here and in');
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('heading', { name: 'Granted roles' }).locator('..').getByText('payroll-auditor')).toHaveCount(0);
  await expect.poll(async () => (await grants()).length).toBe(0);
});

test('a grant without a role is refused at its field', async ({ page, api }) => {
  const account = await api.first<{ userId: string }>('accounts', 'system eq "Directory" and status eq "enabled"');
  await page.goto(`/users/${account.userId}?tab=roles`);
  await page.getByRole('button', { name: 'Grant role' }).click();
  const dialog = page.getByRole('dialog', { name: 'Grant a role' });
  await dialog.getByRole('button', { name: 'Grant role' }).click();
  await expect(dialog.getByRole('combobox', { name: 'Role', exact: true })).toHaveAttribute('aria-invalid', 'true');
  expect(await api.get<Grant[]>(`/users/${account.userId}/grants`)).toEqual([]);
});
