import { Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconClock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useNow } from '@/kit/clock';
import { RelativeTime } from '@/kit/RelativeTime';
import { dueState } from './due';

/** When a task has to be done; what is late or nearly so says it in words, with a sign and a colour. */
export function DueMark({ at, over = false }: { at: string | null | undefined; /** The task is done: nothing presses any more. */ over?: boolean }) {
  const { t } = useTranslation('tasks');
  const state = dueState(at, useNow());
  if (state === undefined) return <>–</>;
  if (over || state === 'later') return <RelativeTime at={at} />;
  const Sign = state === 'overdue' ? IconAlertTriangle : IconClock;
  return (
    <Group gap={4} wrap="nowrap" c={state === 'overdue' ? 'var(--mantine-color-error)' : 'var(--mantine-color-anchor)'} data-due={state}>
      <Sign size={15} aria-hidden style={{ flexShrink: 0 }} />
      <Text span inherit fw={600}>{t(`due.${state}`)}</Text>
      <Text span inherit><RelativeTime at={at} /></Text>
    </Group>
  );
}
