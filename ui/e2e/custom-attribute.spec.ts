import { expect, test } from './fixtures';

test('an attribute that is defined in the metadata is a field of the user form at once', async ({ page, api }) => {
  await page.goto('/settings/metadata/new');
  await page.getByLabel('Code').fill('storyBadge');
  await page.getByLabel('Label in English').fill('Badge number');
  await page.getByLabel('Longest text').fill('6');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('storyBadge');

  const user = await api.first<{ userName: string }>('users', 'userName ne "admin" and active eq true');
  await page.goto(`/users/${user.id}`);
  const field = page.getByLabel('Badge number');
  await expect(field).toHaveAttribute('maxlength', '6');
  await field.fill('B-42');
  await page.getByRole('button', { name: 'Apply changes' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Badge number')).toHaveValue('B-42');
  const found = await api.get<{ id: string }[]>('/users', { filter: 'attributes.storyBadge eq "B-42"' });
  expect(found.map(({ id }) => id)).toEqual([user.id]);
});
