import { Button, Stack, Tabs } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePermission } from '@/api/session';
import { PageHeader } from '@/kit/PageHeader';
import { Agents } from './Agents';
import { Held } from './Held';
import { Matrix } from './Matrix';
import { Servers } from './Servers';

/** How synchronisation goes: servers, agents, tasks by agents, and what waits for a person (guide page 070). */
export default function MonitoringPage() {
  const { t } = useTranslation('monitoring');
  const can = usePermission();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const search: { tab?: unknown } = useSearch({ strict: false });
  const tabs = [
    ...(can('system:query') ? [{ key: 'overview', label: t('tab.overview'), body: <Stack><Servers /><Agents /></Stack> }] : []),
    { key: 'matrix', label: t('tab.matrix'), body: <Matrix /> },
    { key: 'held', label: t('tab.held'), body: <Held /> },
  ];
  const current = tabs.find(({ key }) => key === search.tab) ?? tabs[0];
  return (
    <>
      <PageHeader title={t('title')} hint={t('hint')}>
        <Button variant="default" leftSection={<IconRefresh size={15} aria-hidden />} onClick={() => void queries.invalidateQueries()}>{t('refresh')}</Button>
      </PageHeader>
      <Tabs value={current?.key} onChange={(tab) => void navigate({ to: '.', search: { tab } as never, replace: true })}>
        <Tabs.List mb="md">{tabs.map(({ key, label }) => <Tabs.Tab key={key} value={key}>{label}</Tabs.Tab>)}</Tabs.List>
        {tabs.map(({ key, body }) => <Tabs.Panel key={key} value={key}>{key === current?.key ? body : null}</Tabs.Panel>)}
      </Tabs>
    </>
  );
}
