import { Anchor, Skeleton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keys } from '@/api/hooks';
import { address, readPage, send } from '@/api/resource';
import { usePermission } from '@/api/session';
import { ConfirmAction, type Confirmation } from '@/kit/ConfirmAction';
import { Failure, useFailureText } from '@/kit/Failure';
import { PageHeader } from '@/kit/PageHeader';
import { useChange } from '@/kit/refresh';
import { toastDone, toastFailed } from '@/kit/toast';
import { downloadCsv } from '@/list/csv';
import { changeFilter, changesPerPage, type ChangeQuery } from '@/run/ChangeList';
import { isOver, type LogLine, type RunChange, type RunDetail } from '@/run/model';
import { RunView } from '@/run/RunView';

/** While a run goes on its numbers are read anew this often, in milliseconds; events tell of its ends only. */
const pace = 2000;
/** As many log lines the server gives at once. */
const logPage = 500;

/** One run, live: what it found, what the guard says, and the decision of the person who looks. */
export default function RunPage() {
  const { t } = useTranslation('run');
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const { data: run, error, refetch, dataUpdatedAt } = useRun(id);
  if (error) return <><PageHeader title={t('run')} /><Failure error={error} onRetry={() => void refetch()} /></>;
  return (
    <>
      <Anchor component={Link} to="/runs" size="sm" c="dimmed" display="inline-block" mb={4}>← {t('list.title')}</Anchor>
      {run === undefined ? <><PageHeader title={t('run')} /><Skeleton height={320} /></> : <Live run={run} readAt={dataUpdatedAt} />}
    </>
  );
}

function useRun(id: string) {
  return useQuery({
    queryKey: keys.object('runs', id),
    queryFn: async ({ signal }) => (await send('GET', address('runs', [id]), { signal })).json() as Promise<RunDetail>,
    refetchInterval: ({ state }) => (state.data === undefined || isOver(state.data) || state.data.status === 'blocked' ? false : pace),
  });
}

function useLog(id: string, over: boolean) {
  return useQuery({
    queryKey: keys.below('runs', id, 'log', {}),
    queryFn: async ({ signal }) => {
      const lines: LogLine[] = [];
      for (;;) {
        const { rows } = await readPage<LogLine>(address('runs', [id, 'log'], { after: lines.at(-1)?.id }), signal);
        lines.push(...rows);
        if (rows.length < logPage) return lines;
      }
    },
    refetchInterval: over ? false : pace,
  });
}

function Live({ run, readAt }: { run: RunDetail; readAt: number }) {
  const { t } = useTranslation('run');
  const can = usePermission();
  const failure = useFailureText();
  const [query, setQuery] = useState<ChangeQuery>({ words: '', page: 1 });
  const [filter] = useDebouncedValue(changeFilter(query), 200);
  const [asked, setAsked] = useState<Confirmation>();
  const decide = useDecisions(run, setAsked);
  const over = isOver(run);
  const log = useLog(run.id, over);
  const listed = { filter, page: query.page, size: changesPerPage, sort: 'seq' };
  const changes = useQuery({
    queryKey: keys.below('runs', run.id, 'changes', listed),
    queryFn: ({ signal }) => readPage<RunChange>(address('runs', [run.id, 'changes'], listed), signal),
    placeholderData: (previous) => previous,
    refetchInterval: over || run.status === 'blocked' ? false : pace,
  });
  const download = () => void downloadCsv(address('runs', [run.id, 'changes'], { filter }), `run-${run.number}.csv`).catch((error: unknown) => toastFailed(failure(error)));
  return (
    <>
      <RunView
        run={run}
        readAt={readAt}
        changes={changes.data?.rows ?? []}
        total={changes.data?.total ?? 0}
        query={query}
        onQuery={setQuery}
        log={log.data ?? []}
        onDownload={download}
        onResume={run.status === 'blocked' && can('run:resume') ? decide.resume : undefined}
        onCancel={!over && can('run:cancel') ? decide.cancel : undefined}
      />
      {changes.error ? <Failure error={changes.error} onRetry={() => void changes.refetch()} /> : null}
      <ConfirmAction confirmation={asked} onClose={() => setAsked(undefined)} />
      <span className="visually-hidden" aria-live="polite">{t('announce', { count: changes.data?.total ?? 0 })}</span>
    </>
  );
}

/** The two decisions about a run, each with its consequences. */
function useDecisions(run: RunDetail, ask: (confirmation: Confirmation) => void) {
  const { t } = useTranslation('run');
  const change = useChange();
  const total = run.guard?.total ?? 0;
  const decide = (verb: 'resume' | 'cancel', done: string) => async () => {
    await change('POST', address('runs', [run.id, verb]));
    toastDone(done);
  };
  return {
    resume: () => ask({
      title: t('resumeTitle'),
      action: t('resumeAction', { count: total }),
      consequences: [t('resumeConsequence', { count: total }), ...(run.guard?.reasons ?? [])],
      run: decide('resume', t('resumed')),
    }),
    cancel: () => ask({
      title: t('cancelTitle'),
      action: t('cancelAction'),
      consequences: [t((run.counters?.applied ?? 0) > 0 ? 'cancelKeeps' : 'cancelNothing', { count: run.counters?.applied ?? 0 })],
      run: decide('cancel', t('cancelled')),
    }),
  };
}
