import { useTranslation } from 'react-i18next';
import { StatusBadge } from '@/kit/StatusBadge';
import { ListPage } from '@/list/ListPage';
import type { Run } from '@/run/model';
import { useRunWords } from '@/run/words';

/** Every load, reconciliation and mass provisioning, the newest first. */
export default function RunsPage() {
  const { t } = useTranslation('run');
  const words = useRunWords();
  return (
    <ListPage<Run>
      title={t('list.title')}
      resource="runs"
      objectType="run"
      columns={['number', 'kind', 'system', 'status', 'author', 'createdAt', 'endedAt', 'message']}
      sort="-createdAt"
      href={(run) => `/runs/${run.id}`}
      empty={{ title: t('list.empty'), hint: t('list.hint') }}
      cells={{
        number: { sortable: true, numeric: false, cell: (run) => <span className="figures">#{run.number}</span> },
        kind: { sortable: true, cell: (run) => words('kind', run.kind) },
        status: { sortable: true, cell: (run) => <StatusBadge status={run.status} /> },
      }}
    />
  );
}
