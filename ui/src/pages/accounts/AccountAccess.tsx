import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccountRow } from '@/account/AccountMenu';
import { useProcesses } from '@/access/processes';
import { address, type Entity } from '@/api/resource';
import type { Attribute } from '@/api/schema';
import { usePermission } from '@/api/session';
import { mergePatch } from '@/form/values';
import { EmptyState } from '@/kit/EmptyState';
import { FormDialog } from '@/kit/FormDialog';
import { useChange } from '@/kit/refresh';
import { RelativeTime } from '@/kit/RelativeTime';
import { RemoveButton } from '@/kit/RemoveButton';
import { toastDone } from '@/kit/toast';
import { RelatedList } from '@/list/RelatedList';
import { actionsColumn } from '@/list/rowActions';

interface AccessRow extends Entity {
  level?: 'owner' | 'manager' | 'sso' | 'reserve';
  user?: string;
  group?: string;
  role?: string;
  endAt?: string | null;
  process?: string;
}

/** Owners, managers and single sign-on users of a shared or privileged account (guide page 016). */
export function AccountAccess({ account }: { account: AccountRow }) {
  const { t } = useTranslation('accounts');
  const can = usePermission();
  const change = useChange();
  const [adding, setAdding] = useState(false);
  const [chosen, setChosen] = useState<unknown>();
  const processes = useProcesses('reservation');
  const levels = account.type === 'privileged' ? (['owner', 'manager', 'sso', 'reserve'] as const) : (['owner', 'manager', 'sso'] as const);
  const word = (key: 'user' | 'group' | 'role') => ({ en: t(`access.${key}`), es: t(`access.${key}`) });
  const attributes: Attribute[] = [
    { name: 'level', type: 'list', required: true, label: { en: t('access.level'), es: t('access.level') }, values: levels.map((value) => ({ value, label: t(`level.${value}`) })) },
    { name: 'user', type: 'reference', resource: 'users', idName: 'userId', label: word('user') },
    { name: 'group', type: 'reference', resource: 'groups', idName: 'groupId', label: word('group') },
    { name: 'role', type: 'reference', resource: 'roles', idName: 'roleId', label: word('role') },
    ...(chosen === 'reserve' ? [{ ...processes, name: 'process', label: { en: t('access.process'), es: t('access.process') }, hint: t('access.processHint') }] : []),
  ];
  if (account.type !== 'shared' && account.type !== 'privileged') {
    return <div className="surface"><EmptyState title={t('access.notShared')} hint={t('access.notSharedHint')} /></div>;
  }
  return (
    <>
      <RelatedList<AccessRow>
        label={t('tab.access')}
        source={{ resource: 'accounts', id: account.id, part: 'access' }}
        empty={{ title: t('access.empty'), hint: t('access.emptyHint') }}
        actions={can('account:update') ? <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>{t('access.add')}</Button> : undefined}
        columns={[
          { name: 'level', label: t('access.level'), cell: (row) => (row.level ? t(`level.${row.level}`) : null), sortable: true },
          { name: 'user', label: t('access.user'), cell: (row) => row.user },
          { name: 'group', label: t('access.group'), cell: (row) => row.group },
          { name: 'role', label: t('access.role'), cell: (row) => row.role },
          { name: 'endAt', label: t('access.until'), cell: (row) => <RelativeTime at={row.endAt} empty="" />, sortable: true },
          { name: 'process', label: t('access.process'), cell: (row) => row.process },
          actionsColumn((row) => (
            <RemoveButton resource="account-access" id={row.id} name={`${row.user}${row.group}${row.role}`} permission="account:update" action={t('access.remove')} consequences={[t('access.consequence')]} />
          )),
        ]}
      />
      {adding ? (
        <FormDialog
          title={t('access.add')}
          hint={t('access.hint')}
          attributes={attributes}
          initial={{ level: 'owner' }}
          action={t('access.add')}
          onChange={({ level }) => setChosen(level)}
          onSubmit={async (values) => {
            await change('POST', address('account-access'), { body: { ...mergePatch({}, values, attributes), accountId: account.id } });
            toastDone(t('access.added'));
          }}
          onClose={() => setAdding(false)}
        />
      ) : null}
    </>
  );
}
