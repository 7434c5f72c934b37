import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePermission } from '@/api/session';
import { PageHeader } from '@/kit/PageHeader';
import { TreePanel, TreeSwitch, useTreeView } from '@/kit/TreePanel';
import { ListPage } from '@/list/ListPage';

/** Applications in the functional sense, as a list or as their tree (guide page 017). */
export default function InformationSystemsPage() {
  const { t } = useTranslation('systems');
  const can = usePermission();
  const [view, setView] = useTreeView();
  const empty = { title: t('empty.title'), hint: t('empty.hint') };
  if (view === 'tree') {
    return (
      <>
        <PageHeader title={t('title')}>
          <TreeSwitch view={view} onChange={setView} />
          {can('informationSystem:create') ? <Button component={Link} to="/information-systems/new" leftSection={<IconPlus size={15} aria-hidden />}>{t('new')}</Button> : null}
        </PageHeader>
        <TreePanel resource="information-systems" label={t('title')} href={(id) => `/information-systems/${id}`} empty={empty} />
      </>
    );
  }
  return (
    <ListPage
      title={t('title')}
      resource="information-systems"
      objectType="informationSystem"
      columns={['name', 'description', 'parent', 'kind', 'owner']}
      sort="name"
      href={(system) => `/information-systems/${system.id}`}
      create={{ label: t('new'), to: '/information-systems/new', permission: 'informationSystem:create' }}
      update={{ permission: 'informationSystem:update' }}
      remove={{ permission: 'informationSystem:delete', consequences: (count) => [t('remove', { count })] }}
      importing={{ permission: 'informationSystem:create' }}
      beside={<TreeSwitch view={view} onChange={setView} />}
      empty={empty}
    />
  );
}
