import { Alert, List, SimpleGrid } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Attribute } from '@/api/schema';
import { Field } from './Field';
import classes from './FieldForm.module.css';
import { fieldValue, withFieldValue, type Values } from './values';

export interface FieldFormProps {
  attributes: readonly Attribute[];
  values: Values;
  onChange: (values: Values) => void;
  /** A sentence per attribute name. */
  errors?: Record<string, string>;
  /** Sentences that belong to no field. */
  otherErrors?: string[];
  /** Nothing can be edited, whatever the attributes say. */
  readOnly?: boolean;
  /** Names of attributes with unsaved changes: they are marked. */
  changed?: readonly string[];
  columns?: 1 | 2;
}

const wide = new Set<Attribute['type']>(['multiline', 'html', 'separator', 'script', 'pairs']);

/** The one form of the console: identity metadata, process screens, import and bulk values are all drawn by it. */
export function FieldForm(props: FieldFormProps) {
  const { attributes, values, onChange, errors = {}, otherErrors = [], readOnly = false, changed = [], columns = 2 } = props;
  const { t } = useTranslation('form');
  return (
    <>
      {otherErrors.length === 0 ? null : (
        <Alert color="red" variant="light" icon={<IconAlertCircle size={18} />} title={t('refused')} mb="md" role="alert">
          <List size="sm">{otherErrors.map((sentence) => <List.Item key={sentence}>{sentence}</List.Item>)}</List>
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, md: columns }} spacing="lg" verticalSpacing="sm">
        {attributes.map((attribute) => (
          <div
            key={attribute.name}
            className={classes.cell}
            data-wide={wide.has(attribute.type) || undefined}
            data-changed={changed.includes(attribute.name) || undefined}
          >
            <Field
              attribute={attribute}
              value={fieldValue(values, attribute)}
              onChange={(value) => onChange(withFieldValue(values, attribute, value))}
              error={errors[attribute.name]}
              readOnly={readOnly || (attribute.readOnly ?? false)}
            />
          </div>
        ))}
      </SimpleGrid>
    </>
  );
}
