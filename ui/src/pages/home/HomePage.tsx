import { Alert, Anchor, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ParseKeys } from 'i18next';
import { useTranslation } from 'react-i18next';
import { address, send } from '@/api/resource';
import { useSession } from '@/api/session';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import { PageHeader } from '@/kit/PageHeader';
import { openFilter } from '@/sync/model';
import { useTaskCounts } from '@/work/TaskCount';
import classes from './HomePage.module.css';

type Summary = Partial<Record<
  'users' | 'accounts' | 'roles' | 'systems' | 'openTasks' | 'pendingTasks' | 'heldTasks' | 'waitingTasks' | 'failedTasks' | 'disconnectedAgents' | 'activeRuns' | 'blockedRuns' | 'openIssues'
  | 'mine' | 'available' | 'overdue',
  number
>>;

/** A true number and the list behind it. */
interface Figure {
  of: keyof Summary;
  label: ParseKeys<'home'>;
  to: string;
  search?: object;
  /** A number above zero asks for attention. */
  alarming?: boolean;
}

const advanced = (filter: string) => ({ mode: 'advanced', filter });

/** What waits for the person who looks; everybody may have tasks. */
const own: Figure[] = [
  { of: 'mine', label: 'myTasks', to: '/tasks', search: { view: 'mine' } },
  { of: 'available', label: 'availableTasks', to: '/tasks', search: { view: 'available' } },
  { of: 'overdue', label: 'overdueTasks', to: '/tasks', search: { sort: 'dueAt' }, alarming: true },
];

/** What there is. */
const stock: Figure[] = [
  { of: 'users', label: 'users', to: '/users' },
  { of: 'accounts', label: 'accounts', to: '/accounts' },
  { of: 'roles', label: 'roles', to: '/roles' },
  { of: 'systems', label: 'systems', to: '/agents' },
];

/** What moves, and what waits for somebody. */
const motion: Figure[] = [
  { of: 'openTasks', label: 'openTasks', to: '/monitoring/tasks', search: advanced(openFilter) },
  { of: 'heldTasks', label: 'heldTasks', to: '/monitoring', search: { tab: 'held' }, alarming: true },
  { of: 'failedTasks', label: 'failedTasks', to: '/monitoring/tasks', search: advanced('status eq "failed"'), alarming: true },
  { of: 'disconnectedAgents', label: 'disconnected', to: '/monitoring', alarming: true },
  { of: 'activeRuns', label: 'activeRuns', to: '/runs', search: advanced('status eq "running" or status eq "queued"') },
  { of: 'blockedRuns', label: 'blockedRuns', to: '/runs', search: advanced('status eq "blocked"'), alarming: true },
  { of: 'openIssues', label: 'openIssues', to: '/issues', search: advanced('status ne "solved"'), alarming: true },
];

const pace = 15_000;

/** The first page: a few true numbers that lead to the lists behind them. */
export default function HomePage() {
  const { t } = useTranslation('home');
  const { data: session } = useSession();
  const { data, error, refetch } = useQuery({
    queryKey: ['monitoring', 'summary'],
    queryFn: async ({ signal }) => (await send('GET', address('monitoring', ['summary']), { signal })).json() as Promise<Summary>,
    refetchInterval: pace,
  });
  const counts = useTaskCounts();
  const known = (figures: Figure[]) => figures.filter(({ of }) => data?.[of] !== undefined);
  const nothing = data !== undefined && counts?.mine === 0 && counts.available === 0 && known([...stock, ...motion]).length === 0;
  return (
    <>
      <PageHeader title={t('title', { name: session?.user.fullName })} hint={t('hint')} />
      {error ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && !error ? <Skeleton height={220} /> : null}
      {nothing ? <div className="surface"><EmptyState title={t('empty.title')} hint={t('empty.hint')} /></div> : null}
      {data ? (
        <Stack gap="xl">
          {counts ? <Figures title={t('own')} figures={own} summary={counts} /> : null}
          <Figures title={t('stock')} figures={known(stock)} summary={data} />
          <Figures title={t('motion')} figures={known(motion)} summary={data} />
        </Stack>
      ) : null}
      {data && known(motion).length > 0 && known(motion).every(({ of, alarming }) => !alarming || data[of] === 0) ? (
        <Alert variant="light" mt="lg">{t('allWell')}</Alert>
      ) : null}
    </>
  );
}

function Figures({ title, figures, summary }: { title: string; figures: Figure[]; summary: Summary }) {
  if (figures.length === 0) return null;
  return (
    <section aria-label={title}>
      <Text component="h2" m={0} mb="xs" size="sm" fw={600}>{title}</Text>
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
        {figures.map((figure) => <FigureCard key={figure.of} figure={figure} value={summary[figure.of] ?? 0} />)}
      </SimpleGrid>
    </section>
  );
}

function FigureCard({ figure: { label, to, search = {}, alarming = false }, value }: { figure: Figure; value: number }) {
  const { t, i18n } = useTranslation('home');
  const alarm = alarming && value > 0;
  return (
    <Stack gap={2} className={`surface ${classes.figure}`} data-alarm={alarm || undefined}>
      <Text size="sm" c="dimmed">{t(label)}</Text>
      <Text className={`figures ${classes.number}`}>
        {alarm ? <IconAlertTriangle size={20} aria-label={t('attention')} className={classes.sign} /> : null}
        {new Intl.NumberFormat(i18n.language).format(value)}
      </Text>
      <Anchor component={Link} to={to} search={search as never} size="sm" className={classes.link} aria-label={t('see', { what: t(label) })}>{t('list')}</Anchor>
    </Stack>
  );
}
