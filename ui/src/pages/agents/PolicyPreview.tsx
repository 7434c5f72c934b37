import { Badge, Button, Group, Stack, Table, Text } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, send } from '@/api/resource';
import { useSchema } from '@/api/schema';
import { usePermission } from '@/api/session';
import { mergePatch } from '@/form/values';
import { Failure } from '@/kit/Failure';
import type { Draft } from '@/object/draft';

interface Preview {
  gain: number;
  back: number;
  lose: number;
  changes: { userId: string; user: string; fullName: string; account: string; effect: 'gain' | 'back' | 'lose' }[] | null;
}

const policy = new Set(['userTypeIds', 'groupIds', 'roleBased', 'manualAccountCreation', 'namingRule', 'server', 'readOnly', 'paused', 'removal']);
const colours = { gain: 'petrol', back: 'blue', lose: 'red' } as const;

/** Who would get or lose an account if what is on screen were saved. */
export function PolicyPreview({ id, draft }: { id: string; draft: Draft }) {
  const { t } = useTranslation('agents');
  const can = usePermission();
  const schema = useSchema('system').data ?? [];
  const [preview, setPreview] = useState<Preview>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const changed = draft.changed.some((name) => policy.has(name));
  if (!can('system:update') || draft.original === undefined) return null;

  const look = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const lists = ['userTypeIds', 'groupIds'].map((name) => ({ name, type: 'reference' as const, label: {} }));
      const patch = mergePatch(draft.original ?? {}, draft.values, [...schema, ...lists]);
      setPreview((await (await send('POST', address('systems', [id, 'preview-policy']), { body: patch })).json()) as Preview);
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="surface" style={{ padding: 'var(--mantine-spacing-md)' }}>
      <Stack gap="sm">
        <Group justify="space-between">
          <div>
            <Text component="h2" m={0} size="sm" fw={600}>{t('preview.title')}</Text>
            <Text size="sm" c="dimmed">{t(changed ? 'preview.changed' : 'preview.hint')}</Text>
          </div>
          <Button variant={changed ? 'filled' : 'default'} loading={busy} leftSection={<IconEye size={15} aria-hidden />} onClick={() => void look()}>{t('preview.action')}</Button>
        </Group>
        {error === undefined ? null : <Failure error={error} />}
        {preview ? <PreviewTable preview={preview} /> : null}
      </Stack>
    </div>
  );
}

function PreviewTable({ preview }: { preview: Preview }) {
  const { t } = useTranslation('agents');
  const changes = preview.changes ?? [];
  return (
    <Stack gap="xs" aria-live="polite">
      <Group gap="xs">
        {(['gain', 'back', 'lose'] as const).map((effect) => <Badge key={effect} color={colours[effect]}>{t(`preview.${effect}`, { count: preview[effect] })}</Badge>)}
      </Group>
      {changes.length === 0 ? <Text size="sm" c="dimmed">{t('preview.nobody')}</Text> : (
        <Table.ScrollContainer minWidth={420} mah={320}>
          <Table aria-label={t('preview.title')}>
            <Table.Thead><Table.Tr><Table.Th>{t('preview.user')}</Table.Th><Table.Th>{t('preview.account')}</Table.Th><Table.Th>{t('preview.effect')}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {changes.map(({ userId, user, fullName, account, effect }) => (
                <Table.Tr key={`${userId}${account}${effect}`}>
                  <Table.Td>{fullName} <Text span size="xs" c="dimmed">{user}</Text></Table.Td>
                  <Table.Td>{account}</Table.Td>
                  <Table.Td><Badge color={colours[effect]}>{t(`preview.one.${effect}`)}</Badge></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}
