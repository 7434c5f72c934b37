import { ActionIcon, Alert, Anchor, Badge, Button, Loader, Menu, Skeleton, Stack, Tabs, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconAlertTriangle, IconDots, IconDownload, IconPhoto } from '@tabler/icons-react';
import { Link, useBlocker, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermission } from '@/api/session';
import { AttributesTab } from '@/designer/AttributesTab';
import type { Designer } from '@/designer/canvas/Designer';
import { ConflictDialog } from '@/designer/ConflictDialog';
import { DrawingProvider, Pending } from '@/designer/context';
import { FindingCounts } from '@/designer/FindingList';
import { textIn } from '@/designer/model/moddle';
import { ResourcesTab } from '@/designer/ResourcesTab';
import { SummaryTab } from '@/designer/SummaryTab';
import { useCheck } from '@/designer/useCheck';
import { useDraft, type DraftInHand } from '@/designer/useDraft';
import { Workspace } from '@/designer/Workspace';
import { XmlTab } from '@/designer/XmlTab';
import { Failure, useFailureText } from '@/kit/Failure';
import { PageHeader } from '@/kit/PageHeader';
import { toastDone, toastFailed } from '@/kit/toast';
import { saveFile } from '@/list/csv';
import { RefusedDialog } from './RefusedDialog';

const tabs = ['summary', 'diagram', 'attributes', 'resources', 'xml'] as const;
type Tab = (typeof tabs)[number];

const nothingToSee = () => () => undefined;

/** A process being drawn: summary, diagram, attributes and document; saved as a draft, published when it is good. */
export default function DesignerPage() {
  const { id = '' } = useParams({ strict: false });
  const [designer, setDesigner] = useState<Designer>();
  const pending = useMemo(() => new Pending(), []);
  const draft = useDraft(id, designer, pending);
  if (draft.error) return <Stack><Back /><Failure error={draft.error} /></Stack>;
  if (draft.opened === undefined) return <Stack><Back /><Skeleton height={520} /></Stack>;
  return <Drawing draft={draft} designer={designer} setDesigner={setDesigner} pending={pending} />;
}

function Back() {
  const { t } = useTranslation('processes');
  return <Anchor component={Link} to="/processes/designer" size="sm">{t('drafts.title')}</Anchor>;
}

interface DrawingProps {
  draft: DraftInHand;
  designer: Designer | undefined;
  setDesigner: (designer: Designer | undefined) => void;
  pending: Pending;
}

function Drawing({ draft, designer, setDesigner, pending }: DrawingProps) {
  const { t } = useTranslation('designer');
  const can = usePermission();
  const failure = useFailureText();
  const readOnly = !can('processDefinition:update');
  const [tab, setTab] = useState<Tab>('diagram');
  const [problem, setProblem] = useState<string>();
  useSyncExternalStore(designer?.subscribe ?? nothingToSee, designer?.revision ?? (() => 0));
  const { findings, checking, checked, error } = useCheck(designer);
  const xml = draft.opened?.draft.source ?? '';
  const title = (designer && textIn(designer.process()?.node, 'name')) || draft.opened?.draft.name || '';
  const turn = (next: string | null) => {
    pending.flush();
    setTab(next as Tab);
  };
  const settle = (side: 'mine' | 'theirs') => {
    // The drawing that gives way is gone with its canvas: nothing may ask it any more.
    if (side === 'theirs') setDesigner(undefined);
    draft.settle(side).catch((failed: unknown) => toastFailed(failure(failed)));
  };
  const open = (drawn: Designer | undefined, said?: string) => {
    setDesigner(drawn);
    setProblem(said);
  };
  return (
    <Stack gap="sm">
      <Back />
      <PageHeader title={title} beside={<State designer={designer} />}>
        {checking ? <Loader role="status" size="xs" aria-label={t('finding.checking')} /> : null}
        {checked ? <FindingCounts findings={findings} /> : null}
        <Actions draft={draft} designer={designer} pending={pending} readOnly={readOnly} title={title} />
      </PageHeader>
      {error ? <Failure error={error} /> : null}
      {problem === undefined ? null : (
        <Alert color={designer ? 'yellow' : 'red'} variant="light" icon={<IconAlertTriangle size={18} />} title={t(designer ? 'canvas.partly' : 'canvas.unreadable')}><Text size="sm">{problem}</Text></Alert>
      )}
      <Tabs id="designer" value={tab} onChange={turn}>
        <Tabs.List mb="sm">{tabs.map((each) => <Tabs.Tab key={each} value={each} disabled={designer === undefined && each !== 'diagram'}>{t(`tab.${each}`)}</Tabs.Tab>)}</Tabs.List>
        {/* The canvas keeps the document. A panel of Mantine's would suspend it, and with it the document, while another tab is looked at. */}
        <div id="designer-panel-diagram" role="tabpanel" aria-labelledby="designer-tab-diagram" hidden={tab !== 'diagram'} className="surface">
          <Workspace key={xml} xml={xml} designer={designer} onOpen={open} pending={pending} findings={findings} readOnly={readOnly} />
        </div>
        {designer ? (
          <DrawingProvider designer={designer} pending={pending} readOnly={readOnly}>
            <Tabs.Panel value="summary" className="surface"><SummaryTab /></Tabs.Panel>
            <Tabs.Panel value="attributes" className="surface"><AttributesTab /></Tabs.Panel>
            <Tabs.Panel value="resources" className="surface"><ResourcesTab /></Tabs.Panel>
            <Tabs.Panel value="xml" className="surface"><XmlTab /></Tabs.Panel>
          </DrawingProvider>
        ) : null}
      </Tabs>
      {draft.conflict ? <ConflictDialog theirs={draft.conflict.draft} onSettle={settle} onClose={draft.dismiss} /> : null}
    </Stack>
  );
}

