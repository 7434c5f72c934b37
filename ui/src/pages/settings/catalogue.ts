/** Small objects of the settings, all alike: a list, a form, history. Texts are in the area `settings` under the same key. */
export const settings = {
  userTypes: { resource: 'user-types', objectType: 'userType', columns: ['name', 'description', 'managed'], sort: 'name', right: 'userType' },
  groupTypes: { resource: 'group-types', objectType: 'groupType', columns: ['name', 'description', 'roleHolder'], sort: 'name', right: 'groupType' },
  mailDomains: { resource: 'mail-domains', objectType: 'mailDomain', columns: ['name', 'description', 'obsolete'], sort: 'name', right: 'settings' },
  passwordDomains: { resource: 'password-domains', objectType: 'passwordDomain', columns: ['code', 'description'], sort: 'code', right: 'passwordDomain' },
  namingRules: { resource: 'naming-rules', objectType: 'namingRule', columns: ['code', 'description', 'kind'], sort: 'code', right: 'namingRule' },
  parameters: { resource: 'parameters', objectType: 'parameter', columns: ['name', 'value', 'description', 'updatedAt'], sort: 'name', right: 'parameter' },
  metadata: { resource: 'metadata', objectType: 'metadataAttribute', columns: ['objectType', 'code', 'dataType', 'position', 'builtin'], sort: 'objectType', right: 'metadata' },
} as const;

export type SettingKey = keyof typeof settings;

/** Settings whose objects have no permissions of their own for making and deleting them. */
const coarse = new Set<string>(['settings', 'parameter']);

/** The permission for a verb on a setting. */
export function permissionFor(key: SettingKey, verb: 'query' | 'create' | 'update' | 'delete'): string {
  const { right } = settings[key];
  return `${right}:${coarse.has(right) && verb !== 'query' ? 'update' : verb}`;
}

/** Where the list of a setting is. */
export function pathOf(key: SettingKey): string {
  return `/settings/${settings[key].resource}`;
}
