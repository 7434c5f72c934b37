import { Code, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { RelativeTime } from '@/kit/RelativeTime';
import type { ProcessDetail } from './model';

/** Messages and signals that a process waits for, each message with the key by which it is known; nothing when there are none. */
export function ProcessWaits({ waits }: { waits: ProcessDetail['waits'] }) {
  const { t } = useTranslation('process');
  if (waits.length === 0) return null;
  return (
    <section className="surface" aria-label={t('waits.title')}>
      <Text component="h2" m={0} p="sm" size="sm" fw={600}>{t('waits.title')}</Text>
      <Table.ScrollContainer minWidth={480}>
        <Table aria-label={t('waits.title')}>
          <Table.Thead>
            <Table.Tr>{(['name', 'kind', 'key', 'since'] as const).map((name) => <Table.Th key={name}>{t(`waits.${name}`)}</Table.Th>)}</Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {waits.map(({ type, name, key, element, since }) => (
              <Table.Tr key={`${type} ${name} ${element} ${key}`}>
                <Table.Th scope="row" fw={500}>{name}</Table.Th>
                <Table.Td>{t(`waits.type.${type}`)}</Table.Td>
                <Table.Td>{type === 'signal' ? null : key === '' ? <Text size="sm" c="dimmed">{t('waits.any')}</Text> : <Code>{key}</Code>}</Table.Td>
                <Table.Td><RelativeTime at={since} /></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}
