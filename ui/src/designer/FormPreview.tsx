import { Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Attribute, AttributeType } from '@/api/schema';
import { FieldForm } from '@/form/FieldForm';
import type { Values } from '@/form/values';
import type { DataType, Field, Form } from './language';
import { useVariables, type KnownVariable } from './variables';

/** The resources that fields of reference types pick from. */
const resources: Partial<Record<DataType, string>> = {
  user: 'users', group: 'groups', groupType: 'group-types', role: 'roles', account: 'accounts', informationSystem: 'information-systems',
  userType: 'user-types', mailDomain: 'mail-domains', system: 'systems', grant: 'roles',
};

const otherTypes: Partial<Record<DataType, AttributeType>> = { ssoInput: 'string', object: 'string' };

/** A field of a process as the form of the console draws it. A grant is shown by the role that is asked for. */
export function attributeOf(field: Field, variable: KnownVariable | undefined): Attribute {
  const { name = '', label, readOnly, required, filter } = field;
  const type = variable?.type ?? 'string';
  const resource = resources[type];
  const values = variable?.values?.length ? variable.values : undefined;
  return {
    name, readOnly, required, filter, resource, values,
    type: values ? 'list' : resource ? 'reference' : (otherTypes[type] ?? (type as AttributeType)),
    label: { en: label ?? variable?.title ?? name },
    multiValued: variable?.multiple,
  };
}

/** What the people who do a task will see: its fields, drawn by the same form. */
export function FormPreview({ form, onClose }: { form: Form; onClose: () => void }) {
  const { t } = useTranslation('designer');
  const variables = useVariables();
  const [values, setValues] = useState<Values>({});
  const attributes = (form.fields ?? []).filter(({ name }) => name).map((field) => attributeOf(field, variables.find(({ name }) => name === field.name)));
  return (
    <Modal opened onClose={onClose} size="lg" title={t('preview.title')}>
      <Stack>
        <Text size="sm" c="dimmed">{attributes.length === 0 ? t('preview.empty') : t('preview.hint')}</Text>
        <FieldForm attributes={attributes} values={values} onChange={setValues} />
      </Stack>
    </Modal>
  );
}
