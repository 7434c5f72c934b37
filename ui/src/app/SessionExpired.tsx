import { Modal, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { onSessionExpired } from '@/api/transport';
import { SignInForm } from '@/pages/signin/SignInForm';

/** Asks for the password again above the page, so that nothing typed there is lost. */
export function SessionExpired({ userName }: { userName: string }) {
  const { t } = useTranslation('shell');
  const [expired, setExpired] = useState(false);
  useEffect(() => onSessionExpired(() => setExpired(true)), []);
  return (
    <Modal opened={expired} onClose={() => setExpired(false)} withCloseButton={false} closeOnClickOutside={false} closeOnEscape={false} title={t('expired.title')}>
      <Text size="sm" c="dimmed" mb="md">{t('expired.hint')}</Text>
      <SignInForm userName={userName} onDone={() => setExpired(false)} />
    </Modal>
  );
}
