import { Alert, Button, FileButton, Group, Modal, Select, Stack, Stepper, Table, Text } from '@mantine/core';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, send } from '@/api/resource';
import { labelOf, useLabel, type Attribute } from '@/api/schema';
import { Failure } from '@/kit/Failure';
import { toastDone } from '@/kit/toast';
import { previewCsv, type CsvPreview } from './csv';
import { ImportReport, type Report } from './ImportReport';

interface ImportWizardProps {
  resource: string;
  attributes: readonly Attribute[];
  onClose: () => void;
}

/** Column of the file → attribute; an empty text means "don't load". */
export type Mapping = Record<string, string>;

/** The likeliest mapping: a column called like an attribute, by its name or by a label in any language. */
export function guessMapping(columns: readonly string[], attributes: readonly Attribute[]): Mapping {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  return Object.fromEntries(
    columns.map((column) => {
      const match = attributes.find(
        (attribute) =>
          attribute.type !== 'separator' &&
          [attribute.name, ...Object.keys(attribute.label).map((language) => labelOf(attribute, language))].some((name) => plain(name) === plain(column)),
      );
      return [column, match?.name ?? ''];
    }),
  );
}

/** Loads a CSV file in three steps: choose it, say what its columns are, see in a trial run what would happen. */
export function ImportWizard({ resource, attributes, onClose }: ImportWizardProps) {
  const { t } = useTranslation('list');
  const queries = useQueryClient();
  const [file, setFile] = useState<File>();
  const [preview, setPreview] = useState<CsvPreview>();
  const [mapping, setMapping] = useState<Mapping>({});
  const [report, setReport] = useState<Report>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const mapped = Object.values(mapping).filter((name) => name !== '');
  const twice = mapped.length !== new Set(mapped).size;

  const choose = async (chosen: File | null) => {
    if (chosen === null) return;
    // Large files are only looked into: the first piece holds the head and some rows.
    const read = previewCsv(await chosen.slice(0, 65_536).text());
    setFile(chosen);
    setPreview(read);
    setMapping(guessMapping(read.columns, attributes));
  };

  const load = async (dryRun: boolean) => {
    if (file === undefined) return;
    const form = new FormData();
    form.set('file', file);
    form.set('mapping', JSON.stringify(Object.fromEntries(Object.entries(mapping).filter(([, name]) => name !== ''))));
    form.set('dryRun', String(dryRun));
    setBusy(true);
    setError(undefined);
    try {
      setReport({ ...((await (await send('POST', address(resource, ['import']), { body: form })).json()) as Report), dryRun });
      if (dryRun) return;
      toastDone(t('import.done'));
      await queries.invalidateQueries({ queryKey: [resource] });
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };

  const step = report ? 2 : preview ? 1 : 0;
  return (
    <Modal opened onClose={onClose} size="xl" title={t('import.title')}>
      <Stepper active={step} size="xs" iconSize={26} mb="md" allowNextStepsSelect={false}>
        <Stepper.Step label={t('import.file')} />
        <Stepper.Step label={t('import.columns')} />
        <Stepper.Step label={t('import.check')} />
      </Stepper>
      <Stack>
        {step === 0 ? <ChooseFile onChoose={(chosen) => void choose(chosen)} /> : null}
        {step === 1 && preview ? <MapColumns preview={preview} mapping={mapping} attributes={attributes} onChange={setMapping} /> : null}
        {step === 1 && twice ? <Alert color="yellow" variant="light" role="alert">{t('import.twice')}</Alert> : null}
        {report ? <ImportReport report={report} /> : null}
        {error === undefined ? null : <Failure error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t(report && !report.dryRun ? 'close' : 'cancel')}</Button>
          {step === 1 ? <Button loading={busy} disabled={mapped.length === 0 || twice} onClick={() => void load(true)}>{t('import.try')}</Button> : null}
          {report?.dryRun ? <Button variant="default" onClick={() => setReport(undefined)}>{t('import.back')}</Button> : null}
          {report?.dryRun ? <Button loading={busy} onClick={() => void load(false)}>{t('import.run')}</Button> : null}
        </Group>
      </Stack>
    </Modal>
  );
}

function ChooseFile({ onChoose }: { onChoose: (file: File | null) => void }) {
  const { t } = useTranslation('list');
  return (
    <Stack align="center" py="xl" gap="xs">
      <IconFileSpreadsheet size={36} stroke={1.4} aria-hidden />
      <Text size="sm" c="dimmed" ta="center" maw={420}>{t('import.hint')}</Text>
      <FileButton accept=".csv,.txt,text/csv" onChange={onChoose}>
        {(button) => <Button {...button}>{t('import.choose')}</Button>}
      </FileButton>
    </Stack>
  );
}

interface MapColumnsProps {
  preview: CsvPreview;
  mapping: Mapping;
  attributes: readonly Attribute[];
  onChange: (mapping: Mapping) => void;
}

function MapColumns({ preview, mapping, attributes, onChange }: MapColumnsProps) {
  const { t } = useTranslation('list');
  const label = useLabel();
  const choices = attributes.filter(({ type }) => type !== 'separator').map((attribute) => ({ value: attribute.name, label: label(attribute) }));
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('import.column')}</Table.Th>
          <Table.Th>{t('import.example')}</Table.Th>
          <Table.Th>{t('import.attribute')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {preview.columns.map((column, index) => (
          <Table.Tr key={column}>
            <Table.Td fw={500}>{column}</Table.Td>
            <Table.Td c="dimmed">{preview.rows.map((row) => row[index]).filter(Boolean).slice(0, 2).join(' · ')}</Table.Td>
            <Table.Td>
              <Select
                aria-label={t('import.attributeFor', { column })}
                searchable
                allowDeselect={false}
                data={[{ value: '', label: t('import.skip') }, ...choices]}
                value={mapping[column] ?? ''}
                onChange={(name) => onChange({ ...mapping, [column]: name ?? '' })}
              />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
