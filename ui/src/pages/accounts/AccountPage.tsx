import { Anchor } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ActualTable } from '@/account/ActualProperties';
import type { AccountRow } from '@/account/AccountMenu';
import { ReserveAccount, type MyAccount } from '@/account/ReserveAccount';
import { useAccountWords } from '@/account/words';
import { EffectiveRoles } from '@/access/EffectiveRoles';
import { Grants } from '@/access/Grants';
import { useList } from '@/api/hooks';
import { StatusBadge } from '@/kit/StatusBadge';
import { RelativeTime } from '@/kit/RelativeTime';
import { ObjectPage } from '@/object/ObjectPage';
import { PendingTasks } from '@/sync/PendingTasks';
import { Synchronise } from '@/sync/Synchronise';
import { AccountAccess } from './AccountAccess';

/** One account: what it is here, what it is in its system, who may use it, what it holds. */
export default function AccountPage() {
  const { t } = useTranslation('accounts');
  const words = useAccountWords();
  const { id }: { id?: string } = useParams({ strict: false });
  return (
    <ObjectPage<AccountRow>
      key={id ?? 'new'}
      resource="accounts"
      objectType="account"
      id={id}
      list={{ label: t('title'), to: '/accounts' }}
      newTitle={t('new')}
      initial={{ type: 'shared', status: 'enabled' }}
      title={(account) => account.name ?? ''}
      status={(account) => <StatusBadge status={account.status ?? ''} />}
      facts={(account) => [
        { label: t('fact.system'), value: account.systemId ? <Anchor component={Link} to={`/agents/${account.systemId}`} inherit>{account.system}</Anchor> : account.system },
        { label: t('fact.user'), value: account.userId ? <Anchor component={Link} to={`/users/${account.userId}`} inherit>{account.fullName || account.user}</Anchor> : undefined },
        { label: t('fact.type'), value: words('type', account.type) },
        { label: t('fact.lastSync'), value: account.lastSync ? <RelativeTime at={account.lastSync} /> : undefined },
      ]}
      actions={(account) => (
        <>
          <MyUse accountId={account.id} />
          <Synchronise resource="accounts" id={account.id} permission="account:sync" />
        </>
      )}
      tabs={[
        { key: 'access', label: t('tab.access'), render: (account) => <AccountAccess account={account} /> },
        {
          key: 'roles',
          label: t('tab.roles'),
          permission: 'grant:query',
          render: (account) => (
            <Grants source={{ resource: 'accounts', id: account.id, part: 'grants' }} holder={{ accountId: account.id }} empty={{ title: t('noRoles.title'), hint: t('noRoles.hint') }} />
          ),
        },
        { key: 'effective', label: t('tab.effective'), permission: 'grant:query', render: (account) => <EffectiveRoles resource="accounts" id={account.id} /> },
        {
          key: 'actual',
          label: t('tab.actual'),
          render: (account) => <div className="surface" style={{ padding: 'var(--mantine-spacing-md)' }}><ActualTable id={account.id} /></div>,
        },
        { key: 'pending', label: t('tab.pending'), permission: 'syncTask:query', render: (account) => <PendingTasks objectType="account" id={account.id} /> },
      ]}
      href={(saved) => `/accounts/${saved}`}
      update={{ permission: id === undefined ? 'account:create' : 'account:update' }}
      remove={{ permission: 'account:delete', consequences: (account) => [t('deleteConsequence', { system: account.system }), t('deleteHistory')] }}
    />
  );
}

/** What the person who looks at the account may do about its use; nothing for those whom its access list does not name. */
function MyUse({ accountId }: { accountId: string }) {
  const [mine] = useList('my-accounts', { filter: `id eq ${JSON.stringify(accountId)}`, size: 1 }).data?.rows ?? [];
  return mine ? <ReserveAccount account={mine as unknown as MyAccount} /> : null;
}
