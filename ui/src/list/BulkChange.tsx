import { Alert, Button, CloseButton, Group, Modal, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from '@/api/hooks';
import { fieldErrors } from '@/api/problem';
import { useLabel, type Attribute } from '@/api/schema';
import { Field } from '@/form/Field';
import { isEmpty, withValue, type Values } from '@/form/values';
import { Failure } from '@/kit/Failure';
import { toastDone } from '@/kit/toast';

interface BulkChangeProps {
  resource: string;
  attributes: readonly Attribute[];
  /** The rows meant: those selected, or all that answer the filter. */
  target: { ids: string[] } | { filter: string };
  count: number;
  onClose: () => void;
}

interface Line {
  name: string;
  clear: boolean;
  value: unknown;
}

/** What the server answers, for a trial as for the change itself. */
interface BulkReport {
  matched?: number;
  changed?: number;
  rejectedCount?: number;
  rejected?: { id?: string; name?: string; message: string }[] | null;
}

function changesOf(lines: Line[]): Values {
  return lines.reduce<Values>((changes, { name, clear, value }) => withValue(changes, name, clear ? null : value), {});
}

/** Sets or clears attributes of many objects at once, and says what will happen before it does. */
export function BulkChange({ resource, attributes, target, count, onClose }: BulkChangeProps) {
  const { t } = useTranslation('list');
  const [lines, setLines] = useState<Line[]>([]);
  const [preview, setPreview] = useState<BulkReport>();
  const bulk = useAction<BulkReport>(resource);
  const errors = fieldErrors(bulk.error, lines.map(({ name }) => `changes.${name}`));
  const ready = lines.length > 0 && lines.every(({ clear, value }) => clear || !isEmpty(value));

  const send = async (dryRun: boolean) => {
    const report = await bulk.mutateAsync({ verb: 'bulk', body: { ...target, changes: changesOf(lines), dryRun } }).catch(() => undefined);
    if (report === undefined) return;
    setPreview(report);
    if (dryRun) return;
    toastDone(t('bulk.done', { count: report.changed ?? count }));
    onClose();
  };
  const edit = (changed: Line[]) => {
    setLines(changed);
    setPreview(undefined);
  };

  return (
    <Modal opened onClose={onClose} size="lg" title={t('bulk.title', { count })}>
      <Stack>
        {lines.map((line, index) => (
          <BulkLine
            key={line.name}
            line={line}
            attribute={attributes.find(({ name }) => name === line.name)}
            error={errors.fields[`changes.${line.name}`]}
            onChange={(changed) => edit(lines.map((each, at) => (at === index ? changed : each)))}
            onRemove={() => edit(lines.filter((_, at) => at !== index))}
          />
        ))}
        <AddLine attributes={attributes} taken={lines.map(({ name }) => name)} onAdd={(name) => edit([...lines, { name, clear: false, value: null }])} />
        {bulk.error ? <Failure error={bulk.error} /> : null}
        {preview ? <Preview report={preview} count={count} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t('cancel')}</Button>
          {preview ? (
            <Button loading={bulk.isPending} onClick={() => void send(false)}>{t('bulk.apply', { count: preview.changed ?? count })}</Button>
          ) : (
            <Button disabled={!ready} loading={bulk.isPending} onClick={() => void send(true)}>{t('bulk.preview')}</Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function AddLine({ attributes, taken, onAdd }: { attributes: readonly Attribute[]; taken: string[]; onAdd: (name: string) => void }) {
  const { t } = useTranslation('list');
  const label = useLabel();
  const free = attributes.filter(({ name, readOnly, type }) => !readOnly && type !== 'separator' && !taken.includes(name));
  return (
    <Select
      label={t('bulk.attribute')}
      placeholder={t('bulk.choose')}
      searchable
      value={null}
      data={free.map((attribute) => ({ value: attribute.name, label: label(attribute) }))}
      onChange={(name) => name !== null && onAdd(name)}
    />
  );
}

interface BulkLineProps {
  line: Line;
  attribute?: Attribute;
  error?: string;
  onChange: (line: Line) => void;
  onRemove: () => void;
}

function BulkLine({ line, attribute, error, onChange, onRemove }: BulkLineProps) {
  const { t } = useTranslation('list');
  const label = useLabel();
  if (attribute === undefined) return null;
  return (
    <Group align="center" wrap="nowrap" gap="sm">
      <Text size="sm" fw={500} w={150} truncate>{label(attribute)}</Text>
      <SegmentedControl
        aria-label={t('bulk.operation')}
        value={line.clear ? 'clear' : 'set'}
        onChange={(operation) => onChange({ ...line, clear: operation === 'clear' })}
        data={[{ value: 'set', label: t('bulk.set') }, { value: 'clear', label: t('bulk.clear'), disabled: attribute.required ?? false }]}
      />
      <div style={{ flex: 1, minWidth: 0 }}>
        {line.clear ? null : (
          <Field attribute={{ ...attribute, hint: undefined }} labelHidden value={line.value} error={error} onChange={(value) => onChange({ ...line, value })} />
        )}
      </div>
      <CloseButton aria-label={t('bulk.remove', { attribute: label(attribute) })} onClick={onRemove} />
    </Group>
  );
}

function Preview({ report, count }: { report: BulkReport; count: number }) {
  const { t } = useTranslation('list');
  const rejected = report.rejected ?? [];
  return (
    <Alert role="status" color={rejected.length > 0 ? 'yellow' : 'petrol'} variant="light" title={t('bulk.willChange', { count: report.changed ?? count })}>
      {rejected.length === 0 ? (
        <Text size="sm">{t('bulk.noneRejected')}</Text>
      ) : (
        <Stack gap={2}>
          <Text size="sm">{t('bulk.rejected', { count: report.rejectedCount ?? rejected.length })}</Text>
          {rejected.slice(0, 10).map(({ id, name, message }) => <Text key={`${id}${message}`} size="sm">{name ?? id}: {message}</Text>)}
        </Stack>
      )}
    </Alert>
  );
}
