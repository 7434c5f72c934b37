import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconLock, IconLockOpen, IconTrash, IconUserMinus, IconZoomCode } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, type Entity } from '@/api/resource';
import { usePermission } from '@/api/session';
import { ConfirmAction, type Confirmation } from '@/kit/ConfirmAction';
import { useFailureText } from '@/kit/Failure';
import { useChange } from '@/kit/refresh';
import { toastDone, toastFailed } from '@/kit/toast';
import { ActualProperties } from './ActualProperties';

/** An account as lists of accounts read it. */
export interface AccountRow extends Entity {
  name?: string;
  system?: string;
  systemId?: string;
  type?: string;
  status?: string;
  user?: string;
  userId?: string | null;
  fullName?: string;
  loginName?: string;
  lastSync?: string | null;
  passwordExpires?: string | null;
  version?: number;
}

/** What can be done with an account where it is listed. */
export function AccountMenu({ account }: { account: AccountRow }) {
  const { t } = useTranslation('accounts');
  const can = usePermission();
  const { setStatus, remove, asked, close } = useAccountChanges(account);
  const [comparing, setComparing] = useState(false);
  const enabled = account.status === 'enabled' || account.status === 'forcedEnabled';
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={t('menu', { name: account.name })}><IconDots size={15} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconZoomCode size={15} />} onClick={() => setComparing(true)}>{t('actual.open')}</Menu.Item>
          {can('account:update') ? (
            <>
              {enabled
                ? <Menu.Item leftSection={<IconLock size={15} />} onClick={() => void setStatus('forcedDisabled')}>{t('disable')}</Menu.Item>
                : <Menu.Item leftSection={<IconLockOpen size={15} />} onClick={() => void setStatus('enabled')}>{t('enable')}</Menu.Item>}
              <Menu.Item leftSection={<IconUserMinus size={15} />} onClick={() => void setStatus('removed')} disabled={account.status === 'removed'}>{t('removeFromSystem')}</Menu.Item>
            </>
          ) : null}
          {can('account:delete') ? (
            <>
              <Menu.Divider />
              <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={remove}>{t('delete')}</Menu.Item>
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {comparing ? <ActualProperties account={account} onClose={() => setComparing(false)} /> : null}
      <ConfirmAction confirmation={asked} onClose={close} />
    </>
  );
}

function useAccountChanges(account: AccountRow) {
  const { t } = useTranslation('accounts');
  const change = useChange();
  const failure = useFailureText();
  const [asked, setAsked] = useState<Confirmation>();
  const setStatus = async (status: string) => {
    try {
      await change('PATCH', address('accounts', [account.id]), { body: { status }, contentType: 'application/merge-patch+json' });
      toastDone(t('statusChanged', { name: account.name }));
    } catch (error) {
      toastFailed(failure(error));
    }
  };
  const remove = () =>
    setAsked({
      title: t('deleteTitle', { name: account.name }),
      action: t('delete'),
      consequences: [t('deleteConsequence', { system: account.system }), t('deleteHistory')],
      run: () => change('DELETE', address('accounts', [account.id])),
    });
  return { setStatus, remove, asked, close: () => setAsked(undefined) };
}
