import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '@/api/problem';
import { useSignIn } from '@/api/session';
import { useFailureText } from '@/kit/Failure';

interface SignInFormProps {
  /** Known when a session has expired; it cannot be changed then. */
  userName?: string;
  onDone?: () => void;
}

/** User name and password. */
export function SignInForm({ userName = '', onDone }: SignInFormProps) {
  const { t } = useTranslation('shell');
  const signIn = useSignIn();
  const failure = useFailureText();
  const [name, setName] = useState(userName);
  const [password, setPassword] = useState('');

  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ userName: name.trim(), password }, {
      onSuccess: () => onDone?.(),
      onError: () => setPassword(''),
    });
  };

  const wrong = signIn.error instanceof ProblemError && signIn.error.status === 401;
  return (
    <form onSubmit={submit}>
      <Stack>
        {signIn.error ? <Alert color="red" variant="light" role="alert">{wrong ? t('signIn.wrong') : failure(signIn.error)}</Alert> : null}
        <TextInput
          size="sm"
          label={t('signIn.userName')}
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus={userName === ''}
          readOnly={userName !== ''}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordInput
          size="sm"
          label={t('signIn.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          data-autofocus={userName !== '' || undefined}
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" size="sm" loading={signIn.isPending} fullWidth>{t('signIn.action')}</Button>
      </Stack>
    </form>
  );
}
