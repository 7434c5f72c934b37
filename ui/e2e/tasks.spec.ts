import { expect, test } from './fixtures';

interface Task {
  id: string;
  objectName: string;
  status: string;
}

test('of held tasks one is cancelled, the others are released and done', async ({ page, api }) => {
  const engine = await api.get<{ mode: string; taskLimit: number; language: string }>('/settings/engine');
  const settings = { mode: engine.mode, language: engine.language };
  const users = await api.get<{ id: string; userName: string }[]>('/users', { filter: 'userName ne "admin" and active eq true', sort: '-userName', size: '25' });
  const held = () => api.get<Task[]>('/sync-tasks', { filter: 'status eq "held"' });
  // The limit is not asked for small numbers of tasks, however low it is.
  try {
    await api.send('PUT', '/settings/engine', { ...settings, taskLimit: 1 });
    await api.send('POST', '/users/bulk', { ids: users.map(({ id }) => id), changes: { comments: 'Story of tasks.' }, dryRun: false });
    await expect.poll(async () => (await held()).length).toBe(users.length);
    const tasks = await held();
    const [first] = tasks;

    await page.goto(`/monitoring/tasks/${first?.id}`);
    await expect(page.getByRole('heading', { level: 1 })).toContainText(first?.objectName ?? '');
    await page.getByRole('button', { name: 'Cancel task' }).click();
    await expect(page.getByRole('dialog')).toContainText('The object is not sent');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel task' }).click();
    await expect(page.getByRole('main').getByText('Cancelled', { exact: true })).toBeVisible();

    await page.goto(`/monitoring/tasks?mode=advanced&filter=${encodeURIComponent('status eq "held"')}`);
    await expect(page.getByRole('row')).toHaveCount(tasks.length);
    await page.getByRole('checkbox', { name: 'Select all rows of this page' }).check();
    await page.getByRole('toolbar').getByRole('button', { name: 'Release' }).click();
    await expect(page.getByText(`${tasks.length - 1} tasks changed, 0 left out.`)).toBeVisible();
    await expect.poll(async () => (await held()).length).toBe(0);
    const released = tasks[1];
    await expect.poll(async () => (await api.get<Task>(`/sync-tasks/${released?.id}`)).status, { timeout: 15_000 }).toBe('done');
    expect((await api.get<Task>(`/sync-tasks/${first?.id}`)).status).toBe('cancelled');
  } finally {
    await api.send('PUT', '/settings/engine', { ...settings, taskLimit: engine.taskLimit });
  }
});
