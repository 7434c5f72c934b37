import { Alert, Group, ScrollArea, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** What an import did, or would do. */
export interface Report {
  dryRun?: boolean;
  created?: number;
  updated?: number;
  deleted?: number;
  unchanged?: number;
  rejectedCount?: number;
  /** The first thousand. Lines count from 1, the head included, as an editor numbers them. */
  rejected?: { line: number; key?: string; location?: string; message: string }[] | null;
}

/** The result in numbers, and every rejected line with its reason. */
export function ImportReport({ report }: { report: Report }) {
  const { t } = useTranslation('list');
  const rejected = report.rejected ?? [];
  return (
    <Stack>
      <Alert role="status" color={rejected.length > 0 ? 'yellow' : 'petrol'} variant="light" title={t(report.dryRun ? 'import.wouldDo' : 'import.did')}>
        <Group gap="xl" className="figures">
          {(['created', 'updated', 'deleted', 'unchanged'] as const).map((kind) =>
            report[kind] === undefined ? null : <Text key={kind} size="sm">{t(`import.${kind}`, { count: report[kind] })}</Text>,
          )}
          <Text size="sm">{t('import.rejected', { count: report.rejectedCount ?? rejected.length })}</Text>
        </Group>
      </Alert>
      {rejected.length === 0 ? null : (
        <ScrollArea.Autosize mah={280}>
          <Table aria-label={t('import.rejectedRows')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('import.line')}</Table.Th>
                <Table.Th>{t('import.object')}</Table.Th>
                <Table.Th>{t('import.attributeAtFault')}</Table.Th>
                <Table.Th>{t('import.reason')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rejected.map(({ line, key, location, message }) => (
                <Table.Tr key={`${line}-${location}-${message}`}>
                  <Table.Td className="figures">{line}</Table.Td>
                  <Table.Td>{key}</Table.Td>
                  <Table.Td>{location}</Table.Td>
                  <Table.Td>{message}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      )}
    </Stack>
  );
}
