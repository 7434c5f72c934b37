import {
  IconActivityHeartbeat, IconAddressBook, IconAdjustments, IconApps, IconAt, IconFolders, IconHistory, IconHome, IconIdBadge2,
  IconKey, IconListCheck, IconPlugConnected, IconRun, IconSettingsAutomation, IconShieldLock, IconSignature, IconSitemap, IconTags, IconUserCog, IconUserShield, IconUsers, IconUsersGroup, IconVectorBezier2, IconAlertTriangle,
  IconAlertOctagon, IconClockPlay, IconEngine, IconInbox, IconListSearch, IconSend,
  type Icon,
} from '@tabler/icons-react';
import type { ParseKeys } from 'i18next';
import type { ComponentType } from 'react';
import { TaskCount } from '@/work/TaskCount';
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
  nav?: { group: Group; label: ParseKeys<'shell'>; icon: Icon; /** How much waits there. */ Count?: ComponentType; /** Who has it in their navigation, when others only reach it from elsewhere. */ permission?: string };
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
  { path: '/tasks', load: () => import('@/pages/tasks/TasksPage'), nav: { group: 'myWork', label: 'page.myTasks', icon: IconInbox, Count: TaskCount } },
  { path: '/tasks/$id', load: () => import('@/pages/tasks/TaskPage') },
  { path: '/requests', load: () => import('@/pages/requests/RequestsPage'), nav: { group: 'myWork', label: 'page.myRequests', icon: IconSend } },
  { path: '/requests/new/$code', load: () => import('@/pages/requests/NewRequestPage') },
  { path: '/my-accounts', load: () => import('@/pages/accounts/MyAccountsPage'), nav: { group: 'myWork', label: 'page.myAccounts', icon: IconUserShield } },
  ...resourcePages('/users', 'user', () => import('@/pages/users/UsersPage'), () => import('@/pages/users/UserPage'), { group: 'identities', label: 'page.users', icon: IconUsers }),
  ...resourcePages('/groups', 'group', () => import('@/pages/groups/GroupsPage'), () => import('@/pages/groups/GroupPage'), { group: 'identities', label: 'page.groups', icon: IconUsersGroup }),
  ...resourcePages('/accounts', 'account', () => import('@/pages/accounts/AccountsPage'), () => import('@/pages/accounts/AccountPage'), { group: 'identities', label: 'page.accounts', icon: IconAddressBook }),
  ...resourcePages('/information-systems', 'informationSystem', () => import('@/pages/systems/InformationSystemsPage'), () => import('@/pages/systems/InformationSystemPage'), { group: 'access', label: 'page.informationSystems', icon: IconApps }),
  ...resourcePages('/roles', 'role', () => import('@/pages/roles/RolesPage'), () => import('@/pages/roles/RolePage'), { group: 'access', label: 'page.roles', icon: IconIdBadge2 }),
  { path: '/processes', load: () => import('@/pages/processes/ProcessesPage'), nav: { group: 'processes', label: 'page.processes', icon: IconListSearch } },
  { path: '/processes/jobs', load: () => import('@/pages/processes/JobsPage'), nav: { group: 'processes', label: 'page.processJobs', icon: IconClockPlay, permission: 'process:query' } },
  { path: '/processes/incidents', load: () => import('@/pages/processes/IncidentsPage'), nav: { group: 'processes', label: 'page.processIncidents', icon: IconAlertOctagon, permission: 'process:query' } },
  { path: '/processes/definitions', load: () => import('@/pages/processes/DefinitionsPage'), permission: 'processDefinition:query', nav: { group: 'processes', label: 'page.definitions', icon: IconSitemap } },
  { path: '/processes/definitions/$id', load: () => import('@/pages/processes/DefinitionPage'), permission: 'processDefinition:query' },
  { path: '/processes/designer', load: () => import('@/pages/processes/DraftsPage'), permission: 'processDefinition:query', nav: { group: 'processes', label: 'page.designer', icon: IconVectorBezier2 } },
  { path: '/processes/designer/$id', load: () => import('@/pages/processes/DesignerPage'), permission: 'processDefinition:query' },
  { path: '/processes/$id', load: () => import('@/pages/processes/ProcessPage') },
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
  { path: '/settings/process-engine', load: () => import('@/pages/settings/ProcessEnginePage'), permission: 'settings:query', nav: { group: 'settings', label: 'page.processEngine', icon: IconEngine } },
  ...settingPages('userTypes', IconUserCog),
  ...settingPages('groupTypes', IconFolders),
  ...settingPages('mailDomains', IconAt),
  ...settingPages('passwordDomains', IconKey),
  ...settingPages('metadata', IconTags),
  ...settingPages('parameters', IconAdjustments),
  { path: '/settings/authorizations', load: () => import('@/pages/settings/AuthorizationsPage'), permission: 'authorization:query', nav: { group: 'settings', label: 'page.authorizations', icon: IconShieldLock } },
  { path: '/me/tokens', load: () => import('@/pages/tokens/TokensPage') },
  { path: '/me/notices', load: () => import('@/pages/notices/MyNoticesPage') },
  { path: '/me/password', load: () => import('@/pages/tokens/MyPasswordPage') },
  { path: '/kitchen-sink', load: () => import('@/pages/kitchen/KitchenSinkPage') },
];
