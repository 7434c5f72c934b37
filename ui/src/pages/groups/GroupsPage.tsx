import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Entity } from '@/api/resource';
import { usePermission } from '@/api/session';
import { PageHeader } from '@/kit/PageHeader';
import { StatusBadge } from '@/kit/StatusBadge';
import { TreePanel, TreeSwitch, useTreeView } from '@/kit/TreePanel';
import { ListPage } from '@/list/ListPage';

/** A group as this page reads it. */
export interface GroupRow extends Entity {
  name?: string;
  description?: string;
  parent?: string;
  groupType?: string;
  disabled?: boolean;
}

/** Business units and workgroups, as a list or as their tree (guide page 015). */
export default function GroupsPage() {
  const { t } = useTranslation('groups');
  const can = usePermission();
  const [view, setView] = useTreeView();
  const empty = { title: t('empty.title'), hint: t('empty.hint') };
  if (view === 'tree') {
    return (
      <>
        <PageHeader title={t('title')}>
          <TreeSwitch view={view} onChange={setView} />
          {can('group:create') ? <Button component={Link} to="/groups/new" leftSection={<IconPlus size={15} aria-hidden />}>{t('new')}</Button> : null}
        </PageHeader>
        <TreePanel resource="groups" label={t('title')} href={(id) => `/groups/${id}`} empty={empty} />
      </>
    );
  }
  return (
    <ListPage<GroupRow>
      title={t('title')}
      resource="groups"
      objectType="group"
      columns={['name', 'description', 'parent', 'groupType', 'disabled']}
      sort="name"
      href={(group) => `/groups/${group.id}`}
      create={{ label: t('new'), to: '/groups/new', permission: 'group:create' }}
      update={{ permission: 'group:update' }}
      remove={{ permission: 'group:delete', consequences: (count) => [t('remove.members', { count })] }}
      importing={{ permission: 'group:create' }}
      beside={<TreeSwitch view={view} onChange={setView} />}
      empty={empty}
      cells={{ disabled: { label: t('state'), cell: (group) => <StatusBadge status={group.disabled ? 'inactive' : 'active'} /> } }}
    />
  );
}
