import { expect, test } from './fixtures';

/** Every page that needs no object, with the heading that says it is there. */
const lists: [name: string, path: string, heading: string | RegExp][] = [
  ['home', '/', /Welcome/],
  ['my-tasks', '/tasks', 'My tasks'],
  ['my-tasks-available', '/tasks?view=available', 'My tasks'],
  ['my-tasks-done', '/tasks?view=done', 'My tasks'],
  ['my-requests', '/requests', 'My requests'],
  ['my-requests-status', '/requests?view=mine', 'My requests'],
  ['request-new', '/requests/new/request', 'Permissions request'],
  ['request-gone', '/requests/new/no-such-process', 'New request'],
  ['processes', '/processes', 'Processes'],
  ['processes-ended', '/processes?ended=yes&mode=basic', 'Processes'],
  ['process-jobs', '/processes/jobs', 'Scheduled jobs'],
  ['process-incidents', '/processes/incidents', 'Process incidents'],
  ['users', '/users', 'Users'],
  ['user-new', '/users/new', 'New user'],
  ['groups', '/groups', 'Groups'],
  ['groups-tree', '/groups?view=tree', 'Groups'],
  ['accounts', '/accounts', 'Accounts'],
  ['information-systems', '/information-systems', 'Information systems'],
  ['information-systems-tree', '/information-systems?view=tree', 'Information systems'],
  ['roles', '/roles', 'Roles'],
  ['agents', '/agents', 'Agents'],
  ['agent-new', '/agents/new', 'New agent'],
  ['naming-rules', '/settings/naming-rules', 'Account naming rules'],
  ['naming-rule-new', '/settings/naming-rules/new', 'New naming rule'],
  ['definitions', '/processes/definitions', 'Process definitions'],
  ['drafts', '/processes/designer', 'Process designer'],
  ['monitoring', '/monitoring', 'Synchronisation'],
  ['monitoring-matrix', '/monitoring?tab=matrix', 'Synchronisation'],
  ['monitoring-held', '/monitoring?tab=held', 'Synchronisation'],
  ['tasks', '/monitoring/tasks', 'Synchronisation tasks'],
  ['runs', '/runs', 'Runs'],
  ['issues', '/issues', 'Issues'],
  ['audit', '/audit', 'Audit'],
  ['engine', '/settings/engine', 'Task engine'],
  ['process-engine', '/settings/process-engine', 'Process engine'],
  ['user-types', '/settings/user-types', 'User types'],
  ['group-types', '/settings/group-types', 'Group types'],
  ['mail-domains', '/settings/mail-domains', 'Mail domains'],
  ['password-domains', '/settings/password-domains', 'Password domains'],
  ['metadata', '/settings/metadata', 'Metadata'],
  ['metadata-new', '/settings/metadata/new', 'New attribute'],
  ['parameters', '/settings/parameters', 'Parameters'],
  ['authorizations', '/settings/authorizations', 'Authorisations'],
  ['tokens', '/me/tokens', 'My API tokens'],
  ['my-notices', '/me/notices', 'My notices'],
  ['my-password', '/me/password', 'My password'],
  ['kitchen-sink', '/kitchen-sink', 'Kitchen sink'],
  ['not-found', '/no-such-page', 'Not found'],
];

for (const [name, path, heading] of lists) {
  test(`page ${name} is accessible in both schemes`, async ({ page, looksRight }) => {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
    await expect(page.locator('[aria-busy=true], .mantine-Skeleton-root')).toHaveCount(0);
    await expect(page.getByRole('alert')).toHaveCount(0);
    await looksRight(name);
  });
}

/** Object pages: which object, and their tabs by address. */
const objects: [resource: string, path: string, filter: string, tabs: string[]][] = [
  ['users', 'users', 'userName ne "admin" and active eq true', ['accounts', 'groups', 'roles', 'effective', 'pending', 'history', 'audit']],
  ['groups', 'groups', 'name ne "world"', ['members', 'roles', 'history', 'audit']],
  ['accounts', 'accounts', 'system eq "Directory"', ['access', 'roles', 'effective', 'actual', 'pending', 'history']],
  ['information-systems', 'information-systems', 'name pr', ['scopes', 'roles', 'users', 'history']],
  ['roles', 'roles', 'system eq "Directory"', ['contents', 'containers', 'groups', 'users', 'history']],
  ['systems', 'agents', 'name eq "Directory"', ['parameters', 'mapping', 'incoming', 'actions', 'runs', 'history']],
  ['runs', 'runs', 'kind eq "load"', []],
  ['sync-tasks', 'monitoring/tasks', 'objectName pr', []],
  ['audit', 'audit', 'action eq "create"', []],
  ['metadata', 'settings/metadata', 'code eq "email"', []],
];

for (const [resource, path, filter, tabs] of objects) {
  for (const tab of ['', ...tabs]) {
    test(`object page of ${resource}, ${tab || 'basics'}, is accessible`, async ({ page, api, looksRight }) => {
      const { id } = await api.first(resource, filter);
      await page.goto(`/${path}/${id}${tab ? `?tab=${tab}` : ''}`);
      await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('…');
      await expect(page.locator('[aria-busy=true], .mantine-Skeleton-root, .mantine-Loader-root')).toHaveCount(0);
      await expect(page.getByRole('alert')).toHaveCount(0);
      await looksRight(`${resource}-${tab || 'basics'}`);
    });
  }
}
