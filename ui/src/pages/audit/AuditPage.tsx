import { useTranslation } from 'react-i18next';
import type { Entity } from '@/api/resource';
import { ListPage } from '@/list/ListPage';
import { useAuditWords } from './words';

interface AuditRow extends Entity {
  action?: string;
  objectType?: string;
  origin?: string;
}

/** Who did what, and when; nothing here can be changed (guide page 073). */
export default function AuditPage() {
  const { t } = useTranslation('audit');
  const words = useAuditWords();
  return (
    <ListPage<AuditRow>
      title={t('title')}
      hint={t('hint')}
      resource="audit"
      objectType="auditEntry"
      columns={['at', 'actor', 'action', 'objectType', 'objectName', 'origin', 'remote']}
      sort="-at"
      href={(entry) => `/audit/${entry.id}`}
      empty={{ title: t('empty.title'), hint: t('empty.hint') }}
      cells={{
        action: { sortable: true, cell: (entry) => words('action', entry.action) },
        objectType: { sortable: true, cell: (entry) => words('type', entry.objectType) },
        origin: { cell: (entry) => words('origin', entry.origin) },
      }}
    />
  );
}
