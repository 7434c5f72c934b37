import { Badge, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCloudUp, IconHandStop } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { usePermission } from '@/api/session';
import { openParts, usePending, type SyncTaskDetail } from '@/sync/model';

/** What the badge says: how many systems still wait, whether somebody has to look, and the reason. */
export function pendingState(tasks: readonly SyncTaskDetail[]): { kind: 'failed' | 'held' | 'moving'; count: number; system?: string; reason?: string } | undefined {
  if (tasks.length === 0) return undefined;
  const parts = openParts(tasks);
  const failed = parts.filter(({ message, status }) => status === 'failed' || message !== '');
  const first = failed[0];
  if (first !== undefined) return { kind: 'failed', count: new Set(failed.map(({ systemId }) => systemId)).size, system: first.system, reason: first.message };
  const count = new Set(parts.map(({ systemId }) => systemId)).size;
  return { kind: tasks.some(({ status }) => status === 'held') ? 'held' : 'moving', count };
}

/** Shows that an object has not yet reached all its systems, and why when one refuses it. */
export function PendingSync({ objectType, objectId }: { objectType: string; objectId: string }) {
  const { t } = useTranslation('object');
  const can = usePermission();
  const { data } = usePending(objectType, objectId, can('syncTask:query'));
  const state = pendingState(data ?? []);
  if (state === undefined) return null;
  const { kind, count, system = '', reason = '' } = state;
  const hint = kind === 'failed' ? t('sync.failed', { system, reason }) : kind === 'held' ? t('sync.held') : t('sync.waiting');
  const text = kind === 'failed' ? t('sync.badgeFailed', { count }) : kind === 'held' ? t('sync.badgeHeld') : count === 0 ? t('sync.badgeSoon') : t('sync.badge', { count });
  const Sign = kind === 'failed' ? IconAlertTriangle : kind === 'held' ? IconHandStop : IconCloudUp;
  return (
    <Tooltip multiline maw={360} label={hint}>
      {/* Focusable, because the reason is in the tooltip. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <Badge tabIndex={0} data-pending={kind} color={kind === 'failed' ? 'red' : kind === 'held' ? 'yellow' : 'blue'} leftSection={<Sign size={13} aria-hidden />}>{text}</Badge>
    </Tooltip>
  );
}
