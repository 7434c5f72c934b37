import { Alert, Button, Group, Modal, NativeSelect, Stack, Table, Text, Textarea } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '@/api/api.gen';
import { address, send } from '@/api/resource';
import { Failure } from '@/kit/Failure';
import { useChange } from '@/kit/refresh';
import { toastDone } from '@/kit/toast';
import { useVersions } from './definitions';

type Review = components['schemas']['MigrationReview'];
type Place = Review['places'][number];

interface MigrateDialogProps {
  definitionId: string;
  /** The version that the processes run by. */
  from: string;
  /** One process; without it all that run by the version. */
  processId?: string;
  onClose: () => void;
}

/** Puts running processes on another version: says first where they are and what has no place there, and moves all or none. */
export function MigrateDialog({ definitionId, from, processId, onClose }: MigrateDialogProps) {
  const { t } = useTranslation('processes');
  const change = useChange();
  const { data: versions = [], error } = useVersions(definitionId);
  const others = versions.filter(({ id }) => id !== from);
  const [chosen, setChosen] = useState<string>();
  const [elements, setElements] = useState<Record<string, string>>({});
  const [reason, setReason] = useState('');
  const [refused, setRefused] = useState<unknown>();
  const to = chosen ?? others[0]?.id;
  const plan = { to, elements, processes: processId === undefined ? undefined : [processId] };
  const review = useQuery({
    queryKey: ['process-versions', 'migration', from, plan],
    enabled: to !== undefined,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => (await send('POST', address('process-versions', [from, 'migrate']), { signal, body: { ...plan, dryRun: true } })).json() as Promise<Review>,
  });
  const migrate = async () => {
    setRefused(undefined);
    try {
      await change('POST', address('process-versions', [from, 'migrate']), { body: { ...plan, reason } });
      toastDone(t('migrate.done'));
      onClose();
    } catch (failed) {
      setRefused(failed);
    }
  };
  const choose = (version: string) => {
    setChosen(version);
    setElements({});
  };
  const { data } = review;
  return (
    <Modal opened onClose={onClose} size="xl" title={t('migrate.title')}>
      <Stack>
        <Text size="sm" c="dimmed">{t('migrate.hint')}</Text>
        <NativeSelect label={t('migrate.to')} data={others.map(({ id, number }) => ({ value: id, label: t('versions.version', { number }) }))} value={to ?? ''} onChange={(event) => choose(event.currentTarget.value)} />
        {error ?? review.error ? <Failure error={error ?? review.error} /> : null}
        {data ? <Places review={data} onChange={(place, target) => setElements({ ...elements, [place]: target })} /> : null}
        {data && data.refused > 0 ? <Alert color="yellow" role="status">{t('migrate.refused', { count: data.refused, total: data.processes })}</Alert> : null}
        <Textarea label={t('migrate.reason')} withAsterisk value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        {refused === undefined ? null : <Failure error={refused} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t('migrate.cancel')}</Button>
          <Button disabled={data === undefined || data.refused > 0 || data.processes === 0 || reason.trim() === ''} onClick={() => void migrate()}>
            {t('migrate.action', { count: data?.processes ?? 0 })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** The elements of the other version that can take the place of one: those of its type. */
export function targetsFor(place: Place, targets: Review['targets']) {
  return targets.filter(({ type }) => type === place.type).map(({ id, name }) => ({ value: id, label: name ? `${name} (${id})` : id }));
}

function Places({ review, onChange }: { review: Review; onChange: (place: string, target: string) => void }) {
  const { t } = useTranslation('processes');
  if (review.places.length === 0) return <Text size="sm">{t('migrate.nowhere')}</Text>;
  return (
    <Table>
      <Table.Thead>
        <Table.Tr><Table.Th>{t('migrate.at')}</Table.Th><Table.Th>{t('migrate.processes')}</Table.Th><Table.Th>{t('migrate.becomes')}</Table.Th></Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {review.places.map((place) => {
          const targets = targetsFor(place, review.targets);
          return (
            <Table.Tr key={place.id}>
              <Table.Th scope="row">{place.name || place.id}<Text size="xs" c="dimmed" ff="monospace">{place.id}</Text></Table.Th>
              <Table.Td className="figures">{place.processes}</Table.Td>
              <Table.Td>
                <NativeSelect
                  aria-label={t('migrate.becomesOf', { name: place.name || place.id })}
                  data={[...(targets.some(({ value }) => value === place.to) ? [] : [{ value: place.to, label: t('migrate.choose') }]), ...targets]}
                  value={place.to}
                  error={place.problem || undefined}
                  onChange={(event) => onChange(place.id, event.currentTarget.value)}
                />
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
