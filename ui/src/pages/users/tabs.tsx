import { useTranslation } from 'react-i18next';
import { EffectiveRoles } from '@/access/EffectiveRoles';
import { Grants } from '@/access/Grants';
import type { ObjectTab } from '@/object/ObjectPage';
import { PendingTasks } from '@/sync/PendingTasks';
import { UserAccounts } from './UserAccounts';
import { UserMemberships } from './UserMemberships';
import type { UserRow } from './UsersPage';

/** What hangs on a user: each list lives below the user's address, so that row scope is judged there. */
export function useUserTabs(): ObjectTab<UserRow>[] {
  const { t } = useTranslation('users');
  return [
    { key: 'accounts', label: t('tab.accounts'), permission: 'account:query', render: (user) => <UserAccounts user={user} /> },
    { key: 'groups', label: t('tab.groups'), permission: 'group:query', render: ({ id }) => <UserMemberships id={id} /> },
    {
      key: 'roles',
      label: t('tab.roles'),
      permission: 'grant:query',
      render: ({ id }) => (
        <Grants source={{ resource: 'users', id, part: 'grants' }} holder={{ userId: id }} empty={{ title: t('noRoles.title'), hint: t('noRoles.hint') }} />
      ),
    },
    { key: 'effective', label: t('tab.effective'), permission: 'grant:query', render: ({ id }) => <EffectiveRoles resource="users" id={id} /> },
    { key: 'pending', label: t('tab.pending'), permission: 'syncTask:query', render: ({ id }) => <PendingTasks objectType="user" id={id} /> },
  ];
}
