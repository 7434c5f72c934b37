import { Anchor, Switch, Text } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { StatusBadge } from '@/kit/StatusBadge';
import { ListPage } from '@/list/ListPage';
import { actionsColumn } from '@/list/rowActions';
import { processTitle, type ProcessIncident } from '@/work/model';
import { RepairButtons } from '@/work/Repair';

/** Work of processes that failed, and the decisions about it. */
export default function IncidentsPage() {
  const { t } = useTranslation('process');
  const navigate = useNavigate();
  const search: { solved?: unknown } = useSearch({ strict: false });
  const solved = search.solved === 'yes';
  return (
    <ListPage<ProcessIncident>
      title={t('incidents.title')}
      hint={t('incidents.hint')}
      resource="process-incidents"
      objectType="processIncident"
      filter={solved ? '' : 'status ne "solved"'}
      keep={solved ? { solved: 'yes' } : {}}
      conditions={
        <Switch
          label={t('incidents.includeSolved')}
          checked={solved}
          mt={6}
          onChange={(event) => void navigate({ to: '.', search: (event.currentTarget.checked ? { solved: 'yes' } : {}) as never })}
        />
      }
      columns={['number', 'name', 'status', 'message', 'openedAt', ...(solved ? ['action', 'solvedBy', 'reason'] : []), 'decide']}
      empty={{ title: t('incidents.empty'), hint: t('incidents.emptyHint') }}
      cells={{
        number: { label: t('process'), sortable: true, numeric: false, cell: (incident) => <Anchor component={Link} to={`/processes/${incident.processId}`} size="sm">{processTitle({ name: incident.process, number: incident.number })}</Anchor> },
        status: { sortable: true, cell: (incident) => <StatusBadge status={incident.status} /> },
        message: { cell: (incident) => <Text size="sm" maw={420} truncate title={incident.message}>{incident.message}</Text> },
        decide: actionsColumn<ProcessIncident>((incident) => <RepairButtons incident={incident} />),
      }}
    />
  );
}
