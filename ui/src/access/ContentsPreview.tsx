import { Badge, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, send } from '@/api/resource';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import { DataTable } from '@/list/DataTable';
import { Pager } from '@/list/Pager';

interface HoldingChange {
  action: 'grant' | 'revoke';
  user: string;
  account: string;
  roleId: string;
  role: string;
  scopeName: string;
}

interface Preview {
  gained: number;
  lost: number;
  hidden: number;
  changes: HoldingChange[];
}

interface ContentsPreviewProps {
  roleId: string;
  draft: { contents: Record<string, unknown>[] };
  /** Why applying was refused. */
  refused: unknown;
  busy: boolean;
  onApply: () => void;
  onClose: () => void;
}

const size = 10;

/** Who would get or lose what if a role contained the draft; the server computes it and keeps nothing. */
export function ContentsPreview({ roleId, draft, refused, busy, onApply, onClose }: ContentsPreviewProps) {
  const { t } = useTranslation('access');
  const [page, setPage] = useState(1);
  const { data, error, isFetching } = useQuery({
    queryKey: ['roles', 'object', roleId, 'contents-preview', draft, page],
    queryFn: async ({ signal }) => {
      const response = await send('POST', address('roles', [roleId, 'contents', 'preview'], { page, size }), { body: draft, signal });
      return { preview: (await response.json()) as Preview, total: Number(response.headers.get('X-Total-Count') ?? 0) };
    },
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
  });
  const rows = (data?.preview.changes ?? []).map((each) => ({ ...each, id: [each.action, each.user, each.account, each.roleId, each.scopeName].join('/') }));
  return (
    <Modal opened onClose={onClose} size="xl" title={t('preview.title')}>
      <Stack>
        {error ? <Failure error={error} /> : null}
        {data && !error ? <Totals preview={data.preview} /> : null}
        {data?.total === 0 && !error ? <EmptyState title={t('preview.empty')} hint={t('preview.emptyHint')} /> : null}
        {data === undefined || (data.total > 0 && !error) ? (
          <DataTable
            label={t('preview.title')}
            shown={['action', 'user', 'account', 'role', 'scope']}
            rows={rows}
            loading={isFetching && error === null}
            columns={[
              { name: 'action', label: t('preview.action'), cell: (row) => <Badge color={row.action === 'grant' ? 'petrol' : 'gray'}>{t(`preview.${row.action}`)}</Badge> },
              { name: 'user', label: t('column.user'), cell: (row) => row.user },
              { name: 'account', label: t('column.account'), cell: (row) => row.account },
              { name: 'role', label: t('column.role'), cell: (row) => row.role },
              { name: 'scope', label: t('column.scope'), cell: (row) => row.scopeName },
            ]}
          />
        ) : null}
        {data && data.total > size ? <Pager page={page} size={size} total={data.total} onPage={setPage} /> : null}
        {refused === undefined ? null : <Failure error={refused} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t('preview.close')}</Button>
          <Button loading={busy} disabled={error !== null} onClick={onApply}>{t('content.apply')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Totals({ preview: { gained, lost, hidden } }: { preview: Preview }) {
  const { t } = useTranslation('access');
  return (
    <Stack gap={2}>
      <Text size="sm" aria-live="polite">{`${t('preview.gained', { count: gained })} · ${t('preview.lost', { count: lost })}`}</Text>
      {hidden > 0 ? <Text size="sm" c="dimmed">{t('preview.hidden', { count: hidden })}</Text> : null}
    </Stack>
  );
}
