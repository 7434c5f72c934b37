import { Alert, Badge, Modal, Skeleton, Stack, Table, Text } from '@mantine/core';
import { IconEqual, IconEqualNot } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { keys } from '@/api/hooks';
import { address, send } from '@/api/resource';
import { Failure } from '@/kit/Failure';
import type { AccountRow } from './AccountMenu';

interface Actual {
  /** What the system holds; absent when it has no such account. */
  theirs?: Record<string, unknown> | null;
  /** What we would write. */
  ours?: Record<string, unknown> | null;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  return Array.isArray(value) ? value.map(shown).join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The account as the system has it beside the account as we would write it (guide page 016, actual properties). */
export function ActualProperties({ account, onClose }: { account: AccountRow; onClose: () => void }) {
  const { t } = useTranslation('accounts');
  return (
    <Modal opened onClose={onClose} size="xl" title={t('actual.title', { name: account.name, system: account.system })}>
      <ActualTable id={account.id} />
    </Modal>
  );
}

/** Ours and theirs, attribute by attribute, read from the system at this moment. */
export function ActualTable({ id }: { id: string }) {
  const { t } = useTranslation('accounts');
  const { data, error, isLoading, refetch } = useQuery({
    queryKey: keys.below('accounts', id, 'actual', {}),
    queryFn: async ({ signal }) => (await send('GET', address('accounts', [id, 'actual']), { signal })).json() as Promise<Actual>,
    retry: false,
  });
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (isLoading || data === undefined) return <Skeleton height={220} />;
  const ours = data.ours ?? {};
  const theirs = data.theirs ?? {};
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].sort();
  return (
    <Stack>
      {data.theirs ? null : <Alert color="yellow" variant="light" title={t('actual.absent')}>{t('actual.absentHint')}</Alert>}
      <Table.ScrollContainer minWidth={520}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('actual.attribute')}</Table.Th>
              <Table.Th>{t('actual.ours')}</Table.Th>
              <Table.Th>{t('actual.theirs')}</Table.Th>
              <Table.Th>{t('actual.verdict')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {names.map((name) => <Pair key={name} name={name} ours={ours[name]} theirs={theirs[name]} written={name in ours} />)}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}

function Pair({ name, ours, theirs, written }: { name: string; ours: unknown; theirs: unknown; written: boolean }) {
  const { t } = useTranslation('accounts');
  const same = shown(ours) === shown(theirs);
  return (
    <Table.Tr>
      <Table.Th scope="row" ff="monospace" fw={500}>{name}</Table.Th>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{written ? shown(ours) : <Text span size="sm" c="dimmed">{t('actual.notOurs')}</Text>}</Table.Td>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{shown(theirs)}</Table.Td>
      <Table.Td>
        {written ? (
          <Badge color={same ? 'petrol' : 'yellow'} leftSection={same ? <IconEqual size={12} aria-hidden /> : <IconEqualNot size={12} aria-hidden />}>{t(same ? 'actual.same' : 'actual.differs')}</Badge>
        ) : null}
      </Table.Td>
    </Table.Tr>
  );
}
