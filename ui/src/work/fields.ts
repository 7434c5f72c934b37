import { attributeTypes, referenced, type Attribute, type AttributeType, type ChoiceSource } from '@/api/schema';
import { isEmpty, sameValue, type Values } from '@/form/values';
import type { FormField } from './model';

/** The type of fields that hold requested permissions; they have an editor of their own. */
export const grantType = 'grant';

/** A task or a start form, as the addresses of its choices begin. */
export type FormSource = Pick<ChoiceSource, 'resource' | 'id'>;

function typeOf({ type, values }: FormField): AttributeType {
  if (values.length > 0) return 'list';
  if (type in referenced) return 'reference';
  return (attributeTypes as readonly string[]).includes(type) ? (type as AttributeType) : 'string';
}

/** The fields of a form as the console draws them. Processes name what they refer to: their references hold names, not ids. */
export function attributesOf(fields: readonly FormField[], source: FormSource): Attribute[] {
  return fields.filter(({ type }) => type !== grantType).map((field) => ({
    name: field.name,
    type: typeOf(field),
    label: { en: field.label },
    required: field.required,
    readOnly: field.readOnly,
    multiValued: field.multiple,
    maxLength: field.size ? field.size : undefined,
    values: field.values.length > 0 ? field.values.map(({ code, label }) => ({ value: code, label: label || code })) : undefined,
    choices: typeOf(field) === 'reference' ? { ...source, field: field.name } : undefined,
  }));
}

/** The field that holds requested permissions, when the form has one. */
export function grantField(fields: readonly FormField[]): FormField | undefined {
  return fields.find(({ type }) => type === grantType);
}

/** What somebody changed and may change: read-only fields never travel back. */
export function changedValues(fields: readonly FormField[], before: Values, after: Values): Values {
  const changed = fields.filter(({ name, readOnly }) => !readOnly && !sameValue(before[name], after[name]));
  return Object.fromEntries(changed.map(({ name, multiple }) => [name, isEmpty(after[name]) ? (multiple ? [] : null) : after[name]]));
}

/** All that can be filled in and is, for a draft. */
export function editableValues(fields: readonly FormField[], values: Values): Values {
  return Object.fromEntries(fields.filter(({ name, readOnly }) => !readOnly && values[name] !== undefined).map(({ name }) => [name, values[name]]));
}
