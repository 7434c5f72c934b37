import { ActionIcon, Button, FileButton, Group, Tooltip } from '@mantine/core';
import { IconPlus, IconTrash, IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address } from '@/api/resource';
import { usePermission } from '@/api/session';
import { ConfirmAction, type Confirmation } from '@/kit/ConfirmAction';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import { PageHeader } from '@/kit/PageHeader';
import { useChange } from '@/kit/refresh';
import { RelativeTime } from '@/kit/RelativeTime';
import { toastDone } from '@/kit/toast';
import { DataTable, type Column } from '@/list/DataTable';
import { drafts, readDrafts, type ProcessDraft } from '@/process/definitions';
import { ImportDialog } from './ImportDialog';
import { NewDraftDialog } from './NewDraftDialog';

/** Processes that are being drawn: begun from a template or a file, published when they are good. */
export default function DraftsPage() {
  const { t } = useTranslation('processes');
  const can = usePermission();
  const navigate = useNavigate();
  const [beginning, setBeginning] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: [drafts, 'list'],
    queryFn: ({ signal }) => readDrafts(signal),
  });
  const open = (id: string) => void navigate({ to: `/processes/designer/${id}` });
  const columns: Column<ProcessDraft>[] = [
    { name: 'name', label: t('drafts.name'), cell: ({ name }) => name },
    { name: 'of', label: t('drafts.of'), cell: ({ code }) => code || t('drafts.new') },
    { name: 'updatedAt', label: t('drafts.updatedAt'), cell: ({ updatedAt }) => <RelativeTime at={updatedAt} /> },
    { name: 'updatedBy', label: t('drafts.updatedBy'), cell: ({ updatedBy }) => updatedBy },
    { name: 'remove', label: '', cell: (draft) => <Remove draft={draft} />, atEnd: true },
  ];
  const begin = can('processDefinition:create') ? (
    <Group gap="xs">
      <FileButton accept=".bpmn,.xml,.pardef,.json" onChange={setFile}>
        {(props) => <Button {...props} variant="default" leftSection={<IconUpload size={15} aria-hidden />}>{t('drafts.import')}</Button>}
      </FileButton>
      <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setBeginning(true)}>{t('drafts.add')}</Button>
    </Group>
  ) : null;
  return (
    <>
      <PageHeader title={t('drafts.title')} hint={t('drafts.hint')}>{begin}</PageHeader>
      <div className="surface">
        {error ? <Failure error={error} onRetry={() => void refetch()} /> : null}
        {data?.length === 0 ? <EmptyState title={t('drafts.empty')} hint={t('drafts.emptyHint')} /> : error ? null : (
          <DataTable label={t('drafts.title')} columns={columns} shown={columns.map(({ name }) => name)} rows={data ?? []} loading={isFetching} onOpen={({ id }) => open(id)} />
        )}
      </div>
      {beginning ? <NewDraftDialog onMade={open} onClose={() => setBeginning(false)} /> : null}
      {file ? <ImportDialog file={file} onMade={open} onClose={() => setFile(null)} /> : null}
    </>
  );
}

function Remove({ draft }: { draft: ProcessDraft }) {
  const { t } = useTranslation('processes');
  const can = usePermission();
  const change = useChange();
  const [asked, setAsked] = useState<Confirmation>();
  if (!can('processDefinition:update')) return null;
  const ask = () =>
    setAsked({
      title: t('drafts.remove.title', { name: draft.name }),
      action: t('drafts.remove.action'),
      consequences: [t('drafts.remove.lost'), t('drafts.remove.kept')],
      run: async () => {
        await change('DELETE', address(drafts, [draft.id]));
        toastDone(t('drafts.remove.done', { name: draft.name }));
      },
    });
  // A row opens at a click; its button, and the dialog that comes of it, do not.
  return (
    <span role="presentation" onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()}>
      <Tooltip label={t('drafts.remove.action')}>
        <ActionIcon aria-label={t('drafts.remove.of', { name: draft.name })} onClick={ask}><IconTrash size={15} /></ActionIcon>
      </Tooltip>
      <ConfirmAction confirmation={asked} onClose={() => setAsked(undefined)} />
    </span>
  );
}
