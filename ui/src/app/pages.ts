import {
  IconActivityHeartbeat, IconAddressBook, IconAdjustments, IconApps, IconAt, IconFolders, IconHistory, IconHome, IconIdBadge2,
  IconKey, IconListCheck, IconPlugConnected, IconRun, IconSettingsAutomation, IconShieldLock, IconSignature, IconTags, IconUserCog, IconUsers, IconUsersGroup, IconAlertTriangle,
  type Icon,
} from '@tabler/icons-react';
import type { ParseKeys } from 'i18next';
import type { ComponentType } from 'react';
import { pathOf, permissionFor, type SettingKey } from '@/pages/settings/catalogue';

/** Groups of the navigation, in the order and under the names of design/console.md. */
export const groups = ['myWork', 'identities', 'access', 'processes', 'integration', 'monitoring', 'settings'] as const;
export type Group = (typeof groups)[number];

/** A page: its address, who may open it, and where its code is. */
export interface Page {
  path: string;
  /** Loaded when somebody goes there; the module's default export is the page. */
  load: () => Promise<{ default: ComponentType }>;
  /** Without it every signed-in person may open the page. */
  permission?: string;
  /** Its place in the navigation; pages without one are reached from others. */
  nav?: { group: Group; label: ParseKeys<'shell'>; icon: Icon };
}

/** List, new object and object of a resource: they differ in address and permission only. */
function resourcePages(path: string, right: string, list: Page['load'], object: Page['load'], nav: Page['nav'], create = `${right}:create`): Page[] {
  return [
    { path, load: list, permission: `${right}:query`, nav },
    { path: `${path}/new`, load: object, permission: create },
    { path: `${path}/$id`, load: object, permission: `${right}:query` },
  ];
}

function settingPages(key: SettingKey, icon: Icon, group: Group = 'settings'): Page[] {
  const path = pathOf(key);
  const list = () => import('@/pages/settings/SettingListPage').then(({ settingListPage }) => ({ default: settingListPage(key) }));
  const object = () => import('@/pages/settings/SettingPage').then(({ settingPage }) => ({ default: settingPage(key) }));
  return [
    { path, load: list, permission: permissionFor(key, 'query'), nav: { group, label: `page.${key}`, icon } },
    { path: `${path}/new`, load: object, permission: permissionFor(key, 'create') },
    { path: `${path}/$id`, load: object, permission: permissionFor(key, 'query') },
  ];
}

/** All pages of the console. A page that is not here does not exist: routes, navigation and Ctrl-K are made from this list. */
export const pages: Page[] = [
  { path: '/', load: () => import('@/pages/home/HomePage'), nav: { group: 'myWork', label: 'page.home', icon: IconHome } },
  ...resourcePages('/users', 'user', () => import('@/pages/users/UsersPage'), () => import('@/pages/users/UserPage'), { group: 'identities', label: 'page.users', icon: IconUsers }),
  ...resourcePages('/groups', 'group', () => import('@/pages/groups/GroupsPage'), () => import('@/pages/groups/GroupPage'), { group: 'identities', label: 'page.groups', icon: IconUsersGroup }),
  ...resourcePages('/accounts', 'account', () => import('@/pages/accounts/AccountsPage'), () => import('@/pages/accounts/AccountPage'), { group: 'identities', label: 'page.accounts', icon: IconAddressBook }),
  ...resourcePages('/information-systems', 'informationSystem', () => import('@/pages/systems/InformationSystemsPage'), () => import('@/pages/systems/InformationSystemPage'), { group: 'access', label: 'page.informationSystems', icon: IconApps }),
  ...resourcePages('/roles', 'role', () => import('@/pages/roles/RolesPage'), () => import('@/pages/roles/RolePage'), { group: 'access', label: 'page.roles', icon: IconIdBadge2 }),
  ...resourcePages('/agents', 'system', () => import('@/pages/agents/AgentsPage'), () => import('@/pages/agents/AgentPage'), { group: 'integration', label: 'page.agents', icon: IconPlugConnected }),
  ...settingPages('namingRules', IconSignature, 'integration'),
  { path: '/monitoring', load: () => import('@/pages/monitoring/MonitoringPage'), permission: 'syncTask:query', nav: { group: 'monitoring', label: 'page.monitoring', icon: IconActivityHeartbeat } },
  { path: '/monitoring/tasks', load: () => import('@/pages/monitoring/TasksPage'), permission: 'syncTask:query', nav: { group: 'monitoring', label: 'page.tasks', icon: IconListCheck } },
  { path: '/monitoring/tasks/$id', load: () => import('@/pages/monitoring/TaskPage'), permission: 'syncTask:query' },
  { path: '/runs', load: () => import('@/pages/runs/RunsPage'), permission: 'run:query', nav: { group: 'monitoring', label: 'page.runs', icon: IconRun } },
  { path: '/runs/$id', load: () => import('@/pages/runs/RunPage'), permission: 'run:query' },
  { path: '/issues', load: () => import('@/pages/monitoring/IssuesPage'), permission: 'issue:query', nav: { group: 'monitoring', label: 'page.issues', icon: IconAlertTriangle } },
  { path: '/audit', load: () => import('@/pages/audit/AuditPage'), permission: 'audit:query', nav: { group: 'monitoring', label: 'page.audit', icon: IconHistory } },
  { path: '/audit/$id', load: () => import('@/pages/audit/AuditEntryPage'), permission: 'audit:query' },
  { path: '/settings/engine', load: () => import('@/pages/settings/EnginePage'), permission: 'settings:query', nav: { group: 'settings', label: 'page.engine', icon: IconSettingsAutomation } },
  ...settingPages('userTypes', IconUserCog),
  ...settingPages('groupTypes', IconFolders),
  ...settingPages('mailDomains', IconAt),
  ...settingPages('passwordDomains', IconKey),
  ...settingPages('metadata', IconTags),
  ...settingPages('parameters', IconAdjustments),
  { path: '/settings/authorizations', load: () => import('@/pages/settings/AuthorizationsPage'), permission: 'authorization:query', nav: { group: 'settings', label: 'page.authorizations', icon: IconShieldLock } },
  { path: '/me/tokens', load: () => import('@/pages/tokens/TokensPage') },
  { path: '/me/password', load: () => import('@/pages/tokens/MyPasswordPage') },
  { path: '/kitchen-sink', load: () => import('@/pages/kitchen/KitchenSinkPage') },
];
