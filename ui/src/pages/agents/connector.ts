import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
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

/** The connectors that are installed, in the person's language as far as we have words; they change with the program only. */
export function useConnectors() {
  const { i18n } = useTranslation();
  const words: Words = (key) => {
    const text: unknown = i18n.getResource(i18n.language, 'connectors', key);
    return typeof text === 'string' ? text : undefined;
  };
  return useQuery({
    queryKey: ['connectors'],
    queryFn: async ({ signal }) => (await readPage<ConnectorKind>(address('connectors'), signal)).rows,
    staleTime: Infinity,
    select: (kinds) => kinds.map((kind) => inWords(kind, words)),
  });
}

type Words = (key: string) => string | undefined;

/** A connector with our words in place of its own English ones, which stay wherever we have none. */
export function inWords(kind: ConnectorKind, words: Words): ConnectorKind {
  const worded = (group: 'parameters' | 'properties') =>
    (kind[group] ?? []).map((setting) => {
      const key = `${kind.name}.${group}.${setting.name}`;
      return { ...setting, label: words(`${key}.label`) ?? setting.label, help: words(`${key}.help`) ?? setting.help };
    });
  return {
    ...kind,
    label: words(`${kind.name}.label`) ?? kind.label,
    description: words(`${kind.name}.description`) ?? kind.description,
    parameters: worded('parameters'),
    properties: worded('properties'),
  };
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
    // Statements are called as they are written in a mapping.
    label: { en: label || name },
    hint: hint === '' ? undefined : hint,
    required: required && setting.default === '',
    values: offered,
  };
}
