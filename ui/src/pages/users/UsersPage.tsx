import { Avatar, Group, Text } from '@mantine/core';
import { IconGitMerge } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Entity } from '@/api/resource';
import { nameOf } from '@/api/name';
import { StatusBadge } from '@/kit/StatusBadge';
import { ListPage } from '@/list/ListPage';
import { MergeDialog } from './MergeDialog';

/** A user as this page reads it. */
export interface UserRow extends Entity {
  userName?: string;
  fullName?: string;
  active?: boolean;
}

/** The identities (guide page 014). */
export default function UsersPage() {
  const { t } = useTranslation('users');
  const [merging, setMerging] = useState<string[]>();
  return (
    <>
      <ListPage<UserRow>
        title={t('title')}
        resource="users"
        objectType="user"
        columns={['fullName', 'userName', 'email', 'userType', 'primaryGroup', 'active']}
        sort="userName"
        href={(user) => `/users/${user.id}`}
        create={{ label: t('new'), to: '/users/new', permission: 'user:create' }}
        update={{ permission: 'user:update' }}
        remove={{ permission: 'user:delete', consequences: (count) => [t('remove.accounts', { count }), t('remove.history')] }}
        bulkActions={[{ label: t('merge.open'), icon: <IconGitMerge size={14} aria-hidden />, permission: 'user:delete', atLeast: 2, run: setMerging }]}
        importing={{ permission: 'user:create' }}
        empty={{ title: t('empty.title'), hint: t('empty.hint') }}
        cells={{
          fullName: {
            sortable: true,
            cell: (user) => (
              <Group gap={8} wrap="nowrap">
                <Avatar size={24} color="petrol" name={nameOf(user)} alt="" />
                <Text size="sm" fw={500} truncate>{nameOf(user)}</Text>
              </Group>
            ),
          },
          active: { sortable: true, cell: (user) => <StatusBadge status={user.active === false ? 'inactive' : 'active'} /> },
        }}
      />
      {merging ? <MergeDialog ids={merging} onClose={() => setMerging(undefined)} /> : null}
    </>
  );
}
