import { ActionIcon, Anchor, Text, Tooltip } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { address } from '@/api/resource';
import { usePermission } from '@/api/session';
import { useFailureText } from '@/kit/Failure';
import { useChange } from '@/kit/refresh';
import { StatusBadge } from '@/kit/StatusBadge';
import { toastDone, toastFailed } from '@/kit/toast';
import { ListPage } from '@/list/ListPage';
import { actionsColumn } from '@/list/rowActions';
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
        decide: actionsColumn<ProcessJob>((job) => <Steer job={job} />),
      }}
    />
  );
}

function Steer({ job }: { job: ProcessJob }) {
  const { t } = useTranslation('process');
  const can = usePermission();
  const change = useChange();
  const failure = useFailureText();
  if (!can('process:resume')) return null;
  const steer = (verb: 'hold' | 'resume') =>
    void change('POST', address('process-jobs', [job.id, verb])).then(() => toastDone(t(`jobs.${verb}Done`))).catch((error: unknown) => toastFailed(failure(error)));
  const button = (verb: 'hold' | 'resume', Sign: typeof IconPlayerPlay) => (
    <Tooltip label={t(`jobs.${verb}`)}>
      <ActionIcon aria-label={`${t(`jobs.${verb}`)}: ${job.name || job.element}, #${job.number}`} onClick={() => steer(verb)}><Sign size={15} /></ActionIcon>
    </Tooltip>
  );
  return (
    <>
      {job.held ? null : button('hold', IconPlayerPause)}
      {job.held || job.status === 'failed' ? button('resume', IconPlayerPlay) : null}
    </>
  );
}
