import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ReserveAccount, type MyAccount } from '@/account/ReserveAccount';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { ListPage } from '@/list/ListPage';

/** The accounts that a person may use, and those that they have to reserve first (guide page 012). */
export default function MyAccountsPage() {
  const { t } = useTranslation('accounts');
  return (
    <ListPage<MyAccount>
      title={t('mine.title')}
      hint={t('mine.hint')}
      resource="my-accounts"
      objectType="myAccount"
      columns={['system', 'name', 'description', 'status', 'access', 'until', 'may']}
      empty={{ title: t('mine.empty.title'), hint: t('mine.empty.hint') }}
      cells={{
        status: { sortable: true, cell: ({ status }) => <StatusBadge status={status ?? ''} /> },
        access: { sortable: true, cell: ({ access }) => <Text size="sm">{access ? t(`mine.access.${access}`) : null}</Text> },
        until: { sortable: true, cell: ({ until }) => <RelativeTime at={until} empty="" /> },
        may: { label: t('mine.actions'), cell: (account) => <Group justify="flex-end"><ReserveAccount account={account} /></Group> },
      }}
    />
  );
}
