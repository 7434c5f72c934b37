import { Button, PasswordInput, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { fieldErrors } from '@/api/problem';
import { send } from '@/api/resource';
import { Failure } from '@/kit/Failure';

/** The current password and the new one. */
export function PasswordForm({ onChanged }: { onChanged: () => void }) {
  const { t } = useTranslation('shell');
  const [passwords, setPasswords] = useState({ current: '', new: '' });
  const change = useMutation({
    mutationFn: () => send('POST', '/api/v1/session/password', { body: passwords }),
    onSuccess: () => {
      setPasswords({ current: '', new: '' });
      onChanged();
    },
  });
  const wrong = fieldErrors(change.error, ['current', 'new']).fields;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {change.error && Object.keys(wrong).length === 0 ? <Failure error={change.error} /> : null}
        {(['current', 'new'] as const).map((which) => (
          <PasswordInput
            key={which}
            size="sm"
            required
            withAsterisk={false}
            label={t(`password.${which}`)}
            autoComplete={`${which}-password`}
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
            error={wrong[which]}
            aria-invalid={wrong[which] === undefined ? undefined : true}
            value={passwords[which]}
            onChange={(event) => setPasswords({ ...passwords, [which]: event.currentTarget.value })}
          />
        ))}
        <Button type="submit" size="sm" loading={change.isPending}>{t('password.action')}</Button>
      </Stack>
    </form>
  );
}
