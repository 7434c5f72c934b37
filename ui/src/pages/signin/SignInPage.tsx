import { Center, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { changeLanguage, languages, type Language } from '@/i18n';
import { Logo } from '@/app/Logo';
import { SignInForm } from './SignInForm';

/** The first page of everybody. */
export function SignInPage() {
  const { t, i18n } = useTranslation('shell');
  useDocumentTitle(`${t('signIn.title')} · Provost`);
  return (
    <Center component="main" mih="100%" p="md">
      <Stack w="100%" maw={380} gap="lg">
        <Group justify="center"><Logo /></Group>
        <div className="surface" style={{ padding: 'var(--mantine-spacing-xl)' }}>
          <Title order={1} mb={4}>{t('signIn.title')}</Title>
          <Text size="sm" c="dimmed" mb="lg">{t('signIn.hint')}</Text>
          <SignInForm />
        </div>
        <Group justify="center">
          <SegmentedControl
            size="xs"
            aria-label={t('user.language')}
            value={i18n.language}
            onChange={(language) => void changeLanguage(language as Language)}
            data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
          />
        </Group>
      </Stack>
    </Center>
  );
}
