import { Badge, Radio, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { components } from '@/api/api.gen';

type Match = components['schemas']['MatchView'];

interface MatchTableProps {
  match: Match;
  /** The user name of the same person, '' for a new one, undefined while nobody has said. */
  same: string | undefined;
  /** Without it the candidates are looked at only. */
  onChange?: (same: string) => void;
}

/** A value in one line, for people. */
export function inWords(value: unknown): string {
  if (value === undefined || value === null || value === '') return '—';
  return typeof value === 'object' ? (Array.isArray(value) ? value.map((each) => inWords(each)).join(', ') : JSON.stringify(value)) : String(value);
}

/** The new person beside those who may be the same, attribute by attribute; what differs is marked in words and not by colour alone. */
export function MatchTable({ match, same, onChange }: MatchTableProps) {
  const { t } = useTranslation('tasks');
  const people = [{ key: '', name: t('match.fresh'), hint: t('match.freshHint') }, ...match.candidates.map(({ userName, fullName, weight }) => ({ key: userName, name: fullName || userName, hint: t('match.found', { userName, weight }) }))];
  return (
    <Stack gap="xs" component="section" aria-label={t('match.title')}>
      <Text component="h2" m={0} size="sm" fw={600}>{t('match.title')}</Text>
      <Table.ScrollContainer minWidth={220 + 200 * people.length} scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': t('match.title'), role: 'region' } as object }}>
        <Table withColumnBorders aria-label={t('match.title')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('match.attribute')}</Table.Th>
              {people.map(({ key, name, hint }) => <Table.Th key={key}>{name}<Text size="xs" c="dimmed">{hint}</Text></Table.Th>)}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {match.attributes.map(({ name, label, value }) => (
              <Table.Tr key={name}>
                <Table.Th scope="row" fw={500}>{label}</Table.Th>
                <Table.Td>{inWords(value)}</Table.Td>
                {match.candidates.map((candidate) => (
                  <Table.Td key={candidate.userName}>
                    {inWords(candidate.values[name])} {candidate.differs.includes(name) ? <Badge color="yellow" ml={4}>{t('match.differs')}</Badge> : null}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {onChange ? (
        <Radio.Group label={t('match.question')} value={same ?? null} onChange={onChange} withAsterisk>
          <Stack gap={6} mt={6}>
            {match.candidates.map(({ userName, fullName }) => <Radio key={userName} value={userName} label={t('match.same', { name: fullName || userName, userName })} />)}
            <Radio value="" label={t('match.new')} />
          </Stack>
        </Radio.Group>
      ) : null}
    </Stack>
  );
}
