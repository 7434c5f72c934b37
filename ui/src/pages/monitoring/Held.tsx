import { Button, Group, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keys } from '@/api/hooks';
import { address, readPage } from '@/api/resource';
import { usePermission } from '@/api/session';
import { ConfirmAction, type Confirmation } from '@/kit/ConfirmAction';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import { useChange } from '@/kit/refresh';
import { RelativeTime } from '@/kit/RelativeTime';
import { toastDone } from '@/kit/toast';
import { DataTable } from '@/list/DataTable';
import { actionsColumn } from '@/list/rowActions';
import { useRunWords } from '@/run/words';

interface HeldSource {
  source: string;
  sourceId: string;
  author: string;
  tasks: number;
  types: Record<string, number> | null;
  firstAt: string;
  run: number;
  runKind: string;
  system: string;
}

/** Tasks over the limit of a transaction, by what made them: a person lets them go or ends them (guide page 070, not scheduled tasks). */
export function Held() {
  const { t } = useTranslation('monitoring');
  const words = useRunWords();
  const { steer, asked, close } = useSteering();
  const { data, error, refetch } = useQuery({
    queryKey: keys.list('sync-tasks', { held: true }),
    queryFn: async ({ signal }) => (await readPage<HeldSource>(address('sync-tasks', ['held']), signal)).rows,
  });
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton height={200} />;
  if (data.length === 0) return <div className="surface"><EmptyState title={t('held.empty')} hint={t('held.hint')} /></div>;
  const total = data.reduce((sum, { tasks }) => sum + tasks, 0);
  const kinds = (types: HeldSource['types']) => Object.entries(types ?? {}).map(([type, count]) => `${count} × ${words('type', type)}`).join(', ');
  return (
    <div className="surface">
      <Group p="sm" justify="space-between">
        <Text component="h2" m={0} fw={600} size="sm">{t('held.title', { count: total })}</Text>
        <Steer count={total} onSteer={(action) => steer(action, { allHeld: true }, total)} all />
      </Group>
      <DataTable<HeldSource & { id: string }>
        label={t('tab.held')}
        rows={data.map((source) => ({ ...source, id: source.sourceId }))}
        shown={['source', 'author', 'types', 'tasks', 'firstAt', 'actions']}
        columns={[
          { name: 'source', label: t('column.source'), cell: (row) => (row.run ? `${words('kind', row.runKind)} #${row.run} · ${row.system}` : words('source', row.source)) },
          { name: 'author', label: t('column.author'), cell: (row) => row.author },
          { name: 'types', label: t('column.objects'), cell: (row) => kinds(row.types) },
          { name: 'tasks', label: t('column.tasks'), numeric: true, cell: (row) => row.tasks },
          { name: 'firstAt', label: t('column.since'), cell: (row) => <RelativeTime at={row.firstAt} /> },
          actionsColumn((row) => <Steer count={row.tasks} onSteer={(action) => steer(action, { sourceId: row.sourceId }, row.tasks)} />),
        ]}
      />
      <ConfirmAction confirmation={asked} onClose={close} />
    </div>
  );
}

type Steering = 'release' | 'cancel';

function useSteering() {
  const { t } = useTranslation('monitoring');
  const change = useChange();
  const [asked, setAsked] = useState<Confirmation>();
  const steer = (action: Steering, selection: object, count: number) =>
    setAsked({
      title: t(`held.${action}Title`, { count }),
      action: t(`held.${action}Action`, { count }),
      danger: action === 'cancel',
      consequences: [t(`held.${action}Consequence`)],
      run: async () => {
        await change('POST', address('sync-tasks', [action]), { body: selection });
        toastDone(t(`held.${action}Done`));
      },
    });
  return { steer, asked, close: () => setAsked(undefined) };
}

function Steer({ count, onSteer, all = false }: { count: number; onSteer: (action: Steering) => void; all?: boolean }) {
  const { t } = useTranslation('monitoring');
  const can = usePermission();
  return (
    <Group gap="xs" wrap="nowrap">
      {can('syncTask:cancel') ? <Button variant="default" c="red" onClick={() => onSteer('cancel')}>{t(all ? 'held.cancelAll' : 'held.cancel', { count })}</Button> : null}
      {can('syncTask:release') ? <Button variant={all ? 'filled' : 'default'} onClick={() => onSteer('release')}>{t(all ? 'held.releaseAll' : 'held.release', { count })}</Button> : null}
    </Group>
  );
}
