import { ActionIcon, Tooltip } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { address } from '@/api/resource';
import { usePermission } from '@/api/session';
import { useFailureText } from '@/kit/Failure';
import { useChange } from '@/kit/refresh';
import { toastDone, toastFailed } from '@/kit/toast';
import type { ProcessJob } from './model';

/** Holds a job back and lets it go on. Who sees jobs without the permission to see them all manages their processes. */
export function JobButtons({ job }: { job: ProcessJob }) {
  const { t } = useTranslation('process');
  const can = usePermission();
  const change = useChange();
  const failure = useFailureText();
  if (!can('process:resume') && can('process:query')) return null;
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
