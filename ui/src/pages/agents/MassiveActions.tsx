import { Anchor, Button, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconDatabaseExport, IconDatabaseImport, IconEye, IconRefresh } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/hooks';
import { address } from '@/api/resource';
import { usePermission } from '@/api/session';
import { ConfirmAction, type Confirmation } from '@/kit/ConfirmAction';
import { useFailureText } from '@/kit/Failure';
import { useChange } from '@/kit/refresh';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { toastDone, toastFailed } from '@/kit/toast';
import { isOver, type Run } from '@/run/model';
import { useRunWords } from '@/run/words';
import type { AgentRow } from './AgentsPage';

const actions = [
  { key: 'load', kind: 'load', permission: 'system:load', Icon: IconDatabaseImport, writes: true, source: true },
  { key: 'previewLoad', kind: 'impact-in', of: 'load', permission: 'system:load', Icon: IconEye, writes: false, source: true },
  { key: 'reconcile', kind: 'reconcile', permission: 'system:reconcile', Icon: IconRefresh, writes: true, source: false },
  { key: 'previewReconcile', kind: 'impact-in', of: 'reconcile', permission: 'system:reconcile', Icon: IconEye, writes: false, source: false },
  { key: 'provision', kind: 'provision', permission: 'system:provision', Icon: IconDatabaseExport, writes: true, source: false },
  { key: 'impact', kind: 'impact', permission: 'system:provision', Icon: IconEye, writes: false, source: false },
] as const;

type Action = (typeof actions)[number];

/** Whole-system runs: what each does, when it last ran, and its start; one run at a time per system. */
export function MassiveActions({ agent }: { agent: AgentRow }) {
  const { t } = useTranslation('agents');
  const can = usePermission();
  const [asked, setAsked] = useState<Confirmation>();
  const { data } = useList('runs', { filter: `systemId eq ${JSON.stringify(agent.id)}`, sort: '-createdAt', size: 50 });
  const runs = (data?.rows ?? []) as unknown as Run[];
  const active = runs.find((run) => !isOver(run));
  const start = useStart(agent, setAsked);
  const shown = actions.filter(({ permission, source }) => can(permission) && (!source || agent.authoritative));
  return (
    <Stack>
      {active ? <Active run={active} /> : null}
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {shown.map((action) => <ActionCard key={action.key} action={action} last={runs.find((run) => lastOf(run, action))} busy={active !== undefined} onStart={() => start(action)} />)}
      </SimpleGrid>
      {shown.length === 0 ? <Text size="sm" c="dimmed">{t('massive.none')}</Text> : null}
      <ConfirmAction confirmation={asked} onClose={() => setAsked(undefined)} />
    </Stack>
  );
}

function lastOf(run: Run, action: Action): boolean {
  return run.kind === action.kind && (!('of' in action) || (run.options as { of?: string } | undefined)?.of === action.of);
}

function useStart(agent: AgentRow, ask: (confirmation: Confirmation) => void) {
  const { t } = useTranslation('agents');
  const change = useChange();
  const navigate = useNavigate();
  const failure = useFailureText();
  const run = async (action: Action) => {
    const body = { kind: action.kind, ...('of' in action ? { options: { of: action.of } } : {}) };
    const response = await change('POST', address('systems', [agent.id, 'runs']), { body });
    const started = (await response.json()) as { id: string };
    toastDone(t('massive.started'));
    await navigate({ to: `/runs/${started.id}` });
  };
  return (action: Action) => {
    if (!action.writes) {
      void run(action).catch((error: unknown) => toastFailed(failure(error)));
      return;
    }
    ask({
      title: `${t(`massive.${action.key}.title`)}: ${agent.name}`,
      action: t(`massive.${action.key}.title`),
      danger: action.kind === 'provision',
      consequences: [t(`massive.${action.key}.consequence`), t('massive.guard')],
      run: () => run(action),
    });
  };
}

function ActionCard({ action, last, busy, onStart }: { action: Action; last?: Run; busy: boolean; onStart: () => void }) {
  const { t } = useTranslation('agents');
  return (
    <Stack className="surface" p="md" gap="xs" justify="space-between">
      <div>
        <Text component="h2" m={0} size="sm" fw={600}>{t(`massive.${action.key}.title`)}</Text>
        <Text size="sm" c="dimmed">{t(`massive.${action.key}.what`)}</Text>
      </div>
      <Stack gap={6}>
        <Text size="sm" component="div">
          {last ? <><Anchor component={Link} to={`/runs/${last.id}`} size="sm">#{last.number}</Anchor> <StatusBadge status={last.status} /> <RelativeTime at={last.createdAt} /></> : t('massive.never')}
        </Text>
        <Button w="fit-content" variant={action.writes ? 'filled' : 'default'} disabled={busy} leftSection={<action.Icon size={15} aria-hidden />} onClick={onStart}>{t(`massive.${action.key}.title`)}</Button>
      </Stack>
    </Stack>
  );
}

function Active({ run }: { run: Run }) {
  const { t } = useTranslation('agents');
  const words = useRunWords();
  return (
    <Stack className="surface" p="md" gap={4} role="status">
      <Text size="sm" fw={600}>{t('massive.active', { kind: words('kind', run.kind) })} <StatusBadge status={run.status} /></Text>
      <Anchor component={Link} to={`/runs/${run.id}`} size="sm">{t('massive.watch', { number: run.number })}</Anchor>
    </Stack>
  );
}
