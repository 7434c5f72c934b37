import { expect, test, type Api } from './fixtures';

const bpmn = (step: string) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" id="d" targetNamespace="urn:provost:sample">
  <process id="slow" name="Slow sample" isExecutable="true">
    <extensionElements><idm:process type="request" folder="Sample"/><idm:acl initiators="*" managers="admin"/></extensionElements>
    <startEvent id="start" name="Ask"/>
    <userTask id="${step}" name="Think about it"><extensionElements><idm:task title="Think about it"/><idm:assignment expression="admin"/></extensionElements></userTask>
    <boundaryEvent id="late" name="Too late" attachedToRef="${step}" cancelActivity="false"><timerEventDefinition id="t"><timeDuration>P30D</timeDuration></timerEventDefinition></boundaryEvent>
    <userTask id="wake" name="Wake them"><extensionElements><idm:task title="Wake them"/><idm:assignment expression="admin"/></extensionElements></userTask>
    <endEvent id="end" name="Done"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="${step}"/><sequenceFlow id="f2" name="Done" sourceRef="${step}" targetRef="end"/>
    <sequenceFlow id="f3" sourceRef="late" targetRef="wake"/><sequenceFlow id="f4" name="Awake" sourceRef="wake" targetRef="end"/>
  </process>
</definitions>`;

interface Process { id: string; number: number; status: string; places: string[]; steps: string; versionNumber: number }

async function started(api: Api): Promise<Process> {
  const process = (await api.send('POST', '/processes', { definition: 'slow', values: {} })) as Process;
  await expect.poll(async () => (await api.get<Process>(`/processes/${process.id}`)).places.length, { timeout: 20_000 }).toBeGreaterThan(0);
  return process;
}

test('timers are held, a token is moved, and a process is put on another version', async ({ page, api, looksRight }) => {
  test.slow();
  await api.deploy('slow.bpmn', bpmn('think'));
  const { id } = await started(api);
  await page.goto(`/processes/${id}`);
  const jobs = page.getByRole('region', { name: 'Scheduled jobs' });
  await expect(jobs).toContainText('Too late');
  await jobs.getByRole('button', { name: /^Hold/ }).click();
  await expect(jobs).toContainText('Paused');
  await jobs.getByRole('button', { name: /^Resume/ }).click();
  await expect(jobs).toContainText('Waiting');
  await looksRight('process-with-job');

  await api.deploy('slow.bpmn', bpmn('ponder'));
  const versions = await api.get<{ id: string }[]>('/process-definitions', { filter: 'code eq "slow"' });
  await page.goto(`/processes/definitions/${versions[0]?.id}?tab=versions`);
  await page.getByRole('button', { name: 'Put the running processes of version 1 on another version' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('status')).toContainText('1 of 1 processes has no place in that version');
  await expect(dialog).toContainText('There is no such element any more');
  await looksRight('migrate-refused');
  await dialog.getByRole('combobox', { name: 'Takes the place of Think about it' }).selectOption('ponder');
  await dialog.getByLabel('Reason').fill('Sample reason');
  await dialog.getByRole('button', { name: 'Move 1 process' }).click();
  await expect(page.getByText('The processes are being moved')).toBeVisible();
  await expect.poll(async () => (await api.get<Process>(`/processes/${id}`)).versionNumber, { timeout: 20_000 }).toBe(2);
  const moved = await api.get<Process>(`/processes/${id}`);
  expect(moved.places).toEqual(['ponder']);
  expect(moved.steps).toBe('Think about it');

  await page.goto(`/processes/${id}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Move…' }).click();
  const move = page.getByRole('dialog');
  await move.getByRole('combobox', { name: 'To' }).selectOption('wake');
  await move.getByRole('button', { name: 'Move', exact: true }).click();
  await expect(move.getByLabel('Reason')).toHaveAttribute('aria-invalid', 'true');
  await move.getByLabel('Reason').fill('Sample haste');
  await looksRight('process-move');
  await move.getByRole('button', { name: 'Move', exact: true }).click();
  await expect.poll(async () => (await api.get<Process>(`/processes/${id}`)).places, { timeout: 20_000 }).toEqual(['wake']);
  await page.getByRole('tab', { name: 'Action log' }).click();
  await expect(page.getByRole('main')).toContainText('Sample haste');
});

test('the process engine is stopped and started, its documents are backed up, its index rebuilt', async ({ page, api, looksRight }) => {
  test.slow();
  await api.deploy('slow.bpmn', bpmn('think'));
  await started(api);
  await page.goto('/settings/process-engine');
  const scheduler = page.getByRole('region', { name: 'Timers and background steps' });
  await scheduler.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('dialog')).toContainText(/waits? until the engine is started again/);
  await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
  await expect(scheduler).toContainText('Paused');
  await expect(scheduler).toContainText('admin');
  await looksRight('process-engine-stopped');
  await scheduler.getByRole('button', { name: 'Start' }).click();
  await expect(scheduler).toContainText('Running');

  const index = page.getByRole('region', { name: 'Search index' });
  await index.getByRole('button', { name: 'Rebuild' }).click();
  await expect(index).toContainText('Asked for by', { timeout: 20_000 });
  await expect(index).toContainText('admin');

  const documents = page.getByRole('region', { name: 'Documents' });
  await expect(documents.getByRole('radio', { name: 'In a folder of the servers' })).toBeDisabled();
  const download = page.waitForEvent('download');
  await documents.getByRole('link', { name: 'Back up' }).click();
  const backup = await (await download).path();
  await documents.locator('input[type=file]').setInputFiles(backup);
  await expect(documents.getByRole('status')).toContainText('0 restored');
});
