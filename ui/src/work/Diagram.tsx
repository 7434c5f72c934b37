import { Alert, List, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keys } from '@/api/hooks';
import { address, send } from '@/api/resource';
import { Failure } from '@/kit/Failure';
import { namesIn, passedElements } from './diagram';
import type { ProcessDetail } from './model';
import classes from './work.module.css';

// Drawing takes a large package: only who opens the tab loads it.
const DiagramCanvas = lazy(() => import('./DiagramCanvas'));

/** The drawing of a process with the place where it stands, and the same in words for who does not see it. */
export function Diagram({ process }: { process: ProcessDetail }) {
  const { t } = useTranslation('process');
  const [problem, setProblem] = useState(false);
  const { data: xml, error, refetch } = useQuery({
    queryKey: keys.below('processes', process.id, 'diagram', { version: process.versionId }),
    queryFn: async ({ signal }) => (await send('GET', address('processes', [process.id, 'diagram']), { signal, accept: '*/*' })).text(),
    // A process runs by one version; another one has another key.
    staleTime: Infinity,
  });
  const names = useMemo(() => namesIn(xml ?? ''), [xml]);
  const passed = useMemo(() => passedElements(process.log), [process.log]);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (xml === undefined) return <Skeleton height={320} />;
  const called = (element: string) => names.get(element) ?? element;
  const before = passed.filter((element) => !process.places.includes(element));
  return (
    <Stack>
      <section className={`surface ${classes.panel}`} aria-label={t('diagram.inWords')}>
        <Text size="sm" fw={600} component="h2" m={0} mb={4}>{t('diagram.now')}</Text>
        {process.places.length === 0 ? <Text size="sm">{t(process.endedAt ? 'diagram.ended' : 'diagram.notBegun')}</Text> : null}
        <List size="sm">{process.places.map((element) => <List.Item key={element}>{called(element)}</List.Item>)}</List>
        {before.length === 0 ? null : <Text size="sm" c="dimmed" mt="xs">{t('diagram.before', { steps: before.map(called).join(' → ') })}</Text>}
      </section>
      {problem ? <Alert color="gray" variant="light">{t('diagram.none')}</Alert> : (
        <Suspense fallback={<Skeleton height={320} />}>
          <DiagramCanvas label={t('diagram.label', { name: process.name })} xml={xml} here={process.places} passed={before} onProblem={() => setProblem(true)} />
        </Suspense>
      )}
    </Stack>
  );
}
