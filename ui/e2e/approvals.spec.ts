import { expect, test, type Api } from './fixtures';
import { arrive, type Person } from './people';

/** Owner of the sample information system Laboratory records, in which direct grants have to be approved. */
const owner = 'mpaperclip';
const role = 'laboratory';

interface Grant {
  id: string;
  role: string;
  state: string;
}

async function statesOf(api: Api, user: string): Promise<string[]> {
  return (await api.get<Grant[]>(`/users/${user}/grants`)).filter((grant) => grant.role === role).map(({ state }) => state);
}

/** Decides about the only line of the newest task of an approver. */
async function decides(approver: Person, word: 'Approve' | 'Deny'): Promise<void> {
  const { page } = approver;
  await page.goto('/tasks');
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('row').filter({ hasText: 'Changes by' })).toHaveCount(1, { timeout: 2000 });
  }).toPass({ timeout: 20_000 });
  await page.getByRole('row').filter({ hasText: 'Changes by' }).click();
  await expect(page.getByRole('main')).toContainText(`${role}@Directory`);
  await page.locator('label', { hasText: new RegExp(`^${word}$`) }).click();
  await page.getByLabel('Comment', { exact: true }).fill('Sample reason');
  await page.getByRole('button', { name: 'Send decision' }).click();
  await expect(page.getByText(/^Done: /)).toBeVisible();
}

test('a direct grant waits for the owner of the information system, and so does its removal', async ({ browser, ready, api, page, looksRight }) => {
  test.slow();
  const approver = await arrive(browser, ready, api, owner);
  const { id } = await api.first('users', 'userName eq "egoldfinch"');
  await page.goto(`/users/${id}?tab=roles`);
  await page.getByRole('button', { name: 'Grant role' }).click();
  const dialog = page.getByRole('dialog', { name: 'Grant a role' });
  await dialog.getByRole('combobox', { name: 'Role', exact: true }).fill(role);
  await page.getByRole('option', { name: /^laboratory(?!-)/ }).first().click();
  await expect(dialog.getByRole('note')).toContainText('have to be approved');
  await dialog.getByRole('button', { name: 'Grant role' }).click();
  await expect(page.getByText('The grant waits for approval.')).toBeVisible();
  const row = page.getByRole('row').filter({ hasText: role }).first();
  await expect(row).toContainText('Waiting for approval');
  await expect(row.getByRole('button', { name: /^Revoke/ })).toHaveCount(0);
  expect(await statesOf(api, id)).toEqual(['approvalPending']);
  await looksRight('grant-waits');
  await page.setViewportSize({ width: 1360, height: 860 });
  await row.getByRole('link', { name: /decides about it/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Approval of grants');

  await decides(approver, 'Approve');
  await expect.poll(() => statesOf(api, id), { timeout: 20_000 }).toEqual(['active']);

  await page.goto(`/users/${id}?tab=roles`);
  await page.getByRole('button', { name: /^Revoke: laboratory/ }).click();
  await expect(page.getByRole('dialog')).toContainText('have to be approved');
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('row').filter({ hasText: role }).first()).toContainText('Waiting for removal');
  await decides(approver, 'Deny');
  await expect.poll(() => statesOf(api, id), { timeout: 20_000 }).toEqual(['active']);
  const { id: system } = await api.first('information-systems', 'name eq "Laboratory records"');
  await page.goto(`/information-systems/${system}`);
  await expect(page.getByRole('combobox', { name: 'Approval process' })).toHaveValue('Approval of grants');
  await approver.leave();
});

test('a privileged account is reserved, used and given back', async ({ browser, ready, api, page, looksRight }) => {
  test.slow();
  const person = await arrive(browser, ready, api, 'delderflower');
  const system = await api.first('systems', 'name eq "Badge system"');
  const admin = await api.first('users', 'userName eq "admin"');
  const root = (await api.send('POST', '/accounts', {
    systemId: system.id, name: 'operator', loginName: 'operator', type: 'privileged', userType: 'I', status: 'enabled', description: 'Sample data: operates the doors',
  })) as { id: string };
  await api.send('POST', '/account-access', { accountId: root.id, level: 'reserve', userId: admin.id });

  await page.goto(`/accounts/${root.id}?tab=access`);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Add' });
  await dialog.getByRole('combobox', { name: 'Level' }).click();
  await page.getByRole('option', { name: 'May reserve it' }).click();
  await expect(dialog.getByRole('combobox', { name: 'Reservation process' })).toBeVisible();
  await dialog.getByRole('combobox', { name: 'User' }).fill('delderflower');
  await page.getByRole('option', { name: /delderflower/ }).click();
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'delderflower' })).toContainText('May reserve it');
  await expect(page.getByRole('button', { name: 'Reserve: operator@Badge system' })).toBeVisible();

  const { page: desk } = person;
  await desk.goto('/my-accounts');
  await expect(desk.getByRole('row').filter({ hasText: 'operator' })).toContainText('After a reservation only');
  await desk.getByRole('button', { name: 'Reserve: operator@Badge system' }).click();
  const reserve = desk.getByRole('dialog', { name: 'Reserve operator@Badge system' });
  await reserve.getByLabel('What it is needed for').fill('Sample reason');
  await reserve.getByRole('button', { name: 'Reserve' }).click();
  await expect(desk.getByRole('row').filter({ hasText: 'operator' })).toContainText('is being decided');
  await expect(desk.getByRole('button', { name: /^Reserve/ })).toHaveCount(0);

  await page.goto('/tasks');
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('row').filter({ hasText: 'Use of operator' })).toHaveCount(1, { timeout: 2000 });
  }).toPass({ timeout: 20_000 });
  await page.getByRole('row').filter({ hasText: 'Use of operator' }).click();
  await expect(page.getByRole('main')).toContainText('operator');
  if (process.env.PROVOST_SCREENS !== undefined) await page.screenshot({ path: 'test-results/screens/reservation-task.png', fullPage: true });
  await page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByText(/^Done: /)).toBeVisible();

  await expect(desk.getByRole('button', { name: 'Release: operator@Badge system' })).toBeVisible({ timeout: 20_000 });
  await expect(desk.getByRole('row').filter({ hasText: 'operator' })).toContainText(/in [78] hours/);
  await page.goto('/my-accounts');
  await expect(page.getByRole('row').filter({ hasText: 'operator' })).toContainText('In use by');
  await looksRight('my-accounts');
  await page.setViewportSize({ width: 1360, height: 860 });

  await desk.getByRole('button', { name: 'Release: operator@Badge system' }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
  await expect(desk.getByText('operator@Badge system was given back.')).toBeVisible();
  await expect(desk.getByRole('button', { name: 'Reserve: operator@Badge system' })).toBeVisible();
  await person.leave();
});
