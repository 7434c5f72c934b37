import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/hooks';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { JobButtons } from './JobButtons';
import type { ProcessJob } from './model';
import classes from './work.module.css';

/** Timers and background steps that a process waits for; nothing is shown when there are none. */
export function ProcessJobs({ processId }: { processId: string }) {
  const { t } = useTranslation('process');
  const { data } = useList('process-jobs', { filter: `processId eq "${processId}"`, size: 50 });
  const jobs = (data?.rows ?? []) as unknown as ProcessJob[];
  if (jobs.length === 0) return null;
  return (
    <section className={`surface ${classes.panel}`} aria-label={t('jobs.title')}>
      <Text component="h2" m={0} mb="xs" size="sm" fw={600}>{t('jobs.title')}</Text>
      <Stack gap="xs">
        {jobs.map((job) => (
          <Group key={job.id} justify="space-between">
            <Group gap="xs">
              <Text size="sm">{job.name || job.element}</Text>
              <StatusBadge status={job.held ? 'paused' : job.status} />
              {job.dueAt ? <Text size="sm" c="dimmed"><RelativeTime at={job.dueAt} /></Text> : null}
            </Group>
            <Group gap={4}><JobButtons job={job} /></Group>
          </Group>
        ))}
      </Stack>
    </section>
  );
}
