import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useListBelow } from '@/api/hooks';
import { address } from '@/api/resource';
import type { Attribute } from '@/api/schema';
import { usePermission } from '@/api/session';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import { FormDialog } from '@/kit/FormDialog';
import { useChange } from '@/kit/refresh';
import { RelativeTime } from '@/kit/RelativeTime';
import { RemoveButton } from '@/kit/RemoveButton';
import { toastDone } from '@/kit/toast';
import { DataTable } from '@/list/DataTable';
import { actionsColumn } from '@/list/rowActions';
import type { GrantRow } from './Grants';

/** A role whose holders manage the object, with those who hold it for this one. */
interface ManagerRole {
  roleId: string;
  role: string;
  description: string;
  permissions: string[];
  managers: GrantRow[];
}

interface ManagersProps {
  resource: 'groups' | 'information-systems';
  id: string;
}

/** Who manages a group or an information system: holders of a role with permissions, limited to it (guide pages 015 and 017). */
export function Managers({ resource, id }: ManagersProps) {
  const { t } = useTranslation('access');
  const { data, error, refetch } = useListBelow<ManagerRole>(resource, id, 'managers');
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return null;
  if (data.rows.length === 0) return <div className="surface"><EmptyState title={t('managers.noRoles')} hint={t('managers.noRolesHint')} /></div>;
  return <Stack>{data.rows.map((role) => <RoleManagers key={role.roleId} role={role} resource={resource} id={id} />)}</Stack>;
}

function RoleManagers({ role, resource, id }: { role: ManagerRole } & ManagersProps) {
  const { t } = useTranslation('access');
  const can = usePermission();
  const change = useChange();
  const [adding, setAdding] = useState(false);
  const scope = resource === 'groups' ? 'scopeGroupId' : 'scopeInformationSystemId';
  const action = t('managers.grant', { role: role.role });
  const user: Attribute = { name: 'user', idName: 'userId', type: 'reference', resource: 'users', required: true, label: { en: t('field.user'), es: t('field.user') } };
  return (
    <section className="surface" aria-label={role.role}>
      <Group p="sm" justify="space-between" align="flex-start">
        <Stack gap={4}>
          <Text component="h2" m={0} fw={600} size="sm">{role.role}</Text>
          {role.description ? <Text size="sm" c="dimmed">{role.description}</Text> : null}
          <Group gap={4}>{role.permissions.map((permission) => <Badge key={permission} color="gray" tt="none">{permission}</Badge>)}</Group>
        </Stack>
        {can('grant:create') ? <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>{action}</Button> : null}
      </Group>
      {role.managers.length === 0 ? (
        <EmptyState title={t('managers.nobody')} hint={t('managers.nobodyHint')} />
      ) : (
        <DataTable<GrantRow>
          label={t('managers.of', { role: role.role })}
          shown={['fullName', 'user', 'startAt', 'endAt', 'actions']}
          rows={role.managers}
          columns={[
            { name: 'fullName', label: t('column.user'), cell: (row) => row.fullName },
            { name: 'user', label: t('column.userName'), cell: (row) => row.user },
            { name: 'startAt', label: t('column.start'), cell: (row) => <RelativeTime at={row.startAt} /> },
            { name: 'endAt', label: t('column.end'), cell: (row) => <RelativeTime at={row.endAt} /> },
            actionsColumn((row) => (
              <RemoveButton resource="grants" id={row.id} name={row.user ?? ''} permission="grant:revoke" action={t('revoke.action')} consequences={[t('managers.consequence', { role: role.role })]} />
            )),
          ]}
        />
      )}
      {adding ? (
        <FormDialog
          title={action}
          hint={t('managers.hint')}
          attributes={[user]}
          action={t('grant.action')}
          onSubmit={async (values) => {
            await change('POST', address('grants'), { body: { userId: values.userId, roleId: role.roleId, scopes: [{ [scope]: id }] } });
            toastDone(t('granted'));
          }}
          onClose={() => setAdding(false)}
        />
      ) : null}
    </section>
  );
}
