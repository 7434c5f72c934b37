import { expect, test } from './fixtures';

interface User {
  id: string;
  userName: string;
  comments: string;
}

test('an attribute of several people is changed after a preview of what will happen', async ({ page, api }) => {
  const comments = 'Story of the bulk change.';
  const people = await api.get<User[]>('/users', { filter: 'userName ne "admin" and active eq true', sort: '-userName', size: '2' });
  const now = () => Promise.all(people.map(async ({ id }) => (await api.get<User>(`/users/${id}`)).comments));
  const before = await now();
  await page.goto('/users?sort=-userName');
  for (const { userName } of people) {
    await page.getByRole('row').filter({ has: page.getByRole('cell', { name: userName, exact: true }) }).getByRole('checkbox').check();
  }
  const toolbar = page.getByRole('toolbar');
  await expect(toolbar).toContainText('2 selected');
  await toolbar.getByRole('button', { name: 'Change attributes' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change 2 objects' });
  await dialog.getByRole('combobox', { name: 'Attribute to change' }).click();
  await page.getByRole('option', { name: 'Comments', exact: true }).click();
  await expect(dialog.getByRole('button', { name: 'Preview' })).toBeDisabled();
  await dialog.getByRole('textbox', { name: 'Comments' }).fill(comments);
  await dialog.getByRole('button', { name: 'Preview' }).click();
  await expect(dialog.getByRole('status')).toContainText('2 objects will change');
  expect(await now()).toEqual(before);
  await dialog.getByRole('button', { name: 'Change 2 objects' }).click();
  await expect(page.getByText('2 objects changed.')).toBeVisible();
  expect(await now()).toEqual([comments, comments]);
});

test('who is refused is named in the preview, and the others still can be changed', async ({ page, api }) => {
  const [first, second] = await api.get<User[]>('/users', { filter: 'userName ne "admin" and active eq true', sort: 'userName', size: '2' });
  await page.goto('/users?sort=userName');
  for (const each of [first, second]) {
    await page.getByRole('row').filter({ has: page.getByRole('cell', { name: each?.userName ?? '', exact: true }) }).getByRole('checkbox').check();
  }
  await page.getByRole('toolbar').getByRole('button', { name: 'Change attributes' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change 2 objects' });
  await dialog.getByRole('combobox', { name: 'Attribute to change' }).click();
  await page.getByRole('option', { name: 'User name', exact: true }).click();
  await dialog.getByRole('textbox', { name: 'User name' }).fill(first?.userName ?? '');
  await dialog.getByRole('button', { name: 'Preview' }).click();
  await expect(dialog.getByRole('status')).toContainText(second?.userName ?? '');
});
