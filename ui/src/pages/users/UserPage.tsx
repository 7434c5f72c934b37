import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { nameOf } from '@/api/name';
import { StatusBadge } from '@/kit/StatusBadge';
import { ObjectPage } from '@/object/ObjectPage';
import { Synchronise } from '@/sync/Synchronise';
import { useUserTabs } from './tabs';
import { useUserMenu } from './UserActions';
import type { UserRow } from './UsersPage';

/** One identity with everything it holds, or the form for a new one. */
export default function UserPage() {
  const { t } = useTranslation('users');
  const { id }: { id?: string } = useParams({ strict: false });
  const tabs = useUserTabs();
  const menu = useUserMenu(id);
  return (
    <>
    <ObjectPage<UserRow>
      // Another user is another page: no edit may travel from one to the next.
      key={id ?? 'new'}
      resource="users"
      objectType="user"
      id={id}
      list={{ label: t('title'), to: '/users' }}
      newTitle={t('newTitle')}
      initial={{ active: true }}
      title={nameOf}
      status={(user) => <StatusBadge status={user.active === false ? 'inactive' : 'active'} />}
      facts={(user) => [
        { label: t('fact.userName'), value: user.userName },
        { label: t('fact.type'), value: nameOf(user.userType) },
        { label: t('fact.group'), value: nameOf(user.primaryGroup) },
      ]}
      actions={(user) => <Synchronise resource="users" id={user.id} permission="user:sync" />}
      menu={() => menu.entries}
      tabs={tabs}
      href={(saved) => `/users/${saved}`}
      update={{ permission: id === undefined ? 'user:create' : 'user:update' }}
      remove={{ permission: 'user:delete', consequences: () => [t('remove.accounts', { count: 1 }), t('remove.history')] }}
    />
    {menu.dialog}
    </>
  );
}
