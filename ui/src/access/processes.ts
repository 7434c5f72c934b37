import { useList, useObject } from '@/api/hooks';
import type { Attribute } from '@/api/schema';
import { usePermission } from '@/api/session';

/**
 * How the code of a process is chosen: from the enabled definitions of a type. Whoever may not see definitions types it.
 */
export function useProcesses(kind: 'permission' | 'reservation'): Pick<Attribute, 'type' | 'values'> {
  const can = usePermission();
  const { data } = useList('process-definitions', { filter: `kind eq "${kind}" and enabled eq true`, sort: 'name', size: 200 }, can('processDefinition:query'));
  if (data === undefined) return { type: 'string' };
  return { type: 'list', values: data.rows.map(({ code, name }) => ({ value: String(code), label: String(name) })) };
}

/** Attributes of information systems that name a process by its code. */
const named = new Set(['approvalProcess', 'roleDefinitionProcess']);

/** Makes a choice of the attributes of information systems that name a process; one that is disabled by now can stay. */
export function useProcessChoice() {
  const { type, values = [] } = useProcesses('permission');
  return (attributes: Attribute[], object: Record<string, unknown> | undefined): Attribute[] => attributes.map((attribute) => {
    if (type !== 'list' || !named.has(attribute.name)) return attribute;
    const now = object?.[attribute.name];
    const kept = typeof now === 'string' && now !== '' && !values.some(({ value }) => value === now) ? [{ value: now, label: now }] : [];
    return { ...attribute, type, values: [...values, ...kept] };
  });
}

/**
 * Whether direct changes in an information system have to be approved. No for those who may not see it: they learn it from what the list says
 * afterwards.
 */
export function useApproval(informationSystemId: unknown, of: 'approvalProcess' | 'roleDefinitionProcess'): boolean {
  const can = usePermission();
  const visible = typeof informationSystemId === 'string' && can('informationSystem:query');
  return Boolean(useObject('information-systems', visible ? informationSystemId : undefined).data?.object[of]);
}
