import { ActionIcon, Button, Modal, Tooltip } from '@mantine/core';
import { IconListDetails, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, type Entity } from '@/api/resource';
import { useSchema } from '@/api/schema';
import { usePermission } from '@/api/session';
import { mergePatch } from '@/form/values';
import { FormDialog } from '@/kit/FormDialog';
import { useChange } from '@/kit/refresh';
import { RemoveButton } from '@/kit/RemoveButton';
import { toastDone } from '@/kit/toast';
import { RelatedList } from '@/list/RelatedList';
import { actionsColumn } from '@/list/rowActions';

interface DomainRow extends Entity {
  name?: string;
  description?: string;
  kind?: 'values' | 'group' | 'informationSystem';
}

interface ValueRow extends Entity {
  value?: string;
  description?: string;
}

/** What may limit grants of this system's roles: domains, and the values of those that have their own (guide page 017). */
export function ScopeDomains({ informationSystemId }: { informationSystemId: string }) {
  const { t } = useTranslation('systems');
  const values = useTranslation('values').t;
  const can = usePermission();
  const change = useChange();
  const attributes = useSchema('scopeDomain').data ?? [];
  const [adding, setAdding] = useState(false);
  const [opened, setOpened] = useState<DomainRow>();
  return (
    <>
      <RelatedList<DomainRow>
        label={t('tab.scopes')}
        source={{ resource: 'scope-domains', filter: `informationSystemId eq ${JSON.stringify(informationSystemId)}` }}
        empty={{ title: t('noScopes.title'), hint: t('noScopes.hint') }}
        actions={can('scope:create') ? <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>{t('scope.add')}</Button> : undefined}
        columns={[
          { name: 'name', label: t('column.scope'), cell: (row) => row.name, sortable: true },
          { name: 'description', label: t('column.description'), cell: (row) => row.description },
          { name: 'kind', label: t('column.kind'), cell: (row) => (row.kind ? values(`scopeDomain.kind.${row.kind}`) : null) },
          actionsColumn((row) => (
            <>
              {row.kind === 'values' ? (
                <Tooltip label={t('scope.values')}>
                  <ActionIcon aria-label={`${t('scope.values')}: ${row.name}`} onClick={() => setOpened(row)}><IconListDetails size={15} /></ActionIcon>
                </Tooltip>
              ) : null}
              <RemoveButton resource="scope-domains" id={row.id} name={row.name ?? ''} permission="scope:delete" action={t('scope.remove')} consequences={[t('scope.consequence')]} />
            </>
          )),
        ]}
      />
      {adding ? (
        <FormDialog
          title={t('scope.add')}
          attributes={attributes}
          initial={{ kind: 'values' }}
          action={t('scope.add')}
          onSubmit={async (entered) => {
            await change('POST', address('scope-domains'), { body: { ...mergePatch({}, entered, attributes), informationSystemId } });
            toastDone(t('scope.added'));
          }}
          onClose={() => setAdding(false)}
        />
      ) : null}
      {opened ? <Modal opened size="lg" title={t('scope.valuesOf', { name: opened.name })} onClose={() => setOpened(undefined)}><ScopeValues domain={opened} /></Modal> : null}
    </>
  );
}

function ScopeValues({ domain }: { domain: DomainRow }) {
  const { t } = useTranslation('systems');
  const can = usePermission();
  const change = useChange();
  const attributes = useSchema('scopeValue').data ?? [];
  const [adding, setAdding] = useState(false);
  return (
    <>
      <RelatedList<ValueRow>
        label={t('scope.values')}
        source={{ resource: 'scope-values', filter: `scopeDomainId eq ${JSON.stringify(domain.id)}` }}
        empty={{ title: t('noValues.title'), hint: t('noValues.hint') }}
        actions={can('scope:create') ? <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>{t('value.add')}</Button> : undefined}
        columns={[
          { name: 'value', label: t('column.value'), cell: (row) => row.value, sortable: true },
          { name: 'description', label: t('column.description'), cell: (row) => row.description },
          actionsColumn((row) => (
            <RemoveButton resource="scope-values" id={row.id} name={row.value ?? ''} permission="scope:delete" action={t('value.remove')} consequences={[t('value.consequence')]} />
          )),
        ]}
      />
      {adding ? (
        <FormDialog
          title={t('value.add')}
          attributes={attributes}
          action={t('value.add')}
          onSubmit={async (entered) => {
            await change('POST', address('scope-values'), { body: { ...mergePatch({}, entered, attributes), scopeDomainId: domain.id } });
            toastDone(t('value.added'));
          }}
          onClose={() => setAdding(false)}
        />
      ) : null}
    </>
  );
}
