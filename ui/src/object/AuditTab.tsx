import { useTranslation } from 'react-i18next';
import type { Entity } from '@/api/resource';
import { RelativeTime } from '@/kit/RelativeTime';
import { RelatedList } from '@/list/RelatedList';
import { useAuditWords } from '@/pages/audit/words';

interface AuditRow extends Entity {
  at?: string;
  actor?: string;
  action?: string;
  objectName?: string;
  origin?: string;
  remote?: string;
}

/** Who did what to this object. */
export function AuditTab({ objectId }: { objectId: string }) {
  const { t } = useTranslation('object');
  const words = useAuditWords();
  return (
    <RelatedList<AuditRow>
      label={t('tab.audit')}
      sort="-at"
      source={{ resource: 'audit', filter: `objectId eq ${JSON.stringify(objectId)}` }}
      empty={{ title: t('audit.empty') }}
      href={(row) => `/audit/${row.id}`}
      columns={[
        { name: 'at', label: t('audit.at'), cell: (row) => <RelativeTime at={row.at} /> },
        { name: 'actor', label: t('audit.author'), cell: (row) => row.actor },
        { name: 'action', label: t('audit.action'), cell: (row) => words('action', row.action) },
        { name: 'remote', label: t('audit.from'), cell: (row) => row.remote },
        { name: 'origin', label: t('audit.origin'), cell: (row) => words('origin', row.origin) },
      ]}
    />
  );
}
