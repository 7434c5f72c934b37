import { Anchor, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '@/api/problem';
import { address, readPage, send } from '@/api/resource';
import { FieldForm } from '@/form/FieldForm';
import { complaints, type Values } from '@/form/values';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import { PageHeader } from '@/kit/PageHeader';
import { useChange } from '@/kit/refresh';
import { toastDone } from '@/kit/toast';
import { errorsAt } from '@/object/draft';
import { useCatalogue } from '@/work/Catalogue';
import { attributesOf, changedValues, grantField } from '@/work/fields';
import { GrantLines } from '@/work/GrantLines';
import { useReactions } from '@/work/reactions';
import { processTitle, type Process, type StartForm, type Task } from '@/work/model';
import classes from '@/work/work.module.css';

/** What has to be filled in to start a process, and the start itself. */
export default function NewRequestPage() {
  const { t } = useTranslation('requests');
  const { code }: { code?: string } = useParams({ strict: false });
  const catalogue = useCatalogue();
  const entry = catalogue.data?.find((each) => each.code === code);
  const { data: form, error, refetch } = useQuery({
    queryKey: ['process-definitions', 'form', entry?.id],
    queryFn: async ({ signal }) => (await send('GET', address('requests/catalogue', [entry?.id ?? '']), { signal })).json() as Promise<StartForm>,
    enabled: entry !== undefined,
  });
  const failed = catalogue.error ?? error;
  const gone = catalogue.data !== undefined && entry === undefined;
  return (
    <>
      <Anchor component={Link} to="/requests" size="sm" c="dimmed" display="inline-block" mb={4}>← {t('title')}</Anchor>
      <PageHeader title={entry?.name ?? t('new')} hint={entry?.description} />
      {failed ? <Failure error={failed} onRetry={() => void refetch()} /> : null}
      {gone ? <div className="surface"><EmptyState title={t('gone.title')} hint={t('gone.hint')} /></div> : null}
      {!gone && !failed && form === undefined ? <Skeleton height={240} /> : null}
      {form ? <Start key={form.id} form={form} /> : null}
    </>
  );
}

function Start({ form: opened }: { form: StartForm }) {
  const { t } = useTranslation('requests');
  const words = useTranslation('form').t;
  const [values, setValues] = useState<Values>(opened.values);
  const [complained, setComplained] = useState<Record<string, string>>({});
  const { start, busy, refused } = useStart(opened);
  const source = { resource: 'requests/catalogue', id: opened.id };
  const { form, follow, error: stuck } = useReactions(opened, source, values, (patch) => setValues((before) => ({ ...before, ...patch })));
  const change = (next: Values) => {
    setValues(next);
    follow(values, next);
  };
  const attributes = attributesOf(form.fields, source);
  const grants = grantField(form.fields);
  const found = errorsAt(refused, form.fields.map(({ name }) => ({ name: `values.${name}`, type: 'string', label: {} })));
  const fields = Object.fromEntries(Object.entries(found.fields).map(([name, sentence]) => [name.replace(/^values\./, ''), sentence]));

  const submit = () => {
    const wrong = complaints(attributes, values);
    setComplained(Object.fromEntries(Object.entries(wrong).map(([field, complaint]) => [field, words(`complaint.${complaint}`)])));
    if (Object.keys(wrong).length === 0) void start(changedValues(form.fields, opened.values, values));
  };

  return (
    <form
      className="surface"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack className={classes.panel}>
        {form.fields.length === 0 ? <Text size="sm">{t('noFields')}</Text> : null}
        {refused !== undefined && !(refused instanceof ProblemError && (refused.problem.errors ?? []).length > 0) ? <Failure error={refused} /> : null}
        {stuck === undefined ? null : <Failure error={stuck} />}
        {attributes.length === 0 ? null : (
          <FieldForm attributes={attributes} values={values} onChange={change} errors={{ ...form.messages, ...fields, ...complained }} otherErrors={refused instanceof ProblemError && (refused.problem.errors ?? []).length > 0 ? found.others : []} />
        )}
        {grants ? (
          <GrantLines
            label={grants.label}
            value={values[grants.name]}
            error={fields[grants.name]}
            source={{ ...source, field: grants.name }}
            user={typeof values.user === 'string' ? values.user : ''}
            onChange={(lines) => change({ ...values, [grants.name]: lines })}
          />
        ) : null}
        <Group justify="flex-end">
          <Button variant="default" component={Link} to="/requests">{t('cancel')}</Button>
          <Button type="submit" loading={busy}>{t('start')}</Button>
        </Group>
      </Stack>
    </form>
  );
}

/** So long, in milliseconds, a first task of the person who starts is waited for: the process opens it moments after the start. */
const patience = 6000;
const look = 400;

/** The first task of a new process that waits for the person; undefined when there is none within moments. */
async function firstTask(process: string): Promise<Task | undefined> {
  for (const end = Date.now() + patience; Date.now() < end;) {
    const { rows } = await readPage<Task>(address('tasks', [], { view: 'inbox', filter: `processId eq "${process}"`, size: 1 }));
    if (rows[0] !== undefined) return rows[0];
    await new Promise((resolve) => setTimeout(resolve, look));
  }
  return undefined;
}

/** Starts the process and leads on: to the first task when it is the person's own, else to the process. */
function useStart(form: StartForm) {
  const { t } = useTranslation('requests');
  const navigate = useNavigate();
  const change = useChange();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<unknown>();
  const start = async (values: Values) => {
    setBusy(true);
    setRefused(undefined);
    try {
      const started = (await (await change('POST', address('processes'), { body: { definition: form.code, values } })).json()) as Process;
      const task = await firstTask(started.id).catch(() => undefined);
      toastDone(t('started', { name: processTitle(started) }));
      await navigate({ to: task === undefined ? `/processes/${started.id}` : `/tasks/${task.id}` });
    } catch (error) {
      setRefused(error);
      setBusy(false);
    }
  };
  return { start, busy, refused };
}
