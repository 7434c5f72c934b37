import { ActionIcon, Button, FileButton, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconDownload, IconTrash, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useListBelow } from '@/api/hooks';
import { address, send } from '@/api/resource';
import { transport } from '@/api/transport';
import { ConfirmAction, type Confirmation } from '@/kit/ConfirmAction';
import { Failure, useFailureText } from '@/kit/Failure';
import { useChange } from '@/kit/refresh';
import { RelativeTime } from '@/kit/RelativeTime';
import { toastDone, toastFailed } from '@/kit/toast';
import { saveFile } from '@/list/csv';
import type { ProcessDocument } from './model';
import classes from './work.module.css';

interface AttachmentsProps {
  processId: string;
  /** Attaches to this task, and by it to the process. */
  taskId?: string;
  /** Files can be added and taken away. */
  open: boolean;
}

/** A size as people read it. */
export function fileSize(bytes: number, language: string): string {
  const [value, unit] = bytes < 1000 ? [bytes, 'byte'] : bytes < 1_000_000 ? [bytes / 1000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte'];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}

/** Files of a process: who attached what, and the way to them. */
export function Attachments({ processId, taskId, open }: AttachmentsProps) {
  const { t, i18n } = useTranslation('process');
  const change = useChange();
  const failure = useFailureText();
  const { data, error, refetch } = useListBelow<ProcessDocument>('processes', processId, 'documents');
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState<Confirmation>();

  const upload = async (file: File | null) => {
    if (file === null) return;
    setBusy(true);
    try {
      const at = taskId === undefined ? address('processes', [processId, 'documents'], { name: file.name }) : address('tasks', [taskId, 'documents'], { name: file.name });
      const headers = { 'Content-Type': file.type || 'application/octet-stream' };
      await transport(new Request(new URL(at, globalThis.location.origin), { method: 'POST', body: file, headers }));
      await refetch();
      toastDone(t('files.added', { name: file.name }));
    } catch (refused) {
      toastFailed(failure(refused));
    } finally {
      setBusy(false);
    }
  };
  const download = async ({ id, name }: ProcessDocument) => {
    const response = await send('GET', address('process-documents', [id]), { accept: '*/*' });
    saveFile(await response.blob(), name);
  };
  const remove = ({ id, name }: ProcessDocument) =>
    setAsked({ title: t('files.removeTitle', { name }), action: t('files.remove'), consequences: [t('files.removeConsequence')], run: () => change('DELETE', address('process-documents', [id])) });

  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  return (
    <Stack className={`surface ${classes.panel}`}>
      {data?.rows.length === 0 ? <Text size="sm" c="dimmed">{t('files.empty')}</Text> : null}
      <ul className={classes.lines}>
        {(data?.rows ?? []).map((document) => (
          <li key={document.id} className={classes.line}>
            <Stack gap={2} style={{ minWidth: 0 }}>
              <UnstyledButton c="var(--mantine-color-anchor)" className={classes.name} onClick={() => void download(document).catch((refused: unknown) => toastFailed(failure(refused)))}>
                <Group gap={6} wrap="nowrap"><IconDownload size={15} aria-hidden style={{ flexShrink: 0 }} /><Text span size="sm" fw={500}>{document.name}</Text></Group>
              </UnstyledButton>
              <Text size="sm" c="dimmed">{[fileSize(document.size, i18n.language), document.author].join(' · ')} · <RelativeTime at={document.at} /></Text>
            </Stack>
            {open ? <ActionIcon aria-label={t('files.removeNamed', { name: document.name })} onClick={() => remove(document)}><IconTrash size={15} /></ActionIcon> : null}
          </li>
        ))}
      </ul>
      {open ? (
        <FileButton onChange={(file) => void upload(file)}>
          {(button) => <Button {...button} variant="default" w="fit-content" loading={busy} leftSection={<IconUpload size={15} aria-hidden />}>{t('files.add')}</Button>}
        </FileButton>
      ) : (
        <Text size="sm" c="dimmed">{t('files.closed')}</Text>
      )}
      <ConfirmAction confirmation={asked} onClose={() => setAsked(undefined)} />
    </Stack>
  );
}
