import { expect, test } from './fixtures';

/** Two sample processes with a task for everybody: people start the one, a message the other. */
const source = (code: string, name: string, start: string, head = '') => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" id="d" targetNamespace="urn:provost:sample">
  ${head}<process id="${code}" name="${name}" isExecutable="true">
    <extensionElements>
      <idm:process type="request"/><idm:acl initiators="${head === '' ? '*' : '-nobody-'}"/><idm:attribute name="days" label="Days" type="number"/>
      <idm:attribute name="user" label="User" type="user"/>
    </extensionElements>
    <startEvent id="start" name="Ask">${start}</startEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="decide"/>
    <userTask id="decide" name="Decide"><extensionElements>
      <idm:task title="#{days} days"/><idm:assignment expression="*"/><idm:form><idm:field name="days" readOnly="true"/></idm:form>
    </extensionElements></userTask>
    <sequenceFlow id="yes" name="Approve" sourceRef="decide" targetRef="done"/>
    <endEvent id="done" name="Done"/>
  </process>
</definitions>`;
const form = '<extensionElements><idm:form><idm:field name="user" required="true"/><idm:field name="days" required="true"/></idm:form></extensionElements>';
const message = '<messageEventDefinition messageRef="m"/>';

test('processes are started for somebody else and by a message, and found by what they hold', async ({ page, api, looksRight }) => {
  await api.deploy('days.bpmn', source('days-off', 'Days off', form));
  await api.deploy('hired.bpmn', source('days-hired', 'Days of a new colleague', message, '<message id="m" name="hire"/>'));
  const colleague = await api.first<{ userName: string }>('users', 'userName ne "admin" and active eq true');

  await page.goto('/requests/new/days-off');
  await page.getByRole('combobox', { name: 'For whom' }).fill(colleague.userName);
  await page.getByRole('option', { name: colleague.userName }).first().click();
  await expect(page.getByRole('combobox', { name: 'User', exact: true })).toHaveCount(0);
  await page.getByLabel('Days').fill('3');
  await looksRight('request-for-somebody');
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('3 days', { timeout: 20_000 });
  await expect(page.getByRole('main')).toContainText(colleague.userName);

  await page.goto('/requests');
  await page.getByRole('button', { name: 'Start by message…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Start a process by a message' });
  await expect(dialog.getByRole('combobox', { name: 'Message' })).toHaveValue('hire · Days of a new colleague');
  await dialog.getByLabel('Days').fill('17');
  await dialog.getByLabel('User').fill(colleague.userName);
  await looksRight('request-by-message');
  await dialog.getByRole('button', { name: 'Send message' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Days of a new colleague #');
  await expect(page.getByText('The message “hire” started Days of a new colleague')).toBeVisible();

  await page.goto('/processes?mode=basic');
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Days' }).check();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('cell', { name: '17', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Add criterion' }).click();
  await page.getByRole('menuitem', { name: 'Days' }).click();
  await page.getByRole('textbox', { name: 'Days' }).fill('3');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('cell', { name: '17', exact: true })).toHaveCount(0);
  await expect(page.getByRole('cell', { name: '3', exact: true })).toBeVisible();
});

/** A sample process that waits for the answer to its own order. */
const order = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" id="d" targetNamespace="urn:provost:sample">
  <message id="m" name="answered"/>
  <process id="order" name="Sample order" isExecutable="true">
    <extensionElements><idm:process type="request"/><idm:acl initiators="*"/><idm:attribute name="order" label="Order" type="string" default="A-7"/></extensionElements>
    <startEvent id="start" name="Ask"/><sequenceFlow id="f1" sourceRef="start" targetRef="wait"/>
    <intermediateCatchEvent id="wait" name="Answer">
      <extensionElements><idm:correlation key="#{order}"/></extensionElements><messageEventDefinition messageRef="m"/>
    </intermediateCatchEvent>
    <sequenceFlow id="f2" sourceRef="wait" targetRef="done"/><endEvent id="done" name="Done"/>
  </process>
</definitions>`;

test('a process shows the key by which it waits for a message, and goes on with it', async ({ page, api, looksRight }) => {
  await api.deploy('order.bpmn', order);
  const { id } = (await api.send('POST', '/processes', { definition: 'order', values: {} })) as { id: string };
  const waits = () => api.get<{ waits: { key: string }[] }>(`/processes/${id}`);
  await expect.poll(async () => (await waits()).waits.map(({ key }) => key), { timeout: 20_000 }).toEqual(['A-7']);
  const { id: definition } = await api.first('process-definitions', 'code eq "order"');
  await page.goto(`/processes/definitions/${definition}`);
  await expect(page.getByText('This definition was deployed without a drawing.')).toBeVisible();
  await page.goto(`/processes/${id}`);
  await expect(page.getByRole('region', { name: 'Waits for messages' })).toContainText('A-7');
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Send message…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send Sample order' });
  await expect(dialog.getByRole('combobox', { name: 'What it waits for' })).toHaveValue('Message answered for A-7 (wait)');
  await looksRight('process-send-message');
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByRole('main').getByText('Completed', { exact: true })).toBeVisible({ timeout: 20_000 });
});
