import { Button, Menu } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useObject } from '@/api/hooks';
import { nameOf } from '@/api/name';
import type { Entity } from '@/api/resource';
import { usePermission } from '@/api/session';
import { RelatedList } from '@/list/RelatedList';
import { ObjectPage } from '@/object/ObjectPage';
import { Holders } from '@/access/Holders';
import { Managers } from '@/access/Managers';
import { useProcessChoice } from '@/access/processes';
import { ScopeDomains } from './ScopeDomains';

interface InformationSystemRow extends Entity {
  name?: string;
  description?: string;
  parent?: string;
  owner?: string;
}

interface RoleRow extends Entity {
  name?: string;
  description?: string;
  system?: string;
  scopeDomain?: string;
}

/** One information system with its scopes, its roles and who holds them. */
export default function InformationSystemPage() {
  const { t } = useTranslation('systems');
  const can = usePermission();
  const { id }: { id?: string } = useParams({ strict: false });
  const { parent }: { parent?: string } = useSearch({ strict: false });
  const above = useObject('information-systems', id === undefined ? parent : undefined).data?.object;
  const refine = useProcessChoice();
  const within = (system: Entity) => `informationSystemId eq ${JSON.stringify(system.id)}`;
  return (
    <ObjectPage<InformationSystemRow>
      key={id ?? `new-${above?.id ?? ''}`}
      resource="information-systems"
      objectType="informationSystem"
      id={id}
      synchronised={false}
      list={{ label: t('title'), to: '/information-systems' }}
      newTitle={t('new')}
      refine={refine}
      initial={{ kind: 'application', ...(above === undefined ? {} : { parentId: above.id, parent: nameOf(above) }) }}
      title={(system) => system.name ?? ''}
      facts={(system) => [
        { label: t('fact.description'), value: system.description },
        { label: t('fact.parent'), value: system.parent },
        { label: t('fact.owner'), value: system.owner },
      ]}
      menu={(system) => can('informationSystem:create') ? (
        <Menu.Item component={Link} to="/information-systems/new" search={{ parent: system.id } as never} leftSection={<IconPlus size={15} />}>{t('addChild')}</Menu.Item>
      ) : null}
      tabs={[
        { key: 'scopes', label: t('tab.scopes'), permission: 'scope:query', render: (system) => <ScopeDomains informationSystemId={system.id} /> },
        {
          key: 'roles',
          label: t('tab.roles'),
          permission: 'role:query',
          render: (system) => (
            <RelatedList<RoleRow>
              label={t('tab.roles')}
              source={{ resource: 'roles', filter: within(system) }}
              sort="name"
              empty={{ title: t('noRoles.title'), hint: t('noRoles.hint') }}
              href={(row) => `/roles/${row.id}`}
              actions={can('role:create') ? (
                <Button component={Link} to="/roles/new" search={{ informationSystem: system.id } as never} leftSection={<IconPlus size={14} aria-hidden />}>{t('newRole')}</Button>
              ) : undefined}
              columns={[
                { name: 'name', label: t('column.role'), cell: (row) => row.name, sortable: true },
                { name: 'description', label: t('column.description'), cell: (row) => row.description },
                { name: 'system', label: t('column.system'), cell: (row) => row.system, sortable: true },
                { name: 'scopeDomain', label: t('column.scope'), cell: (row) => row.scopeDomain },
              ]}
            />
          ),
        },
        { key: 'users', label: t('tab.users'), permission: 'grant:query', render: (system) => <Holders filter={within(system)} withRole empty={{ title: t('noUsers.title'), hint: t('noUsers.hint') }} /> },
        { key: 'managers', label: t('tab.managers'), permission: 'grant:query', render: (system) => <Managers resource="information-systems" id={system.id} /> },
      ]}
      href={(saved) => `/information-systems/${saved}`}
      update={{ permission: id === undefined ? 'informationSystem:create' : 'informationSystem:update' }}
      remove={{ permission: 'informationSystem:delete', consequences: () => [t('remove', { count: 1 })] }}
    />
  );
}
