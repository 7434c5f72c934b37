import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { localSchemas } from './localSchemas';
import { send } from './resource';

/** The kinds of attribute the console can show and edit; what it does not know is treated as text. */
export const attributeTypes = [
  'string', 'multiline', 'html', 'number', 'boolean', 'date', 'dateTime', 'list', 'email', 'password',
  'photo', 'binary', 'attachment', 'separator', 'reference', 'script', 'pairs',
] as const;
export type AttributeType = (typeof attributeTypes)[number];

/** How a filter may compare an attribute, in SCIM's words. */
export type FilterOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le' | 'pr';

/** Where the choices of a field come from: those of a task or of a start form, asked for by the name of the field. */
export interface ChoiceSource {
  /** `tasks` or `requests/catalogue`. */
  resource: string;
  id: string;
  field: string;
  /** Of fields that refer to several kinds of objects, as requested permissions do. */
  kind?: string;
  /** The scope domain whose values are meant. */
  domain?: string;
}

/** An attribute of an object type: one description for columns, search, forms, import and bulk changes. */
export interface Attribute {
  /** Where the value lives in the object, dots for nesting: `userName`, `attributes.phone`. */
  name: string;
  type: AttributeType;
  label: Record<string, string>;
  required?: boolean;
  readOnly?: boolean;
  multiValued?: boolean;
  /** Only for `list`. */
  values?: { value: string; label: string }[];
  /** Only for `reference`: the resource the picker searches, as `groups`. */
  resource?: string;
  /** Only for built-in references: where the id lives, while `name` holds what the object is called. */
  idName?: string;
  /** Only for `reference`: a SCIM filter every candidate meets. */
  filter?: string;
  /** Only for `reference`: where its choices come from; the value is then the name of what is referred to, not its id. */
  choices?: ChoiceSource;
  hint?: string;
  maxLength?: number;
  filterable?: boolean;
  sortable?: boolean;
  quickSearch?: boolean;
  ops?: FilterOperator[];
}

/** Names of types as the server writes them in metadata, where they differ from ours. */
const aliases: Record<string, AttributeType> = {
  text: 'string', integer: 'number', decimal: 'number', int: 'number', bool: 'boolean', datetime: 'dateTime', 'date-time': 'dateTime',
  timestamp: 'dateTime', 'e-mail': 'email', mail: 'email', enum: 'list', 'list-of-values': 'list', values: 'list', image: 'photo', file: 'attachment',
};

/** Object types that an attribute may refer to, and where the picker searches them. */
export const referenced: Record<string, string> = {
  user: 'users', group: 'groups', role: 'roles', account: 'accounts', system: 'systems', application: 'information-systems',
  informationSystem: 'information-systems', userType: 'user-types', groupType: 'group-types', host: 'hosts', mailDomain: 'mail-domains',
  passwordDomain: 'password-domains', namingRule: 'naming-rules',
};

interface RawAttribute extends Omit<Attribute, 'type' | 'values' | 'label'> {
  type: string;
  reference?: string;
  builtin?: boolean;
  size?: number;
  label?: Record<string, string> | string | null;
  values?: (string | { value?: string; code?: string; label?: string })[] | null;
}

/** Reads one attribute as the server describes it: type names unified, `code:label` values taken apart. */
export function readAttribute(raw: RawAttribute): Attribute {
  const { type, label, values, reference: told, builtin, size, ...rest } = raw;
  const reference = told ?? referenced[type] ?? (type.startsWith('reference:') ? type.slice('reference:'.length) : undefined);
  const known = (attributeTypes as readonly string[]).includes(type) ? (type as AttributeType) : aliases[type];
  return {
    ...rest,
    type: values?.length ? 'list' : reference ? 'reference' : (known ?? 'string'),
    resource: raw.resource ?? reference,
    // Connectors are known by name only; every other built-in reference is a pair, as userType and userTypeId.
    idName: builtin && reference !== undefined && reference !== 'connectors' ? `${raw.name}Id` : undefined,
    maxLength: raw.maxLength ?? (size ? size : undefined),
    label: typeof label === 'string' ? { en: label } : (label ?? {}),
    values: values?.map(readValue),
  };
}

function readValue(raw: string | { value?: string; code?: string; label?: string }): { value: string; label: string } {
  if (typeof raw !== 'string') {
    const value = raw.value ?? raw.code ?? '';
    return { value, label: raw.label ?? value };
  }
  const colon = raw.indexOf(':');
  return colon < 0 ? { value: raw, label: raw } : { value: raw.slice(0, colon), label: raw.slice(colon + 1) };
}

/** Words of ours for the values of built-in attributes, which the server names in English only. */
function useValueWords(objectType: string | undefined): (attribute: Attribute) => Attribute {
  const { i18n } = useTranslation();
  return (attribute) => {
    const values = attribute.values?.map(({ value, label }) => {
      const key = `${objectType}.${attribute.name}.${value}`;
      return { value, label: i18n.exists(key, { ns: 'values' }) ? i18n.t(key as never, { ns: 'values' }) : label };
    });
    return values === undefined ? attribute : { ...attribute, values };
  };
}

/** The attributes of an object type (`user`, `group`, …) in the order their owner gave them. */
export function useSchema(objectType: string | undefined) {
  const inWords = useValueWords(objectType);
  const { i18n } = useTranslation();
  const language = i18n.language;
  return useQuery({
    queryKey: ['schemas', objectType, language],
    enabled: objectType !== undefined,
    staleTime: 300_000,
    queryFn: async ({ signal }) => {
      const own = objectType === undefined ? undefined : localSchemas[objectType];
      if (own !== undefined) return own.map(inWords);
      const response = await send('GET', `/api/v1/schemas/${objectType}`, { signal });
      const body = (await response.json()) as RawAttribute[] | { attributes: RawAttribute[] };
      return (Array.isArray(body) ? body : body.attributes).map(readAttribute).map(inWords);
    },
  });
}

/** An attribute's label in a language; an untranslated attribute shows its English label, then its name. */
export function labelOf(attribute: Attribute, language: string): string {
  const [base = language] = language.split('-');
  return attribute.label[language] ?? attribute.label[base] ?? attribute.label.en ?? attribute.name;
}

/** {@link labelOf} in the language of the person. */
export function useLabel(): (attribute: Attribute) => string {
  const { i18n } = useTranslation();
  return (attribute) => labelOf(attribute, i18n.language);
}
