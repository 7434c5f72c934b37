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
import { ForWhom } from '@/work/ForWhom';
import { GrantLines } from '@/work/GrantLines';
import { useReactions } from '@/work/reactions';
import { processTitle, type FormField, type Process, type StartForm, type Task } from '@/work/model';
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
  const [forWhom, setForWhom] = useState('');
  const { start, busy, refused } = useStart(opened);
  const source = { resource: 'requests/catalogue', id: opened.id };
  const { form, follow, error: stuck } = useReactions(opened, source, values, (patch) => setValues((before) => ({ ...before, ...patch })));
  const change = (next: Values) => {
    setValues(next);
    follow(values, next);
  };
  // Whom the process is started for is the user it asks for: the form need not ask again.
  const attributes = attributesOf(form.fields, source).filter(({ name }) => forWhom === '' || name !== subject);
  const grants = grantField(form.fields);
  const { fields, others, unplaced } = refusalsOf(refused, form.fields);

  const choose = (userName: string) => {
    setForWhom(userName);
    if (form.fields.some(({ name, readOnly }) => name === subject && !readOnly)) change({ ...values, [subject]: userName || opened.values[subject] });
  };

  const submit = () => {
    const wrong = complaints(attributes, values);
    setComplained(Object.fromEntries(Object.entries(wrong).map(([field, complaint]) => [field, words(`complaint.${complaint}`)])));
    if (Object.keys(wrong).length === 0) void start(changedValues(form.fields, opened.values, values), forWhom);
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
        {unplaced ? <Failure error={refused} /> : null}
        {stuck === undefined ? null : <Failure error={stuck} />}
        <ForWhom definition={opened.id} value={forWhom} error={fields.for} onChange={choose} />
        {form.fields.length === 0 ? <Text size="sm">{t('noFields')}</Text> : null}
        {attributes.length + others.length === 0 ? null : (
          <FieldForm attributes={attributes} values={values} onChange={change} errors={{ ...form.messages, ...fields, ...complained }} otherErrors={others} />
        )}
        {grants ? (
          <GrantLines
            label={grants.label}
            value={values[grants.name]}
            error={fields[grants.name]}
            source={{ ...source, field: grants.name }}
            user={forWhom || (typeof values[subject] === 'string' ? values[subject] : '')}
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

/** The variable that names whom a process is about. */
const subject = 'user';

/** What the server refused: at the fields of the form, at no field, and whether it is about the start as a whole. */
function refusalsOf(refused: unknown, asked: readonly FormField[]) {
  const found = errorsAt(refused, ['for', ...asked.map(({ name }) => `values.${name}`)].map((name) => ({ name, type: 'string', label: {} })));
  const fields = Object.fromEntries(Object.entries(found.fields).map(([name, sentence]) => [name.replace(/^values\./, ''), sentence]));
  const placed = refused instanceof ProblemError && (refused.problem.errors ?? []).length > 0;
  return { fields, others: placed ? found.others : [], unplaced: refused !== undefined && !placed };
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
  const start = async (values: Values, forWhom: string) => {
    setBusy(true);
    setRefused(undefined);
    try {
      const started = (await (await change('POST', address('processes'), { body: { definition: form.code, for: forWhom || undefined, values } })).json()) as Process;
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
