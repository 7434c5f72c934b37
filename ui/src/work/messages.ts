import type { components } from '@/api/api.gen';
import type { Attribute } from '@/api/schema';
import { isEmpty, type Values } from '@/form/values';
import { attributesOf } from './fields';
import type { FormField, ProcessDetail } from './model';

/** A message that starts a process, with what it may carry. */
export type StartMessage = components['schemas']['StartMessage'];
/** A message or a signal that a process waits for. */
export type Wait = ProcessDetail['waits'][number];

/** Messages of one name may start several definitions. */
export function messageKey({ code, message }: Pick<StartMessage, 'code' | 'message'>): string {
  return `${code} ${message}`;
}

/**
 * What a message may carry, as fields of a form under `values`, where the server finds faults with them. Objects are referred to by name: whoever
 * sends messages need not be allowed to see such objects.
 */
export function carried(fields: readonly FormField[], hint: string): Attribute[] {
  return attributesOf(fields, { resource: '', id: '' }).map((attribute) => ({
    ...attribute,
    ...(attribute.type === 'reference' ? { type: 'string' as const, choices: undefined, hint } : {}),
    name: `values.${attribute.name}`,
  }));
}

/** Of what was filled in, the values that a message carries: an earlier choice of message may have left others. */
export function messageValues(fields: readonly FormField[], values: unknown): Values {
  const filled = (values ?? {}) as Values;
  return Object.fromEntries(fields.filter(({ name }) => !isEmpty(filled[name])).map(({ name }) => [name, filled[name]]));
}

/** Waits as choices of a list; one message may be waited for at several steps, and with several keys. */
export function waitKey({ type, name, key }: Pick<Wait, 'type' | 'name' | 'key'>): string {
  return `${type} ${name} ${key}`;
}
