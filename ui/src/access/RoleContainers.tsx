import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconLink, IconLinkOff, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address } from '@/api/resource';
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
import { isSettled, type ContentRow } from './contents';
import { GrantState } from './Grants';
import { Mandatory } from './Mandatory';

/** The roles with which a role comes (guide page 018, grantee roles). */
export function RoleContainers({ roleId }: { roleId: string }) {
  const { t } = useTranslation('access');
  const can = usePermission();
  const change = useChange();
  const [adding, setAdding] = useState(false);
  const attributes: Attribute[] = [
    { name: 'role', idName: 'roleId', type: 'reference', resource: 'roles', required: true, label: { en: t('content.container'), es: t('content.container') } },
    { name: 'mandatory', type: 'boolean', label: { en: t('column.mandatory'), es: t('column.mandatory') } },
  ];
  return (
    <>
      <RelatedList<ContentRow>
        label={t('content.containers')}
        source={{ resource: 'role-contents', filter: `containedRoleId eq ${JSON.stringify(roleId)}` }}
        empty={{ title: t('content.noContainers'), hint: t('content.noContainersHint') }}
        href={(row) => `/roles/${row.roleId}`}
        actions={can('role:update') ? <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>{t('content.add')}</Button> : undefined}
        columns={[
          { name: 'name', label: t('column.role'), cell: (row) => row.role },
          { name: 'system', label: t('column.system'), cell: (row) => row.roleSystem },
          { name: 'mandatory', label: t('column.mandatory'), cell: (row) => <Mandatory value={row.mandatory} /> },
          { name: 'state', label: t('content.change'), cell: (row) => (isSettled(row) ? null : <GrantState grant={row} />) },
          actionsColumn((row) => (isSettled(row) ? (
            <>
              <ToggleMandatory row={row} name={row.role ?? ''} />
              <RemoveButton resource="role-contents" id={row.id} name={row.role ?? ''} permission="role:update" action={t('content.remove')} consequences={[t('content.consequence')]} />
            </>
          ) : null)),
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
            await change('POST', address('role-contents'), { body: { mandatory: false, ...mergePatch({}, values, attributes), containedRoleId: roleId } });
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
