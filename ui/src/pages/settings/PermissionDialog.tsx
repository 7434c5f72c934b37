import { Alert, Badge, Button, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address } from '@/api/resource';
import { usePermission } from '@/api/session';
import { ReferencePicker } from '@/form/ReferencePicker';
import { Failure } from '@/kit/Failure';
import { useChange } from '@/kit/refresh';
import { RemoveButton } from '@/kit/RemoveButton';
import { toastDone } from '@/kit/toast';
import type { PermissionView } from './permission';

/** One permission: what comes with it, what brings it, and the roles that hold it. */
export function PermissionDialog({ view, onClose }: { view: PermissionView; onClose: () => void }) {
  const { t } = useTranslation('authorizations');
  return (
    <Modal opened onClose={onClose} size="lg" title={view.permission}>
      <Stack>
        <Text size="sm">{view.description}</Text>
        <Names label={t('brings')} names={view.implies} />
        <Names label={t('broughtBy')} names={view.inheritedFrom} />
        <Text size="sm" c="dimmed">{view.limits.length > 0 ? t('limits', { kinds: view.limits.join(', ') }) : t('unlimited')}</Text>
        <Roles view={view} />
      </Stack>
    </Modal>
  );
}

function Names({ label, names }: { label: string; names: string[] }) {
  if (names.length === 0) return null;
  return (
    <Group gap={4}>
      <Text size="sm" fw={500}>{label}</Text>
      {names.map((name) => <Badge key={name} color="gray">{name}</Badge>)}
    </Group>
  );
}

function Roles({ view }: { view: PermissionView }) {
  const { t } = useTranslation('authorizations');
  return (
    <>
      {view.roles.length === 0 ? <Alert variant="light" color="gray">{t('nobody')}</Alert> : (
        <Table aria-label={t('roles')}>
          <Table.Thead>
            <Table.Tr><Table.Th>{t('role')}</Table.Th><Table.Th>{t('system')}</Table.Th><Table.Th w={40}><span className="visually-hidden">{t('remove')}</span></Table.Th></Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {view.roles.map(({ id, role, system }) => (
              <Table.Tr key={id}>
                <Table.Td>{role}</Table.Td>
                <Table.Td>{system}</Table.Td>
                <Table.Td><RemoveButton resource="authorizations" id={id} name={role} permission="authorization:update" action={t('remove')} consequences={[t('removeConsequence', { permission: view.permission })]} /></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <AddRole view={view} />
    </>
  );
}

function AddRole({ view }: { view: PermissionView }) {
  const { t } = useTranslation('authorizations');
  const can = usePermission();
  const change = useChange();
  const [roleId, setRoleId] = useState<string>();
  const [error, setError] = useState<unknown>();
  if (!can('authorization:update')) return null;
  const add = async () => {
    setError(undefined);
    try {
      await change('POST', address('authorizations'), { body: { permission: view.permission, roleId } });
      setRoleId(undefined);
      toastDone(t('added'));
    } catch (refused) {
      setError(refused);
    }
  };
  return (
    <>
      <Group align="flex-end">
        <ReferencePicker resource="roles" label={t('addRole')} value={roleId} onChange={(id) => setRoleId(typeof id === 'string' ? id : undefined)} />
        <Button disabled={roleId === undefined} onClick={() => void add()}>{t('add')}</Button>
      </Group>
      {error === undefined ? null : <Failure error={error} />}
    </>
  );
}
