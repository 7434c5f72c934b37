import { Group, Loader, Stack, Text, Timeline } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useListBelow, useObject } from '@/api/hooks';
import { useSchema, type Attribute } from '@/api/schema';
import { changedNames, valueAt, type Values } from '@/form/values';
import { Changes } from '@/kit/Changes';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import { RelativeTime } from '@/kit/RelativeTime';

/** A version that was superseded: how the object was until then, and who changed it. */
interface Superseded {
  object: Values;
  supersededAt: string;
  supersededBy?: string;
}

/** The object's changes, the newest first: each superseded version against the one that took its place. */
export function HistoryTab({ resource, objectType, id }: { resource: string; objectType: string; id: string }) {
  const { t } = useTranslation('object');
  const { data, error, isLoading, refetch } = useListBelow<Superseded>(resource, id, 'history', { sort: '-supersededAt' });
  const current = useObject(resource, id).data?.object as Values | undefined;
  const attributes = (useSchema(objectType).data ?? []).map((attribute) => ({ ...attribute, readOnly: false }));
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (isLoading || data === undefined || current === undefined) return <Loader />;
  if (data.rows.length === 0) return <div className="surface"><EmptyState title={t('history.empty')} hint={t('history.hint')} /></div>;
  return (
    <div className="surface" style={{ padding: 'var(--mantine-spacing-lg)' }}>
      <Timeline bulletSize={12} lineWidth={2}>
        {data.rows.map((version, index) => (
          <Timeline.Item key={version.supersededAt}>
            <Step version={version} after={data.rows[index - 1]?.object ?? current} attributes={attributes} />
          </Timeline.Item>
        ))}
      </Timeline>
    </div>
  );
}

function Step({ version, after, attributes }: { version: Superseded; after: Values; attributes: readonly Attribute[] }) {
  const { t } = useTranslation('object');
  const { object: before, supersededAt, supersededBy } = version;
  const changes = changedNames(before, after, attributes).map((name) => ({ attribute: name, before: valueAt(before, name), after: valueAt(after, name) }));
  return (
    <Stack gap={4}>
      <Group gap={6}>
        <Text size="sm" fw={600}>{supersededBy || t('history.system')}</Text>
        <Text size="sm" c="dimmed"><RelativeTime at={supersededAt} /></Text>
      </Group>
      {changes.length > 0 ? <Changes attributes={attributes} changes={changes} /> : <Text size="sm" c="dimmed">{t('history.nothing')}</Text>}
    </Stack>
  );
}
