import { Badge, Button, Group, Select, Table, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconDownload, IconSearch, IconTableImport } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, readPage } from '@/api/resource';
import { usePermission } from '@/api/session';
import { EmptyState } from '@/kit/EmptyState';
import { Failure, useFailureText } from '@/kit/Failure';
import { PageHeader } from '@/kit/PageHeader';
import { toastFailed } from '@/kit/toast';
import { downloadCsv } from '@/list/csv';
import { ImportWizard } from '@/list/ImportWizard';
import { PermissionDialog } from './PermissionDialog';
import { authorizationAttributes, type PermissionView } from './permission';

/** Permissions and the roles that hold them (guide page 053). */
export default function AuthorizationsPage() {
  const { t } = useTranslation('authorizations');
  const can = usePermission();
  const failure = useFailureText();
  const [words, setWords] = useState('');
  const [object, setObject] = useState<string | null>(null);
  const [opened, setOpened] = useState<string>();
  const [importing, setImporting] = useState(false);
  const { data, error, refetch, i18nLanguage } = usePermissions();
  const all = data ?? [];
  const wanted = words.trim().toLowerCase();
  const shown = all.filter((each) => (object === null || each.object === object) && matches(each, wanted));
  const current = all.find(({ permission }) => permission === opened);
  return (
    <>
      <PageHeader title={t('title')} hint={t('hint')} beside={data ? <Badge color="gray" className="figures">{shown.length}</Badge> : null}>
        <Button variant="default" leftSection={<IconDownload size={15} aria-hidden />} onClick={() => void downloadCsv(address('authorizations'), 'authorizations.csv').catch((refused: unknown) => toastFailed(failure(refused)))}>
          {t('download')}
        </Button>
        {can('authorization:update') ? <Button variant="default" leftSection={<IconTableImport size={15} aria-hidden />} onClick={() => setImporting(true)}>{t('import')}</Button> : null}
      </PageHeader>
      {error ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      <div className="surface">
        <Group p="sm" gap="sm">
          <TextInput type="search" w={280} aria-label={t('find')} placeholder={t('find')} leftSection={<IconSearch size={14} aria-hidden />} value={words} onChange={(event) => setWords(event.currentTarget.value)} />
          <Select aria-label={t('object')} placeholder={t('anyObject')} clearable searchable data={[...new Set(all.map((each) => each.object))]} value={object} onChange={setObject} />
        </Group>
        {data && shown.length === 0 ? <EmptyState title={t('nothing')} /> : null}
        <Table.ScrollContainer minWidth={760}>
          <Table aria-label={t('title')} lang={i18nLanguage}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('permission')}</Table.Th>
                <Table.Th>{t('description')}</Table.Th>
                <Table.Th>{t('brings')}</Table.Th>
                <Table.Th>{t('roles')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>{shown.map((each) => <PermissionLine key={each.permission} view={each} onOpen={() => setOpened(each.permission)} />)}</Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </div>
      {current ? <PermissionDialog view={current} onClose={() => setOpened(undefined)} /> : null}
      {importing ? <ImportWizard resource="authorizations" attributes={authorizationAttributes} onClose={() => setImporting(false)} /> : null}
    </>
  );
}

function usePermissions() {
  const { i18n } = useTranslation();
  const query = useQuery({
    queryKey: ['authorizations', 'permissions', i18n.language],
    queryFn: async ({ signal }) => (await readPage<PermissionView>(address('permissions'), signal)).rows,
  });
  return { ...query, i18nLanguage: i18n.language };
}

function matches({ permission, description, roles }: PermissionView, words: string): boolean {
  return `${permission} ${description} ${roles.map(({ role }) => role).join(' ')}`.toLowerCase().includes(words);
}

function PermissionLine({ view, onOpen }: { view: PermissionView; onOpen: () => void }) {
  const { t } = useTranslation('authorizations');
  return (
    <Table.Tr>
      <Table.Td><UnstyledButton onClick={onOpen} c="var(--mantine-color-anchor)" fz="sm" ff="monospace">{view.permission}</UnstyledButton></Table.Td>
      <Table.Td>{view.description}</Table.Td>
      <Table.Td><Text size="sm" c="dimmed" lineClamp={1}>{view.implies.join(', ')}</Text></Table.Td>
      <Table.Td>
        <Group gap={4}>
          {view.roles.length === 0 ? <Text size="sm" c="dimmed">{t('noRole')}</Text> : view.roles.map(({ id, role, system }) => <Badge key={id} color="gray">{role}@{system}</Badge>)}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
