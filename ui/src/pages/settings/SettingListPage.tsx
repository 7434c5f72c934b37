import { useTranslation } from 'react-i18next';
import { ListPage } from '@/list/ListPage';
import { pathOf, permissionFor, settings, type SettingKey } from './catalogue';

/** Makes the list page of a setting. */
export function settingListPage(key: SettingKey) {
  const { resource, objectType, columns, sort } = settings[key];
  return function SettingListPage() {
    const { t } = useTranslation('settings');
    return (
      <ListPage
        title={t(`${key}.title`)}
        hint={t(`${key}.hint`)}
        resource={resource}
        objectType={objectType}
        columns={[...columns]}
        sort={sort}
        href={(row) => `${pathOf(key)}/${row.id}`}
        create={{ label: t(`${key}.new`), to: `${pathOf(key)}/new`, permission: permissionFor(key, 'create') }}
        remove={{ permission: permissionFor(key, 'delete'), consequences: () => [t(`${key}.remove`)] }}
        importing={{ permission: permissionFor(key, 'create') }}
        empty={{ title: t(`${key}.empty`), hint: t(`${key}.hint`) }}
      />
    );
  };
}
