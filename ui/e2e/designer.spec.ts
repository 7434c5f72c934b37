import { type Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { arrive, type Person } from './people';

interface Version {
  number: number;
  code: string;
}

/** Begins a process of a type from its template, and waits until it is drawn. */
async function begin(page: Page, name: string, type?: string): Promise<void> {
  await page.goto('/processes/designer');
  await page.getByRole('button', { name: 'New process' }).click();
  await page.getByLabel('Process name').fill(name);
  if (type !== undefined) {
    await page.getByRole('combobox', { name: 'Process type' }).click();
    await page.getByRole('option', { name: type }).click();
  }
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  await expect(page.getByRole('list').filter({ has: page.getByRole('button', { name: /^Start/ }) })).toBeVisible();
}

/** Types something into a field and leaves it, as people do. */
async function fill(page: Page, label: string, text: string): Promise<void> {
  const field = page.getByRole('complementary', { name: 'Selected step' }).getByLabel(label, { exact: true });
  await field.fill(text);
  await field.blur();
}

/** Adds principals to a field that takes several. */
async function people(page: Page, label: string, at: number, principal: string): Promise<void> {
  const field = page.getByRole('complementary', { name: 'Selected step' }).getByRole('combobox', { name: label, exact: true }).nth(at);
  await field.fill(principal);
  await field.press('Enter');
  await field.blur();
}

test('a two-stage approval with an escalation by a timer is drawn from nothing and published', async ({ page, api, looksRight }) => {
  await begin(page, 'Sample two stages', 'Permissions request');
  const palette = page.getByRole('toolbar', { name: 'Steps to add' });
  const tools = page.getByRole('toolbar', { name: 'Tools of the diagram' });
  const panel = page.getByRole('complementary', { name: 'Selected step' });

  // The canvas is emptied by the keyboard alone.
  await page.locator('.djs-container svg').first().focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await expect(page.getByText(/errors?$/).first()).toBeVisible();

  await palette.getByRole('button', { name: 'Start' }).click();
  await palette.getByRole('button', { name: 'Screen' }).click();
  await fill(page, 'Name', 'Ask');
  await people(page, 'Actors', 0, '#{requesterName}');
  await panel.getByRole('tab', { name: 'Fields' }).click();
  for (const [at, field] of ['user', 'grants'].entries()) {
    await panel.getByRole('button', { name: 'New field' }).click();
    await panel.getByRole('list', { name: 'Fields' }).getByLabel('Attribute').nth(at).selectOption(field);
  }
  await panel.getByRole('button', { name: 'Preview' }).click();
  await expect(page.getByRole('dialog').getByText('user', { exact: true })).toBeVisible();
  await page.keyboard.press('Escape');

  await palette.getByRole('button', { name: 'Grant approval' }).click();
  await fill(page, 'Name', 'Approve');
  await people(page, 'Actors', 0, '#{application.owner}');
  for (const [at, actors] of ['group:world', 'role:SOFFID_ADMIN@soffid'].entries()) {
    await panel.getByRole('button', { name: 'Add a stage' }).click();
    await people(page, 'Who approves in this stage', at, actors);
  }
  await palette.getByRole('button', { name: 'Apply changes' }).click();
  await palette.getByRole('button', { name: 'End', exact: true }).click();

  // Undo and redo reach all of it.
  await tools.getByRole('button', { name: 'Undo' }).click();
  await expect(panel.getByRole('button', { name: /^End/ })).toHaveCount(0);
  await tools.getByRole('button', { name: 'Redo' }).click();

  await page.locator('[data-element-id^=Activity]', { hasText: 'Approve' }).first().click();
  await panel.getByRole('button', { name: 'Add an escalation' }).click();
  await fill(page, 'Time to trigger', 'P3D');
  await palette.getByRole('button', { name: 'Mail' }).click();
  await people(page, 'To', 0, 'role:SOFFID_ADMIN@soffid');
  await fill(page, 'Subject', 'An approval waits (sample)');
  await palette.getByRole('button', { name: 'End', exact: true }).click();

  // One thing is remarked, which keeps nobody from publishing: the mail has no text.
  await expect(page.getByText('1 warning', { exact: true })).toBeVisible({ timeout: 15_000 });
  await expect(page.getByText(/^\d+ errors?$/)).toHaveCount(0);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Draft saved.')).toBeVisible();
  await looksRight('designer');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole('button', { name: 'Save and publish' }).click();
  await expect(page).toHaveURL(/\/processes\/definitions\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sample two stages');

  const id = page.url().split('/').at(-1) ?? '';
  const versions = await api.get<Version[]>(`/process-definitions/${id}/versions`);
  expect(versions.map(({ number, code }) => [number, code])).toEqual([[1, 'sampleTwoStages']]);
  await expect(page.locator('.djs-container')).toBeVisible();
  await looksRight('definition');
});

test('what happens to an approval that is late is said in its panel', async ({ page, api, looksRight }) => {
  await begin(page, 'Sample deadlines', 'Permissions request');
  await page.locator('[data-element-id=approve]').first().click();
  const panel = page.getByRole('complementary', { name: 'Selected step' });
  await expect(panel.getByLabel('Remind by mail before')).toHaveValue('P2D');
  await fill(page, 'Ends by itself after', 'P7D');
  await panel.getByRole('combobox', { name: 'Those who were asked before' }).click();
  await page.getByRole('option', { name: 'Are not asked any more' }).click();
  await panel.getByRole('combobox', { name: 'Those who were asked before' }).scrollIntoViewIfNeeded();
  await looksRight('designer-deadline');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Draft saved.')).toBeVisible();
  const { source } = await api.get<{ source: string }>(`/process-drafts/${page.url().split('/').at(-1) ?? ''}`);
  expect(source).toMatch(/<idm:approval [^>]*remind="P2D"[^>]*expire="P7D"/);
  expect(source).toContain('escalation="replace"');
});

test('an approval in two stages, the second of which escalates by a timer, is drawn from nothing, published and run', async ({ browser, ready, page, api, looksRight }) => {
  test.slow();
  const [requester, first, second, boss] = (await Promise.all(['psaffron', 'qsnowdrop', 'rteasel', 'tvalerian'].map((name) => arrive(browser, ready, api, name)))) as [Person, Person, Person, Person];
  await begin(page, 'Sample escalation', 'Permissions request');
  const palette = page.getByRole('toolbar', { name: 'Steps to add' });
  const panel = page.getByRole('complementary', { name: 'Selected step' });
  await page.locator('.djs-container svg').first().focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  const screen = async (name: string, actor: string) => {
    await palette.getByRole('button', { name: 'Screen' }).click();
    await fill(page, 'Name', name);
    await people(page, 'Actors', 0, actor);
  };
  await palette.getByRole('button', { name: 'Start' }).click();
  await screen('First approval', first.userName);
  await screen('Second approval', second.userName);
  await palette.getByRole('button', { name: 'End', exact: true }).click();
  await fill(page, 'Name', 'Approved');
  await page.locator('[data-element-id^=Activity]', { hasText: 'First approval' }).first().click();
  await panel.getByRole('tab', { name: 'Outgoing' }).click();
  await fill(page, 'Name of the transition', 'Approve');
  await page.locator('[data-element-id^=Activity]', { hasText: 'Second approval' }).first().click();
  await panel.getByRole('tab', { name: 'Details' }).click();
  await panel.getByRole('button', { name: 'Add an escalation' }).click();
  await fill(page, 'Name', 'Too late');
  await fill(page, 'Time to trigger', 'PT2S');
  await screen('Escalated approval', boss.userName);
  await palette.getByRole('button', { name: 'End', exact: true }).click();
  await fill(page, 'Name', 'Approved by the boss');
  await expect(page.getByText(/^\d+ errors?$/)).toHaveCount(0, { timeout: 15_000 });

  // It is played first, without any effect: the timer is let fire, and the way that was come by is told.
  await page.getByRole('button', { name: 'Simulate' }).click();
  const simulation = page.getByRole('complementary', { name: 'Simulation' });
  await simulation.getByRole('button', { name: 'Approve' }).click();
  await expect(page.locator('.djs-overlay-token')).toHaveCount(1);
  await expect(simulation.getByRole('listitem', { name: 'Second approval' }).first()).toBeVisible();
  await looksRight('designer-simulation');
  await page.setViewportSize({ width: 1440, height: 900 });
  await simulation.getByRole('button', { name: 'Let it fire' }).click();
  await simulation.getByRole('listitem', { name: 'Escalated approval' }).getByRole('button', { name: 'Complete' }).click();
  await expect(simulation.getByRole('status')).toHaveText('Completed');
  await simulation.getByRole('button', { name: 'One step back' }).click();
  await expect(simulation.getByRole('status')).toHaveText('Running');
  await simulation.getByRole('button', { name: 'Close' }).click();
  await expect(page.locator('.djs-overlay-token')).toHaveCount(0);

  await page.getByRole('button', { name: 'Save and publish' }).click();
  await expect(page).toHaveURL(/\/processes\/definitions\/[0-9a-f-]{36}$/);

  // Whoever asks starts it from My requests.
  await requester.page.goto('/requests');
  await requester.page.getByRole('searchbox', { name: 'Find a request' }).fill('Sample escalation');
  await requester.page.getByRole('link', { name: 'Sample escalation' }).click();
  await requester.page.getByRole('button', { name: 'Start' }).click();
  await expect(requester.page).toHaveURL(/\/processes\/[0-9a-f-]{36}$/, { timeout: 20_000 });
  const process = requester.page.url().split('/').at(-1) ?? '';

  const decide = async (person: Person, step: string, button: string) => {
    const find = () => person.api.get<{ id: string; name: string }[]>('/tasks', { filter: `processId eq "${process}"` });
    await expect.poll(async () => (await find()).map(({ name }) => name), { timeout: 20_000 }).toEqual([step]);
    await person.page.goto('/tasks');
    await person.page.getByRole('row').filter({ hasText: step }).first().click();
    await expect(person.page.getByRole('heading', { level: 1 })).toHaveText(step);
    await person.page.getByRole('button', { name: button, exact: true }).click();
    await expect(person.page.getByText(/^Done: /)).toBeVisible();
  };
  await decide(first, 'First approval', 'Approve');
  // The second is not fast enough: the task goes to the boss, and is gone from the first inbox.
  await decide(boss, 'Escalated approval', 'Complete');
  expect(await second.api.get<object[]>('/tasks', { filter: `processId eq "${process}"` })).toEqual([]);
  await expect.poll(async () => (await api.get<{ status: string }>(`/processes/${process}`)).status, { timeout: 20_000 }).toBe('completed');

  await page.goto(`/processes/${process}`);
  await page.getByRole('tab', { name: 'Action log' }).click();
  for (const step of ['First approval', 'Second approval', 'Too late', 'Escalated approval', 'Approved by the boss']) await expect(page.getByRole('main')).toContainText(step);
  await page.getByRole('tab', { name: 'Diagram' }).click();
  await expect(page.locator('.provost-diagram svg .djs-shape').first()).toBeVisible();
  await looksRight('process-escalated');
  for (const person of [requester, first, second, boss]) await person.leave();
});

test('what the server finds is listed, marked, and keeps a process from being published', async ({ page }) => {
  await begin(page, 'Sample with a fault');
  await page.getByRole('toolbar', { name: 'Steps to add' }).getByRole('button', { name: 'Script action' }).click();
  const findings = page.getByRole('list', { name: 'Findings' });
  await expect(findings.getByRole('button').first()).toBeVisible({ timeout: 15_000 });
  await expect(page.locator('.djs-overlay-finding').first()).toBeVisible();
  await page.getByRole('button', { name: 'Save and publish' }).click();
  const dialog = page.getByRole('dialog', { name: 'Not published' });
  await expect(dialog.getByRole('listitem').first()).toBeVisible();
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await findings.getByRole('button').first().click();
  await expect(page.getByRole('complementary', { name: 'Selected step' }).getByLabel('Name', { exact: true })).toHaveValue('Script action');
});

test('every tab of the designer is accessible in both schemes, and leaving asks about what is unsaved', async ({ page, looksRight }) => {
  await begin(page, 'Sample tabs');
  for (const tab of ['Summary', 'Attributes', 'Resources', 'XML']) {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole('tab', { name: tab, exact: true }).click();
    if (tab === 'Attributes') await page.getByRole('button', { name: 'Add attribute' }).click();
    if (tab === 'Resources') {
      await page.locator('#designer-panel-resources, [role=tabpanel]').locator('input[type=file]').setInputFiles([{ name: 'lib.js', mimeType: 'text/javascript', buffer: Buffer.from('function twice(x) { return 2 * x }') }, { name: 'picture.png', mimeType: 'image/png', buffer: Buffer.from([0x89, 0x50, 0xff]) }]);
      await expect(page.getByRole('table', { name: 'Resources' })).toContainText('lib.js');
      await expect(page.getByRole('alert')).toContainText('picture.png: this is no text');
    }
    await expect(page.locator('.mantine-Skeleton-root')).toHaveCount(0);
    await looksRight(`designer-${tab.toLowerCase()}`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(page.getByText('Unsaved changes')).toBeVisible();
  const asked = new Promise<string>((resolve) => page.once('dialog', (dialog) => { resolve(dialog.message()); void dialog.dismiss(); }));
  await page.getByRole('link', { name: 'Process designer' }).click();
  expect(await asked).toContain('unsaved changes');
  await expect(page).toHaveURL(/designer\/.+/);
});

test('somebody else who saved first is not overwritten unasked', async ({ page, api }) => {
  await begin(page, 'Sample conflict');
  const id = page.url().split('/').at(-1) ?? '';
  const { source } = await api.get<{ source: string }>(`/process-drafts/${id}`);
  await api.send('PUT', `/process-drafts/${id}`, { name: 'Theirs', source: source.replace('name="Sample conflict"', 'name="Theirs"') });
  await page.getByRole('toolbar', { name: 'Steps to add' }).getByRole('button', { name: 'End', exact: true }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Open theirs, drop mine' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Theirs');
});

test('a definition is deployed by upload, disabled, compared with the version before, and edited', async ({ page, api }) => {
  await begin(page, 'Sample upload', 'Delegation of roles');
  const id = page.url().split('/').at(-1) ?? '';
  const { source } = await api.get<{ source: string }>(`/process-drafts/${id}`);
  // A draft of a version is named as the process is, and names of drafts are unique.
  await api.send('DELETE', `/process-drafts/${id}`);
  const upload = async (text: string) => {
    await page.goto('/processes/definitions');
    await page.locator('input[type=file]').setInputFiles({ name: 'sample.bpmn', mimeType: 'application/xml', buffer: Buffer.from(text) });
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    await expect(page).toHaveURL(/definitions\/[0-9a-f-]{36}$/);
  };
  await upload(source);
  await upload(source.replace('name="Apply changes"', 'name="Hand over"'));
  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.getByRole('button', { name: 'Compare versions' }).click();
  await expect(page.getByRole('row', { name: /Hand over/ })).toContainText('name');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await expect(page.getByRole('main').getByText('Disabled', { exact: true })).toBeVisible();
  await page.goto('/processes/definitions');
  await expect(page.getByRole('cell', { name: 'Sample upload' })).toHaveCount(0);
  await page.getByRole('switch', { name: 'Show disabled' }).click();
  await page.getByRole('cell', { name: 'Sample upload' }).click();
  await page.getByRole('button', { name: 'Edit' }).click();
  await expect(page).toHaveURL(/\/processes\/designer\/[0-9a-f-]{36}$/);

  await page.goto('/processes/definitions');
  await page.locator('input[type=file]').setInputFiles({ name: 'broken.bpmn', mimeType: 'application/xml', buffer: Buffer.from('<definitions>') });
  await expect(page.getByRole('dialog').getByRole('list', { name: 'Findings' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Deploy', exact: true })).toBeDisabled();
});

test('a start form follows its triggers: fields come, are needed, and say what is wrong', async ({ ready, page, api }) => {
  const source = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" id="d" targetNamespace="urn:provost:sample">
  <process id="sampleTrip" name="Sample trip" isExecutable="true">
    <extensionElements><idm:process type="request"/><idm:acl initiators="*"/><idm:attribute name="days" label="Days" type="number"/><idm:attribute name="kind" label="Kind" type="string"/><idm:attribute name="place" label="Place" type="string"/></extensionElements>
    <startEvent id="s" name="Ask"><extensionElements><idm:form><idm:field name="kind"/><idm:field name="place"/><idm:field name="days"/>
    <idm:trigger on="onLoad">inputFields.get("place").setVisible(false); days = 1</idm:trigger>
    <idm:trigger on="onChange" field="kind">var where = inputFields.get("place"); where.setVisible(value == "trip"); where.setRequired(true)</idm:trigger>
    <idm:trigger on="onChange" field="days">inputField.setWarning(0, value > 30 ? "At most 30 days." : null)</idm:trigger></idm:form></extensionElements></startEvent>
    <sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e" name="Done"/>
  </process>
</definitions>`;
  const answer = await page.request.post('/api/v1/process-definitions', { data: source, headers: { 'Content-Type': 'application/xml', Origin: ready.url } });
  expect(answer.ok(), await answer.text()).toBe(true);
  await page.goto('/requests/new/sampleTrip');
  await expect(page.getByLabel('Days')).toHaveValue('1');
  await expect(page.getByLabel('Place')).toHaveCount(0);
  await page.getByLabel('Kind').fill('trip');
  await expect(page.getByLabel('Place')).toBeVisible();
  await page.getByLabel('Days').fill('40');
  await expect(page.getByText('At most 30 days.')).toBeVisible();
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByRole('main')).toContainText('Place');
  await page.getByLabel('Place').fill('Rome');
  await page.getByLabel('Days').fill('3');
  await expect(page.getByText('At most 30 days.')).toHaveCount(0);
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page).toHaveURL(/\/processes\/[0-9a-f-]{36}$/, { timeout: 20_000 });
  const started = await api.get<{ values: Record<string, unknown> }>(`/processes/${page.url().split('/').at(-1) ?? ''}`);
  expect(started.values).toMatchObject({ kind: 'trip', place: 'Rome', days: 3 });
});
