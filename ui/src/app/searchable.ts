import type { ParseKeys } from 'i18next';

/** A resource whose objects Ctrl-K finds, and where a found one leads. */
export interface Searchable {
  resource: string;
  permission: string;
  label: ParseKeys<'shell'>;
  href: (id: string) => string;
}

/** Resources searched by Ctrl-K; each belongs here as soon as its objects have a page. */
export const searchable: Searchable[] = [
  { resource: 'users', permission: 'user:query', label: 'page.users', href: (id) => `/users/${id}` },
  { resource: 'groups', permission: 'group:query', label: 'page.groups', href: (id) => `/groups/${id}` },
  { resource: 'accounts', permission: 'account:query', label: 'page.accounts', href: (id) => `/accounts/${id}` },
  { resource: 'roles', permission: 'role:query', label: 'page.roles', href: (id) => `/roles/${id}` },
  { resource: 'information-systems', permission: 'informationSystem:query', label: 'page.informationSystems', href: (id) => `/information-systems/${id}` },
  { resource: 'process-definitions', permission: 'processDefinition:query', label: 'page.definitions', href: (id) => `/processes/definitions/${id}` },
  { resource: 'systems', permission: 'system:query', label: 'page.agents', href: (id) => `/agents/${id}` },
];

const paths: Record<string, string> = {
  user: 'users', group: 'groups', account: 'accounts', role: 'roles', informationSystem: 'information-systems', system: 'agents', run: 'runs',
  userType: 'settings/user-types', groupType: 'settings/group-types', mailDomain: 'settings/mail-domains', namingRule: 'settings/naming-rules',
  passwordDomain: 'settings/password-domains', processDefinition: 'processes/definitions', processDraft: 'processes/designer', parameter: 'settings/parameters', metadata: 'settings/metadata',
};

/** The page of an object of which type and id are known; undefined for what has no page of its own. */
export function objectHref(objectType: string | undefined, id: string | null | undefined): string | undefined {
  const path = objectType === undefined ? undefined : paths[objectType];
  return path === undefined || !id ? undefined : `/${path}/${id}`;
}
