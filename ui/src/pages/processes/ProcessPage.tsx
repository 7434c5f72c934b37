import { ActionIcon, Anchor, Button, Group, Menu, Skeleton, Stack, Tabs, Text } from '@mantine/core';
import { IconArrowMoveRight, IconDots, IconExternalLink, IconMail, IconRefresh, IconVersions } from '@tabler/icons-react';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useObject } from '@/api/hooks';
import { address } from '@/api/resource';
import type { Values } from '@/form/values';
import { Facts } from '@/kit/Facts';
import { Failure } from '@/kit/Failure';
import { FormDialog } from '@/kit/FormDialog';
import { PageHeader } from '@/kit/PageHeader';
import { useChange } from '@/kit/refresh';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { toastDone } from '@/kit/toast';
import { MigrateDialog } from '@/process/MigrateDialog';
import { ActionLog } from '@/work/ActionLog';
import { Attachments } from '@/work/Attachments';
import { labelsOf, useValueAttributes } from '@/work/columns';
import { Comments } from '@/work/Comments';
import { Diagram } from '@/work/Diagram';
import { isOver, processTitle, type ProcessDetail } from '@/work/model';
import { MoveDialog } from '@/work/MoveDialog';
import { ProcessIncidents } from '@/work/ProcessIncidents';
import { ProcessJobs } from '@/work/ProcessJobs';
import { ProcessValues } from '@/work/ProcessValues';
import { ProcessWaits } from '@/work/ProcessWaits';
import { SendDialog } from '@/work/SendDialog';
import { WorkInProgress } from '@/work/WorkInProgress';
import classes from '@/work/work.module.css';

/** One process: what it knows, where it stands, what happened, and its end by hand (guide page 007). */
export default function ProcessPage() {
  const { t } = useTranslation('process');
  const { id }: { id?: string } = useParams({ strict: false });
  const { data, error, refetch } = useObject('processes', id);
  const process = data?.object as unknown as ProcessDetail | undefined;
  if (error && process === undefined) return <><PageHeader title={t('process')} /><Failure error={error} onRetry={() => void refetch()} /></>;
  if (process === undefined) return <><PageHeader title={t('process')} /><Skeleton height={320} /></>;
  return (
    <>
      <Anchor component={Link} to="/processes" size="sm" c="dimmed" display="inline-block" mb={4}>← {t('title')}</Anchor>
      <PageHeader title={processTitle(process)} beside={<StatusBadge status={process.status} />}>
        {process.temporalUrl ? (
          <Anchor href={process.temporalUrl} target="_blank" rel="noreferrer" size="sm">{t('temporal')} <IconExternalLink size={13} aria-hidden /></Anchor>
        ) : null}
        <Actions process={process} onReload={() => void refetch()} />
      </PageHeader>
      <Stack>
        <Facts
          facts={[
            { label: t('fact.initiator'), value: process.initiator },
            { label: t('fact.subject'), value: process.subject },
            { label: t('fact.started'), value: <RelativeTime at={process.startedAt} /> },
            { label: t('fact.ended'), value: process.endedAt ? <RelativeTime at={process.endedAt} /> : undefined },
            { label: t('fact.steps'), value: process.steps },
            { label: t('fact.version'), value: process.versionNumber || undefined },
            { label: t('fact.parent'), value: process.parentId ? <Anchor component={Link} to={`/processes/${process.parentId}`} inherit>{t('fact.open')}</Anchor> : undefined },
          ]}
        />
        {process.message ? <Text c="var(--mantine-color-error)">{process.message}</Text> : null}
        <ProcessTabs process={process} />
      </Stack>
    </>
  );
}

