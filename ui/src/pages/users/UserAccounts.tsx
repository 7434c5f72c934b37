import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermission } from '@/api/session';
import { AccountMenu, type AccountRow } from '@/account/AccountMenu';
import { AccountName } from '@/account/AccountName';
import { AddAccount } from '@/account/AddAccount';
import { useAccountWords } from '@/account/words';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { RelatedList } from '@/list/RelatedList';
import { actionsColumn } from '@/list/rowActions';
import type { UserRow } from './UsersPage';

/** The accounts of a user: add, switch on and off, compare with the system, delete. */
export function UserAccounts({ user }: { user: UserRow }) {
  const { t } = useTranslation('users');
  const accounts = useTranslation('accounts').t;
  const words = useAccountWords();
  const can = usePermission();
  const [adding, setAdding] = useState(false);
  return (
    <>
      <RelatedList<AccountRow>
        label={t('tab.accounts')}
        source={{ resource: 'users', id: user.id, part: 'accounts' }}
        empty={{ title: t('noAccounts.title'), hint: t('noAccounts.hint') }}
        href={(row) => `/accounts/${row.id}`}
        actions={can('account:create') ? <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>{accounts('add')}</Button> : undefined}
        columns={[
          { name: 'name', label: t('column.account'), cell: (row) => <AccountName {...row} />, sortable: true },
          { name: 'system', label: t('column.system'), cell: (row) => row.system, sortable: true },
          { name: 'type', label: t('column.type'), cell: (row) => words('type', row.type) },
          { name: 'status', label: t('column.status'), cell: (row) => (row.status ? <StatusBadge status={row.status} /> : null) },
          { name: 'lastSync', label: t('column.updated'), cell: (row) => <RelativeTime at={row.lastSync} /> },
          { name: 'passwordExpires', label: t('column.passwordExpires'), cell: (row) => <RelativeTime at={row.passwordExpires} /> },
          actionsColumn((row) => <AccountMenu account={row} />),
        ]}
      />
      {adding ? <AddAccount user={user as never} onClose={() => setAdding(false)} /> : null}
    </>
  );
}
