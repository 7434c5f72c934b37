import { Anchor, Button, Group, Skeleton, Stack, Tabs } from '@mantine/core';
import { IconDownload, IconMail, IconPencil } from '@tabler/icons-react';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useObject } from '@/api/hooks';
import { address } from '@/api/resource';
import { usePermission } from '@/api/session';
import { ConfirmAction, type Confirmation } from '@/kit/ConfirmAction';
import { Facts } from '@/kit/Facts';
import { Failure, useFailureText } from '@/kit/Failure';
import { PageHeader } from '@/kit/PageHeader';
import { useChange } from '@/kit/refresh';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { toastDone, toastFailed } from '@/kit/toast';
import { AuditTab } from '@/object/AuditTab';
import { definitions, downloadVersion, readDrafts, useNewDraft, useSource, type Definition } from '@/process/definitions';
import { StartByMessage, useStartMessages } from '@/work/StartByMessage';
import { VersionsTab } from './VersionsTab';

// Drawing comes only with the diagram's tab.
const Diagram = lazy(() => import('@/designer/Diagram'));

/** A process that people can start: its diagram, its versions, and whether it can be started. */
export default function DefinitionPage() {
  const { id = '' } = useParams({ strict: false });
  const { t } = useTranslation('processes');
  const designer = useTranslation('designer').t;
  const { data, error, refetch } = useObject(definitions, id);
  const back = <Anchor component={Link} to="/processes/definitions" size="sm">{t('definitions.title')}</Anchor>;
  if (error) return <Stack>{back}<Failure error={error} onRetry={() => void refetch()} /></Stack>;
  if (data === undefined) return <Stack>{back}<Skeleton height={320} /></Stack>;
  const definition = data.object as unknown as Definition;
  return (
    <Stack gap="sm">
      {back}
      <PageHeader title={definition.name} beside={<StatusBadge status={definition.enabled ? 'enabled' : 'disabled'} />} hint={definition.description}>
        <Actions definition={definition} etag={data.etag} />
      </PageHeader>
      <Facts
        facts={[
          { label: t('definitions.code'), value: definition.code }, { label: t('definitions.folder'), value: definition.folder },
          { label: t('definitions.kind'), value: designer(`type.${definition.kind}`) }, { label: t('definitions.number'), value: definition.number },
          { label: t('definitions.deployed'), value: <><RelativeTime at={definition.deployedAt} /> · {definition.deployedBy}</> },
          { label: t('definitions.running'), value: definition.running },
        ]}
      />
      <Content definition={definition} />
    </Stack>
  );
}

function Content({ definition }: { definition: Definition }) {
  const { t } = useTranslation('processes');
  const can = usePermission();
  const navigate = useNavigate();
  const search: { tab?: unknown } = useSearch({ strict: false });
  const source = useSource(definition.versionId);
  const tabs = ['diagram', 'versions', ...(can('audit:query') ? ['audit'] : [])] as ('diagram' | 'versions' | 'audit')[];
  const current = tabs.find((each) => each === search.tab) ?? 'diagram';
  return (
    <Tabs value={current} onChange={(tab) => void navigate({ to: '.', search: (tab === 'diagram' ? {} : { tab }) as never, replace: true })}>
      <Tabs.List mb="md">{tabs.map((tab) => <Tabs.Tab key={tab} value={tab}>{t(`definitions.tab.${tab}`)}</Tabs.Tab>)}</Tabs.List>
      <Tabs.Panel value="diagram">
        {source.error ? <Failure error={source.error} onRetry={() => void source.refetch()} /> : null}
        <Suspense fallback={<Skeleton height={520} />}>{source.data === undefined ? <Skeleton height={520} /> : <Diagram xml={source.data} />}</Suspense>
      </Tabs.Panel>
      <Tabs.Panel value="versions"><VersionsTab definition={definition} /></Tabs.Panel>
      <Tabs.Panel value="audit"><AuditTab objectId={definition.id} /></Tabs.Panel>
    </Tabs>
  );
}

function Actions({ definition, etag }: { definition: Definition; etag: string | undefined }) {
  const { t } = useTranslation('processes');
  const requests = useTranslation('requests').t;
  const can = usePermission();
  const navigate = useNavigate();
  const change = useChange();
  const failure = useFailureText();
  const draft = useNewDraft();
  const [asked, setAsked] = useState<Confirmation>();
  const messages = useStartMessages(definition.code);
  const [sending, setSending] = useState(false);
  const { name, enabled, running, versionId } = definition;
  const toggle = () =>
    setAsked({
      title: t(enabled ? 'disable.title' : 'enable.title', { name }),
      action: t(enabled ? 'disable.action' : 'enable.action'),
      danger: enabled,
      consequences: enabled ? [t('disable.starts'), t('disable.running', { count: running })] : [t('enable.starts')],
      run: async () => {
        await change('POST', address(definitions, [definition.id, enabled ? 'disable' : 'enable']), { etag });
        toastDone(t(enabled ? 'disable.done' : 'enable.done', { name }));
      },
    });
  const edit = async () => {
    try {
      // Somebody may be drawing the next version already: that drawing is gone on with.
      const begun = (await readDrafts()).find(({ definitionId }) => definitionId === definition.id);
      const { id } = begun ?? (await draft.mutateAsync({ definitionId: definition.id }));
      await navigate({ to: `/processes/designer/${id}` });
    } catch (error) {
      toastFailed(failure(error));
    }
  };
  const download = () => versionId && downloadVersion({ id: versionId, code: definition.code, number: definition.number }).catch((error: unknown) => toastFailed(failure(error)));
  return (
    <Group gap="xs">
      <Button variant="default" leftSection={<IconDownload size={15} aria-hidden />} onClick={() => void download()}>{t('definitions.download')}</Button>
      {messages.length > 0 ? <Button variant="default" leftSection={<IconMail size={15} aria-hidden />} onClick={() => setSending(true)}>{requests('message.open')}</Button> : null}
      {can('processDefinition:publish') ? <Button variant="default" color={enabled ? 'red' : undefined} onClick={toggle}>{t(enabled ? 'disable.action' : 'enable.action')}</Button> : null}
      {can('processDefinition:update') ? <Button leftSection={<IconPencil size={15} aria-hidden />} loading={draft.isPending} onClick={() => void edit()}>{t('definitions.edit')}</Button> : null}
      <ConfirmAction confirmation={asked} onClose={() => setAsked(undefined)} />
      {sending ? <StartByMessage messages={messages} onClose={() => setSending(false)} /> : null}
    </Group>
  );
}
