import { Fieldset, Skeleton, Stack, Switch, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { components } from '@/api/api.gen';
import { address, send } from '@/api/resource';
import { Failure, useFailureText } from '@/kit/Failure';
import { PageHeader } from '@/kit/PageHeader';
import { useChange } from '@/kit/refresh';
import { toastDone, toastFailed } from '@/kit/toast';

type Wanted = Omit<components['schemas']['NoticesWanted'], '$schema'>;

const path = address('me', ['notices']);
const key = ['me', 'notices'];
const occasions = ['assignment', 'reminder', 'outcome', 'digest'] as const satisfies (keyof Wanted)[];

/** Which notices reach one by mail. Each choice is kept at once. */
export default function MyNoticesPage() {
  const { t } = useTranslation('notices');
  const change = useChange();
  const failure = useFailureText();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await send('GET', path, { signal })).json() as Promise<Wanted>,
  });
  const choose = (wanted: Wanted) => {
    queries.setQueryData(key, wanted); // at once, so that the next choice begins with this one
    change('PUT', path, { body: wanted }).then(() => toastDone(t('saved'))).catch((reason: unknown) => {
      void refetch();
      toastFailed(failure(reason));
    });
  };
  return (
    <>
      <PageHeader title={t('title')} hint={t('hint')} />
      {error ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && !error ? <Skeleton height={280} /> : null}
      {data ? (
        <div className="surface" style={{ maxWidth: 560, padding: 'var(--mantine-spacing-lg)' }}>
          <Fieldset legend={t('group')} variant="unstyled">
            <Stack mt="sm">
              {occasions.map((name) => (
                <Switch key={name} label={t(`${name}.name`)} description={t(`${name}.what`)} checked={data[name]}
                  onChange={(event) => choose({ ...chosen(data), [name]: event.currentTarget.checked })} />
              ))}
            </Stack>
          </Fieldset>
          <Text size="sm" c="dimmed" mt="lg">{t('always')}</Text>
        </div>
      ) : null}
    </>
  );
}

/** The choices alone, without what else the answer says. */
function chosen({ assignment, reminder, outcome, digest }: Wanted): Wanted {
  return { assignment, reminder, outcome, digest };
}
