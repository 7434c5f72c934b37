import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '@/api/problem';

/** The sentence a person reads about a failure: the server's own when it wrote one. */
export function useFailureText(): (error: unknown) => string {
  const { t } = useTranslation('common');
  return (error) => {
    if (!(error instanceof ProblemError)) return t('failure.unexpected');
    if (error.status === 0) return t('failure.unreachable');
    if (error.status === 403) return error.problem.detail ?? t('failure.forbidden');
    if (error.status === 404) return error.problem.detail ?? t('failure.missing');
    return error.problem.detail ?? t('failure.unexpected');
  };
}

/** A failure in its place on the page, with the way to try again. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation('common');
  const text = useFailureText();
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle size={18} />} role="alert">
      <Group justify="space-between">
        <Text size="sm">{text(error)}</Text>
        {onRetry ? <Button variant="default" onClick={onRetry}>{t('retry')}</Button> : null}
      </Group>
    </Alert>
  );
}
