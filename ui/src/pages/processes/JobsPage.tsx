import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { StatusBadge } from '@/kit/StatusBadge';
import { ListPage } from '@/list/ListPage';
import { actionsColumn } from '@/list/rowActions';
import { JobButtons } from '@/work/JobButtons';
import { processTitle, type ProcessJob } from '@/work/model';

/** Timers and background steps that processes wait for; what is done disappears (guide page 072). */
export default function JobsPage() {
  const { t } = useTranslation('process');
  return (
    <ListPage<ProcessJob>
      title={t('jobs.title')}
      hint={t('jobs.hint')}
      resource="process-jobs"
      objectType="processJob"
      columns={['name', 'kind', 'number', 'dueAt', 'attempts', 'status', 'message', 'decide']}
      empty={{ title: t('jobs.empty'), hint: t('jobs.emptyHint') }}
      cells={{
        name: { sortable: true, cell: (job) => job.name || job.element },
        number: { label: t('process'), sortable: true, numeric: false, cell: (job) => <Anchor component={Link} to={`/processes/${job.processId}`} size="sm">{processTitle({ name: job.process, number: job.number })}</Anchor> },
        status: { sortable: true, cell: (job) => <StatusBadge status={job.held ? 'paused' : job.status} /> },
        message: { cell: (job) => <Text size="sm" c="var(--mantine-color-error)" maw={360} truncate title={job.message}>{job.message}</Text> },
        decide: actionsColumn<ProcessJob>((job) => <JobButtons job={job} />),
      }}
    />
  );
}
