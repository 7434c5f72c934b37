import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { components } from '@/api/api.gen';
import { address, send } from '@/api/resource';
import type { Attribute } from '@/api/schema';
import { localSchemas } from '@/api/localSchemas';
import { attributesOf } from './fields';

/** A value of processes that a list of them can show. */
export type ProcessColumn = components['schemas']['ProcessColumn'];

/**
 * Values of processes as columns and criteria of a list. Processes hold names of what they refer to, so references are texts. A label that a column
 * of every process has already says which definition it is of.
 */
export function valueAttributes(columns: readonly ProcessColumn[], language: string): Attribute[] {
  const taken = new Set((localSchemas.process ?? []).map(({ label }) => label[language] ?? label.en));
  return columns.map((column) => {
    const [drawn] = attributesOf([{ ...column, readOnly: true, required: false }], { resource: '', id: '' });
    const label = taken.has(column.label) ? `${column.label} (${column.definitions.join(', ')})` : column.label;
    return { ...drawn, name: column.name, type: drawn?.type === 'reference' || drawn === undefined ? 'string' : drawn.type, choices: undefined, label: { en: label, [language]: label }, filterable: true, sortable: !column.multiple };
  });
}

const none: ProcessColumn[] = [];

/** What definitions call the values of processes, by name. */
export function labelsOf(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ name, label }) => [name.replace(/^values\./, ''), label.en ?? name]));
}

/** The values that the lists `processes` and `requests` can show the person; definitions change seldom, and events tell when. */
export function useValueAttributes(resource: 'processes' | 'requests', language: string): Attribute[] {
  const { data = none } = useQuery({
    queryKey: ['process-definitions', 'attributes', resource],
    queryFn: async ({ signal }) => (await send('GET', address(resource, ['attributes']), { signal })).json() as Promise<ProcessColumn[]>,
  });
  return useMemo(() => valueAttributes(data, language), [data, language]);
}
