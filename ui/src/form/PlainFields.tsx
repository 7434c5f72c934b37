import { Button, Group, MultiSelect, NumberInput, PasswordInput, Select, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldChrome, type FieldProps } from './Field';

function text(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : value === undefined || value === null || value === '' ? [] : [text(value)];
}

/** One line of text, and e-mail addresses. */
export function TextField(props: FieldProps) {
  const { attribute, value, onChange } = props;
  return (
    <TextInput
      {...useFieldChrome(props)}
      type={attribute.type === 'email' ? 'email' : 'text'}
      maxLength={attribute.maxLength}
      value={text(value)}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** Several lines; the box grows with them. */
export function TextAreaField(props: FieldProps) {
  const { value, onChange } = props;
  return (
    <Textarea {...useFieldChrome(props)} autosize minRows={2} maxRows={12} value={text(value)} onChange={(event) => onChange(event.currentTarget.value)} />
  );
}

/** A number; an emptied field is nothing, not zero. */
export function NumberField(props: FieldProps) {
  const { value, onChange } = props;
  return (
    <NumberInput
      {...useFieldChrome(props)}
      value={typeof value === 'number' ? value : text(value)}
      onChange={(changed) => onChange(changed === '' ? null : changed)}
      hideControls
    />
  );
}

/** Yes or no. */
export function BooleanField(props: FieldProps) {
  const { value, onChange, readOnly = false } = props;
  const { variant: _variant, withAsterisk: _asterisk, autoComplete: _autoComplete, ...chrome } = useFieldChrome(props);
  return (
    <Switch
      {...chrome}
      mt={props.labelHidden ? 0 : 22}
      checked={value === true || value === 'true'}
      disabled={readOnly}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

/** One or several of the values that the metadata allows. A stored value that is no longer allowed stays visible. */
export function ListField(props: FieldProps) {
  const { attribute, value, onChange } = props;
  const chrome = useFieldChrome(props);
  const { t } = useTranslation('form');
  const chosen = texts(value);
  const allowed = attribute.values ?? [];
  const known = new Set(allowed.map((option) => option.value));
  const data = [...allowed, ...chosen.filter((code) => !known.has(code)).map((code) => ({ value: code, label: t('obsoleteValue', { code }) }))];
  if (attribute.multiValued) return <MultiSelect {...chrome} data={data} value={chosen} onChange={onChange} searchable clearable />;
  return <Select {...chrome} data={data} value={chosen[0] ?? null} onChange={onChange} searchable={data.length > 8} clearable={!attribute.required} allowDeselect={!attribute.required} />;
}

/** What the server sends in place of a stored secret; sent back it means: keep it. */
const mask = '•••';

/** A secret: never shown back, left alone when the field stays empty, removed by its own button. */
export function PasswordField(props: FieldProps) {
  const { value, onChange, readOnly = false } = props;
  const { t } = useTranslation('form');
  const [stored, setStored] = useState(false);
  const isSet = value === mask;
  const write = (entered: string | null) => {
    if (isSet) setStored(true);
    onChange(entered === '' && (isSet || stored) ? mask : entered);
  };
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <PasswordInput
        {...useFieldChrome(props)}
        flex={1}
        autoComplete="new-password"
        placeholder={isSet ? t('secretSet') : t('secretNotSet')}
        visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
        value={isSet ? '' : text(value)}
        onChange={(event) => write(event.currentTarget.value)}
      />
      {isSet && !readOnly && (
        <Button variant="default" onClick={() => write(null)}>{t('clearSecret')}</Button>
      )}
    </Group>
  );
}

/** Several values of a plain type, each ended by Enter. */
export function ManyTextsField(props: FieldProps) {
  const { attribute, value, onChange } = props;
  const { t } = useTranslation('form');
  const convert = (entered: string[]) => (attribute.type === 'number' ? entered.map(Number) : entered);
  return (
    <TagsInput
      {...useFieldChrome(props)}
      value={texts(value)}
      onChange={(entered) => onChange(convert(entered))}
      placeholder={props.readOnly ? undefined : t('addValue')}
      acceptValueOnBlur
    />
  );
}
