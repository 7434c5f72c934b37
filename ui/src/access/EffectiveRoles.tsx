import { Group, Skeleton, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useListBelow } from '@/api/hooks';
import type { Entity } from '@/api/resource';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import { PathOf } from '@/kit/PathOf';
import { RelativeTime } from '@/kit/RelativeTime';
import { DataTable } from '@/list/DataTable';

interface EffectiveRole {
  roleId: string;
  role: string;
  system: string;
  account: string;
  informationSystem: string;
  scopeName: string;
  path: { kind: string; id: string; name: string }[];
  since: string;
  revocable: boolean;
  source: string;
}

/** Every role that comes about, in whatever way, with the way: "why does she have this". */
export function EffectiveRoles({ resource, id }: { resource: 'users' | 'accounts'; id: string }) {
  const { t } = useTranslation('access');
  const [words, setWords] = useState('');
  const { data, error, isLoading, refetch } = useListBelow<EffectiveRole>(resource, id, 'effective-roles');
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (isLoading || data === undefined) return <Skeleton height={200} />;
  const wanted = words.trim().toLowerCase();
  const rows = data.rows
    .map((row, index): EffectiveRole & Entity => ({ ...row, id: `${row.roleId}-${index}` }))
    .filter(({ role, system, informationSystem }) => `${role} ${system} ${informationSystem}`.toLowerCase().includes(wanted));
  if (data.rows.length === 0) return <div className="surface"><EmptyState title={t('effective.empty')} hint={t('effective.hint')} /></div>;
  return (
    <div className="surface">
      <Group p="sm">
        <TextInput type="search" w={280} aria-label={t('effective.find')} placeholder={t('effective.find')} leftSection={<IconSearch size={14} aria-hidden />} value={words} onChange={(event) => setWords(event.currentTarget.value)} />
        <Text size="sm" c="dimmed" aria-live="polite">{t('effective.count', { count: rows.length })}</Text>
      </Group>
      <DataTable
        label={t('effective.title')}
        shown={['role', 'system', 'account', 'scope', 'path', 'since']}
        rows={rows}
        columns={[
          { name: 'role', label: t('column.role'), cell: (row) => row.role },
          { name: 'system', label: t('column.system'), cell: (row) => row.system },
          { name: 'account', label: t('column.account'), cell: (row) => row.account },
          { name: 'scope', label: t('column.scope'), cell: (row) => row.scopeName },
          { name: 'path', label: t('column.path'), cell: (row) => <PathOf steps={row.path} /> },
          { name: 'since', label: t('column.since'), cell: (row) => <RelativeTime at={row.since} /> },
        ]}
      />
    </div>
  );
}
