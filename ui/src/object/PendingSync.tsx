import { Badge, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCloudUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/hooks';
import type { Entity } from '@/api/resource';
import { usePermission } from '@/api/session';

interface SyncTask extends Entity {
  status?: string;
  systemName?: string;
  error?: string;
}

/** Shows that an object has not yet reached all its systems, and why when one refuses it. */
export function PendingSync({ objectId }: { objectId: string }) {
  const { t } = useTranslation('object');
  const can = usePermission();
  const filter = `objectId eq ${JSON.stringify(objectId)} and status ne "done"`;
  const { data } = useList('sync-tasks', { filter, size: 5 }, can('syncTask:query'));
  const tasks = (data?.rows ?? []) as unknown as SyncTask[];
  if (data === undefined || data.total === 0) return null;
  const failed = tasks.find(({ error }) => error);
  return (
    <Tooltip multiline maw={360} label={failed ? t('sync.failed', { system: failed.systemName ?? '', reason: failed.error ?? '' }) : t('sync.waiting')}>
      {/* Focusable, because the reason is in the tooltip. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <Badge tabIndex={0} color={failed ? 'red' : 'blue'} leftSection={failed ? <IconAlertTriangle size={13} aria-hidden /> : <IconCloudUp size={13} aria-hidden />}>
        {t(failed ? 'sync.badgeFailed' : 'sync.badge', { count: data.total })}
      </Badge>
    </Tooltip>
  );
}
