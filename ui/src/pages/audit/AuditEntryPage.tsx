import { Anchor, Skeleton, Stack } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useObject } from '@/api/hooks';
import { useSchema } from '@/api/schema';
import { sameValue } from '@/form/values';
import { Changes } from '@/kit/Changes';
import { EmptyState } from '@/kit/EmptyState';
import { Facts } from '@/kit/Facts';
import { Failure } from '@/kit/Failure';
import { PageHeader } from '@/kit/PageHeader';
import { RelativeTime } from '@/kit/RelativeTime';
import { objectHref } from '@/app/searchable';
import { useAuditWords } from './words';

interface Entry {
  id: string;
  at: string;
  actor: string;
  origin: string;
  action: string;
  objectType: string;
  objectId?: string;
  objectName: string;
  before?: Record<string, unknown> | null;
  after?: Record<string, unknown> | null;
  remote?: string;
}

/** One entry of the trail with every attribute before and after. */
export default function AuditEntryPage() {
  const { t } = useTranslation('audit');
  const { id }: { id?: string } = useParams({ strict: false });
  const { data, error, refetch } = useObject('audit', id);
  const entry = data?.object as unknown as Entry | undefined;
  if (error) return <><PageHeader title={t('entry')} /><Failure error={error} onRetry={() => void refetch()} /></>;
  return (
    <>
      <Anchor component={Link} to="/audit" size="sm" c="dimmed" display="inline-block" mb={4}>← {t('title')}</Anchor>
      {entry === undefined ? <><PageHeader title={t('entry')} /><Skeleton height={240} /></> : <EntryView entry={entry} />}
    </>
  );
}

function EntryView({ entry }: { entry: Entry }) {
  const { t } = useTranslation('audit');
  const words = useAuditWords();
  const schema = useSchema(entry.objectType);
  const href = objectHref(entry.objectType, entry.objectId);
  const before = entry.before ?? {};
  const after = entry.after ?? {};
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changes = [...names]
    .filter((name) => !sameValue(before[name], after[name]) && !isNamed(name, names))
    .map((attribute) => ({ attribute, before: plain(before[attribute]), after: plain(after[attribute]) }))
    .filter((change) => !sameValue(change.before, change.after));
  return (
    <>
      <PageHeader title={`${words('action', entry.action)}: ${entry.objectName}`} />
      <Stack>
        <Facts
          facts={[
            { label: t('at'), value: <RelativeTime at={entry.at} /> },
            { label: t('actor'), value: entry.actor },
            { label: t('objectType'), value: words('type', entry.objectType) },
            { label: t('object'), value: href && entry.action !== 'delete' ? <Anchor component={Link} to={href} inherit>{entry.objectName}</Anchor> : entry.objectName },
            { label: t('originLabel'), value: words('origin', entry.origin) },
            { label: t('remote'), value: entry.remote },
          ]}
        />
        <div className="surface" style={{ padding: 'var(--mantine-spacing-md)' }}>
          {schema.isLoading ? <Skeleton height={160} /> : null}
          {!schema.isLoading && changes.length === 0 ? <EmptyState title={t('nothing')} /> : null}
          {schema.isLoading ? null : <Changes changes={changes} attributes={schema.data} created={entry.action === 'create'} />}
        </div>
      </Stack>
    </>
  );
}

/** Whether an attribute is the id of an object that stands beside it by its name, as systemId beside system. */
function isNamed(name: string, names: ReadonlySet<string>): boolean {
  return name.endsWith('Id') && names.has(name.slice(0, -2));
}

/** Objects inside an object are shown as they are written: an auditor wants the truth, not its names. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.keys(value).length === 0 ? undefined : JSON.stringify(value);
}
