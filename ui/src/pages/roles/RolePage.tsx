import { Anchor } from '@mantine/core';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Grants } from '@/access/Grants';
import { GroupRoleList } from '@/access/GroupRoleList';
import { RoleContainers } from '@/access/RoleContainers';
import { RoleContents } from '@/access/RoleContents';
import { useObject } from '@/api/hooks';
import { nameOf } from '@/api/name';
import type { Entity } from '@/api/resource';
import { ObjectPage } from '@/object/ObjectPage';
import { Synchronise } from '@/sync/Synchronise';

interface RoleRow extends Entity {
  name?: string;
  description?: string;
  system?: string;
  systemId?: string;
  informationSystem?: string;
  informationSystemId?: string;
  scopeDomain?: string;
}

/** One role: what it contains, in what it is contained, which groups and people hold it. */
export default function RolePage() {
  const { t } = useTranslation('roles');
  const { id }: { id?: string } = useParams({ strict: false });
  const { informationSystem }: { informationSystem?: string } = useSearch({ strict: false });
  const within = useObject('information-systems', id === undefined ? informationSystem : undefined).data?.object;
  return (
    <ObjectPage<RoleRow>
      key={id ?? `new-${within?.id ?? ''}`}
      resource="roles"
      objectType="role"
      id={id}
      list={{ label: t('title'), to: '/roles' }}
      newTitle={t('new')}
      initial={within === undefined ? {} : { informationSystemId: within.id, informationSystem: nameOf(within) }}
      title={(role) => role.name ?? ''}
      facts={(role) => [
        { label: t('fact.description'), value: role.description },
        { label: t('fact.system'), value: <Anchor component={Link} to={`/agents/${role.systemId}`} inherit>{role.system}</Anchor> },
        { label: t('fact.informationSystem'), value: <Anchor component={Link} to={`/information-systems/${role.informationSystemId}`} inherit>{role.informationSystem}</Anchor> },
        { label: t('fact.scope'), value: role.scopeDomain },
      ]}
      actions={(role) => <Synchronise resource="roles" id={role.id} permission="role:sync" />}
      tabs={[
        { key: 'contents', label: t('tab.contents'), render: (role) => <RoleContents roleId={role.id} /> },
        { key: 'containers', label: t('tab.containers'), render: (role) => <RoleContainers roleId={role.id} /> },
        { key: 'groups', label: t('tab.groups'), permission: 'group:query', render: (role) => <GroupRoleList side={{ roleId: role.id }} empty={{ title: t('noGroups.title'), hint: t('noGroups.hint') }} /> },
        {
          key: 'users',
          label: t('tab.users'),
          permission: 'grant:query',
          render: (role) => (
            <Grants source={{ resource: 'grants', filter: `roleId eq ${JSON.stringify(role.id)}` }} holder={{ roleId: role.id }} empty={{ title: t('noUsers.title'), hint: t('noUsers.hint') }} />
          ),
        },
      ]}
      href={(saved) => `/roles/${saved}`}
      update={{ permission: id === undefined ? 'role:create' : 'role:update' }}
      remove={{ permission: 'role:delete', consequences: () => [t('remove.grants', { count: 1 })] }}
    />
  );
}
