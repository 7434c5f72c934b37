import { SimpleGrid, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isEmpty } from '@/form/values';
import { GrantText } from './GrantLines';
import { linesOf } from './grants';
import classes from './work.module.css';

/** A value of a process in words: lists with commas, what has members as JSON. */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

interface ProcessValuesProps {
  values: Readonly<Record<string, unknown>>;
  /** What people call them; a value without a label goes by its name. */
  labels?: Readonly<Record<string, string>>;
}

/** What a process knows, as its definition calls it; what is empty is left out. */
export function ProcessValues({ values, labels = {} }: ProcessValuesProps) {
  const { t } = useTranslation('process');
  const own: Readonly<Record<string, string>> = { requester: t('values.requester'), requesterName: t('values.requesterName') }; // every process has them
  const known = Object.entries(values)
    .filter(([, value]) => !isEmpty(value))
    .map(([name, value]) => [labels[name] ?? own[name] ?? name, value] as const)
    .sort(([one], [other]) => one.localeCompare(other));
  const plain = known.filter(([, value]) => linesOf(value).length === 0);
  const grants = known.filter(([, value]) => linesOf(value).length > 0);
  if (known.length === 0) return <Text size="sm" c="dimmed">{t('values.none')}</Text>;
  return (
    <Stack>
      {plain.length === 0 ? null : (
        <SimpleGrid component="dl" m={0} cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
          {plain.map(([name, value]) => (
            <Stack key={name} gap={0}>
              <Text component="dt" size="xs" c="dimmed">{name}</Text>
              <Text component="dd" size="sm" m={0} className={classes.comment}>{valueText(value)}</Text>
            </Stack>
          ))}
        </SimpleGrid>
      )}
      {grants.map(([name, value]) => (
        <section key={name} aria-label={name}>
          <Text size="xs" c="dimmed">{name}</Text>
          <ul className={classes.lines}>{linesOf(value).map((line) => <li key={line.key} className={classes.line}><GrantText line={line} /></li>)}</ul>
        </section>
      ))}
    </Stack>
  );
}
