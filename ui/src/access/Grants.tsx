import { Anchor, Button, Group, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Entity } from '@/api/resource';
import { usePermission } from '@/api/session';
import { RelativeTime } from '@/kit/RelativeTime';
import { RemoveButton } from '@/kit/RemoveButton';
import { StatusBadge } from '@/kit/StatusBadge';
import type { Column } from '@/list/DataTable';
import { RelatedList } from '@/list/RelatedList';
import { actionsColumn } from '@/list/rowActions';
import { GrantDialog } from './GrantDialog';

/** A direct grant as the server lists it. */
export interface GrantRow extends Entity {
  role?: string;
  roleId?: string;
  system?: string;
  account?: string;
  user?: string;
  fullName?: string;
  scopeName?: string;
  holderGroup?: string;
  startAt?: string | null;
  endAt?: string | null;
  state?: string;
  origin?: string;
  /** The process that decides about a pending grant or revocation. */
  processId?: string | null;
  processNumber?: number | null;
  process?: string;
  /** Code of the process that has to approve direct changes. */
  approvalProcess?: string;
}

interface GrantsProps {
  source: { resource: string; id: string; part: string } | { resource: string; filter: string };
  /** Whose grants these are: fixes one side of the dialog. */
  holder: { userId?: string; accountId?: string; roleId?: string };
  empty: { title: string; hint?: string };
}

/** Direct grants of a user, an account or a role: grant and revoke. */
export function Grants({ source, holder, empty }: GrantsProps) {
  const { t } = useTranslation('access');
  const can = usePermission();
  const [granting, setGranting] = useState(false);
  const ofRole = holder.roleId !== undefined;
  const columns: Column<GrantRow>[] = [
    ...(ofRole
      ? [{ name: 'user', label: t('column.user'), sortable: true, cell: (row: GrantRow) => <>{row.fullName} <Text span size="xs" c="dimmed">{row.user}</Text></> }]
      : [{ name: 'role', label: t('column.role'), sortable: true, cell: (row: GrantRow) => row.role }, { name: 'system', label: t('column.system'), sortable: true, cell: (row: GrantRow) => row.system }]),
    { name: 'account', label: t('column.account'), sortable: true, cell: (row) => row.account },
    { name: 'scopeName', label: t('column.scope'), cell: (row) => row.scopeName },
    { name: 'holderGroup', label: t('column.holder'), cell: (row) => row.holderGroup },
    { name: 'state', label: t('column.state'), cell: (row) => <GrantState grant={row} /> },
    { name: 'origin', label: t('column.origin'), cell: (row) => <Origin origin={row.origin} /> },
    { name: 'startAt', label: t('column.start'), sortable: true, cell: (row) => <RelativeTime at={row.startAt} /> },
    { name: 'endAt', label: t('column.end'), sortable: true, cell: (row) => <RelativeTime at={row.endAt} /> },
    actionsColumn((row) => (row.state === 'active' ? (
      <RemoveButton
        resource="grants"
        id={row.id}
        name={`${row.role} · ${row.account}`}
        permission="grant:revoke"
        action={t('revoke.action')}
        consequences={[row.approvalProcess ? t('revoke.approval') : t('revoke.consequence', { system: row.system })]}
        done={row.approvalProcess ? t('revoke.asked') : undefined}
      />
    ) : null)),
  ];
  return (
    <>
      <RelatedList<GrantRow>
        label={t('grants')}
        source={source}
        empty={empty}
        columns={columns}
        href={(row) => (ofRole ? `/accounts/${String(row.accountId)}` : `/roles/${row.roleId}`)}
        actions={can('grant:create') ? <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setGranting(true)}>{t('grant.action')}</Button> : undefined}
      />
      {granting ? <GrantDialog {...holder} onClose={() => setGranting(false)} /> : null}
    </>
  );
}

/** Whether a grant is effective, or which process it waits for. */
export function GrantState({ grant }: { grant: Pick<GrantRow, 'state' | 'processId' | 'processNumber' | 'process'> }) {
  const { t } = useTranslation('access');
  if (!grant.state) return null;
  return (
    <Group gap="xs" wrap="nowrap">
      <StatusBadge status={grant.state} />
      {grant.processId ? (
        <Anchor component={Link} to={`/processes/${grant.processId}`} size="sm" className="figures" aria-label={t('decidedBy', { number: grant.processNumber, process: grant.process })} onClick={(event) => event.stopPropagation()}>
          #{grant.processNumber}
        </Anchor>
      ) : null}
    </Group>
  );
}

const origins = ['person', 'role', 'group', 'rule', 'load', 'reconciliation', 'process', 'token', 'script'] as const;

/** Where a grant comes from, in words. */
export function Origin({ origin }: { origin?: string }) {
  const { t } = useTranslation('access');
  const known = origins.find((each) => each === origin);
  return <>{known ? t(`origin.${known}`) : origin}</>;
}
