import { ActionIcon, Group, Tooltip } from '@mantine/core';
import { IconEdit, IconPlayerSkipForward, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address } from '@/api/resource';
import type { Attribute } from '@/api/schema';
import { usePermission } from '@/api/session';
import type { Values } from '@/form/values';
import { FormDialog } from '@/kit/FormDialog';
import { useChange } from '@/kit/refresh';
import { toastDone } from '@/kit/toast';
import { JsonValues, useJsonReader } from './JsonValues';
import type { ProcessDetail, ProcessIncident } from './model';

/** Ways out of an incident: do it again, do it again with other values, or go on as if it were done. */
const ways = { retry: IconRefresh, modify: IconEdit, skip: IconPlayerSkipForward } as const;
type Way = keyof typeof ways;

interface RepairButtonsProps {
  incident: ProcessIncident;
  /** What the person may do with the process, where that is known; the permissions of the platform count as well. */
  may?: ProcessDetail['may'];
}

/** The decisions about work that failed, for whoever may take them. */
export function RepairButtons({ incident, may = [] }: RepairButtonsProps) {
  const { t } = useTranslation('process');
  const can = usePermission();
  const [asked, setAsked] = useState<Way>();
  if (incident.status !== 'open') return null;
  const allowed: Record<Way, boolean> = {
    retry: may.includes('retry') || can('process:resume'),
    modify: may.includes('skip') || can('process:update'),
    skip: may.includes('skip') || can('process:update'),
  };
  return (
    <Group gap={2} wrap="nowrap">
      {(Object.keys(ways) as Way[]).filter((way) => allowed[way]).map((way) => {
        const Sign = ways[way];
        return (
          <Tooltip key={way} label={t(`repair.${way}.open`)}>
            <ActionIcon aria-label={`${t(`repair.${way}.open`)}: ${incident.name}, #${incident.number}`} onClick={() => setAsked(way)}><Sign size={15} /></ActionIcon>
          </Tooltip>
        );
      })}
      {asked === undefined ? null : <Repair incident={incident} way={asked} onClose={() => setAsked(undefined)} />}
    </Group>
  );
}

function Repair({ incident, way, onClose }: { incident: ProcessIncident; way: Way; onClose: () => void }) {
  const { t } = useTranslation('process');
  const change = useChange();
  const read = useJsonReader();
  const [source, setSource] = useState('');
  const attributes: Attribute[] = [
    { name: 'reason', type: 'multiline', required: way !== 'retry', label: { en: t('reason'), es: t('reason') } },
    ...(way === 'skip' ? [{ name: 'outcome', type: 'string' as const, label: { en: t('repair.outcome'), es: t('repair.outcome') }, hint: t('repair.outcomeHint') }] : []),
  ];
  const submit = async ({ reason, outcome }: Values) => {
    const values = way === 'retry' ? undefined : read(source);
    await change('POST', address('process-incidents', [incident.id, way]), { body: { reason: reason || undefined, outcome: outcome || undefined, values } });
    toastDone(t(`repair.${way}.done`));
  };
  return (
    <FormDialog title={t(`repair.${way}.title`, { name: incident.name })} hint={incident.message} attributes={attributes} action={t(`repair.${way}.open`)} onSubmit={submit} onClose={onClose}>
      {way === 'retry' ? null : <JsonValues label={t('repair.values')} source={source} onChange={setSource} />}
    </FormDialog>
  );
}
