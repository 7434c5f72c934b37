import { Badge, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Finding } from './canvas/marks';
import classes from './Designer.module.css';

const looks = {
  error: { color: 'red', Sign: IconCircleX },
  warning: { color: 'yellow', Sign: IconAlertTriangle },
  hint: { color: 'blue', Sign: IconInfoCircle },
} as const;

/** How many findings of each severity there are, or that there are none. */
export function FindingCounts({ findings }: { findings: readonly Finding[] }) {
  const { t } = useTranslation('designer');
  if (findings.length === 0) return <Badge color="petrol" leftSection={<IconCircleCheck size={13} aria-hidden />}>{t('finding.none')}</Badge>;
  return (
    <Group gap={4}>
      {(['error', 'warning', 'hint'] as const).map((severity) => {
        const count = findings.filter((each) => each.severity === severity).length;
        const { color, Sign } = looks[severity];
        return count === 0 ? null : <Badge key={severity} color={color} leftSection={<Sign size={13} aria-hidden />}>{t(`finding.${severity}`, { count })}</Badge>;
      })}
    </Group>
  );
}

/** What the server says about a definition; each finding leads to the element it is about. */
export function FindingList({ findings, title, onSelect }: { findings: readonly Finding[]; title: (element: string) => string | undefined; onSelect?: (element: string) => void }) {
  const { t } = useTranslation('designer');
  return (
    <Stack gap={2} component="ul" className={classes.findings} aria-label={t('finding.title')}>
      {findings.map((finding) => {
        const { color, Sign } = looks[finding.severity];
        const where = title(finding.element) ?? finding.element;
        const line = finding.line ? t('finding.line', { line: finding.line }) : '';
        const content = (
          <Group gap="xs" wrap="nowrap" align="flex-start">
            <Sign size={15} color={`var(--mantine-color-${color}-text)`} aria-label={t(`finding.severity.${finding.severity}`)} style={{ flex: 'none', marginTop: 2 }} />
            <div>
              <Text size="sm">{finding.message}</Text>
              <Text size="xs" c="dimmed">{[where, line, finding.code].filter(Boolean).join(' · ')}</Text>
            </div>
          </Group>
        );
        return (
          <li key={`${finding.element} ${finding.code} ${finding.message} ${finding.line}`}>
            {onSelect && finding.element !== '' ? <UnstyledButton className={classes.finding} onClick={() => onSelect(finding.element)}>{content}</UnstyledButton> : <div className={classes.finding}>{content}</div>}
          </li>
        );
      })}
    </Stack>
  );
}
