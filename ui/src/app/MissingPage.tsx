import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/kit/EmptyState';
import { PageHeader } from '@/kit/PageHeader';

/** There is nothing at this address. */
export function MissingPage() {
  const { t } = useTranslation('shell');
  return (
    <>
      <PageHeader title={t('missing.title')} />
      <div className="surface">
        <EmptyState icon={IconMapOff} title={t('missing.what')} hint={t('missing.hint')}>
          <Button component={Link} to="/" variant="default">{t('missing.home')}</Button>
        </EmptyState>
      </div>
    </>
  );
}
