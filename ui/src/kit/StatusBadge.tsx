import { Badge } from '@mantine/core';
import {
  IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX, IconClock, IconLock, IconPlayerPause, IconProgress, type Icon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

/** What a state means to the person who reads it; each has its colour and, because colours are never alone, its sign. */
export type Tone = 'good' | 'busy' | 'waiting' | 'warning' | 'bad' | 'off' | 'locked' | 'paused';

const looks: Record<Tone, { color: string; Sign: Icon }> = {
  good: { color: 'petrol', Sign: IconCircleCheck },
  busy: { color: 'blue', Sign: IconProgress },
  waiting: { color: 'gray', Sign: IconClock },
  warning: { color: 'yellow', Sign: IconAlertTriangle },
  bad: { color: 'red', Sign: IconCircleX },
  off: { color: 'gray', Sign: IconCircleDashed },
  locked: { color: 'orange', Sign: IconLock },
  paused: { color: 'gray', Sign: IconPlayerPause },
};

/** Tones of the states that objects, tasks and runs have. */
const tones = {
  active: 'good', enabled: 'good', forcedEnabled: 'good', done: 'good', completed: 'good', approved: 'good', online: 'good',
  running: 'busy', applying: 'busy', planning: 'busy', queued: 'waiting', pending: 'waiting', waiting: 'waiting', pendingApproval: 'waiting',
  held: 'warning', retrying: 'warning', warning: 'warning', failed: 'bad', error: 'bad', rejected: 'bad', offline: 'bad',
  inactive: 'off', disabled: 'off', forcedDisabled: 'off', removed: 'off', archived: 'off', cancelled: 'off', expired: 'off',
  locked: 'locked', paused: 'paused',
  blocked: 'warning', approvalPending: 'waiting', removalPending: 'waiting', proposed: 'waiting', applied: 'good', skipped: 'off',
  open: 'waiting', claimed: 'busy', starting: 'waiting', denied: 'bad', asked: 'busy',
  new: 'warning', acknowledged: 'busy', solved: 'good', connected: 'good', disconnected: 'bad',
} as const satisfies Record<string, Tone>;

/** A state with words of ours. */
export type KnownStatus = keyof typeof tones;

/** Whether a state has words and a tone of ours. */
export function isKnownStatus(status: string): status is KnownStatus {
  return status in tones;
}

/** The state of anything, as a word with a sign. A state this page does not know is shown as the server wrote it. */
export function StatusBadge({ status, label, tone }: { status: string; label?: string; tone?: Tone }) {
  const { t } = useTranslation('status');
  const known = isKnownStatus(status);
  const { color, Sign } = looks[tone ?? (known ? tones[status] : 'off')];
  return (
    <Badge color={color} style={{ flexShrink: 0 }} miw="max-content" leftSection={<Sign size={13} stroke={2} aria-hidden />}>
      {label ?? (known ? t(status) : status)}
    </Badge>
  );
}
