import { Menu } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useObject } from '@/api/hooks';
import { GroupRoleList } from '@/access/GroupRoleList';
import { Managers } from '@/access/Managers';
import { nameOf } from '@/api/name';
import { usePermission } from '@/api/session';
import { StatusBadge } from '@/kit/StatusBadge';
import { ObjectPage } from '@/object/ObjectPage';
import { Synchronise } from '@/sync/Synchronise';
import { GroupMembers } from './GroupMembers';
import type { GroupRow } from './GroupsPage';

/** A group with its members and the roles that flow to them. */
export default function GroupPage() {
  const { t } = useTranslation('groups');
  const can = usePermission();
  const { id }: { id?: string } = useParams({ strict: false });
  const { parent }: { parent?: string } = useSearch({ strict: false });
  // "Add child" names the parent in the address; its name is shown in the form from the first moment.
  const above = useObject('groups', id === undefined ? parent : undefined).data?.object;
  return (
    <ObjectPage<GroupRow>
      key={id ?? `new-${above?.id ?? ''}`}
      resource="groups"
      objectType="group"
      id={id}
      list={{ label: t('title'), to: '/groups' }}
      newTitle={t('new')}
      initial={above === undefined ? {} : { parentId: above.id, parent: nameOf(above) }}
      title={(group) => group.name ?? ''}
      status={(group) => <StatusBadge status={group.disabled ? 'inactive' : 'active'} />}
      facts={(group) => [
        { label: t('fact.description'), value: group.description },
        { label: t('fact.parent'), value: group.parent },
        { label: t('fact.type'), value: group.groupType },
      ]}
      actions={(group) => <Synchronise resource="groups" id={group.id} permission="group:sync" />}
      menu={(group) => can('group:create') ? (
        <Menu.Item component={Link} to="/groups/new" search={{ parent: group.id } as never} leftSection={<IconPlus size={15} />}>{t('addChild')}</Menu.Item>
      ) : null}
      tabs={[
        { key: 'members', label: t('tab.members'), permission: 'user:query', render: (group) => <GroupMembers group={group} /> },
        { key: 'roles', label: t('tab.roles'), permission: 'role:query', render: (group) => <GroupRoleList side={{ groupId: group.id }} empty={{ title: t('noRoles.title'), hint: t('noRoles.hint') }} /> },
        { key: 'managers', label: t('tab.managers'), permission: 'grant:query', render: (group) => <Managers resource="groups" id={group.id} /> },
      ]}
      href={(saved) => `/groups/${saved}`}
      update={{ permission: id === undefined ? 'group:create' : 'group:update' }}
      remove={{ permission: 'group:delete', consequences: () => [t('remove.members', { count: 1 })] }}
    />
  );
}
