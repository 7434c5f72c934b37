import { ActionIcon, Badge, Button, Group, Text, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconLink, IconLinkOff, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList, useObject } from '@/api/hooks';
import { address } from '@/api/resource';
import { usePermission } from '@/api/session';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import { useChange } from '@/kit/refresh';
import { toastDone } from '@/kit/toast';
import { DataTable } from '@/list/DataTable';
import { actionsColumn } from '@/list/rowActions';
import { AddContent } from './AddContent';
import { added, draftOf, isSettled, removed, restored, stagedCount, toggled, type ContentRow, type StagedRow } from './contents';
import { ContentsPreview } from './ContentsPreview';
import { GrantState } from './Grants';
import { Mandatory } from './Mandatory';
import { useApproval } from './processes';

/** More contents than a role ever has; the API takes no more at once. */
const most = 1000;

/** The roles that come with a role. Changes are staged: looked at first, then applied as a whole (guide page 018, granted roles). */
export function RoleContents({ roleId }: { roleId: string }) {
  const { t } = useTranslation('access');
  const can = usePermission();
  const change = useChange();
  const { data, error, isFetching, refetch } = useList('role-contents', { filter: `roleId eq ${JSON.stringify(roleId)}`, size: most });
  const [draft, setDraft] = useState<StagedRow[]>();
  const [dialog, setDialog] = useState<'add' | 'preview'>();
  const [refused, setRefused] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const approved = useApproval(useObject('roles', roleId).data?.object.informationSystemId, 'roleDefinitionProcess');
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;

  const stored = (data?.rows ?? []) as unknown as ContentRow[];
  const rows: StagedRow[] = draft ?? stored;
  const count = stagedCount(rows);
  const may = can('role:update');
  const stage = (next: StagedRow[]) => {
    setRefused(undefined);
    setDraft(stagedCount(next) === 0 ? undefined : next);
  };
  const apply = async () => {
    setBusy(true);
    try {
      await change('PUT', address('roles', [roleId, 'contents']), { body: draftOf(rows) });
      setDraft(undefined);
      setDialog(undefined);
      toastDone(t(approved ? 'content.asked' : 'content.applied'));
    } catch (reason) {
      setRefused(reason);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="surface">
      <Group p="sm" justify="space-between" mih={48}>
        <Text component="h2" m={0} fw={600} size="sm">{t('content.contents')}</Text>
        {may ? <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setDialog('add')}>{t('content.add')}</Button> : null}
      </Group>
      {data !== undefined && rows.length === 0 ? (
        <EmptyState title={t('content.noContents')} hint={t('content.noContentsHint')} />
      ) : (
        <DataTable<StagedRow>
          label={t('content.contents')}
          shown={['name', 'system', 'mandatory', 'staged', 'actions']}
          rows={rows}
          loading={isFetching}
          columns={[
            { name: 'name', label: t('column.role'), cell: (row) => <Text span inherit td={row.staged === 'removed' ? 'line-through' : undefined}>{row.containedRole}</Text> },
            { name: 'system', label: t('column.system'), cell: (row) => row.containedRoleSystem },
            { name: 'mandatory', label: t('column.mandatory'), cell: (row) => <Mandatory value={row.mandatory} /> },
            { name: 'staged', label: t('content.change'), cell: (row) => (row.staged ? <Badge color="gray" variant="outline">{t(`content.staged.${row.staged}`)}</Badge> : isSettled(row) ? null : <GrantState grant={row} />) },
            actionsColumn((row) => (may && isSettled(row) ? <RowActions row={row} onStage={(edit) => stage(edit(rows, stored))} /> : null)),
          ]}
        />
      )}
      {refused === undefined || dialog === 'preview' ? null : <Failure error={refused} />}
      {count > 0 ? (
        <Group p="sm" justify="flex-end" role="toolbar" aria-label={t('content.changes')}>
          <Text size="sm" c="dimmed" mr="auto" aria-live="polite">{t('content.count', { count })} {approved ? t('content.approval') : null}</Text>
          <Button variant="subtle" color="gray" onClick={() => stage([])}>{t('content.undo')}</Button>
          <Button variant="default" onClick={() => setDialog('preview')}>{t('content.preview')}</Button>
          <Button loading={busy} onClick={() => void apply()}>{t('content.apply')}</Button>
        </Group>
      ) : null}
      {dialog === 'add' ? <AddContent onAdd={(row) => stage(added(rows, row))} onClose={() => setDialog(undefined)} /> : null}
      {dialog === 'preview' ? (
        <ContentsPreview roleId={roleId} draft={draftOf(rows)} refused={refused} busy={busy} onApply={() => void apply()} onClose={() => setDialog(undefined)} />
      ) : null}
    </div>
  );
}

type Edit = (rows: readonly StagedRow[], stored: readonly ContentRow[]) => StagedRow[];

function RowActions({ row, onStage }: { row: StagedRow; onStage: (edit: Edit) => void }) {
  const { t } = useTranslation('access');
  const name = row.containedRole ?? '';
  if (row.staged === 'removed') {
    return <Action label={`${t('content.restore')}: ${name}`} onClick={() => onStage((rows, stored) => restored(rows, row.id, stored))}><IconArrowBackUp size={15} /></Action>;
  }
  return (
    <>
      <Action label={`${t(row.mandatory ? 'content.makeOptional' : 'content.makeMandatory')}: ${name}`} onClick={() => onStage((rows) => toggled(rows, row.id))}>
        {row.mandatory ? <IconLinkOff size={15} /> : <IconLink size={15} />}
      </Action>
      <Action label={`${t('content.remove')}: ${name}`} onClick={() => onStage((rows) => removed(rows, row.id))}><IconTrash size={15} /></Action>
    </>
  );
}

function Action({ label, onClick, children }: { label: string; onClick: () => void; children: React.ReactNode }) {
  return <Tooltip label={label}><ActionIcon aria-label={label} onClick={onClick}>{children}</ActionIcon></Tooltip>;
}
