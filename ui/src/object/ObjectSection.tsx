import { Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Attribute } from '@/api/schema';
import { usePermission } from '@/api/session';
import { FieldForm } from '@/form/FieldForm';
import { toastDone } from '@/kit/toast';
import { ConflictDialog } from './ConflictDialog';
import { useDraft, type Draft } from './draft';
import { SaveBar } from './SaveBar';

interface ObjectSectionProps {
  resource: string;
  id: string;
  /** Attributes drawn as a form. */
  attributes: readonly Attribute[];
  /** Attributes that `children` edit; they are compared and saved with the others. */
  others?: readonly Attribute[];
  permission: string;
  /** Further editors above or below the form. */
  children?: (draft: Draft, readOnly: boolean) => ReactNode;
  /** Buttons that stand above everything. */
  head?: (draft: Draft) => ReactNode;
}

const none: readonly Attribute[] = [];

/** A part of an object that has a tab of its own: its own edits, save bar and conflicts. */
export function ObjectSection({ resource, id, attributes, others = none, permission, children, head }: ObjectSectionProps) {
  const { t } = useTranslation('object');
  const can = usePermission();
  const all = [...attributes, ...others];
  const draft = useDraft(resource, id, all);
  const readOnly = !can(permission);
  const save = async () => {
    if ((await draft.save()) !== undefined) toastDone(t('saved'));
  };
  return (
    <Stack>
      {head?.(draft)}
      {attributes.length === 0 ? null : (
        <div className="surface" style={{ padding: 'var(--mantine-spacing-lg)' }}>
          <FieldForm attributes={attributes} values={draft.values} onChange={draft.change} errors={draft.errors} otherErrors={draft.otherErrors} changed={draft.changed} readOnly={readOnly} />
        </div>
      )}
      {attributes.length === 0 && draft.otherErrors.length + Object.keys(draft.errors).length > 0 ? (
        <FieldForm attributes={none} values={{}} onChange={() => undefined} otherErrors={[...draft.otherErrors, ...Object.values(draft.errors)]} />
      ) : null}
      {children?.(draft, readOnly)}
      <SaveBar changes={draft.changed.length} saving={draft.saving} isNew={false} onUndo={draft.undo} onSave={() => void save()} />
      {draft.conflict ? (
        <ConflictDialog
          conflict={draft.conflict}
          mine={draft.values}
          attributes={all}
          onSettle={(names) => void draft.settle(names).then(() => toastDone(t('saved')))}
          onClose={draft.dismiss}
        />
      ) : null}
    </Stack>
  );
}
