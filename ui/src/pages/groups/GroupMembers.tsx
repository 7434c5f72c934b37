import { Button, Stack } from '@mantine/core';
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
import type { GroupRow } from './GroupsPage';

interface MemberRow extends Entity {
  user?: string;
  userId?: string;
  fullName?: string;
  startAt?: string | null;
  endAt?: string | null;
}

interface PrimaryRow extends Entity {
  userName?: string;
  fullName?: string;
  email?: string;
}

/** Who belongs to the group: by the primary group of the user, and by membership. */
export function GroupMembers({ group }: { group: GroupRow }) {
  const { t } = useTranslation('groups');
  const can = usePermission();
  const change = useChange();
  const [adding, setAdding] = useState(false);
  const attributes = (useSchema('userGroup').data ?? []).filter(({ name, readOnly, type }) => name !== 'group' && !readOnly && type !== 'separator');
  return (
    <Stack>
      <RelatedList<PrimaryRow>
        label={t('primaryMembers')}
        heading
        source={{ resource: 'users', filter: `primaryGroupId eq ${JSON.stringify(group.id)}` }}
        sort="userName"
        empty={{ title: t('noPrimary.title'), hint: t('noPrimary.hint') }}
        href={(row) => `/users/${row.id}`}
        columns={[
          { name: 'fullName', label: t('column.fullName'), cell: (row) => row.fullName, sortable: true },
          { name: 'userName', label: t('column.user'), cell: (row) => row.userName, sortable: true },
          { name: 'email', label: t('column.email'), cell: (row) => row.email },
        ]}
      />
      <RelatedList<MemberRow>
        label={t('members')}
        heading
        source={{ resource: 'memberships', filter: `groupId eq ${JSON.stringify(group.id)}` }}
        empty={{ title: t('noMembers.title'), hint: t('noMembers.hint') }}
        href={(row) => `/users/${row.userId}`}
        actions={can('group:update') ? <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>{t('addMember')}</Button> : undefined}
        columns={[
          { name: 'fullName', label: t('column.fullName'), cell: (row) => row.fullName },
          { name: 'user', label: t('column.user'), cell: (row) => row.user, sortable: true },
          { name: 'startAt', label: t('column.start'), cell: (row) => <RelativeTime at={row.startAt} /> },
          { name: 'endAt', label: t('column.end'), cell: (row) => <RelativeTime at={row.endAt} /> },
          actionsColumn((row) => (
            <RemoveButton resource="memberships" id={row.id} name={row.user ?? ''} permission="group:update" action={t('removeMember')} consequences={[t('removeMemberConsequence')]} />
          )),
        ]}
      />
      {adding ? (
        <FormDialog
          title={t('addMember')}
          attributes={attributes}
          action={t('addMember')}
          onSubmit={async (values) => {
            await change('POST', address('memberships'), { body: { ...mergePatch({}, values, attributes), groupId: group.id } });
            toastDone(t('memberAdded'));
          }}
          onClose={() => setAdding(false)}
        />
      ) : null}
    </Stack>
  );
}
