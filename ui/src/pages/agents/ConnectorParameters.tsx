import { Alert, Button, Group, Skeleton, Text } from '@mantine/core';
import { IconPlugConnected, IconPlugConnectedX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address } from '@/api/resource';
import { useLabel, type Attribute } from '@/api/schema';
import { usePermission } from '@/api/session';
import { EmptyState } from '@/kit/EmptyState';
import { isEmpty } from '@/form/values';
import { Failure } from '@/kit/Failure';
import { useChange } from '@/kit/refresh';
import { errorsAt, type Draft } from '@/object/draft';
import { ObjectSection } from '@/object/ObjectSection';
import type { AgentRow } from './AgentsPage';
import { settingAttribute, useConnectors } from './connector';

/** What the connector needs to reach the system; secrets are typed unseen and never come back. */
export function ConnectorParameters({ agent }: { agent: AgentRow }) {
  const { t } = useTranslation('agents');
  const form = useTranslation('form').t;
  const { data, error, refetch } = useConnectors();
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton height={240} />;
  const kind = data.find(({ name }) => name === agent.connector);
  if (kind === undefined) return <div className="surface"><EmptyState title={t('parameters.internal')} hint={t('parameters.internalHint')} /></div>;
  const words = { yes: form('yes'), no: form('no'), standard: (value: string) => t('parameters.default', { value }) };
  const attributes = (kind.parameters ?? []).map((setting) => settingAttribute(setting, 'parameters', words));
  return (
    <ObjectSection
      resource="systems"
      id={agent.id}
      attributes={attributes}
      permission="system:update"
      head={(draft) => <TestConnection id={agent.id} draft={draft} attributes={attributes} description={kind.description} />}
    />
  );
}

/** Parameters travel as texts; a field that was emptied is left out. */
function texts(parameters: unknown): Record<string, string> {
  const entries = Object.entries((parameters ?? {}) as Record<string, unknown>);
  return Object.fromEntries(entries.filter(([, value]) => !isEmpty(value)).map(([name, value]) => [name, String(value)]));
}

interface TestResult {
  ok: boolean;
  durationMs: number;
  errorClass: string;
  message: string;
}

interface TestConnectionProps {
  id: string;
  draft: Draft;
  attributes: readonly Attribute[];
  description: string;
}

/** Asks the system whether it answers, with the parameters as they stand on the screen; a secret nobody touched keeps its saved value. */
function TestConnection({ id, draft, attributes, description }: TestConnectionProps) {
  const { t } = useTranslation('agents');
  const label = useLabel();
  const can = usePermission();
  const change = useChange();
  const [result, setResult] = useState<TestResult>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const unsaved = draft.changed.length > 0;
  const wrong = errorsAt(error, attributes);
  const test = async () => {
    setBusy(true);
    setError(undefined);
    setResult(undefined);
    try {
      const body = unsaved ? { parameters: texts(draft.values.parameters) } : undefined;
      setResult((await (await change('POST', address('systems', [id, 'test']), { body })).json()) as TestResult);
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" maw={640}>{description}</Text>
        {can('system:update') ? (
          <Group gap="xs">
            {unsaved ? <Text size="xs" c="dimmed">{t('parameters.asTyped')}</Text> : null}
            <Button variant="default" loading={busy} leftSection={<IconPlugConnected size={15} aria-hidden />} onClick={() => void test()}>{t('test.action')}</Button>
          </Group>
        ) : null}
      </Group>
      {error !== undefined && Object.keys(wrong.fields).length === 0 ? <Failure error={error} /> : null}
      {attributes.filter(({ name }) => wrong.fields[name] !== undefined).map((attribute) => (
        <Alert key={attribute.name} color="red" variant="light" role="alert" title={label(attribute)}>{wrong.fields[attribute.name]}</Alert>
      ))}
      {result ? (
        <Alert
          variant="light"
          role="status"
          color={result.ok ? 'petrol' : 'red'}
          icon={result.ok ? <IconPlugConnected size={18} /> : <IconPlugConnectedX size={18} />}
          title={t(result.ok ? 'test.ok' : 'test.failed', { milliseconds: result.durationMs })}
        >
          {result.message || null}
        </Alert>
      ) : null}
    </>
  );
}
