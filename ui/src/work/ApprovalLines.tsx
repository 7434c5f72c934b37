import { Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { StatusBadge } from '@/kit/StatusBadge';
import { allLines, undecided, type Verdict } from './decisions';
import { GrantText } from './GrantLines';
import { linesOf } from './grants';
import type { ApprovalLine } from './model';
import classes from './work.module.css';

interface ApprovalLinesProps {
  lines: readonly ApprovalLine[];
  verdicts: Readonly<Record<string, Verdict>>;
  /** Without it the lines are looked at only. */
  onChange?: (verdicts: Record<string, Verdict>) => void;
}

/** What an approval decides about, line by line or all at once. */
export function ApprovalLines({ lines, verdicts, onChange }: ApprovalLinesProps) {
  const { t } = useTranslation('tasks');
  const open = undecided(lines);
  return (
    <Stack gap="xs" component="section" aria-label={t('lines.title')}>
      <Group justify="space-between">
        <Text component="h2" m={0} size="sm" fw={600}>{t('lines.title')}</Text>
        {onChange && open.length > 1 ? (
          <Group gap="xs">
            <Button variant="default" leftSection={<IconCheck size={15} aria-hidden />} onClick={() => onChange(allLines(lines, verdicts, true))}>{t('lines.approveAll')}</Button>
            <Button variant="default" leftSection={<IconX size={15} aria-hidden />} onClick={() => onChange(allLines(lines, verdicts, false))}>{t('lines.denyAll')}</Button>
          </Group>
        ) : null}
      </Group>
      <ul className={classes.lines}>
        {lines.map((line) => (
          <li key={line.id} className={classes.line}>
            <LineText line={line} />
            {onChange && line.decision === '' ? (
              <Verdicts line={line} verdict={verdicts[line.id] ?? { comment: '' }} onChange={(verdict) => onChange({ ...verdicts, [line.id]: verdict })} />
            ) : (
              <Decided line={line} />
            )}
          </li>
        ))}
      </ul>
    </Stack>
  );
}

function LineText({ line }: { line: ApprovalLine }) {
  const [grant] = linesOf([line.content]);
  if (grant === undefined) return <Text size="sm" fw={600}>{line.title}</Text>;
  return <GrantText line={grant} />;
}

function Verdicts({ line, verdict, onChange }: { line: ApprovalLine; verdict: Verdict; onChange: (verdict: Verdict) => void }) {
  const { t } = useTranslation('tasks');
  const words = { approve: t('lines.approve'), deny: t('lines.deny') };
  return (
    <Group gap="xs">
      <TextInput
        size="xs"
        aria-label={t('lines.comment', { line: line.title })}
        placeholder={t('comment')}
        value={verdict.comment}
        onChange={(event) => onChange({ ...verdict, comment: event.currentTarget.value })}
      />
      <SegmentedControl
        aria-label={t('lines.decide', { line: line.title })}
        value={verdict.approve === undefined ? '' : verdict.approve ? 'approve' : 'deny'}
        onChange={(chosen) => onChange({ ...verdict, approve: chosen === 'approve' })}
        data={[
          { value: 'approve', label: <Group gap={4} wrap="nowrap"><IconCheck size={14} aria-hidden />{words.approve}</Group> },
          { value: 'deny', label: <Group gap={4} wrap="nowrap"><IconX size={14} aria-hidden />{words.deny}</Group> },
        ]}
      />
    </Group>
  );
}

function Decided({ line }: { line: ApprovalLine }) {
  const { t } = useTranslation('tasks');
  if (line.decision === '') return <StatusBadge status="pending" />;
  return (
    <Stack gap={2} align="flex-end">
      <StatusBadge status={line.decision} />
      <Text size="xs" c="dimmed">{t('lines.by', { who: line.decidedBy })}</Text>
      {line.comment ? <Text size="sm" className={classes.comment}>{line.comment}</Text> : null}
    </Stack>
  );
}
