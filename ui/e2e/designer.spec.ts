import { type Page } from '@playwright/test';
import { expect, test } from './fixtures';

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
  for (const tab of ['Summary', 'Attributes', 'XML']) {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole('tab', { name: tab, exact: true }).click();
    if (tab === 'Attributes') await page.getByRole('button', { name: 'Add attribute' }).click();
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
