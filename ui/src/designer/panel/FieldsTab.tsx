import { Button, Collapse, Group, NativeSelect } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDrawing } from '../context';
import { FormPreview } from '../FormPreview';
import type { Field } from '../language';
import type { Element } from '../model/moddle';
import { useVariables } from '../variables';
import { FlagField, ScriptField, TextField } from './fields';
import { Rows } from './Rows';
import { useExtension } from './useExtension';

/** The fields of a form, in the order in which they are shown. */
export function FieldsTab({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const { pending } = useDrawing();
  const [form, change] = useExtension(element, 'idm:Form');
  const [previewed, setPreviewed] = useState(false);
  const preview = () => {
    pending.flush();
    setPreviewed(true);
  };
  return (
    <>
      <Group justify="flex-end"><Button variant="default" leftSection={<IconEye size={15} aria-hidden />} onClick={preview}>{t('preview.open')}</Button></Group>
      <Rows
        label={t('tab.fields')}
        rows={form.fields ?? []}
        onChange={(fields) => change({ fields })}
        name={({ name, label }, index) => label ?? name ?? String(index + 1)}
        fresh={() => ({ name: '' })}
        addLabel={t('field.add')}
        ordered
      >
        {(field, changeField) => <FieldRow field={field} onChange={changeField} />}
      </Rows>
      {previewed ? <FormPreview form={form} onClose={() => setPreviewed(false)} /> : null}
    </>
  );
}

/** The variables that a field can show, and one that is named already though nobody declares it. */
export function VariableSelect({ label, value, onChange }: { label: string; value: string | undefined; onChange: (name: string) => void }) {
  const { t } = useTranslation('designer');
  const { readOnly } = useDrawing();
  const variables = useVariables();
  const known = variables.map(({ name, title }) => ({ value: name, label: title === name ? name : `${title} (${name})` }));
  const own = value && !known.some((each) => each.value === value) ? [{ value, label: value }] : [];
  return <NativeSelect label={label} disabled={readOnly} data={[{ value: '', label: t('field.choose') }, ...own, ...known]} value={value ?? ''} onChange={(event) => onChange(event.currentTarget.value)} />;
}

function FieldRow({ field, onChange }: { field: Field; onChange: (changed: Partial<Field>) => void }) {
  const { t } = useTranslation('designer');
  const [open, setOpen] = useState(false);
  const rules = [field.validation?.body, field.visibility?.body, field.filter].filter(Boolean).length;
  return (
    <>
      <VariableSelect label={t('field.name')} value={field.name} onChange={(name) => onChange({ name })} />
      <TextField label={t('field.label')} value={field.label} onCommit={(label) => onChange({ label })} />
      <Group gap="md" mt="xs">
        <FlagField label={t('field.readOnly')} value={field.readOnly} onCommit={(readOnly) => onChange({ readOnly })} />
        <FlagField label={t('field.required')} value={field.required} onCommit={(required) => onChange({ required })} />
      </Group>
      <Button mt="xs" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>{t('field.rules', { count: rules })}</Button>
      <Collapse expanded={open}>
        {open ? (
          <>
            <ScriptField label={t('field.validation')} description={t('field.validationHint')} minLines={2} value={field.validation?.body} onCommit={(body) => onChange({ validation: { body } })} />
            <ScriptField label={t('field.visibility')} description={t('field.visibilityHint')} minLines={2} value={field.visibility?.body} onCommit={(body) => onChange({ visibility: { body } })} />
            <TextField label={t('field.filter')} description={t('field.filterHint')} value={field.filter} onCommit={(filter) => onChange({ filter })} />
          </>
        ) : null}
      </Collapse>
    </>
  );
}
