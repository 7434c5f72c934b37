import type { Browser } from '@playwright/test';
import { expect, test, type Api } from './fixtures';
import { arrive, permit, type Person } from './people';
import type { Ready } from './platform';

interface Task {
  id: string;
  title: string;
  processId: string;
  status: string;
  assignee: string;
}

interface Process {
  id: string;
  number: number;
  status: string;
}

/** Owner of the sample information system Payroll, who decides about its roles. */
const owner = 'bcloudberry';
const role = 'payroll-auditor@Directory';

/** The task of a process in somebody's inbox, once the process has opened it. */
async function taskOf(api: Api, process: string): Promise<Task> {
  const find = () => api.get<Task[]>('/tasks', { filter: `processId eq "${process}"` });
  await expect.poll(async () => (await find()).length, { timeout: 20_000 }).toBeGreaterThan(0);
  return (await find())[0] as Task;
}

/** Asks for a role by the API, up to the point where its owner has to decide. */
async function asked(person: Person, lines: object[]): Promise<Process> {
  const started = (await person.api.send('POST', '/processes', { definition: 'request', values: {} })) as Process;
  const choose = await taskOf(person.api, started.id);
  await person.api.send('POST', `/tasks/${choose.id}/complete`, { values: { user: person.userName, grants: lines } });
  return started;
}

const line = (user: string, key = '1') => ({ key, action: 'grant', user, role, reason: 'Sample reason' });

async function grantsOf(api: Api, id: string): Promise<string[]> {
  return (await api.get<{ role: string }[]>(`/users/${id}/grants`)).map((grant) => grant.role);
}

const meet = (browser: Browser, ready: Ready, api: Api, ...names: string[]) => Promise.all(names.map((name) => arrive(browser, ready, api, name)));

test('a person asks for a role, its owner approves, it is granted, and an auditor reads how', async ({ browser, ready, api }) => {
  test.slow();
  const [requester, approver, auditor] = (await meet(browser, ready, api, 'egoldfinch', owner, 'cdewdrop')) as [Person, Person, Person];
  await permit(api, auditor.id, 'process-reader', 'process:query');

  const { page } = requester;
  await page.goto('/requests');
  await page.getByRole('searchbox', { name: 'Find a request' }).fill('permissions request');
  await page.getByRole('link', { name: 'Permissions request' }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Permissions to ask for', { timeout: 20_000 });
  await expect(page.getByRole('combobox', { name: 'User' })).toHaveValue(requester.userName);
  await page.getByRole('button', { name: 'Add permission' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add permission' });
  await expect(dialog.getByRole('combobox', { name: 'For' })).toHaveValue(requester.userName);
  await dialog.getByRole('combobox', { name: 'Role' }).fill('payroll-aud');
  await page.getByRole('option', { name: /payroll-auditor@Directory/ }).click();
  await dialog.getByLabel('Reason').fill('Sample reason');
  await dialog.getByRole('button', { name: 'Add permission' }).click();
  await expect(page.getByRole('region', { name: 'Permissions' })).toContainText(role);
  await expect(page.getByText('Draft kept')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'User' })).toHaveValue(requester.userName);
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page).toHaveURL(/\/tasks$/);

  const { page: desk } = approver;
  await desk.goto('/tasks');
  await desk.getByRole('row').filter({ hasText: 'Permissions asked for by' }).first().click();
  await expect(desk.getByRole('main')).toContainText('egoldfinch asks for a permission.');
  await expect(desk.getByRole('main')).toContainText(role);
  await expect(desk.getByRole('button', { name: 'Send decision' })).toBeDisabled();
  await desk.locator('label', { hasText: /^Approve$/ }).click();
  await desk.getByLabel('Comment', { exact: true }).fill('Sample approval');
  await desk.getByRole('button', { name: 'Send decision' }).click();
  await expect(desk.getByText(/^Done: /)).toBeVisible();
  await expect.poll(() => grantsOf(api, requester.id), { timeout: 20_000 }).toContain('payroll-auditor');

  const { page: reading } = auditor;
  await reading.goto('/processes?ended=yes');
  await reading.getByRole('row').filter({ hasText: requester.userName }).first().click();
  await expect(reading.getByRole('main')).toContainText('Completed');
  await expect(reading.getByRole('button', { name: 'Cancel process' })).toHaveCount(0);
  await reading.getByRole('tab', { name: 'Action log' }).click();
  await expect(reading.getByRole('main')).toContainText(owner);
  await reading.getByRole('tab', { name: 'Diagram' }).click();
  await expect(reading.getByRole('region', { name: 'Position in words' })).toContainText('Approve');
  await expect(reading.locator('.provost-diagram svg .djs-shape').first()).toBeVisible();
  for (const person of [requester, approver, auditor]) await person.leave();
});

