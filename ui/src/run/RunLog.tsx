import { Button, Group, SegmentedControl, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogLine } from './model';
import classes from './RunLog.module.css';

/** The log, following its end while it is live and not paused; paused it stands still for reading. */
export function RunLog({ lines, live }: { lines: LogLine[]; live: boolean }) {
  const { t, i18n } = useTranslation('run');
  const [frozen, setFrozen] = useState<LogLine[]>();
  const [level, setLevel] = useState<'all' | 'problems'>('all');
  const box = useRef<HTMLDivElement>(null);
  const shown = (frozen ?? lines).filter((line) => level === 'all' || line.level === 'warn' || line.level === 'error');
  const time = new Intl.DateTimeFormat(i18n.language, { timeStyle: 'medium' });

  useEffect(() => {
    if (shown.length > 0 && live && frozen === undefined) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [shown.length, live, frozen]);

  return (
    <div className="surface">
      <Group p="xs" gap="sm">
        <SegmentedControl
          aria-label={t('log.level')}
          value={level}
          onChange={(chosen) => setLevel(chosen as 'all' | 'problems')}
          data={[{ value: 'all', label: t('log.all') }, { value: 'problems', label: t('log.problems') }]}
        />
        {live ? (
          <Button
            variant="default"
            leftSection={frozen ? <IconPlayerPlay size={14} aria-hidden /> : <IconPlayerPause size={14} aria-hidden />}
            onClick={() => setFrozen(frozen ? undefined : lines)}
          >
            {t(frozen ? 'log.follow' : 'log.pause')}
          </Button>
        ) : null}
        {frozen && lines.length > frozen.length ? <Text size="sm" c="dimmed">{t('log.more', { count: lines.length - frozen.length })}</Text> : null}
      </Group>
      {/* Scrolled by the keyboard too, so it takes the focus. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={box} className={classes.log} role="log" tabIndex={0} aria-label={t('log.title')}>
        {shown.map((line) => (
          <div key={line.id} className={classes.line} data-level={line.level}>
            <time dateTime={line.at}>{time.format(new Date(line.at))}</time>
            <span className={classes.level}>{line.level}</span>
            <span>{line.message}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
