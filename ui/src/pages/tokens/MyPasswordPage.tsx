import { useTranslation } from 'react-i18next';
import { PasswordForm } from '@/app/PasswordForm';
import { PageHeader } from '@/kit/PageHeader';
import { toastDone } from '@/kit/toast';

/** One's own password for signing in here. */
export default function MyPasswordPage() {
  const { t } = useTranslation('tokens');
  return (
    <>
      <PageHeader title={t('password.title')} hint={t('password.hint')} />
      <div className="surface" style={{ maxWidth: 420, padding: 'var(--mantine-spacing-lg)' }}>
        <PasswordForm onChanged={() => toastDone(t('password.done'))} />
      </div>
    </>
  );
}