test('a task is taken, given back and delegated, and who comes second is told who was first', async ({ browser, ready, api, page }) => {
  test.slow();
  const [requester, approver] = (await meet(browser, ready, api, 'delderflower', owner)) as [Person, Person];
  const { id } = await asked(requester, [line(requester.userName)]);
  const task = await taskOf(approver.api, id);
  const { page: desk } = approver;
  await desk.goto(`/tasks/${task.id}`);
  await desk.getByRole('button', { name: 'Take ownership' }).click();
  await expect(desk.getByText('The task is yours.')).toBeVisible();
  await expect(desk.getByRole('main').getByText('Taken', { exact: true })).toBeVisible();
  await desk.getByRole('button', { name: 'Release' }).click();
  await expect(desk.getByText('The task is given back.')).toBeVisible();

  // The administrator looks at the same task and decides while the owner still reads it.
  await page.goto(`/tasks/${task.id}`);
  await page.locator('label', { hasText: /^Deny$/ }).click();
  await desk.locator('label', { hasText: /^Approve$/ }).click();
  await desk.route('**/api/v1/tasks/*', (route) => (route.request().method() === 'GET' ? route.abort() : route.continue()));
  await page.getByRole('button', { name: 'Send decision' }).click();
  await expect(page.getByText(/^Done: /)).toBeVisible();
  await desk.getByRole('button', { name: 'Send decision' }).click();
  await expect(desk.getByRole('main').getByRole('alert')).toContainText('completed by admin first');
  await desk.unroute('**/api/v1/tasks/*');
  await desk.getByRole('button', { name: 'Look at the task as it is now' }).click();
  await expect(desk.getByRole('main').getByText('Completed', { exact: true })).toBeVisible();

  const { id: second } = await asked(requester, [line(requester.userName)]);
  const other = await taskOf(approver.api, second);
  await desk.goto(`/tasks/${other.id}`);
  await desk.getByRole('button', { name: 'More for this task' }).click();
  await desk.getByRole('menuitem', { name: 'Delegate' }).click();
  await desk.getByRole('dialog').getByRole('combobox', { name: 'To' }).fill('abarleycorn');
  await desk.getByRole('option', { name: /abarleycorn/ }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Delegate' }).click();
  await expect(desk.getByText('Delegated to abarleycorn.')).toBeVisible();
  expect((await api.get<Task>(`/tasks/${other.id}`)).assignee).toBe('abarleycorn');
  await desk.getByRole('button', { name: 'Get back' }).click();
  await expect(desk.getByText('The task is yours again.')).toBeVisible();
  for (const person of [requester, approver]) await person.leave();
});

test('several tasks are denied at once, each with its own result', async ({ browser, ready, api }) => {
  test.slow();
  const [requester, approver] = (await meet(browser, ready, api, 'dfernsby', owner)) as [Person, Person];
  const processes = [await asked(requester, [line(requester.userName)]), await asked(requester, [line(requester.userName)])];
  for (const { id } of processes) await taskOf(approver.api, id);
  const { page } = approver;
  const numbers = processes.map(({ number }) => `#${number}`);
  await page.goto('/tasks?view=available');
  for (const number of numbers) await page.getByRole('row').filter({ has: page.getByText(number, { exact: true }) }).getByRole('checkbox').check();
  await page.getByRole('toolbar').getByRole('button', { name: 'Decide' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Comment for all of them').fill('Sample refusal');
  await dialog.getByRole('button', { name: 'Deny' }).click();
  await expect(dialog.getByRole('status')).toContainText('2 of 2 tasks completed.');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  for (const { id } of processes) await expect.poll(async () => (await api.get<Process>(`/processes/${id}`)).status, { timeout: 20_000 }).toBe('completed');
  expect(await grantsOf(api, requester.id)).not.toContain('payroll-auditor');
  for (const person of [requester, approver]) await person.leave();
});

test('who started a process withdraws it with a reason', async ({ browser, ready, api }) => {
  test.slow();
  const requester = await arrive(browser, ready, api, 'cdriftwood');
  const { id } = await asked(requester, [line(requester.userName)]);
  const { page } = requester;
  await page.goto('/requests?view=mine');
  await page.getByRole('row').filter({ hasText: 'Permissions request' }).first().click();
  await expect(page.getByRole('region', { name: 'Work in progress' })).toContainText(owner, { timeout: 20_000 });
  await page.getByRole('button', { name: 'Cancel process' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Cancel process' }).click();
  await expect(dialog.getByLabel('Reason')).toHaveAttribute('aria-invalid', 'true');
  await dialog.getByLabel('Reason').fill('Sample change of mind');
  await dialog.getByRole('button', { name: 'Cancel process' }).click();
  await expect.poll(async () => (await api.get<Process>(`/processes/${id}`)).status, { timeout: 20_000 }).toBe('cancelled');
  await expect(page.getByRole('main').getByText('Cancelled', { exact: true })).toBeVisible();
  await page.getByRole('tab', { name: 'Action log' }).click();
  await expect(page.getByRole('main')).toContainText('Sample change of mind');
  await requester.leave();
});

const fragile = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" id="d" targetNamespace="urn:provost:sample">
  <process id="fragile" name="Fragile sample" isExecutable="true">
    <extensionElements>
      <idm:process type="request" folder="Sample"/><idm:acl initiators="*" managers="admin"/>
      <idm:attribute name="days" label="Days" type="number" default="0"/>
    </extensionElements>
    <startEvent id="start" name="Ask"/>
    <scriptTask id="count" name="Count the days"><script>if (days &lt; 1) throw "There are no days to count."</script></scriptTask>
    <endEvent id="end" name="Done"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="count"/><sequenceFlow id="f2" sourceRef="count" targetRef="end"/>
  </process>
</definitions>`;

test('a step that fails waits for an operator, who corrects its values', async ({ api, page }) => {
  test.slow();
  await api.deploy('fragile.bpmn', fragile);
  const { id, number } = (await api.send('POST', '/processes', { definition: 'fragile', values: {} })) as Process;
  await page.goto('/processes/incidents');
  const row = page.getByRole('row').filter({ hasText: `#${number}` });
  await expect(row).toContainText('There are no days to count.', { timeout: 20_000 });
  await row.getByRole('button', { name: /^Correct and retry/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('Sample correction');
  await dialog.getByLabel('Corrected values').fill('{days: 3}');
  await dialog.getByRole('button', { name: 'Correct and retry' }).click();
  await expect(dialog.getByRole('alert')).toContainText('not JSON');
  await dialog.getByLabel('Corrected values').fill('{"days": 3}');
  await dialog.getByRole('button', { name: 'Correct and retry' }).click();
  await expect(page.getByText('The step is tried again with the corrected values.')).toBeVisible();
  await expect.poll(async () => (await api.get<Process>(`/processes/${id}`)).status, { timeout: 20_000 }).toBe('completed');
});

test('the pages of a task and of a process are accessible', async ({ browser, ready, api, page, looksRight }) => {
  test.slow();
  const requester = await arrive(browser, ready, api, 'efoxglove');
  const { id } = await asked(requester, [line(requester.userName), { ...line(requester.userName, '2'), role: 'payroll-clerk@Directory' }]);
  const task = await taskOf(api, id);
  await api.send('POST', `/processes/${id}/comments`, { text: 'Sample comment' });
  const desktop = page.viewportSize() ?? { width: 1360, height: 860 };
  for (const [base, tabs] of [[`/tasks/${task.id}`, ['task', 'log', 'diagram', 'attachments', 'comments']], [`/processes/${id}`, ['work', 'log', 'diagram', 'attachments', 'comments']]] as const) {
    for (const tab of tabs) {
      await page.setViewportSize(desktop);
      await page.goto(`${base}?tab=${tab}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.locator('[aria-busy=true], .mantine-Skeleton-root, .mantine-Loader-root')).toHaveCount(0);
      await looksRight(`${base.split('/')[1]}-page-${tab}`);
    }
  }
  await requester.leave();
});
