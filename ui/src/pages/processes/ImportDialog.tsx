import { Button, Group, Loader, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { FindingList } from '@/designer/FindingList';
import { Failure, useFailureText } from '@/kit/Failure';
import { toastFailed } from '@/kit/toast';
import { convertDocument, useNewDraft } from '@/process/definitions';

/** A file is read on the server: what could not be brought over is shown before a draft is made of it. */
export function ImportDialog({ file, onMade, onClose }: { file: File; onMade: (id: string) => void; onClose: () => void }) {
  const { t } = useTranslation('processes');
  const failure = useFailureText();
  const draft = useNewDraft();
  const { data, error, isPending } = useQuery({ queryKey: ['process-import', file.name, file.size, file.lastModified], queryFn: () => convertDocument(file), retry: false, gcTime: 0 });
  const begin = async () => {
    try {
      const made = await draft.mutateAsync({ name: titleIn(data?.source ?? '') ?? file.name.replace(/\.\w+$/, ''), source: data?.source });
      onMade(made.id);
    } catch (refused) {
      toastFailed(failure(refused));
    }
  };
  const usable = (data?.source ?? '') !== '';
  return (
    <Modal opened onClose={onClose} size="lg" title={t('import.title', { file: file.name })}>
      <Stack>
        {isPending ? <Loader role="status" aria-label={t('import.reading')} /> : null}
        {error ? <Failure error={error} /> : null}
        {data ? <Text size="sm">{t(usable ? (data.findings.length === 0 ? 'import.fine' : 'import.partly') : 'import.unusable')}</Text> : null}
        {data ? <FindingList findings={data.findings} title={(element) => element} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t('import.close')}</Button>
          {usable ? <Button loading={draft.isPending} onClick={() => void begin()}>{t('import.action')}</Button> : null}
        </Group>
      </Stack>
    </Modal>
  );
}

/** What the process in a document is called. */
export function titleIn(source: string): string | undefined {
  const document = new DOMParser().parseFromString(source, 'application/xml');
  return document.getElementsByTagNameNS('http://www.omg.org/spec/BPMN/20100524/MODEL', 'process')[0]?.getAttribute('name') || undefined;
}
