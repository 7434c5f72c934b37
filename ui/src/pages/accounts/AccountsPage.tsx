import { useTranslation } from 'react-i18next';
import { AccountMenu, type AccountRow } from '@/account/AccountMenu';
import { AccountName } from '@/account/AccountName';
import { StatusBadge } from '@/kit/StatusBadge';
import { ListPage } from '@/list/ListPage';
import { actionsColumn } from '@/list/rowActions';

/** How people are known in the systems (guide page 016). */
export default function AccountsPage() {
  const { t } = useTranslation('accounts');
  return (
    <ListPage<AccountRow>
      title={t('title')}
      resource="accounts"
      objectType="account"
      columns={['name', 'system', 'fullName', 'type', 'status', 'lastSync', 'menu']}
      sort="name"
      href={(account) => `/accounts/${account.id}`}
      create={{ label: t('new'), to: '/accounts/new', permission: 'account:create' }}
      update={{ permission: 'account:update' }}
      remove={{ permission: 'account:delete', consequences: (count) => [t('remove.systems', { count })] }}
      importing={{ permission: 'account:create' }}
      empty={{ title: t('empty.title'), hint: t('empty.hint') }}
      cells={{
        name: { sortable: true, cell: (account) => <AccountName {...account} /> },
        status: { sortable: true, cell: (account) => (account.status ? <StatusBadge status={account.status} /> : null) },
        menu: { ...actionsColumn<AccountRow>((account) => <AccountMenu account={account} />) },
      }}
    />
  );
}
