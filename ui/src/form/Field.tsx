import { Divider, Skeleton, Text } from '@mantine/core';
import { lazy, Suspense, type ComponentType } from 'react';
import { useLabel, type Attribute, type AttributeType } from '@/api/schema';
import { FileField } from './FileField';
import { NameField } from './NameField';
import { PairsField } from './PairsField';
import { ReferencePicker } from './ReferencePicker';
import { BooleanField, ListField, ManyTextsField, NumberField, PasswordField, TextAreaField, TextField } from './PlainFields';

/** What every kind of field is given. */
export interface FieldProps {
  attribute: Attribute;
  value: unknown;
  onChange: (value: unknown) => void;
  error?: string;
  readOnly?: boolean;
  /** Fields in a filter or a table cell carry their label for screen readers only. */
  labelHidden?: boolean;
}

/** Label, hint, error and state in the words of the input components. */
export function useFieldChrome({ attribute, error, readOnly = false, labelHidden = false }: FieldProps) {
  const label = useLabel()(attribute);
  return {
    ...(labelHidden ? { 'aria-label': label } : { label, description: attribute.hint }),
    error,
    readOnly,
    // A locked field looks locked: people should not have to click to find out.
    variant: readOnly ? 'filled' : 'default',
    withAsterisk: (attribute.required ?? false) && !readOnly && !labelHidden,
    // Browsers guess names and addresses of the person at the screen, not of the one being edited.
    autoComplete: 'off',
    'data-field': attribute.name,
  };
}

// The calendar and the HTML editor are the two heavy fields; only a form that has one loads it.
const DateField = lazy(() => import('./DateField'));
const HtmlField = lazy(() => import('./HtmlField'));
const ScriptField = lazy(() => import('./ScriptField'));

const single: Record<AttributeType, ComponentType<FieldProps>> = {
  string: TextField,
  email: TextField,
  multiline: TextAreaField,
  html: HtmlField,
  number: NumberField,
  boolean: BooleanField,
  date: DateField,
  dateTime: DateField,
  list: ListField,
  password: PasswordField,
  photo: FileField,
  binary: FileField,
  attachment: FileField,
  separator: SeparatorField,
  reference: ReferenceField,
  script: ScriptField,
  pairs: PairsField,
};

/** Types whose own component takes several values; every other multi-valued type is edited as a list of texts. */
const takesMany = new Set<AttributeType>(['list', 'reference', 'binary', 'attachment']);

/** One attribute, drawn by its type. */
export function Field(props: FieldProps) {
  const { type, multiValued } = props.attribute;
  const Kind = multiValued && !takesMany.has(type) && type !== 'separator' ? ManyTextsField : single[type];
  return (
    <Suspense fallback={<Skeleton height={54} />}>
      <Kind {...props} />
    </Suspense>
  );
}

function SeparatorField({ attribute }: FieldProps) {
  const label = useLabel()(attribute);
  return <Divider mt="sm" labelPosition="left" label={<Text component="h2" m={0} size="sm" fw={600}>{label}</Text>} />;
}

function ReferenceField(props: FieldProps) {
  return props.attribute.choices ? <NameField {...props} /> : <PickedField {...props} />;
}

function PickedField(props: FieldProps) {
  const { attribute, value, onChange, readOnly } = props;
  const { variant, autoComplete: _, readOnly: __, ...chrome } = useFieldChrome(props);
  return (
    <ReferencePicker
      {...chrome}
      variant={variant}
      resource={attribute.resource ?? attribute.name}
      many={attribute.multiValued ?? false}
      filter={attribute.filter}
      value={value}
      onChange={(id, name) => onChange(attribute.idName === undefined || typeof id !== 'string' ? id : { id, name })}
      disabled={readOnly ?? false}
    />
  );
}