function Actions({ process, onReload }: { process: ProcessDetail; onReload: () => void }) {
  const { t } = useTranslation('process');
  const change = useChange();
  const [asked, setAsked] = useState<'cancel' | 'move' | 'migrate' | 'send'>();
  const close = () => setAsked(undefined);
  const cancel = async ({ reason }: Values) => {
    await change('POST', address('processes', [process.id, 'cancel']), { body: { reason } });
    toastDone(t('cancel.done'));
  };
  return (
    <Group gap="xs">
      {process.may.includes('cancel') ? <Button variant="default" c="red" onClick={() => setAsked('cancel')}>{t('cancel.open')}</Button> : null}
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size="input-xs" aria-label={t('more')}><IconDots size={16} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconRefresh size={15} />} onClick={onReload}>{t('reload')}</Menu.Item>
          {process.may.includes('move') ? <Menu.Item leftSection={<IconArrowMoveRight size={15} />} onClick={() => setAsked('move')}>{t('move.open')}</Menu.Item> : null}
          {process.may.includes('migrate') ? <Menu.Item leftSection={<IconVersions size={15} />} onClick={() => setAsked('migrate')}>{t('migrate')}</Menu.Item> : null}
          {process.waits.length > 0 && process.may.includes('message') ? <Menu.Item leftSection={<IconMail size={15} />} onClick={() => setAsked('send')}>{t('send.open')}</Menu.Item> : null}
        </Menu.Dropdown>
      </Menu>
      {asked === 'send' ? <SendDialog process={process} onClose={close} /> : null}
      {asked === 'move' ? <MoveDialog process={process} onClose={close} /> : null}
      {asked === 'migrate' ? <MigrateDialog definitionId={process.definitionId} from={process.versionId} processId={process.id} onClose={close} /> : null}
      {asked === 'cancel' ? (
        <FormDialog
          title={t('cancel.title', { name: processTitle(process) })}
          hint={t('cancel.hint', { count: process.tasks.length })}
          attributes={[{ name: 'reason', type: 'multiline', required: true, label: { en: t('reason'), es: t('reason') } }]}
          action={t('cancel.open')}
          onSubmit={cancel}
          onClose={close}
        />
      ) : null}
    </Group>
  );
}

function ProcessTabs({ process }: { process: ProcessDetail }) {
  const { t } = useTranslation('process');
  const navigate = useNavigate();
  const search: { tab?: unknown } = useSearch({ strict: false });
  const tabs = [
    { key: 'work', draw: () => <Overview process={process} /> },
    { key: 'log', draw: () => <ActionLog log={process.log} /> },
    { key: 'diagram', draw: () => <Diagram process={process} /> },
    { key: 'attachments', draw: () => <Attachments processId={process.id} open={!isOver(process)} /> },
    { key: 'comments', draw: () => <Comments processId={process.id} /> },
  ] as const;
  const current = tabs.find(({ key }) => key === search.tab)?.key ?? 'work';
  return (
    <Tabs value={current} onChange={(tab) => void navigate({ to: '.', search: (tab === 'work' ? {} : { tab }) as never, replace: true })}>
      <Tabs.List mb="md">{tabs.map(({ key }) => <Tabs.Tab key={key} value={key}>{t(`tab.${key}`)}</Tabs.Tab>)}</Tabs.List>
      {tabs.map(({ key, draw }) => <Tabs.Panel key={key} value={key}>{key === current ? draw() : null}</Tabs.Panel>)}
    </Tabs>
  );
}

function Overview({ process }: { process: ProcessDetail }) {
  const { t, i18n } = useTranslation('process');
  const labels = labelsOf(useValueAttributes('processes', i18n.language));
  return (
    <Stack>
      <ProcessIncidents processId={process.id} may={process.may} />
      <WorkInProgress tasks={process.tasks} over={isOver(process)} />
      <ProcessWaits waits={process.waits} />
      <ProcessJobs processId={process.id} />
      <section className={`surface ${classes.panel}`} aria-label={t('values.title')}>
        <Text component="h2" m={0} mb="xs" size="sm" fw={600}>{t('values.title')}</Text>
        <ProcessValues values={process.values} labels={labels} />
      </section>
    </Stack>
  );
}
