import { Badge } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { nameOf } from '@/api/name';
import type { Entity } from '@/api/resource';
import type { Attribute } from '@/api/schema';
import { ObjectPage } from '@/object/ObjectPage';
import { pathOf, permissionFor, settings, type SettingKey } from './catalogue';

interface SettingRow extends Entity {
  name?: string;
  code?: string;
  kind?: string;
  builtin?: boolean;
}

/** A secret is typed unseen, and only its mask comes back. */
function refineParameter(attributes: Attribute[], row: SettingRow | undefined): Attribute[] {
  const secret = row?.name?.toLowerCase().endsWith('password') ?? false;
  return attributes.map((attribute) => (attribute.name === 'value' && secret ? { ...attribute, type: 'password' } : attribute));
}

/** Only attributes of one's own may be renamed or change their type; the others belong to the program. */
function refineMetadata(attributes: Attribute[], row: SettingRow | undefined): Attribute[] {
  const fixed = row === undefined ? [] : ['objectType', 'code', ...(row.builtin ? ['dataType'] : [])];
  return attributes.map((attribute) => (fixed.includes(attribute.name) ? { ...attribute, readOnly: true } : attribute));
}

const refinements: Partial<Record<SettingKey, typeof refineParameter>> = { parameters: refineParameter, metadata: refineMetadata };
const beginnings: Partial<Record<SettingKey, Record<string, unknown>>> = {
  userTypes: { managed: true },
  namingRules: { kind: 'script' },
  metadata: { objectType: 'user', dataType: 'string', position: 1000 },
};

/** Makes the page of one object of a setting. */
export function settingPage(key: SettingKey) {
  const { resource, objectType } = settings[key];
  return function SettingPage() {
    const { t } = useTranslation('settings');
    const { id }: { id?: string } = useParams({ strict: false });
    return (
      <ObjectPage<SettingRow>
        key={id ?? 'new'}
        resource={resource}
        objectType={objectType}
        id={id}
        synchronised={false}
        list={{ label: t(`${key}.title`), to: pathOf(key) }}
        newTitle={t(`${key}.new`)}
        initial={beginnings[key]}
        refine={refinements[key]}
        title={nameOf}
        status={(row) => (row.builtin ? <Badge color="gray" leftSection={<IconLock size={12} aria-hidden />}>{t('builtin')}</Badge> : null)}
        href={(saved) => `${pathOf(key)}/${saved}`}
        update={{ permission: permissionFor(key, id === undefined ? 'create' : 'update') }}
        remove={{ permission: permissionFor(key, 'delete'), consequences: () => [t(`${key}.remove`)] }}
      />
    );
  };
}
