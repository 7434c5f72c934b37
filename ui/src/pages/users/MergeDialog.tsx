import { Alert, Button, Group, List, Modal, Radio, Select, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, send } from '@/api/resource';
import { useLabel, useSchema } from '@/api/schema';
import { isEmpty } from '@/form/values';
import { Failure } from '@/kit/Failure';
import { useChange } from '@/kit/refresh';
import { toastDone } from '@/kit/toast';
import { Value } from '@/list/cells';
import { choices, mergeRequest, type Merged, type MergedAttribute } from './merge';

interface MergeDialogProps {
  ids: string[];
  onClose: () => void;
}

/** Makes one user of several: who stays, which values are kept, what moves; the server says what it would do (guide page 014, Merge). */
export function MergeDialog({ ids, onClose }: MergeDialogProps) {
  const { t } = useTranslation('users');
  const change = useChange();
  const [survivorId, setSurvivorId] = useState(ids[0] ?? '');
  const [from, setFrom] = useState<Record<string, string>>({});
  const [refused, setRefused] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const request = mergeRequest(ids, survivorId, from);
  const { data, error, isFetching } = useQuery({
    queryKey: ['users', 'merge-preview', request],
    queryFn: async ({ signal }) => (await (await send('POST', address('users', ['merge', 'preview']), { body: request, signal })).json()) as Merged,
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
  });
  const users = data?.attributes.find(({ name }) => name === 'userName')?.values ?? [];

  const merge = async () => {
    setBusy(true);
    setRefused(undefined);
    try {
      await change('POST', address('users', ['merge']), { body: request });
      toastDone(t('merge.done'));
      onClose();
    } catch (reason) {
      setRefused(reason);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal opened onClose={onClose} size="xl" title={t('merge.title', { count: ids.length })}>
      <Stack>
        <Text size="sm" c="dimmed">{t('merge.hint')}</Text>
        <Select
          label={t('merge.survivor')}
          allowDeselect={false}
          data={users.map(({ userId, user }) => ({ value: userId, label: user }))}
          value={survivorId}
          onChange={(id) => id !== null && setSurvivorId(id)}
        />
        {error ? <Failure error={error} /> : null}
        {data && !error ? (
          <>
            <Attributes attributes={data.attributes.map((each) => ({ ...each, from: request.from[each.name] ?? each.from }))} onChoose={(name, user) => setFrom({ ...from, [name]: user })} />
            <Consequences merged={data} />
          </>
        ) : null}
        {refused === undefined ? null : <Failure error={refused} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t('merge.cancel')}</Button>
          <Button color="red" loading={busy} disabled={data === undefined || error !== null || isFetching} onClick={() => void merge()}>{t('merge.action', { count: ids.length })}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Attributes({ attributes, onChoose }: { attributes: MergedAttribute[]; onChoose: (name: string, user: string) => void }) {
  const { t } = useTranslation('users');
  const label = useLabel();
  const schema = useSchema('user').data ?? [];
  return (
    <Table aria-label={t('merge.values')}>
      <Table.Tbody>
        {attributes.map((merged) => {
          const attribute = schema.find(({ name }) => name === merged.name) ?? { name: merged.name, type: 'string' as const, label: { en: merged.name } };
          return (
            <Table.Tr key={merged.name}>
              <Table.Th scope="row">{label(attribute)}</Table.Th>
              <Table.Td>
                <Radio.Group aria-label={label(attribute)} value={merged.from} onChange={(user) => onChoose(merged.name, user)}>
                  <Group gap="md">
                    {choices(merged).map(({ userId, value }) => (
                      <Radio key={userId} value={userId} label={isEmpty(value) ? t('merge.nothing') : <Value attribute={attribute} value={value} />} />
                    ))}
                  </Group>
                </Radio.Group>
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}

/** What moves and who ends, each in one line; what is empty is not mentioned. */
function Consequences({ merged }: { merged: Merged }) {
  const { t } = useTranslation('users');
  const lines = [
    { names: merged.accounts.map(({ name, system }) => `${name} (${system})`), text: t('merge.accounts', { count: merged.accounts.length }) },
    { names: merged.groups, text: t('merge.groups', { count: merged.groups.length }) },
    { names: merged.access, text: t('merge.access', { count: merged.access.length }) },
    { names: merged.owned, text: t('merge.owned', { count: merged.owned.length }) },
    { names: merged.mergedUsers, text: t('merge.ends', { count: merged.mergedUsers.length }) },
  ];
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={t('merge.consequences')}>
      <List size="sm" spacing={4}>
        {lines.filter(({ names }) => names.length > 0).map(({ text, names }) => <List.Item key={text}>{`${text}: ${names.join(', ')}`}</List.Item>)}
      </List>
    </Alert>
  );
}
