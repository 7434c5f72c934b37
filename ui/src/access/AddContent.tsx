import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useObject } from '@/api/hooks';
import { nameOf } from '@/api/name';
import type { Attribute } from '@/api/schema';
import type { Values } from '@/form/values';
import { FormDialog } from '@/kit/FormDialog';
import type { ContentRow } from './contents';
import { scopeAttribute, scopesOf, useScopeKind } from './scope';

/** Picks a role that another one shall contain, with the scope that its holders get. Nothing is sent yet. */
export function AddContent({ onAdd, onClose }: { onAdd: (row: ContentRow) => void; onClose: () => void }) {
  const { t } = useTranslation('access');
  const [chosen, setChosen] = useState<Values>({ mandatory: true });
  const id = typeof chosen.containedRoleId === 'string' ? chosen.containedRoleId : undefined;
  const role = useObject('roles', id).data?.object;
  const scope = useScopeKind(role?.scopeDomainId);
  const attributes: Attribute[] = [
    { name: 'containedRole', idName: 'containedRoleId', type: 'reference', resource: 'roles', required: true, label: { en: t('content.contained'), es: t('content.contained') } },
    ...(scope ? [{ ...scopeAttribute(scope, t('content.scope')), name: 'scope', multiValued: false }] : []),
    { name: 'mandatory', type: 'boolean', label: { en: t('column.mandatory'), es: t('column.mandatory') } },
  ];
  const add = (values: Values) => {
    onAdd({
      id: crypto.randomUUID(),
      containedRoleId: id,
      containedRole: role === undefined ? '' : nameOf(role),
      containedRoleSystem: typeof role?.system === 'string' ? role.system : '',
      mandatory: values.mandatory === true,
      ...scopesOf(scope, typeof values.scope === 'string' ? [values.scope] : [])[0],
    });
    return Promise.resolve();
  };
  return <FormDialog title={t('content.add')} hint={t('content.hint')} attributes={attributes} initial={{ mandatory: true }} action={t('content.add')} onChange={setChosen} onSubmit={add} onClose={onClose} />;
}
