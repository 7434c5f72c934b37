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
  const attributes = useSchema(entry.objectType).data ?? [];
  const href = objectHref(entry.objectType, entry.objectId);
  const before = entry.before ?? {};
  const after = entry.after ?? {};
  const changes = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !sameValue(before[name], after[name]))
    .map((attribute) => ({ attribute, before: plain(before[attribute]), after: plain(after[attribute]) }));
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
          {changes.length === 0 ? <EmptyState title={t('nothing')} /> : <Changes changes={changes} attributes={attributes} />}
        </div>
      </Stack>
    </>
  );
}

/** Objects inside an object are shown as they are written: an auditor wants the truth, not its names. */
function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? JSON.stringify(value) : value;
}
