import { useTranslation } from 'react-i18next';
import { RelativeTime } from '@/kit/RelativeTime';
import { RelatedList } from '@/list/RelatedList';
import { GrantState, Origin, type GrantRow } from './Grants';

/** Who holds roles directly, read only; a row leads to the person. */
export function Holders({ filter, withRole = false, empty }: { filter: string; withRole?: boolean; empty: { title: string; hint?: string } }) {
  const { t } = useTranslation('access');
  return (
    <RelatedList<GrantRow>
      label={t('holders')}
      source={{ resource: 'grants', filter }}
      empty={empty}
      href={(row) => (typeof row.userId === 'string' ? `/users/${row.userId}` : `/accounts/${String(row.accountId)}`)}
      columns={[
        { name: 'fullName', label: t('column.user'), cell: (row) => row.fullName, sortable: true },
        { name: 'user', label: t('column.userName'), cell: (row) => row.user, sortable: true },
        { name: 'account', label: t('column.account'), cell: (row) => row.account, sortable: true },
        ...(withRole ? [{ name: 'role', label: t('column.role'), cell: (row: GrantRow) => row.role, sortable: true }] : []),
        { name: 'scopeName', label: t('column.scope'), cell: (row) => row.scopeName },
        { name: 'state', label: t('column.state'), cell: (row) => <GrantState grant={row} /> },
        { name: 'origin', label: t('column.origin'), cell: (row) => <Origin origin={row.origin} /> },
        { name: 'startAt', label: t('column.start'), cell: (row) => <RelativeTime at={row.startAt} /> },
        { name: 'endAt', label: t('column.end'), cell: (row) => <RelativeTime at={row.endAt} /> },
      ]}
    />
  );
}
