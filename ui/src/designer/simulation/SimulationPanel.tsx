import { Alert, Badge, Button, Code, Group, List, Stack, Text, Textarea } from '@mantine/core';
import { IconArrowBackUp, IconPlayerPlay, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from '@/kit/Failure';
import { RelativeTime } from '@/kit/RelativeTime';
import { useDrawing } from '../context';
import classes from '../Designer.module.css';
import { showTokens } from './tokens';
import { actsOf, readValues, useRehearsal, type Act, type Wait } from './useRehearsal';

/** The drawn process, played step by step without any effect: where its tokens are, what it waits for, and what came of it. */
export function SimulationPanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('designer');
  const { designer, pending } = useDrawing();
  const rehearsal = useRehearsal(designer, pending);
  const { played, stale, busy, error } = rehearsal;
  const [values, setValues] = useState('');
  const result = played?.result;
  const said = readValues(values);

  // A simulation begins when it is opened.
  useEffect(() => {
    void rehearsal.begin();
    // oxlint-disable-next-line react/exhaustive-deps
  }, []);
  useEffect(() => (result === undefined ? undefined : showTokens(designer, result, classes.token ?? '')), [designer, result]);

  const act = (chosen: Act) => {
    setValues('');
    void rehearsal.act(said && Object.keys(said).length > 0 ? { ...chosen, values: said } : chosen);
  };
  return (
    <aside aria-label={t('simulation.title')}>
      <Stack gap="sm" p="sm">
        <Group justify="space-between">
          <Text component="h2" m={0} fw={600}>{t('simulation.title')}</Text>
          <Button size="compact-sm" variant="subtle" leftSection={<IconX size={14} aria-hidden />} onClick={onClose}>{t('simulation.close')}</Button>
        </Group>
        <Text size="xs" c="dimmed">{t('simulation.hint')}</Text>
        <Group gap="xs">
          <Button size="compact-sm" variant="default" loading={busy} leftSection={<IconPlayerPlay size={14} aria-hidden />} onClick={() => void rehearsal.begin()}>{t('simulation.restart')}</Button>
          <Button size="compact-sm" variant="default" disabled={busy || stale || (played?.acts.length ?? 0) === 0} leftSection={<IconArrowBackUp size={14} aria-hidden />} onClick={() => void rehearsal.back()}>{t('simulation.back')}</Button>
          {result ? <Badge role="status">{t(`simulation.status.${result.status}`)}</Badge> : null}
        </Group>
        {error === undefined ? null : <Failure error={error} />}
        {stale ? <Alert color="yellow" variant="light">{t('simulation.stale')}</Alert> : null}
        {result?.message ? <Alert color="red" variant="light">{result.message}</Alert> : null}
        {result && result.waits.length > 0 && !stale ? (
          <>
            <Stack gap="xs" role="list" aria-label={t('simulation.waits')}>
              {result.waits.map((wait) => <Waiting key={`${wait.kind} ${wait.id ?? wait.name} ${wait.element} ${wait.key ?? ''}`} wait={wait} busy={busy || said === undefined} onAct={act} />)}
            </Stack>
            <Textarea label={t('simulation.values')} description={t('simulation.valuesHint')} error={said === undefined ? t('simulation.noObject') : undefined} autosize minRows={1} value={values} onChange={(event) => setValues(event.currentTarget.value)} />
          </>
        ) : null}
        {result && result.effects.length > 0 ? <Told label={t('simulation.effects')} lines={result.effects.map(({ kind, name }) => `${t(`simulation.effect.${kind as 'apply'}`, { defaultValue: kind })}: ${name}`)} /> : null}
        {result ? <Told label={t('simulation.trace')} lines={result.trace.filter(({ event }) => event === 'enter').map(({ name }) => name)} ordered /> : null}
        {result ? <Values values={result.values} /> : null}
      </Stack>
    </aside>
  );
}

/** Something the process waits for, with what can be let happen. */
function Waiting({ wait, busy, onAct }: { wait: Wait; busy: boolean; onAct: (act: Act) => void }) {
  const { t } = useTranslation('designer');
  return (
    <div className={classes.row} role="listitem" aria-label={wait.name}>
      <Text size="sm" fw={500}>{wait.name}</Text>
      <Text size="xs" c="dimmed">{t(`simulation.wait.${wait.kind}`)} {wait.actors ?? ''} {wait.key ? t('simulation.key', { key: wait.key }) : ''} {wait.at ? <RelativeTime at={wait.at} /> : null}</Text>
      {wait.text ? <Text size="xs" c="red">{wait.text}</Text> : null}
      <Group gap="xs" mt={6}>
        {actsOf(wait).map(({ act, label }) => <Button key={act.outcome ?? act.kind} size="compact-sm" variant="light" disabled={busy} onClick={() => onAct(act)}>{label ?? t(`simulation.act.${act.kind}`)}</Button>)}
      </Group>
    </div>
  );
}

function Told({ label, lines, ordered = false }: { label: string; lines: string[]; ordered?: boolean }) {
  return (
    <div>
      <Text size="sm" fw={500}>{label}</Text>
      {/* The same step may come again: its place is what it is known by. */}
      {/* oxlint-disable-next-line react/no-array-index-key */}
      <List size="sm" type={ordered ? 'ordered' : 'unordered'} aria-label={label}>{lines.map((line, index) => <List.Item key={index}>{line}</List.Item>)}</List>
    </div>
  );
}

function Values({ values }: { values: Record<string, unknown> }) {
  const { t } = useTranslation('designer');
  const known = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  if (known.length === 0) return null;
  return (
    <div>
      <Text size="sm" fw={500}>{t('simulation.variables')}</Text>
      <Code block>{known.map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join('\n')}</Code>
    </div>
  );
}
