import { Alert, Badge, Button, Code, CopyButton, Group, Modal, Skeleton, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/hooks';
import { address, type Entity } from '@/api/resource';
import type { Attribute } from '@/api/schema';
import { useSession } from '@/api/session';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import { FormDialog } from '@/kit/FormDialog';
import { PageHeader } from '@/kit/PageHeader';
import { useChange } from '@/kit/refresh';
import { RelativeTime } from '@/kit/RelativeTime';
import { RemoveButton } from '@/kit/RemoveButton';
import { DataTable } from '@/list/DataTable';
import { actionsColumn } from '@/list/rowActions';

interface TokenRow extends Entity {
  userId?: string;
  userName?: string;
  name?: string;
  createdAt?: string;
  expiresAt?: string | null;
  lastUsed?: string | null;
  revokedAt?: string | null;
}

const fields: Attribute[] = [
  { name: 'name', type: 'string', required: true, label: { en: 'What it is for', es: 'Para qué es' }, maxLength: 200 },
  { name: 'expiresAt', type: 'dateTime', label: { en: 'Until', es: 'Hasta' } },
];

/** API tokens: programs sign in with them and may do what their owner may. */
export default function TokensPage() {
  const { t } = useTranslation('tokens');
  const change = useChange();
  const me = useSession().data?.user.id;
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState<string>();
  const { data, error, refetch } = useList('tokens');
  const rows = (data?.rows ?? []) as unknown as TokenRow[];
  const make = async (values: Record<string, unknown>) => {
    const response = await change('POST', address('tokens'), { body: { name: values.name, expiresAt: values.expiresAt ?? undefined } });
    setSecret(((await response.json()) as { secret: string }).secret);
  };
  return (
    <>
      <PageHeader title={t('title')} hint={t('hint')}>
        <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setMaking(true)}>{t('new')}</Button>
      </PageHeader>
      {error ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && !error ? <Skeleton height={160} /> : null}
      {data ? (
        <div className="surface">
          {rows.length === 0 ? <EmptyState title={t('empty')} hint={t('emptyHint')} /> : (
            <DataTable
              label={t('title')}
              rows={rows}
              shown={['name', 'userName', 'createdAt', 'lastUsed', 'expiresAt', 'state', 'actions']}
              columns={[
                { name: 'name', label: t('name'), cell: (row) => <Text size="sm" fw={500}>{row.name}</Text> },
                { name: 'userName', label: t('user'), cell: (row) => row.userName },
                { name: 'createdAt', label: t('created'), cell: (row) => <RelativeTime at={row.createdAt} /> },
                { name: 'lastUsed', label: t('used'), cell: (row) => <RelativeTime at={row.lastUsed} empty={t('never')} /> },
                { name: 'expiresAt', label: t('expires'), cell: (row) => <RelativeTime at={row.expiresAt} empty={t('never')} /> },
                { name: 'state', label: t('state'), cell: (row) => <Badge color={row.revokedAt ? 'gray' : 'petrol'}>{t(row.revokedAt ? 'revoked' : 'valid')}</Badge> },
                actionsColumn<TokenRow>((row) => (row.revokedAt ? null : (
                  <RemoveButton resource="tokens" id={row.id} name={row.name ?? ''} permission={row.userId === me ? undefined : 'token:revoke'} action={t('revoke')} consequences={[t('consequence')]} />
                ))),
              ]}
            />
          )}
        </div>
      ) : null}
      {making ? <FormDialog title={t('new')} hint={t('newHint')} attributes={fields} action={t('make')} onSubmit={make} onClose={() => setMaking(false)} /> : null}
      <Modal opened={secret !== undefined} onClose={() => setSecret(undefined)} title={t('secret.title')} size="lg">
        <Stack>
          <Alert color="yellow" variant="light">{t('secret.once')}</Alert>
          <Code block style={{ overflowWrap: 'anywhere' }}>{secret}</Code>
          <Group justify="flex-end">
            <CopyButton value={secret ?? ''}>
              {({ copied, copy }) => <Button variant="default" leftSection={copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />} onClick={copy}>{t(copied ? 'secret.copied' : 'secret.copy')}</Button>}
            </CopyButton>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
