import { Group, Stack, Text, Timeline } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/kit/EmptyState';
import { RelativeTime } from '@/kit/RelativeTime';
import type { ProcessLogLine } from './model';
import classes from './work.module.css';

/** What people and the platform did in a process, the newest first: the guide's action log. */
export function ActionLog({ log }: { log: readonly ProcessLogLine[] }) {
  const { t } = useTranslation('process');
  if (log.length === 0) return <div className="surface"><EmptyState title={t('log.empty')} hint={t('log.emptyHint')} /></div>;
  return (
    <div className={`surface ${classes.panel}`}>
      <Timeline bulletSize={12} lineWidth={2} component="ol" aria-label={t('tab.log')} className={classes.log}>
        {log.toReversed().map((line) => (
          <Timeline.Item key={line.id} component="li">
            <Line line={line} />
          </Timeline.Item>
        ))}
      </Timeline>
    </div>
  );
}

function Line({ line: { kind, name, element, actor, outcome, text, at } }: { line: ProcessLogLine }) {
  const { t, i18n } = useTranslation('process');
  const said = i18n.exists(`log.kind.${kind}`, { ns: 'process' }) ? i18n.t(`log.kind.${kind}` as never, { ns: 'process' }) : kind;
  return (
    <Stack gap={2}>
      <Group gap={6}>
        <Text size="sm" fw={600}>{name || element || t('log.process')}</Text>
        <Text size="sm">{said}</Text>
        {/* Of the platform's own steps it is the id of a flow, which says nothing to people. */}
        {outcome && actor ? <Text size="sm" fw={500}>{t('log.outcome', { outcome })}</Text> : null}
      </Group>
      <Group gap={6}>
        <Text size="sm" c="dimmed">{actor || t('log.platform')}</Text>
        <Text size="sm" c="dimmed"><RelativeTime at={at} /></Text>
      </Group>
      {text ? <Text size="sm" className={classes.comment}>{text}</Text> : null}
    </Stack>
  );
}
