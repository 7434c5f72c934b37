import { Menu } from '@mantine/core';
import { IconKey, IconLockOpen } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address } from '@/api/resource';
import { usePermission } from '@/api/session';
import { useFailureText } from '@/kit/Failure';
import { FormDialog } from '@/kit/FormDialog';
import { useChange } from '@/kit/refresh';
import { toastDone, toastFailed } from '@/kit/toast';
import type { Attribute } from '@/api/schema';

const password: Attribute = { name: 'password', type: 'password', required: true, label: { en: 'New password', es: 'Nueva contraseña' } };

/** Entries of the user's "more" menu: a password for signing in here, and lifting a lock after wrong passwords. */
export function useUserMenu(id: string | undefined) {
  const { t } = useTranslation('users');
  const can = usePermission();
  const change = useChange();
  const failure = useFailureText();
  const [setting, setSetting] = useState(false);
  const unlock = () =>
    void change('POST', address('users', [id ?? '', 'unlock']))
      .then(() => toastDone(t('unlock.done')))
      .catch((error: unknown) => toastFailed(failure(error)));
  const entries = (
    <>
      {can('user:password') ? <Menu.Item leftSection={<IconKey size={15} />} onClick={() => setSetting(true)}>{t('password.action')}</Menu.Item> : null}
      {can('user:unlock') ? <Menu.Item leftSection={<IconLockOpen size={15} />} onClick={unlock}>{t('unlock.action')}</Menu.Item> : null}
    </>
  );
  const dialog = setting && id !== undefined ? (
    <FormDialog
      title={t('password.action')}
      hint={t('password.hint')}
      attributes={[password]}
      action={t('password.action')}
      onSubmit={async (values) => {
        await change('POST', address('users', [id, 'password']), { body: values });
        toastDone(t('password.done'));
      }}
      onClose={() => setSetting(false)}
    />
  ) : null;
  return { entries, dialog };
}
