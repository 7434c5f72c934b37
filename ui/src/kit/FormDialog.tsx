import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Attribute } from '@/api/schema';
import { FieldForm } from '@/form/FieldForm';
import { complaints, type Values } from '@/form/values';
import { errorsAt } from '@/object/draft';

interface FormDialogProps {
  title: string;
  /** What the dialog is about, in one or two sentences. */
  hint?: string;
  attributes: readonly Attribute[];
  initial?: Values;
  /** The verb on the button. */
  action: string;
  /** Sends the form; what it throws is shown at its fields and nothing typed is lost. */
  onSubmit: (values: Values) => Promise<unknown>;
  onClose: () => void;
  /** Told of every change, for fields that depend on others. */
  onChange?: (values: Values) => void;
  /** Further content below the fields. */
  children?: ReactNode;
}

/** A small form in a dialog: adding a membership, a scope value, a password. */
export function FormDialog({ title, hint, attributes, initial = {}, action, onSubmit, onClose, onChange, children }: FormDialogProps) {
  const { t } = useTranslation('form');
  const common = useTranslation('common').t;
  const [values, setValues] = useState<Values>(initial);
  const [complained, setComplained] = useState<Record<string, string>>({});
  const [refused, setRefused] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const { fields, others } = errorsAt(refused, attributes);

  const change = (next: Values) => {
    setValues(next);
    setComplained({});
    onChange?.(next);
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    // Portals bubble through React: without this a dialog inside a form would send that one too.
    event.stopPropagation();
    const wrong = complaints(attributes, values);
    setComplained(Object.fromEntries(Object.entries(wrong).map(([name, complaint]) => [name, t(`complaint.${complaint}`)])));
    if (Object.keys(wrong).length > 0) return;
    setBusy(true);
    setRefused(undefined);
    try {
      await onSubmit(values);
      onClose();
    } catch (error) {
      setRefused(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal opened onClose={onClose} title={title} size="lg">
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack>
          {hint ? <Text size="sm" c="dimmed">{hint}</Text> : null}
          <FieldForm attributes={attributes} values={values} onChange={change} errors={{ ...complained, ...fields }} otherErrors={others} columns={attributes.length > 3 ? 2 : 1} />
          {children}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{common('cancel')}</Button>
            <Button type="submit" loading={busy}>{action}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
