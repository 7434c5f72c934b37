import { Button, Group, NumberInput, Radio, Select, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, send } from '@/api/resource';
import { usePermission } from '@/api/session';
import { ConfirmAction, type Confirmation } from '@/kit/ConfirmAction';
import { Failure } from '@/kit/Failure';
import { PageHeader } from '@/kit/PageHeader';
import { useChange } from '@/kit/refresh';
import { toastDone } from '@/kit/toast';

/** How changes travel (guide page 044). */
export interface Engine {
  mode: 'readonly' | 'manual' | 'auto';
  taskLimit: number;
  language: 'javascript' | 'beanshell' | 'autodetect';
}

const modes = ['readonly', 'manual', 'auto'] as const;
const languages = ['javascript', 'beanshell', 'autodetect'] as const;

/** The engine's settings, where the person may read them. */
export function useEngine() {
  const can = usePermission();
  return useQuery({
    queryKey: ['settings', 'engine'],
    queryFn: async ({ signal }) => (await send('GET', address('settings', ['engine']), { signal })).json() as Promise<Engine>,
    enabled: can('settings:query'),
  });
}

/** The mode of the task engine, the limit per transaction, the language of scripts. */
export default function EnginePage() {
  const { t } = useTranslation('engine');
  const { data, error, refetch } = useEngine();
  return (
    <>
      <PageHeader title={t('title')} hint={t('hint')} />
      {error ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && !error ? <Skeleton height={320} /> : null}
      {data ? <EngineForm key={JSON.stringify(data)} engine={data} /> : null}
    </>
  );
}

function EngineForm({ engine }: { engine: Engine }) {
  const { t } = useTranslation('engine');
  const can = usePermission();
  const change = useChange();
  const [draft, setDraft] = useState<Engine>({ mode: engine.mode, taskLimit: engine.taskLimit, language: engine.language });
  const [asked, setAsked] = useState<Confirmation>();
  const locked = !can('settings:update');
  const changed = modes.some((mode) => mode === draft.mode) && (draft.mode !== engine.mode || draft.taskLimit !== engine.taskLimit || draft.language !== engine.language);
  const ask = () =>
    setAsked({
      title: t('confirm'),
      action: t('apply'),
      danger: draft.mode === 'auto' && engine.mode !== 'auto',
      consequences: [
        ...(draft.mode === engine.mode ? [] : [t(`consequence.${draft.mode}`)]),
        ...(draft.taskLimit === engine.taskLimit ? [] : [t('consequence.limit', { count: draft.taskLimit })]),
        ...(draft.language === engine.language ? [] : [t('consequence.language')]),
      ],
      run: async () => {
        await change('PUT', address('settings', ['engine']), { body: draft });
        toastDone(t('applied'));
      },
    });
  return (
    <div className="surface" style={{ padding: 'var(--mantine-spacing-lg)', maxWidth: 760 }}>
      <Stack gap="lg">
        <Radio.Group label={t('mode')} value={draft.mode} onChange={(mode) => setDraft({ ...draft, mode: mode as Engine['mode'] })}>
          <Stack gap="xs" mt="xs">
            {modes.map((mode) => (
              <Radio.Card key={mode} value={mode} p="md" radius="md" disabled={locked} aria-label={t(`modes.${mode}.name`)}>
                <Group wrap="nowrap" align="flex-start">
                  <Radio.Indicator variant="outline" />
                  <div>
                    <Text size="sm" fw={600}>{t(`modes.${mode}.name`)}</Text>
                    <Text size="sm" c="dimmed">{t(`modes.${mode}.what`)}</Text>
                  </div>
                </Group>
              </Radio.Card>
            ))}
          </Stack>
        </Radio.Group>
        <NumberInput w={280} label={t('limit')} description={t('limitHint')} min={1} max={1_000_000} disabled={locked} value={draft.taskLimit} onChange={(limit) => setDraft({ ...draft, taskLimit: Number(limit) })} />
        <Select
          w={280}
          label={t('language')}
          allowDeselect={false}
          disabled={locked}
          data={languages.map((value) => ({ value, label: t(`languages.${value}`) }))}
          value={draft.language}
          onChange={(language) => setDraft({ ...draft, language: (language ?? draft.language) as Engine['language'] })}
        />
        {locked ? null : (
          <Group>
            <Button disabled={!changed || draft.taskLimit < 1} onClick={ask}>{t('apply')}</Button>
            {changed ? <Button variant="default" onClick={() => setDraft(engine)}>{t('undo')}</Button> : null}
          </Group>
        )}
      </Stack>
      <ConfirmAction confirmation={asked} onClose={() => setAsked(undefined)} />
    </div>
  );
}
