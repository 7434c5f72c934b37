import { ActionIcon, Badge, Button, Group, Modal, NativeSelect, Stack, Table, Text, Tooltip } from '@mantine/core';
import { IconDownload, IconVersions } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FindingCounts, FindingList } from '@/designer/FindingList';
import { usePermission } from '@/api/session';
import { EmptyState } from '@/kit/EmptyState';
import { Failure, useFailureText } from '@/kit/Failure';
import { RelativeTime } from '@/kit/RelativeTime';
import { toastFailed } from '@/kit/toast';
import { DataTable, type Column } from '@/list/DataTable';
import { MigrateDialog } from '@/process/MigrateDialog';
import { downloadVersion, useDifferences, useVersions, type Definition, type Difference, type Version } from '@/process/definitions';

/** What was deployed, newest first: by whom, with which remarks; two of them can be compared. */
export function VersionsTab({ definition }: { definition: Definition }) {
  const { t } = useTranslation('processes');
  const failure = useFailureText();
  const { data, error, isFetching, refetch } = useVersions(definition.id);
  const [shown, setShown] = useState<Version>();
  const [comparing, setComparing] = useState(false);
  const [moving, setMoving] = useState<Version>();
  const can = usePermission();
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  const download = (version: Version) => void downloadVersion(version).catch((refused: unknown) => toastFailed(failure(refused)));
  const columns: Column<Version>[] = [
    { name: 'number', label: t('versions.number'), cell: ({ number }) => <span className="figures">{number}</span> },
    { name: 'deployedAt', label: t('versions.deployedAt'), cell: ({ deployedAt }) => <RelativeTime at={deployedAt} /> },
    { name: 'deployedBy', label: t('versions.deployedBy'), cell: ({ deployedBy }) => deployedBy },
    { name: 'fileName', label: t('versions.fileName'), cell: ({ fileName }) => fileName },
    { name: 'running', label: t('versions.running'), cell: ({ running }) => running, numeric: true },
    { name: 'findings', label: t('versions.log'), cell: (version) => <Button variant="subtle" h="auto" p={2} aria-label={t('versions.openLog', { number: version.number })} onClick={() => setShown(version)}><FindingCounts findings={version.findings} /></Button> },
    {
      name: 'download', label: '', atEnd: true,
      cell: (version) => (
        <Group gap={4} wrap="nowrap" justify="flex-end">
          {can('process:update') && version.running > 0 && (data?.length ?? 0) > 1 ? (
            <Tooltip label={t('migrate.open')}><ActionIcon aria-label={t('migrate.of', { number: version.number })} onClick={() => setMoving(version)}><IconVersions size={15} /></ActionIcon></Tooltip>
          ) : null}
          <Tooltip label={t('definitions.download')}><ActionIcon aria-label={t('versions.download', { number: version.number })} onClick={() => download(version)}><IconDownload size={15} /></ActionIcon></Tooltip>
        </Group>
      ),
    },
  ];
  return (
    <Stack>
      <Group justify="flex-end"><Button variant="default" disabled={(data?.length ?? 0) < 2} onClick={() => setComparing(true)}>{t('versions.compare')}</Button></Group>
      <div className="surface">
        <DataTable label={t('definitions.tab.versions')} columns={columns} shown={columns.map(({ name }) => name)} rows={data ?? []} loading={isFetching} />
      </div>
      {shown ? <DeployLog version={shown} onClose={() => setShown(undefined)} /> : null}
      {moving ? <MigrateDialog definitionId={definition.id} from={moving.id} onClose={() => setMoving(undefined)} /> : null}
      {comparing && data ? <Compare versions={data} onClose={() => setComparing(false)} /> : null}
    </Stack>
  );
}

function DeployLog({ version, onClose }: { version: Version; onClose: () => void }) {
  const { t } = useTranslation('processes');
  return (
    <Modal opened onClose={onClose} size="lg" title={t('versions.logOf', { number: version.number })}>
      <Stack>
        <Text size="sm"><RelativeTime at={version.deployedAt} /> · {version.deployedBy} · {version.fileName}</Text>
        <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>SHA-256 {version.sha256}</Text>
        {version.findings.length === 0 ? <Text size="sm">{t('versions.fine')}</Text> : <FindingList findings={version.findings} title={(element) => element} />}
      </Stack>
    </Modal>
  );
}

/** What differs between two versions, element by element. At first the newest two are compared. */
function Compare({ versions, onClose }: { versions: readonly Version[]; onClose: () => void }) {
  const { t } = useTranslation('processes');
  const [from, setFrom] = useState(versions[1]?.id);
  const [to, setTo] = useState(versions[0]?.id);
  const { data, error } = useDifferences(from, to);
  const choices = versions.map(({ id, number }) => ({ value: id, label: t('versions.version', { number }) }));
  return (
    <Modal opened onClose={onClose} size="xl" title={t('versions.compareTitle')}>
      <Stack>
        <Group grow>
          <NativeSelect label={t('versions.from')} data={choices} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
          <NativeSelect label={t('versions.to')} data={choices} value={to} onChange={(event) => setTo(event.currentTarget.value)} />
        </Group>
        {error ? <Failure error={error} /> : null}
        {data?.length === 0 ? <EmptyState title={t('versions.same')} /> : null}
        {data && data.length > 0 ? <Differences differences={data} /> : null}
      </Stack>
    </Modal>
  );
}

const tones = { added: 'petrol', removed: 'red', changed: 'yellow' } as const;
type Kind = keyof typeof tones;

function Differences({ differences }: { differences: readonly Difference[] }) {
  const { t } = useTranslation('processes');
  return (
    <Table>
      <Table.Thead>
        <Table.Tr><Table.Th>{t('versions.element')}</Table.Th><Table.Th>{t('versions.change')}</Table.Th><Table.Th>{t('versions.what')}</Table.Th></Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {differences.map(({ element, name, change, property, before, after }) => (
          <Table.Tr key={`${element} ${property ?? ''}`}>
            <Table.Th scope="row">{name || element || t('versions.process')}<Text size="xs" c="dimmed" ff="monospace">{element}</Text></Table.Th>
            <Table.Td><Badge color={tones[change as Kind]}>{t(`versions.changes.${change as Kind}`)}</Badge></Table.Td>
            <Table.Td>{property ? <Text size="sm"><Text span ff="monospace">{property}</Text>: {before || '–'} → {after || '–'}</Text> : null}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
