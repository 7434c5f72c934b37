import type { ErrorComponentProps } from '@tanstack/react-router';
import { Button, Code } from '@mantine/core';
import { IconBug } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/kit/EmptyState';
import { PageHeader } from '@/kit/PageHeader';

/** A page that failed while being drawn; the navigation around it still works. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation('shell');
  return (
    <>
      <PageHeader title={t('broken.title')} />
      <div className="surface">
        <EmptyState icon={IconBug} title={t('broken.what')} hint={t('broken.hint')}>
          <Button variant="default" onClick={reset}>{t('broken.retry')}</Button>
        </EmptyState>
        <Code block m="md">{error instanceof Error ? error.message : String(error)}</Code>
      </div>
    </>
  );
}
