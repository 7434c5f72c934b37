import { Button, Group, Loader, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FindingList } from '@/designer/FindingList';
import { Failure } from '@/kit/Failure';
import { toastDone } from '@/kit/toast';
import { checkDocument, convertDocument, useDeploy, type Finding, type Version } from '@/process/definitions';

/** A file that is looked at before it is deployed: the document that would be deployed, and everything that is said about it. */
async function look(file: File): Promise<{ document: string; findings: Finding[] }> {
  const { source, findings } = await convertDocument(file);
  return { document: source, findings: source === '' ? findings : [...findings, ...(await checkDocument(source))] };
}

/** Deploys a file at once. All findings are shown first; with an error among them there is nothing to deploy. */
export function UploadDialog({ file, onDone, onClose }: { file: File; onDone: (version: Version) => void; onClose: () => void }) {
  const { t } = useTranslation('processes');
  const deploy = useDeploy();
  const [refused, setRefused] = useState<unknown>();
  const { data, error, isPending } = useQuery({ queryKey: ['process-upload', file.name, file.size, file.lastModified], queryFn: () => look(file), retry: false, gcTime: 0 });
  const wrong = data === undefined || data.document === '' || data.findings.some(({ severity }) => severity === 'error');
  const run = async () => {
    try {
      const version = await deploy.mutateAsync(new File([data?.document ?? ''], file.name));
      toastDone(t('upload.done', { code: version.code, number: version.number }));
      onDone(version);
    } catch (failed) {
      setRefused(failed);
    }
  };
  return (
    <Modal opened onClose={onClose} size="lg" title={t('upload.title', { file: file.name })}>
      <Stack>
        {isPending ? <Loader role="status" aria-label={t('import.reading')} /> : null}
        {error ? <Failure error={error} /> : null}
        {refused ? <Failure error={refused} /> : null}
        {data ? <Text size="sm">{t(wrong ? 'upload.wrong' : data.findings.length === 0 ? 'upload.fine' : 'upload.remarks')}</Text> : null}
        {data ? <FindingList findings={data.findings} title={(element) => element} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t('import.close')}</Button>
          <Button disabled={wrong} loading={deploy.isPending} onClick={() => void run()}>{t('upload.action')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
