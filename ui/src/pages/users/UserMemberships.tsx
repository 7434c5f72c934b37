import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, type Entity } from '@/api/resource';
import { useSchema } from '@/api/schema';
import { usePermission } from '@/api/session';
import { mergePatch } from '@/form/values';
import { FormDialog } from '@/kit/FormDialog';
import { useChange } from '@/kit/refresh';
import { RelativeTime } from '@/kit/RelativeTime';
import { RemoveButton } from '@/kit/RemoveButton';
import { toastDone } from '@/kit/toast';
import { RelatedList } from '@/list/RelatedList';
import { actionsColumn } from '@/list/rowActions';

interface MembershipRow extends Entity {
  group?: string;
  groupId?: string;
  startAt?: string | null;
  endAt?: string | null;
  comments?: string;
}

/** The secondary groups of a user (guide page 014); the primary one is an attribute. */
export function UserMemberships({ id }: { id: string }) {
  const { t } = useTranslation('users');
  const can = usePermission();
  const change = useChange();
  const [adding, setAdding] = useState(false);
  const attributes = (useSchema('userGroup').data ?? []).filter(({ name, readOnly, type }) => name !== 'user' && !readOnly && type !== 'separator');
  return (
    <>
      <RelatedList<MembershipRow>
        label={t('tab.groups')}
        source={{ resource: 'users', id, part: 'memberships' }}
        empty={{ title: t('noGroups.title'), hint: t('noGroups.hint') }}
        href={(row) => `/groups/${row.groupId}`}
        actions={can('group:update') ? <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>{t('membership.add')}</Button> : undefined}
        columns={[
          { name: 'group', label: t('column.group'), cell: (row) => row.group, sortable: true },
          { name: 'startAt', label: t('column.start'), cell: (row) => <RelativeTime at={row.startAt} />, sortable: true },
          { name: 'endAt', label: t('column.end'), cell: (row) => <RelativeTime at={row.endAt} />, sortable: true },
          { name: 'comments', label: t('column.comments'), cell: (row) => row.comments },
          actionsColumn((row) => (
            <RemoveButton resource="memberships" id={row.id} name={row.group ?? ''} permission="group:update" action={t('membership.remove')} consequences={[t('membership.consequence')]} />
          )),
        ]}
      />
      {adding ? (
        <FormDialog
          title={t('membership.add')}
          attributes={attributes}
          action={t('membership.add')}
          onSubmit={async (values) => {
            await change('POST', address('memberships'), { body: { ...mergePatch({}, values, attributes), userId: id } });
            toastDone(t('membership.added'));
          }}
          onClose={() => setAdding(false)}
        />
      ) : null}
    </>
  );
}
