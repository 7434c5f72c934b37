import { useTranslation } from 'react-i18next';
import { ListPage } from '@/list/ListPage';

/** Entitlements of the systems (guide page 018). */
export default function RolesPage() {
  const { t } = useTranslation('roles');
  return (
    <ListPage
      title={t('title')}
      resource="roles"
      objectType="role"
      columns={['name', 'description', 'system', 'informationSystem', 'scopeDomain', 'category']}
      sort="name"
      href={(role) => `/roles/${role.id}`}
      create={{ label: t('new'), to: '/roles/new', permission: 'role:create' }}
      update={{ permission: 'role:update' }}
      remove={{ permission: 'role:delete', consequences: (count) => [t('remove.grants', { count })] }}
      importing={{ permission: 'role:create' }}
      empty={{ title: t('empty.title'), hint: t('empty.hint') }}
    />
  );
}
