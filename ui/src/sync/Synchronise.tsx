import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useAction } from '@/api/hooks';
import { usePermission } from '@/api/session';
import { useFailureText } from '@/kit/Failure';
import { toastDone, toastFailed } from '@/kit/toast';

/** Sends an object to all its systems now, in whatever mode the task engine is (guide page 044). */
export function Synchronise({ resource, id, permission }: { resource: string; id: string; permission: string }) {
  const { t } = useTranslation('sync');
  const can = usePermission();
  const action = useAction(resource);
  const failure = useFailureText();
  if (!can(permission)) return null;
  return (
    <Button
      variant="default"
      leftSection={<IconRefresh size={15} aria-hidden />}
      loading={action.isPending}
      onClick={() => action.mutate({ id, verb: 'synchronise' }, { onSuccess: () => toastDone(t('synchronise.started')), onError: (error) => toastFailed(failure(error)) })}
    >
      {t('synchronise.action')}
    </Button>
  );
}
