import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, type Entity } from '@/api/resource';
import type { Attribute } from '@/api/schema';
import { usePermission } from '@/api/session';
import { mergePatch } from '@/form/values';
import { FormDialog } from '@/kit/FormDialog';
import { useChange } from '@/kit/refresh';
import { RemoveButton } from '@/kit/RemoveButton';
import { toastDone } from '@/kit/toast';
import { RelatedList } from '@/list/RelatedList';
import { actionsColumn } from '@/list/rowActions';
import { Mandatory } from './Mandatory';

interface GroupRoleRow extends Entity {
  group?: string;
  groupId?: string;
  role?: string;
  roleId?: string;
  system?: string;
  mandatory?: boolean;
}

interface GroupRoleListProps {
  /** The side that the page fixes; the other one is picked. */
  side: { groupId: string } | { roleId: string };
  empty: { title: string; hint?: string };
}

/** Roles of a group, or the groups that hold a role; both are the same rows, seen from one end. */
export function GroupRoleList({ side, empty }: GroupRoleListProps) {
  const { t } = useTranslation('access');
  const can = usePermission();
  const change = useChange();
  const [adding, setAdding] = useState(false);
  const ofGroup = 'groupId' in side;
  const filter = ofGroup ? `groupId eq ${JSON.stringify(side.groupId)}` : `roleId eq ${JSON.stringify(side.roleId)}`;
  const picked: Attribute = ofGroup
    ? { name: 'role', type: 'reference', resource: 'roles', idName: 'roleId', required: true, label: { en: t('column.role'), es: t('column.role') } }
    : { name: 'group', type: 'reference', resource: 'groups', idName: 'groupId', required: true, label: { en: t('column.group'), es: t('column.group') } };
  const attributes: Attribute[] = [picked, { name: 'mandatory', type: 'boolean', label: { en: t('column.mandatory'), es: t('column.mandatory') } }];
  const title = t(ofGroup ? 'groupRole.addRole' : 'groupRole.addGroup');
  return (
    <>
      <RelatedList<GroupRoleRow>
        label={t(ofGroup ? 'groupRole.roles' : 'groupRole.groups')}
        source={{ resource: 'group-roles', filter }}
        empty={empty}
        href={(row) => (ofGroup ? `/roles/${row.roleId}` : `/groups/${row.groupId}`)}
        actions={can('role:update') ? <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>{title}</Button> : undefined}
        columns={[
          ...(ofGroup
            ? [{ name: 'role', label: t('column.role'), cell: (row: GroupRoleRow) => row.role, sortable: true }, { name: 'system', label: t('column.system'), cell: (row: GroupRoleRow) => row.system, sortable: true }]
            : [{ name: 'group', label: t('column.group'), cell: (row: GroupRoleRow) => row.group, sortable: true }]),
          { name: 'mandatory', label: t('column.mandatory'), cell: (row) => <Mandatory value={row.mandatory} /> },
          actionsColumn((row) => (
            <RemoveButton resource="group-roles" id={row.id} name={ofGroup ? (row.role ?? '') : (row.group ?? '')} permission="role:update" action={t('groupRole.remove')} consequences={[t('groupRole.consequence')]} />
          )),
        ]}
      />
      {adding ? (
        <FormDialog
          title={title}
          hint={t('groupRole.hint')}
          attributes={attributes}
          initial={{ mandatory: true }}
          action={title}
          onSubmit={async (values) => {
            await change('POST', address('group-roles'), { body: { mandatory: false, ...mergePatch({}, values, attributes), ...side } });
            toastDone(t('granted'));
          }}
          onClose={() => setAdding(false)}
        />
      ) : null}
    </>
  );
}
