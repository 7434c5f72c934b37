import { ActionIcon, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconMinus, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChoiceSource } from '@/api/schema';
import { GrantDialog } from './GrantDialog';
import { linesOf, period, withGrant, type GrantLine } from './grants';
import classes from './work.module.css';

interface GrantLinesProps {
  label: string;
  value: unknown;
  error?: string;
  /** Where roles and people come from; without it nothing can be added or taken away. */
  source?: ChoiceSource;
  /** Whom new lines are for at first: user name. */
  user?: string;
  onChange?: (lines: GrantLine[]) => void;
}

/** The permissions a process asks for: shown, or put together in the mode "request". */
export function GrantLines({ label, value, error, source, user = '', onChange }: GrantLinesProps) {
  const { t } = useTranslation('tasks');
  const [adding, setAdding] = useState(false);
  const lines = linesOf(value);
  const editable = source !== undefined && onChange !== undefined;
  return (
    <Stack gap="xs" component="section" aria-label={label}>
      <Group justify="space-between">
        <Text component="h2" m={0} size="sm" fw={600}>{label}</Text>
        {editable ? <Button variant="default" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setAdding(true)}>{t('grant.add')}</Button> : null}
      </Group>
      {lines.length === 0 ? <Text size="sm" c="dimmed">{t('grant.none')}</Text> : null}
      <ul className={classes.lines}>
        {lines.map((line) => (
          <li key={line.key} className={classes.line}>
            <GrantText line={line} />
            {editable ? (
              <ActionIcon aria-label={t('grant.remove', { role: line.role, user: line.user })} onClick={() => onChange(lines.filter(({ key }) => key !== line.key))}>
                <IconTrash size={15} />
              </ActionIcon>
            ) : null}
          </li>
        ))}
      </ul>
      {error ? <Text size="sm" c="var(--mantine-color-error)" role="alert">{error}</Text> : null}
      {adding && editable ? <GrantDialog source={source} user={user} onAdd={(grant) => onChange(withGrant(lines, grant))} onClose={() => setAdding(false)} /> : null}
    </Stack>
  );
}

/** One permission in words: what happens, which role, for whom, within which limits, and why. */
export function GrantText({ line, children }: { line: GrantLine; children?: ReactNode }) {
  const { t, i18n } = useTranslation('tasks');
  const revoke = line.action === 'revoke';
  const Sign = revoke ? IconMinus : IconPlus;
  const details = [line.scopeName, period(line, i18n.language)].filter(Boolean).join(' · ');
  return (
    <Stack gap={2} style={{ minWidth: 0, flex: 1 }}>
      <Group gap={6}>
        <Badge color={revoke ? 'orange' : 'petrol'} leftSection={<Sign size={12} aria-hidden />}>{t(`grant.actions.${line.action}`)}</Badge>
        <Text size="sm" fw={600} className={classes.name}>{line.role}</Text>
        <Text size="sm" c="dimmed">{line.container ? t('grant.within', { role: line.container }) : t('grant.for', { user: line.user || line.account })}</Text>
      </Group>
      {details === '' ? null : <Text size="sm">{details}</Text>}
      {line.reason ? <Text size="sm" c="dimmed">{t('grant.because', { reason: line.reason })}</Text> : null}
      {children}
    </Stack>
  );
}
