import { Alert, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/hooks';
import { StatusBadge } from '@/kit/StatusBadge';
import type { ProcessDetail, ProcessIncident } from './model';
import { RepairButtons } from './Repair';

/** What failed in a process and waits for a person; nothing is shown while nothing did. */
export function ProcessIncidents({ processId, may }: { processId: string; may: ProcessDetail['may'] }) {
  const { t } = useTranslation('process');
  const { data } = useList('process-incidents', { filter: `processId eq "${processId}" and status ne "solved"`, size: 50 });
  const incidents = (data?.rows ?? []) as unknown as ProcessIncident[];
  if (incidents.length === 0) return null;
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={t('incidents.here', { count: incidents.length })}>
      <Stack gap="sm">
        {incidents.map((incident) => (
          <Group key={incident.id} justify="space-between">
            <Stack gap={2}>
              <Group gap="xs"><Text size="sm" fw={600}>{incident.name}</Text><StatusBadge status={incident.status} /></Group>
              <Text size="sm">{incident.message}</Text>
            </Stack>
            <RepairButtons incident={incident} may={may} />
          </Group>
        ))}
      </Stack>
    </Alert>
  );
}
