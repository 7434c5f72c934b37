import { Center, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { PasswordForm } from './PasswordForm';

/** Stands before everything else while a person has to replace a temporary or expired password. */
export function ChangePassword() {
  const { t } = useTranslation('shell');
  const queries = useQueryClient();
  useDocumentTitle(`${t('password.title')} · Provost`);
  return (
    <Center component="main" mih="100%" p="md">
      <div className="surface" style={{ width: 380, padding: 'var(--mantine-spacing-xl)' }}>
        <Stack>
          <Title order={1}>{t('password.title')}</Title>
          <Text size="sm" c="dimmed">{t('password.hint')}</Text>
          <PasswordForm onChanged={() => void queries.invalidateQueries()} />
        </Stack>
      </div>
    </Center>
  );
}
