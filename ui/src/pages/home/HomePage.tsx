import { Anchor, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ParseKeys } from 'i18next';
import { useTranslation } from 'react-i18next';
import { useCount } from '@/api/hooks';
import { usePermission, useSession } from '@/api/session';
import { EmptyState } from '@/kit/EmptyState';
import { PageHeader } from '@/kit/PageHeader';
import classes from './HomePage.module.css';

/** A true number and the list behind it. */
interface Figure {
  label: ParseKeys<'home'>;
  resource: string;
  filter?: string;
  permission: string;
  /** The list's address; without one the number stands alone. */
  to?: string;
  /** A number above zero asks for attention. */
  alarming?: boolean;
}

const figures: Figure[] = [
  { label: 'usersActive', resource: 'users', filter: 'active eq true', permission: 'user:query', to: '/users' },
  { label: 'usersInactive', resource: 'users', filter: 'active eq false', permission: 'user:query', to: '/users' },
  { label: 'groups', resource: 'groups', permission: 'group:query' },
  { label: 'accounts', resource: 'accounts', permission: 'account:query' },
  { label: 'roles', resource: 'roles', permission: 'role:query' },
  { label: 'systems', resource: 'systems', permission: 'system:query' },
  { label: 'syncPending', resource: 'sync-tasks', filter: 'status eq "pending"', permission: 'syncTask:query' },
  { label: 'syncFailed', resource: 'sync-tasks', filter: 'status eq "failed"', permission: 'syncTask:query', alarming: true },
];

/** The first page: a few true numbers that lead to the lists behind them. */
export default function HomePage() {
  const { t } = useTranslation('home');
  const { data: session } = useSession();
  const can = usePermission();
  const shown = figures.filter(({ permission }) => can(permission));
  return (
    <>
      <PageHeader title={t('title', { name: session?.user.fullName })} hint={t('hint')} />
      {shown.length === 0 ? (
        <div className="surface"><EmptyState title={t('empty.title')} hint={t('empty.hint')} /></div>
      ) : (
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
          {shown.map((figure) => <FigureCard key={figure.label} {...figure} />)}
        </SimpleGrid>
      )}
    </>
  );
}

function FigureCard({ label, resource, filter, to, alarming = false }: Figure) {
  const { t, i18n } = useTranslation('home');
  const { data, isPending, isError } = useCount(resource, filter);
  const alarm = alarming && (data ?? 0) > 0;
  return (
    <Stack gap={2} className={`surface ${classes.figure}`} data-alarm={alarm || undefined}>
      <Text size="sm" c="dimmed">{t(label)}</Text>
      {isPending ? <Skeleton height={30} width={80} /> : (
        <Text className={`figures ${classes.number}`}>
          {alarm ? <IconAlertTriangle size={20} aria-label={t('attention')} className={classes.sign} /> : null}
          {isError ? '–' : new Intl.NumberFormat(i18n.language).format(data)}
        </Text>
      )}
      {to && !isError ? (
        <Anchor component={Link} to={to} search={(filter ? { mode: 'advanced', filter } : {}) as never} size="sm" className={classes.link} aria-label={t('see', { what: t(label) })}>
          {t('list')}
        </Anchor>
      ) : (
        <Text size="sm" c="dimmed">{isError ? t('unknown') : '\u00A0'}</Text>
      )}
    </Stack>
  );
}
