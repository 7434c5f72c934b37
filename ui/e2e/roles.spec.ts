import { expect, test, type Api } from './fixtures';

interface Named {
  id: string;
  userName?: string;
}

/** A role of the console itself, which needs no managed system. */
async function role(api: Api, name: string): Promise<Named> {
  const system = await api.first<Named>('systems', 'name eq "soffid"');
  const application = await api.first<Named>('information-systems', 'name eq "SOFFID"');
  return (await api.send('POST', '/roles', { name, systemId: system.id, informationSystemId: application.id })) as Named;
}

async function user(api: Api, userName: string, lastName: string): Promise<Named> {
  return (await api.send('POST', '/users', { userName, firstName: 'Sample', lastName, userType: 'I', primaryGroup: 'world', active: true })) as Named;
}

test('contents of a role are staged, looked at, and applied as a whole', async ({ page, api, looksRight }) => {
  const boss = await role(api, 'Story boss');
  const reader = await role(api, 'Story reader');
  const holder = await user(api, 'story.holder', 'Holder');
  try {
    await api.send('POST', '/grants', { userId: holder.id, roleId: boss.id });
    await page.goto(`/roles/${boss.id}?tab=contents`);
    await expect(page.getByText('Contains no other role')).toBeVisible();
    await page.getByRole('button', { name: 'Add role' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Contained role').fill('Story reader');
    await page.getByRole('option', { name: /Story reader/ }).click();
    await dialog.getByRole('button', { name: 'Add role' }).click();
    await expect(page.getByText('1 change is not applied yet.')).toBeVisible();
    expect(await api.get('/role-contents', { filter: `roleId eq "${boss.id}"` }), 'nothing is written yet').toEqual([]);

    await page.getByRole('button', { name: 'Preview changes' }).click();
    const preview = page.getByRole('dialog', { name: 'Preview changes' });
    await expect(preview.getByText('1 role would be gained · 0 roles would be lost')).toBeVisible();
    await expect(preview.getByRole('row', { name: /Gains.*story\.holder.*Story reader@soffid/ })).toBeVisible();
    await looksRight('role-contents-preview');
    expect(await api.get('/role-contents', { filter: `roleId eq "${boss.id}"` }), 'a preview writes nothing').toEqual([]);
    await preview.getByRole('button', { name: 'Apply changes' }).click();
    await expect(page.getByText('Contents changed.')).toBeVisible();
    expect(await api.get<Named[]>('/role-contents', { filter: `roleId eq "${boss.id}"` })).toHaveLength(1);

    await page.getByRole('button', { name: 'Remove from the role: Story reader' }).click();
    await page.getByRole('button', { name: 'Preview changes' }).click();
    await expect(preview.getByText('0 roles would be gained · 1 role would be lost')).toBeVisible();
    await preview.getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByText('1 change is not applied yet.')).toHaveCount(0);
  } finally {
    await api.send('DELETE', `/users/${holder.id}`);
    await api.send('DELETE', `/roles/${boss.id}`);
    await api.send('DELETE', `/roles/${reader.id}`);
  }
});

test('a manager of a group is made and ended on its page', async ({ page, api, looksRight }) => {
  const domain = await api.first<Named>('scope-domains', 'name eq "Groups"');
  const lead = await role(api, 'Story lead');
  const person = await user(api, 'story.lead', 'Lead');
  const group = (await api.send('POST', '/groups', { name: 'story group', parent: 'world' })) as Named;
  try {
    await api.send('PATCH', `/roles/${lead.id}`, { scopeDomainId: domain.id });
    await api.send('POST', '/authorizations', { permission: 'user:query', roleId: lead.id });
    await page.goto(`/groups/${group.id}?tab=managers`);
    const section = page.getByRole('region', { name: 'Story lead' });
    await expect(section.getByText('Nobody yet')).toBeVisible();
    await section.getByRole('button', { name: 'Grant Story lead' }).click();
    await page.getByRole('dialog').getByLabel('User').fill('story.lead');
    await page.getByRole('option', { name: /story\.lead/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Grant role' }).click();
    await expect(section.getByRole('cell', { name: 'story.lead', exact: true })).toBeVisible();
    await looksRight('group-managers');
    await section.getByRole('button', { name: /Revoke/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: /Revoke/ }).click();
    await expect(section.getByText('Nobody yet')).toBeVisible();
  } finally {
    await api.send('DELETE', `/users/${person.id}`);
    await api.send('DELETE', `/groups/${group.id}`);
    await api.send('DELETE', `/roles/${lead.id}`);
  }
});

test('two users who are the same person become one', async ({ page, api, looksRight }) => {
  const first = await user(api, 'story.twin', 'Twin');
  const second = await user(api, 'story.twin2', 'Twinn');
  try {
    await page.goto('/users?q=story.twin');
    await page.getByRole('checkbox').nth(1).check();
    await page.getByRole('checkbox').nth(2).check();
    await page.getByRole('button', { name: 'Merge' }).click();
    const dialog = page.getByRole('dialog', { name: 'Merge 2 users' });
    await expect(dialog.getByText('A user is deleted; the history is kept: story.twin2')).toBeVisible();
    await dialog.getByRole('radio', { name: 'Twinn', exact: true }).check();
    await expect(dialog.getByRole('radio', { name: 'Twinn', exact: true })).toBeChecked();
    await looksRight('merge-users');
    await dialog.getByRole('button', { name: 'Merge 2 users' }).click();
    await expect(page.getByText('Users merged.')).toBeVisible();
    const left = await api.get<(Named & { lastName: string })[]>('/users', { q: 'story.twin' });
    expect(left.map(({ userName, lastName }) => [userName, lastName])).toEqual([['story.twin', 'Twinn']]);
  } finally {
    for (const { id } of [first, second]) {
      if ((await api.get<Named[]>('/users', { filter: `id eq "${id}"` })).length > 0) await api.send('DELETE', `/users/${id}`);
    }
  }
});
