import { useObject } from '@/api/hooks';
import type { Attribute } from '@/api/schema';

/** How grants of a role are limited: by groups, information systems or the values of a domain. */
export interface ScopeKind {
  kind: string;
  domainId: string;
}

/** The kind of limit of a scope domain; undefined while a role has none. */
export function useScopeKind(domainId: unknown): ScopeKind | undefined {
  const id = typeof domainId === 'string' ? domainId : undefined;
  const { data } = useObject('scope-domains', id);
  const kind = data?.object.kind;
  return id === undefined || typeof kind !== 'string' ? undefined : { kind, domainId: id };
}

/** The field in which the limits of a grant are picked. */
export function scopeAttribute({ kind, domainId }: ScopeKind, label: string): Attribute {
  const resource = kind === 'group' ? 'groups' : kind === 'informationSystem' ? 'information-systems' : 'scope-values';
  const filter = kind === 'values' ? `scopeDomainId eq ${JSON.stringify(domainId)}` : undefined;
  return { name: 'scopes', type: 'reference', resource, filter, multiValued: true, label: { en: label, es: label } };
}

/** The limits as a grant request names them; none means unlimited. */
export function scopesOf(scope: ScopeKind | undefined, ids: unknown): Record<string, string>[] {
  if (scope === undefined || !Array.isArray(ids)) return [];
  const member = scope.kind === 'group' ? 'scopeGroupId' : scope.kind === 'informationSystem' ? 'scopeInformationSystemId' : 'scopeValueId';
  return ids.map((id) => ({ [member]: String(id) }));
}
