import { Anchor, SimpleGrid, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, send } from '@/api/resource';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import { foldersOf } from './catalogue';
import type { CatalogueEntry } from './model';
import classes from './work.module.css';

/** What the person may start; definitions change seldom, and events tell when. */
export function useCatalogue() {
  return useQuery({
    queryKey: ['process-definitions', 'catalogue'],
    queryFn: async ({ signal }) => (await send('GET', address('requests', ['catalogue']), { signal })).json() as Promise<CatalogueEntry[]>,
  });
}

/** Cards of all that can be started, by folder, with a search over names and descriptions. */
export function Catalogue() {
  const { t } = useTranslation('requests');
  const { data, error, refetch } = useCatalogue();
  const [words, setWords] = useState('');
  const folders = useMemo(() => foldersOf(data ?? [], words), [data, words]);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton height={240} />;
  if (data.length === 0) return <div className="surface"><EmptyState title={t('nothing.title')} hint={t('nothing.hint')} /></div>;
  return (
    <Stack gap="lg">
      <TextInput
        type="search"
        maw={460}
        aria-label={t('find')}
        placeholder={t('find')}
        leftSection={<IconSearch size={15} aria-hidden />}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      {folders.length === 0 ? <Text role="status">{t('notFound')}</Text> : null}
      {folders.map(({ path, entries }) => (
        <section key={path} aria-label={path || t('noFolder')}>
          <Text component="h2" m={0} mb="xs" size="sm" fw={600}>{path.replaceAll('/', ' / ') || t('noFolder')}</Text>
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
            {entries.map((entry) => (
              <Stack key={entry.id} gap={4} className={`surface ${classes.card}`}>
                <Anchor component={Link} to={`/requests/new/${entry.code}`} fw={600}>{entry.name}</Anchor>
                <Text size="sm" c="dimmed">{entry.description}</Text>
              </Stack>
            ))}
          </SimpleGrid>
        </section>
      ))}
    </Stack>
  );
}