function State({ designer }: { designer: Designer | undefined }) {
  const { t } = useTranslation('designer');
  return designer?.changed ? <Badge color="yellow">{t('state.changed')}</Badge> : <Badge color="gray">{t('state.saved')}</Badge>;
}

function Actions({ draft, designer, pending, readOnly, title }: { draft: DraftInHand; designer: Designer | undefined; pending: Pending; readOnly: boolean; title: string }) {
  const { t } = useTranslation('designer');
  const can = usePermission();
  const navigate = useNavigate();
  const failure = useFailureText();
  const [refused, setRefused] = useState<unknown>();
  const [leaving, setLeaving] = useState(false);
  const changed = designer?.changed ?? false;
  useBlocker({ shouldBlockFn: ({ current, next }) => changed && !leaving && current.pathname !== next.pathname && !globalThis.confirm(t('state.leave')), enableBeforeUnload: () => changed });

  const save = async () => {
    try {
      if (await draft.save()) toastDone(t('state.done'));
    } catch (error) {
      toastFailed(failure(error));
    }
  };
  const publish = async () => {
    try {
      const version = await draft.publish();
      if (version === undefined) return;
      toastDone(t('state.published', { code: version.code, number: version.number }));
      setLeaving(true);
      await navigate({ to: `/processes/definitions/${version.definitionId}` });
    } catch (error) {
      setRefused(error);
    }
  };
  const download = async (kind: 'bpmn' | 'svg') => {
    if (designer === undefined) return;
    pending.flush();
    const content = kind === 'bpmn' ? await designer.xml() : await designer.svg();
    saveFile(new Blob([content], { type: kind === 'bpmn' ? 'application/xml' : 'image/svg+xml' }), `${designer.process()?.node.id ?? title}.${kind}`);
  };
  useHotkeys([['mod+S', () => !readOnly && void save()]], []);
  return (
    <>
      {readOnly ? null : <Button variant="default" loading={draft.saving} disabled={designer === undefined} onClick={() => void save()}>{t('action.save')}</Button>}
      {can('processDefinition:publish') && !readOnly ? <Button disabled={designer === undefined || draft.saving} onClick={() => void publish()}>{t('action.publish')}</Button> : null}
      <Menu>
        <Menu.Target><ActionIcon variant="default" size="input-xs" aria-label={t('action.more')}><IconDots size={16} /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconDownload size={15} />} disabled={designer === undefined} onClick={() => void download('bpmn')}>{t('action.export')}</Menu.Item>
          <Menu.Item leftSection={<IconPhoto size={15} />} disabled={designer === undefined} onClick={() => void download('svg')}>{t('action.picture')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {refused === undefined ? null : <RefusedDialog error={refused} onClose={() => setRefused(undefined)} onSelect={(id) => { setRefused(undefined); designer?.select(id); }} />}
    </>
  );
}
