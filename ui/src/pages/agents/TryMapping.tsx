import { Alert, Badge, Button, Code, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconCloudDownload, IconFlask, IconRefresh, IconTransform } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, send } from '@/api/resource';
import { usePermission } from '@/api/session';
import type { Evaluated, ObjectMapping } from '@/editor/mapping';
import { Failure } from '@/kit/Failure';
import { toastDone } from '@/kit/toast';
import type { AgentRow } from './AgentsPage';

interface Evaluation {
  objectId: string | null;
  objectName: string;
  applies: boolean;
  rows: { row: number; value: unknown; error: string }[] | null;
  errors: string[] | null;
  object: Record<string, unknown> | null;
  log: string;
}

interface Fetched {
  key: string;
  externalId: string;
  attributes: Record<string, unknown> | null;
}

/** Object types that can be sent to their systems from here, with the resource that does it. */
const synchronised: Partial<Record<ObjectMapping['objectType'], { resource: string; permission: string }>> = {
  user: { resource: 'users', permission: 'user:sync' },
  account: { resource: 'accounts', permission: 'account:sync' },
  group: { resource: 'groups', permission: 'group:sync' },
  role: { resource: 'roles', permission: 'role:sync' },
};

type Look = 'evaluate' | 'fetch-raw' | 'fetch-mapped';

interface TryMappingProps {
  agent: AgentRow;
  mapping: ObjectMapping;
  onEvaluated: (evaluated: Evaluated) => void;
}

/** Tries the mapping as it is on screen on a real object, or reads one from the system (guide page 045, test). */
export function TryMapping({ agent, mapping, onEvaluated }: TryMappingProps) {
  const { t } = useTranslation('agents');
  const can = usePermission();
  const [object, setObject] = useState('');
  const [busy, setBusy] = useState<Look | 'sync'>();
  const [error, setError] = useState<unknown>();
  const [evaluation, setEvaluation] = useState<Evaluation>();
  const [shown, setShown] = useState<{ title: string; content: unknown }>();
  const target = synchronised[mapping.objectType];
  const name = object.trim();
  if (!can('system:update')) return null;

  const look = async <Result,>(kind: Look): Promise<Result> => {
    const body = { mapping: { ...mapping, rows: mapping.rows ?? [] }, object: name };
    return (await (await send('POST', address('systems', [agent.id, kind]), { body })).json()) as Result;
  };
  const attempt = async (kind: Look | 'sync', work: () => Promise<void>) => {
    setBusy(kind);
    setError(undefined);
    try {
      await work();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(undefined);
    }
  };
  const evaluate = () => attempt('evaluate', async () => {
    const result = await look<Evaluation>('evaluate');
    setEvaluation(result);
    onEvaluated(Object.fromEntries((result.rows ?? []).map(({ row, value, error: wrong }) => [row, { value, error: wrong }])));
  });
  const raw = () => attempt('fetch-raw', async () => {
    const { key, attributes } = await look<Fetched>('fetch-raw');
    setShown({ title: t('try.rawTitle', { key }), content: attributes });
  });
  const mapped = () => attempt('fetch-mapped', async () => {
    const result = await look<Evaluation>('fetch-mapped');
    setShown({ title: t('try.mappedTitle', { key: result.objectName }), content: result.object });
  });
  const synchronise = () => attempt('sync', async () => {
    // The trial tells which of our objects the name means.
    const { objectId } = await look<Evaluation>('evaluate');
    await send('POST', address(target?.resource ?? '', [objectId ?? '', 'synchronise']));
    toastDone(t('try.synchronised', { name }));
  });
  return (
    <Stack className="surface" p="md" gap="sm" role="group" aria-label={t('try.title')}>
      <Group gap="xs" align="flex-end">
        <TextInput w={260} label={t('try.object')} description={t('try.objectHint')} value={object} onChange={(event) => setObject(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === 'Enter' && name) void evaluate(); }} />
        <Button disabled={name === ''} loading={busy === 'evaluate'} leftSection={<IconFlask size={15} aria-hidden />} onClick={() => void evaluate()}>{t('try.evaluate')}</Button>
        <Button variant="default" disabled={name === ''} loading={busy === 'fetch-raw'} leftSection={<IconCloudDownload size={15} aria-hidden />} onClick={() => void raw()}>{t('try.raw')}</Button>
        <Button variant="default" disabled={name === ''} loading={busy === 'fetch-mapped'} leftSection={<IconTransform size={15} aria-hidden />} onClick={() => void mapped()}>{t('try.mapped')}</Button>
        {target && can(target.permission) ? <Button variant="default" disabled={name === ''} loading={busy === 'sync'} leftSection={<IconRefresh size={15} aria-hidden />} onClick={() => void synchronise()}>{t('try.synchronise')}</Button> : null}
      </Group>
      {error === undefined ? null : <Failure error={error} />}
      {evaluation ? <Verdict evaluation={evaluation} /> : null}
      <Modal opened={shown !== undefined} onClose={() => setShown(undefined)} size="lg" title={shown?.title}>
        <Code block>{JSON.stringify(shown?.content, undefined, 2)}</Code>
      </Modal>
    </Stack>
  );
}

function Verdict({ evaluation: { objectName, applies, errors, log } }: { evaluation: Evaluation }) {
  const { t } = useTranslation('agents');
  return (
    <Stack gap={6} aria-live="polite">
      <Group gap="xs">
        <Badge color={applies ? 'petrol' : 'yellow'}>{t(applies ? 'try.applies' : 'try.appliesNot')}</Badge>
        <Text size="sm">{t('try.below', { name: objectName })}</Text>
      </Group>
      {(errors ?? []).map((sentence) => <Alert key={sentence} color="red" variant="light" role="alert">{sentence}</Alert>)}
      {log ? <Code block>{log}</Code> : null}
    </Stack>
  );
}
