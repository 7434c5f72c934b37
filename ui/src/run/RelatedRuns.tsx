import { useTranslation } from 'react-i18next';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { RelatedList } from '@/list/RelatedList';
import type { Run } from './model';
import { useRunWords } from './words';

/** The runs of one system, the newest first. */
export function RelatedRuns({ systemId }: { systemId: string }) {
  const { t } = useTranslation('run');
  const words = useRunWords();
  return (
    <RelatedList<Run>
      label={t('list.title')}
      source={{ resource: 'runs', filter: `systemId eq ${JSON.stringify(systemId)}` }}
      sort="-createdAt"
      empty={{ title: t('list.empty'), hint: t('list.hint') }}
      href={(run) => `/runs/${run.id}`}
      columns={[
        { name: 'number', label: t('column.number'), sortable: true, cell: (run) => <span className="figures">#{run.number}</span> },
        { name: 'kind', label: t('column.kind'), sortable: true, cell: (run) => words('kind', run.kind) },
        { name: 'status', label: t('column.status'), sortable: true, cell: (run) => <StatusBadge status={run.status} /> },
        { name: 'author', label: t('author'), cell: (run) => run.author },
        { name: 'createdAt', label: t('started'), sortable: true, cell: (run) => <RelativeTime at={run.createdAt} /> },
        { name: 'endedAt', label: t('finished'), sortable: true, cell: (run) => <RelativeTime at={run.endedAt} /> },
        { name: 'message', label: t('column.message'), cell: (run) => run.message },
      ]}
    />
  );
}
