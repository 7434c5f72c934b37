import { Button, FileButton, Switch } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermission } from '@/api/session';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { ListPage } from '@/list/ListPage';
import { definitions, type Definition } from '@/process/definitions';
import { UploadDialog } from './UploadDialog';

/** The processes that people can start, each with its current version; disabled ones are shown when asked for. */
export default function DefinitionsPage() {
  const { t } = useTranslation('processes');
  const designer = useTranslation('designer').t;
  const can = usePermission();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { disabled?: unknown };
  const disabled = search.disabled === 'yes';
  const [file, setFile] = useState<File | null>(null);
  const show = (on: boolean) => void navigate({ to: '.', search: ((former: object) => ({ ...former, disabled: on ? 'yes' : undefined })) as never, replace: true });
  return (
    <>
      <ListPage<Definition & { [attribute: string]: unknown }>
        title={t('definitions.title')}
        hint={t('definitions.hint')}
        resource={definitions}
        objectType="processDefinition"
        columns={['name', 'folder', 'kind', 'number', 'deployedBy', 'deployedAt', 'enabled', 'running']}
        sort="name"
        filter={disabled ? '' : 'enabled eq true'}
        keep={disabled ? { disabled: 'yes' } : {}}
        href={({ id }) => `/processes/definitions/${id}`}
        empty={{ title: t('definitions.empty'), hint: t('definitions.emptyHint') }}
        beside={
          <>
            <Switch size="sm" label={t('definitions.disabled')} checked={disabled} onChange={(event) => show(event.currentTarget.checked)} />
            {can('processDefinition:publish') ? (
              <FileButton accept=".bpmn,.xml,.pardef" onChange={setFile}>
                {(props) => <Button {...props} variant="default" leftSection={<IconUpload size={15} aria-hidden />}>{t('definitions.upload')}</Button>}
              </FileButton>
            ) : null}
          </>
        }
        cells={{
          kind: { cell: ({ kind }) => designer(`type.${kind}`) },
          enabled: { cell: ({ enabled }) => <StatusBadge status={enabled ? 'enabled' : 'disabled'} /> },
          deployedAt: { cell: ({ deployedAt }) => <RelativeTime at={deployedAt} /> },
        }}
      />
      {file ? <UploadDialog file={file} onDone={(version) => void navigate({ to: `/processes/definitions/${version.definitionId}` })} onClose={() => setFile(null)} /> : null}
    </>
  );
}
