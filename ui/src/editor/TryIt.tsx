import { Badge, Button, Code, Group, Stack, Text } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ReferencePicker } from '@/form/ReferencePicker';
import { Failure } from '@/kit/Failure';
import classes from './TryIt.module.css';

/** What a trial gave: the result as JSON text, or the error, and what the script logged. */
export interface TrialResult {
  result?: unknown;
  error?: string;
  log?: string[] | null;
  milliseconds?: number;
}

interface TryItProps {
  /** Resource of the objects a script can be tried on; without it the trial needs no object. */
  resource?: string;
  /** Runs the script on the server without keeping any of its effects. */
  run: (objectId: string | undefined) => Promise<TrialResult>;
}

/** Tries a script on a real object and shows its result and log; nothing it does is kept. */
export function TryIt({ resource, run }: TryItProps) {
  const { t } = useTranslation('editor');
  const [objectId, setObjectId] = useState<string>();
  const [outcome, setOutcome] = useState<TrialResult>();
  const [failure, setFailure] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  const start = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      setOutcome(await run(objectId));
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Stack gap="xs" className={classes.panel}>
      <Group gap="sm" align="flex-end">
        {resource ? (
          <ReferencePicker resource={resource} label={t('tryOn')} value={objectId} onChange={(id) => setObjectId(typeof id === 'string' ? id : undefined)} />
        ) : null}
        <Button variant="default" loading={busy} disabled={resource !== undefined && objectId === undefined} leftSection={<IconPlayerPlay size={14} aria-hidden />} onClick={() => void start()}>
          {t('tryIt')}
        </Button>
        <Text size="xs" c="dimmed">{t('nothingKept')}</Text>
      </Group>
      {failure === undefined ? null : <Failure error={failure} />}
      {outcome ? <Outcome {...outcome} /> : null}
    </Stack>
  );
}

function Outcome({ result, error, log, milliseconds }: TrialResult) {
  const { t } = useTranslation('editor');
  return (
    <Stack gap={6} aria-live="polite">
      <Group gap="xs">
        <Badge color={error ? 'red' : 'petrol'}>{t(error ? 'failed' : 'result')}</Badge>
        {milliseconds === undefined ? null : <Text size="xs" c="dimmed" className="figures">{milliseconds} ms</Text>}
      </Group>
      <Code block>{error ?? JSON.stringify(result, undefined, 2) ?? t('noResult')}</Code>
      {log?.length ? (
        <>
          <Text size="xs" c="dimmed">{t('log')}</Text>
          <Code block>{log.join('\n')}</Code>
        </>
      ) : null}
    </Stack>
  );
}
