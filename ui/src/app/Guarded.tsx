import { IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermission } from '@/api/session';
import { EmptyState } from '@/kit/EmptyState';
import { PageHeader } from '@/kit/PageHeader';

/** Shows a page to who may see it. The server judges every request anyway; this only saves a page full of refusals. */
export function Guarded({ permission, children }: { permission?: string; children: ReactNode }) {
  const { t } = useTranslation('shell');
  const can = usePermission();
  if (can(permission)) return children;
  return (
    <>
      <PageHeader title={t('forbidden.title')} />
      <div className="surface">
        <EmptyState icon={IconLock} title={t('forbidden.what', { permission })} hint={t('forbidden.hint')} />
      </div>
    </>
  );
}
