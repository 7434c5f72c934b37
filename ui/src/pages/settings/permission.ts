import type { Attribute } from '@/api/schema';

/** A permission with what it brings and who holds it. */
export interface PermissionView {
  permission: string;
  object: string;
  description: string;
  implies: string[];
  inheritedFrom: string[];
  limits: string[];
  roles: { id: string; roleId: string; role: string; system: string }[];
}

/** Columns of the CSV that is imported: the permission and the role by its names. */
export const authorizationAttributes: Attribute[] = [
  { name: 'permission', type: 'string', required: true, label: { en: 'Permission', es: 'Permiso' } },
  { name: 'role', type: 'string', required: true, label: { en: 'Role', es: 'Rol' } },
  { name: 'system', type: 'string', required: true, label: { en: 'System', es: 'Sistema' } },
];
