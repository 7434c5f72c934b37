import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconLink, IconLinkOff, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, type Entity } from '@/api/resource';
import type { Attribute } from '@/api/schema';
import { usePermission } from '@/api/session';
import { mergePatch } from '@/form/values';
import { useFailureText } from '@/kit/Failure';
import { FormDialog } from '@/kit/FormDialog';
import { useChange } from '@/kit/refresh';
import { RemoveButton } from '@/kit/RemoveButton';
import { toastDone, toastFailed } from '@/kit/toast';
import { RelatedList } from '@/list/RelatedList';
import { actionsColumn } from '@/list/rowActions';
import { Mandatory } from './Mandatory';

interface ContentRow extends Entity {
  roleId?: string;
  role?: string;
  roleSystem?: string;
  containedRoleId?: string;
  containedRole?: string;
  containedRoleSystem?: string;
  mandatory?: boolean;
}

/** The roles that come with a role, or those it comes with (guide page 018, granted and grantee roles). */
export function RoleContents({ roleId, side }: { roleId: string; side: 'contents' | 'containers' }) {
  const { t } = useTranslation('access');
  const can = usePermission();
  const change = useChange();
  const [adding, setAdding] = useState(false);
  const contents = side === 'contents';
  const own = contents ? 'roleId' : 'containedRoleId';
  const picked: Attribute = contents
    ? { name: 'containedRole', idName: 'containedRoleId', type: 'reference', resource: 'roles', required: true, label: { en: t('content.contained'), es: t('content.contained') } }
    : { name: 'role', idName: 'roleId', type: 'reference', resource: 'roles', required: true, label: { en: t('content.container'), es: t('content.container') } };
  const attributes: Attribute[] = [picked, { name: 'mandatory', type: 'boolean', label: { en: t('column.mandatory'), es: t('column.mandatory') } }];
  const other = (row: ContentRow) => (contents ? { id: row.containedRoleId, name: row.containedRole, system: row.containedRoleSystem } : { id: row.roleId, name: row.role, system: row.roleSystem });
  return (
    <>
      <RelatedList<ContentRow>
        label={t(contents ? 'content.contents' : 'content.containers')}
        source={{ resource: 'role-contents', filter: `${own} eq ${JSON.stringify(roleId)}` }}
        empty={{ title: t(contents ? 'content.noContents' : 'content.noContainers'), hint: t(contents ? 'content.noContentsHint' : 'content.noContainersHint') }}
        href={(row) => `/roles/${other(row).id}`}
        actions={can('role:update') ? <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>{t('content.add')}</Button> : undefined}
        columns={[
          { name: 'name', label: t('column.role'), cell: (row) => other(row).name },
          { name: 'system', label: t('column.system'), cell: (row) => other(row).system },
          { name: 'mandatory', label: t('column.mandatory'), cell: (row) => <Mandatory value={row.mandatory} /> },
          actionsColumn((row) => (
            <>
              <ToggleMandatory row={row} name={other(row).name ?? ''} />
              <RemoveButton resource="role-contents" id={row.id} name={other(row).name ?? ''} permission="role:update" action={t('content.remove')} consequences={[t('content.consequence')]} />
            </>
          )),
        ]}
      />
      {adding ? (
        <FormDialog
          title={t('content.add')}
          hint={t('content.hint')}
          attributes={attributes}
          initial={{ mandatory: true }}
          action={t('content.add')}
          onSubmit={async (values) => {
            await change('POST', address('role-contents'), { body: { mandatory: false, ...mergePatch({}, values, attributes), [own]: roleId } });
            toastDone(t('content.added'));
          }}
          onClose={() => setAdding(false)}
        />
      ) : null}
    </>
  );
}

function ToggleMandatory({ row, name }: { row: ContentRow; name: string }) {
  const { t } = useTranslation('access');
  const can = usePermission();
  const change = useChange();
  const failure = useFailureText();
  if (!can('role:update')) return null;
  const label = t(row.mandatory ? 'content.makeOptional' : 'content.makeMandatory');
  const toggle = () =>
    change('PATCH', address('role-contents', [row.id]), { body: { mandatory: !row.mandatory }, contentType: 'application/merge-patch+json' })
      .catch((error: unknown) => toastFailed(failure(error)));
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={`${label}: ${name}`} onClick={() => void toggle()}>{row.mandatory ? <IconLinkOff size={15} /> : <IconLink size={15} />}</ActionIcon>
    </Tooltip>
  );
}
