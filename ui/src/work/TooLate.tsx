import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconUserExclamation } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ProblemError } from '@/api/problem';
import type { TaskDetail } from './model';

/** The task was done, taken or changed by somebody else: why, in the server's words, and the ways on. */
export function TooLate({ task, error }: { task: TaskDetail; error: ProblemError }) {
  const { t } = useTranslation('tasks');
  const queries = useQueryClient();
  return (
    <Alert color="yellow" variant="light" icon={<IconUserExclamation size={18} />} title={t(error.status === 412 ? 'late.changed' : 'late.title')} role="alert">
      <Stack gap="sm">
        <Text size="sm">{error.message}</Text>
        <Text size="sm">{t('late.hint')}</Text>
        <Group gap="xs">
          <Button onClick={() => void queries.invalidateQueries({ queryKey: ['tasks'] })}>{t('late.look')}</Button>
          <Button variant="default" component={Link} to={`/processes/${task.processId}`}>{t('late.process')}</Button>
          <Button variant="default" component={Link} to="/tasks">{t('late.tasks')}</Button>
        </Group>
      </Stack>
    </Alert>
  );
}
