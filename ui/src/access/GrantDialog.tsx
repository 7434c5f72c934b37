import { Alert } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useObject } from '@/api/hooks';
import { ProblemError } from '@/api/problem';
import { address } from '@/api/resource';
import type { Attribute } from '@/api/schema';
import type { Values } from '@/form/values';
import { FormDialog } from '@/kit/FormDialog';
import { useChange } from '@/kit/refresh';
import { toastDone } from '@/kit/toast';
import { useApproval } from './processes';
import { scopeAttribute, scopesOf, useScopeKind } from './scope';

/** Who shall hold a role: one of the two is fixed by the page that asks. */
interface GrantDialogProps {
  userId?: string;
  accountId?: string;
  roleId?: string;
  onClose: () => void;
}

/** Reads the accounts out of the server's answer that there are several to choose from: each is `<id> <name>`. */
export function accountsOffered(error: unknown): { value: string; label: string }[] {
  if (!(error instanceof ProblemError) || error.status !== 409) return [];
  return (error.problem.errors ?? [])
    .filter(({ location = '' }) => location.endsWith('accountId'))
    .map(({ message = '' }) => ({ value: message.split(' ')[0] ?? '', label: message.split(' ').slice(1).join(' ') }));
}

/** Grants a role to a user or an account, with scope, holder group and dates (guide pages 014 and 018). */
export function GrantDialog({ userId, accountId, roleId, onClose }: GrantDialogProps) {
  const { t } = useTranslation('access');
  const change = useChange();
  const [chosen, setChosen] = useState<Values>({ roleId });
  const [accounts, setAccounts] = useState<{ value: string; label: string }[]>([]);
  const role = typeof chosen.roleId === 'string' ? chosen.roleId : undefined;
  const chosenRole = useObject('roles', role).data?.object;
  const scope = useScopeKind(chosenRole?.scopeDomainId);
  const approved = useApproval(chosenRole?.informationSystemId, 'approvalProcess');

  const attributes: Attribute[] = [
    ...(roleId === undefined ? [reference('role', 'roles', 'roleId', true)] : []),
    ...(userId === undefined && accountId === undefined ? [reference('user', 'users', 'userId', true)] : []),
    ...(accounts.length > 0 ? [{ name: 'accountId', type: 'list' as const, required: true, label: { en: t('field.account'), es: t('field.account') }, values: accounts }] : []),
    ...(scope ? [scopeAttribute(scope, t('field.scopes'))] : []),
    reference('holderGroup', 'groups', 'holderGroupId', false),
    { name: 'startAt', type: 'dateTime', label: { en: t('field.start'), es: t('field.start') } },
    { name: 'endAt', type: 'dateTime', label: { en: t('field.end'), es: t('field.end') } },
  ];

  function reference(name: 'role' | 'user' | 'holderGroup', resource: string, idName: string, required: boolean): Attribute {
    const label = t(`field.${name}`);
    return { name, type: 'reference', resource, idName, required, label: { en: label, es: label } };
  }

  const grant = async (values: Values) => {
    const account = accountId ?? values.accountId ?? undefined;
    const body = {
      ...(account === undefined ? { userId: userId ?? values.userId } : { accountId: account }),
      roleId: roleId ?? values.roleId,
      scopes: scopesOf(scope, values.scopes),
      holderGroupId: values.holderGroupId ?? undefined,
      startAt: values.startAt ?? undefined,
      endAt: values.endAt ?? undefined,
    };
    try {
      await change('POST', address('grants'), { body });
    } catch (error) {
      const offered = accountsOffered(error);
      if (offered.length > 0) setAccounts(offered);
      throw error;
    }
    toastDone(t(approved ? 'grant.asked' : 'granted'));
  };

  return (
    <FormDialog title={t('grant.title')} hint={t('grant.hint')} attributes={attributes} action={t('grant.action')} onChange={setChosen} onSubmit={grant} onClose={onClose}>
      {approved ? <Alert color="blue" icon={<IconInfoCircle size={18} aria-hidden />}>{t('grant.approval')}</Alert> : null}
    </FormDialog>
  );
}
