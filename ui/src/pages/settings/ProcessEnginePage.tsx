import { Anchor, Button, FileButton, Group, Progress, Radio, Skeleton, Stack, Text } from '@mantine/core';
import { IconDownload, IconPlayerPause, IconPlayerPlay, IconRefresh, IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '@/api/api.gen';
import { address, send } from '@/api/resource';
import { usePermission } from '@/api/session';
import { transport } from '@/api/transport';
import { ConfirmAction, type Confirmation } from '@/kit/ConfirmAction';
import { Facts } from '@/kit/Facts';
import { Failure, useFailureText } from '@/kit/Failure';
import { PageHeader } from '@/kit/PageHeader';
import { useChange } from '@/kit/refresh';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { toastDone, toastFailed } from '@/kit/toast';
import { fileSize } from '@/work/Attachments';

type EngineState = components['schemas']['ProcessEngineState'];
type Restored = components['schemas']['RestoredDocuments'];

const path = (...parts: string[]) => address('settings', ['process-engine', ...parts]);

/** Whether timers run, where documents are, and the search index of processes (guide page 050). */
export default function ProcessEnginePage() {
  const { t } = useTranslation('processEngine');
  const { data, error, refetch } = useQuery({
    queryKey: ['settings', 'process-engine'],
    queryFn: async ({ signal }) => (await send('GET', path(), { signal })).json() as Promise<EngineState>,
    refetchInterval: ({ state }) => (state.data && isRebuilding(state.data) ? 2000 : false),
  });
  return (
    <>
      <PageHeader title={t('title')} hint={t('hint')} />
      {error ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && !error ? <Skeleton height={320} /> : null}
      {data ? (
        <Stack maw={860}>
          <Scheduler engine={data} />
          <Documents engine={data} />
          <SearchIndex engine={data} />
        </Stack>
      ) : null}
    </>
  );
}

function isRebuilding({ index }: EngineState): boolean {
  return index.askedAt !== null && index.endedAt === null;
}

function Section({ title, hint, beside, children }: { title: string; hint: string; beside?: ReactNode; children: ReactNode }) {
  return (
    <section className="surface" aria-label={title} style={{ padding: 'var(--mantine-spacing-lg)' }}>
      <Group gap="xs"><Text component="h2" m={0} fw={600}>{title}</Text>{beside}</Group>
      <Text size="sm" c="dimmed" mb="md">{hint}</Text>
      {children}
    </section>
  );
}

function Scheduler({ engine: { scheduler } }: { engine: EngineState }) {
  const { t } = useTranslation('processEngine');
  const can = usePermission();
  const change = useChange();
  const [asked, setAsked] = useState<Confirmation>();
  const { stopped } = scheduler;
  const steer = async (verb: 'stop' | 'start') => {
    await change('POST', path(verb));
    toastDone(t(`scheduler.${verb}Done`));
  };
  const ask = () =>
    setAsked({
      title: t('scheduler.confirm'), action: t('scheduler.stop'), run: () => steer('stop'),
      consequences: [t('scheduler.consequence.timers', { count: scheduler.jobs }), t('scheduler.consequence.people')],
    });
  return (
    <Section title={t('scheduler.title')} hint={t('scheduler.hint')} beside={<StatusBadge status={stopped ? 'paused' : 'running'} />}>
      <Stack align="flex-start">
        <Facts
          facts={[
            { label: t('scheduler.jobs'), value: can('process:query') ? <Anchor component={Link} to="/processes/jobs" inherit>{scheduler.jobs}</Anchor> : scheduler.jobs },
            { label: t('scheduler.late'), value: scheduler.late },
            { label: t('scheduler.stoppedBy'), value: scheduler.stoppedBy },
            { label: t('scheduler.since'), value: scheduler.stoppedAt ? <RelativeTime at={scheduler.stoppedAt} /> : undefined },
          ]}
        />
        {can('settings:update') && stopped ? <Button leftSection={<IconPlayerPlay size={16} />} onClick={() => void steer('start')}>{t('scheduler.start')}</Button> : null}
        {can('settings:update') && !stopped ? <Button variant="default" leftSection={<IconPlayerPause size={16} />} onClick={ask}>{t('scheduler.stop')}</Button> : null}
      </Stack>
      <ConfirmAction confirmation={asked} onClose={() => setAsked(undefined)} />
    </Section>
  );
}

const places = ['database', 'folder'] as const;

function Documents({ engine: { documents } }: { engine: EngineState }) {
  const { t, i18n } = useTranslation('processEngine');
  const can = usePermission();
  const change = useChange();
  const failure = useFailureText();
  const locked = !can('settings:update');
  const place = (to: string) =>
    void change('PUT', path('documents'), { body: { place: to } }).then(() => toastDone(t('documents.placed'))).catch((error: unknown) => toastFailed(failure(error)));
  return (
    <Section title={t('documents.title')} hint={t('documents.hint')}>
      <Stack>
        <Radio.Group label={t('documents.place')} value={documents.place} onChange={place}>
          <Stack gap="xs" mt="xs">
            {places.map((value) => (
              <Radio key={value} value={value} label={t(`documents.places.${value}.name`)} disabled={locked || (value === 'folder' && !documents.folder)}
                description={t(value === 'folder' && !documents.folder ? 'documents.noFolder' : `documents.places.${value}.what`)} />
            ))}
          </Stack>
        </Radio.Group>
        <Facts
          facts={[
            { label: t('documents.count'), value: documents.count },
            { label: t('documents.size'), value: fileSize(documents.bytes, i18n.language) },
            { label: t('documents.inFolder'), value: documents.inFolder },
          ]}
        />
        {locked ? null : <Archive />}
      </Stack>
    </Section>
  );
}

function Archive() {
  const { t } = useTranslation('processEngine');
  const failure = useFailureText();
  const [busy, setBusy] = useState(false);
  const [restored, setRestored] = useState<Restored>();
  const restore = async (file: File | null) => {
    if (file === null) return;
    setBusy(true);
    setRestored(undefined);
    try {
      const request = new Request(new URL(path('documents'), globalThis.location.origin), { method: 'POST', body: file, headers: { 'Content-Type': 'application/octet-stream' } });
      setRestored((await (await transport(request)).json()) as Restored);
    } catch (refused) {
      toastFailed(failure(refused));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Group>
        <Button component="a" href={path('documents')} download variant="default" leftSection={<IconDownload size={16} />}>{t('documents.backup')}</Button>
        <FileButton accept=".zip,application/zip" onChange={(file) => void restore(file)}>
          {(props) => <Button {...props} variant="default" loading={busy} leftSection={<IconUpload size={16} />}>{t('documents.restore')}</Button>}
        </FileButton>
      </Group>
      {restored ? (
        <Text size="sm" role="status">
          {t('documents.restored', { restored: restored.restored, unchanged: restored.unchanged, unknown: restored.unknown })}
          {restored.damaged.length > 0 ? ` ${t('documents.damaged', { names: restored.damaged.join(', ') })}` : ''}
        </Text>
      ) : null}
    </>
  );
}

function SearchIndex({ engine }: { engine: EngineState }) {
  const { t } = useTranslation('processEngine');
  const can = usePermission();
  const change = useChange();
  const failure = useFailureText();
  const { index } = engine;
  const rebuilding = isRebuilding(engine);
  const rebuild = () => void change('POST', path('index')).then(() => toastDone(t('index.asked'))).catch((error: unknown) => toastFailed(failure(error)));
  return (
    <Section title={t('index.title')} hint={t('index.hint')}>
      <Stack align="flex-start">
        {rebuilding ? (
          <Stack gap={4} w={360}>
            <Text size="sm" role="status">{t('index.progress', { done: index.done, total: index.total })}</Text>
            <Progress value={index.total === 0 ? 100 : Math.min(100, (100 * index.done) / index.total)} aria-label={t('index.title')} animated />
          </Stack>
        ) : (
          <Facts
            facts={[
              { label: t('index.last'), value: index.endedAt ? <RelativeTime at={index.endedAt} /> : t('index.never') },
              { label: t('index.by'), value: index.askedBy },
              { label: t('index.processes'), value: index.endedAt ? index.done : undefined },
            ]}
          />
        )}
        {can('settings:update') ? <Button variant="default" leftSection={<IconRefresh size={16} />} disabled={rebuilding} onClick={rebuild}>{t('index.rebuild')}</Button> : null}
      </Stack>
    </Section>
  );
}
