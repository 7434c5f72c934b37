import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { address } from '@/api/resource';
import { useSchema } from '@/api/schema';
import { keyOf, mergePatch, type Values } from '@/form/values';
import { FormDialog } from '@/kit/FormDialog';
import { useChange } from '@/kit/refresh';
import { toastDone } from '@/kit/toast';

const asked = ['system', 'name', 'type', 'userType', 'status', 'description'];

interface AddAccountProps {
  user: { id: string; userName?: string; userTypeId?: unknown; userType?: unknown };
  onClose: () => void;
}

/** Adds an account to a user by hand; the name is the user's name unless the system's rule or the person says otherwise. */
export function AddAccount({ user, onClose }: AddAccountProps) {
  const { t } = useTranslation('accounts');
  const change = useChange();
  const navigate = useNavigate();
  const schema = useSchema('account').data ?? [];
  const attributes = schema.filter(({ name }) => asked.includes(name)).sort((one, other) => asked.indexOf(one.name) - asked.indexOf(other.name));
  const initial: Values = { name: user.userName, type: 'single', status: 'enabled', userTypeId: user.userTypeId, userType: user.userType };
  const add = async (values: Values) => {
    const body = { ...mergePatch({}, values, attributes), userId: user.id };
    const response = await change('POST', address('accounts'), { body });
    const made = (await response.json()) as { id: string; name: string };
    toastDone(t('added', { name: made.name }));
    await navigate({ to: `/accounts/${made.id}` });
  };
  if (attributes.length === 0) return null;
  return (
    <FormDialog
      key={attributes.map(keyOf).join()}
      title={t('add')}
      hint={t('addHint')}
      attributes={attributes}
      initial={initial}
      action={t('add')}
      onSubmit={add}
      onClose={onClose}
    />
  );
}
