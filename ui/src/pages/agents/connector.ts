import { useQuery } from '@tanstack/react-query';
import { address, readPage } from '@/api/resource';
import type { Attribute, AttributeType } from '@/api/schema';
import type { ObjectMapping } from '@/editor/mapping';

/** One setting of an agent or of a mapped class, as its connector describes it. */
export interface ConnectorSetting {
  name: string;
  label: string;
  type: 'string' | 'number' | 'boolean' | 'secret' | 'choice' | 'multiline';
  required: boolean;
  default: string;
  choices: string[] | null;
  help: string;
  numbered: boolean;
}

/** A kind of connector that is installed. */
export interface ConnectorKind {
  name: string;
  label: string;
  description: string;
  parameters: ConnectorSetting[] | null;
  properties: ConnectorSetting[] | null;
  templates: ObjectMapping[] | null;
  capabilities: string[] | null;
}

/** The connectors that are installed; they change with the program only. */
export function useConnectors() {
  return useQuery({
    queryKey: ['connectors'],
    queryFn: async ({ signal }) => (await readPage<ConnectorKind>(address('connectors'), signal)).rows,
    staleTime: Infinity,
  });
}

const types: Record<ConnectorSetting['type'], AttributeType> = {
  string: 'string', number: 'string', boolean: 'list', secret: 'password', choice: 'list', multiline: 'multiline',
};

/**
 * A setting as a form draws it. Values travel as text, so that numbers and yes-or-no are texts too; an empty field means
 * the default, which the hint names.
 */
export function settingAttribute(setting: ConnectorSetting, prefix: string, words: { yes: string; no: string; standard: (value: string) => string }): Attribute {
  const { name, label, type, required, choices, help } = setting;
  const offered = type === 'boolean' ? [{ value: 'true', label: words.yes }, { value: 'false', label: words.no }] : choices?.map((value) => ({ value, label: value }));
  const hint = [help, setting.default === '' ? '' : words.standard(setting.default)].filter(Boolean).join(' ');
  return {
    name: `${prefix}.${name}`,
    type: types[type],
    label: { en: label },
    hint: hint === '' ? undefined : hint,
    required: required && setting.default === '',
    values: offered,
  };
}
