import { Alert, Badge, Group, Modal, Skeleton, Stack, Table, Text } from '@mantine/core';
import { IconEqual, IconEqualNot } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { keys } from '@/api/hooks';
import { address, send } from '@/api/resource';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import type { AccountRow } from './AccountMenu';

interface ActualAttribute {
  attribute: string;
  ours: unknown;
  theirs: unknown;
  mapped: boolean;
  differs: boolean;
}

interface ActualObject {
  class: string;
  systemObject: string;
  found: boolean;
  wanted: boolean;
  key: string;
  message: string;
  attributes: ActualAttribute[] | null;
}

interface Actual {
  system: string;
  durationMs: number;
  objects: ActualObject[] | null;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  return Array.isArray(value) ? value.map(shown).join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The account as the system has it beside the account as we want it there (guide page 016, actual properties). */
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
  const objects = data.objects ?? [];
  if (objects.length === 0) return <EmptyState title={t('actual.none')} hint={t('actual.noneHint')} />;
  return (
    <Stack>
      {objects.map((object) => <Comparison key={object.class} object={object} />)}
      <Text size="xs" c="dimmed" className="figures">{t('actual.read', { milliseconds: data.durationMs })}</Text>
    </Stack>
  );
}

function Comparison({ object }: { object: ActualObject }) {
  const { t } = useTranslation('accounts');
  const attributes = object.attributes ?? [];
  return (
    <section aria-label={object.class}>
      <Group gap="xs" mb={6}>
        <Text component="h3" m={0} size="sm" fw={600}>{object.systemObject}</Text>
        {object.key ? <Text size="xs" c="dimmed" ff="monospace">{object.key}</Text> : null}
      </Group>
      {object.found ? null : <Alert color="yellow" variant="light" mb="xs" title={t('actual.absent')}>{object.wanted ? t('actual.absentHint') : null}</Alert>}
      {object.message ? <Alert color="gray" variant="light" mb="xs">{object.message}</Alert> : null}
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
          <Table.Tbody>{attributes.map((pair) => <Pair key={pair.attribute} {...pair} />)}</Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

function Pair({ attribute, ours, theirs, mapped, differs }: ActualAttribute) {
  const { t } = useTranslation('accounts');
  return (
    <Table.Tr>
      <Table.Th scope="row" ff="monospace" fw={500}>{attribute}</Table.Th>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{mapped ? shown(ours) : <Text span size="sm" c="dimmed">{t('actual.notOurs')}</Text>}</Table.Td>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{shown(theirs)}</Table.Td>
      <Table.Td>
        {mapped ? (
          <Badge color={differs ? 'yellow' : 'petrol'} leftSection={differs ? <IconEqualNot size={12} aria-hidden /> : <IconEqual size={12} aria-hidden />}>{t(differs ? 'actual.differs' : 'actual.same')}</Badge>
        ) : null}
      </Table.Td>
    </Table.Tr>
  );
}
