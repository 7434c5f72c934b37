import { Anchor, Button, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, type Entity } from '@/api/resource';
import type { Attribute } from '@/api/schema';
import { ConfirmAction, type Confirmation } from '@/kit/ConfirmAction';
import { FormDialog } from '@/kit/FormDialog';
import { useChange } from '@/kit/refresh';
import { toastDone } from '@/kit/toast';

/** An account as the signed-in person may use it. */
export interface MyAccount extends Entity {
  name?: string;
  system?: string;
  status?: string;
  access?: 'own' | 'owner' | 'manager' | 'sso' | 'reserve';
  until?: string | null;
  inUseBy?: string;
  processId?: string | null;
  processNumber?: number | null;
  may?: ('reserve' | 'release')[];
}

/** Hours for which an account is asked for when nobody says how long. */
const usual = 8;

/** What the person can do about the use of an account: ask for it, follow what was asked for, give it back. */
export function ReserveAccount({ account }: { account: MyAccount }) {
  const { t } = useTranslation('accounts');
  const change = useChange();
  const [reserving, setReserving] = useState(false);
  const [asked, setAsked] = useState<Confirmation>();
  const named = `${account.name}@${account.system}`;
  const release: Confirmation = {
    title: t('mine.release.title', { name: named }),
    action: t('mine.release.action'),
    consequences: [t('mine.release.consequence')],
    danger: false,
    run: async () => {
      await change('POST', address('my-accounts', [account.id, 'release']));
      toastDone(t('mine.release.done', { name: named }));
    },
  };
  return (
    <Group gap="xs" wrap="nowrap">
      {account.processId ? (
        <Anchor component={Link} to={`/processes/${account.processId}`} size="sm">{t('mine.waiting', { number: account.processNumber })}</Anchor>
      ) : null}
      {account.may?.includes('reserve') ? <Button variant="light" size="compact-sm" aria-label={`${t('mine.reserve.action')}: ${named}`} onClick={() => setReserving(true)}>{t('mine.reserve.action')}</Button> : null}
      {account.may?.includes('release') ? <Button variant="default" size="compact-sm" aria-label={`${t('mine.release.action')}: ${named}`} onClick={() => setAsked(release)}>{t('mine.release.action')}</Button> : null}
      {account.access === 'reserve' && account.inUseBy ? <Text size="sm" c="dimmed">{t('mine.inUseBy', { name: account.inUseBy })}</Text> : null}
      {reserving ? <ReserveDialog account={account} named={named} onClose={() => setReserving(false)} /> : null}
      <ConfirmAction confirmation={asked} onClose={() => setAsked(undefined)} />
    </Group>
  );
}

function ReserveDialog({ account, named, onClose }: { account: MyAccount; named: string; onClose: () => void }) {
  const { t } = useTranslation('accounts');
  const change = useChange();
  const [initial] = useState(() => ({ until: new Date(Date.now() + usual * 3_600_000).toISOString() }));
  const attributes: Attribute[] = [
    { name: 'until', type: 'dateTime', required: true, label: { en: t('mine.reserve.until'), es: t('mine.reserve.until') } },
    { name: 'comments', type: 'multiline', maxLength: 2000, label: { en: t('mine.reserve.comments'), es: t('mine.reserve.comments') } },
  ];
  return (
    <FormDialog
      title={t('mine.reserve.title', { name: named })}
      hint={t('mine.reserve.hint')}
      attributes={attributes}
      initial={initial}
      action={t('mine.reserve.action')}
      onSubmit={async ({ until, comments }) => {
        const response = await change('POST', address('my-accounts', [account.id, 'reserve']), { body: { until, comments: comments ?? undefined } });
        const { number } = (await response.json()) as { number: number };
        toastDone(t('mine.reserve.done', { number }));
      }}
      onClose={onClose}
    />
  );
}
