import { ActionIcon, Anchor, Tooltip } from '@mantine/core';
import { IconCheck, IconEye } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { address, type Entity } from '@/api/resource';
import { usePermission } from '@/api/session';
import { objectHref } from '@/app/searchable';
import { useFailureText } from '@/kit/Failure';
import { useChange } from '@/kit/refresh';
import { StatusBadge } from '@/kit/StatusBadge';
import { toastDone, toastFailed } from '@/kit/toast';
import { ListPage } from '@/list/ListPage';
import { actionsColumn } from '@/list/rowActions';

interface IssueRow extends Entity {
  number?: number;
  kind?: string;
  status?: string;
  objectType?: string;
  objectId?: string | null;
  objectName?: string;
  description?: string;
}

/** Events somebody has to look at. */
export default function IssuesPage() {
  const { t } = useTranslation('issues');
  const { i18n } = useTranslation('issues');
  const kind = (code: string | undefined) => (code !== undefined && i18n.exists(`kind.${code}`, { ns: 'issues' }) ? i18n.t(`kind.${code}` as never, { ns: 'issues' }) : code);
  return (
    <ListPage<IssueRow>
      title={t('title')}
      hint={t('hint')}
      resource="issues"
      objectType="issue"
      columns={['number', 'status', 'kind', 'description', 'objectName', 'times', 'createdAt', 'updatedAt', 'decide']}
      sort="-createdAt"
      empty={{ title: t('empty'), hint: t('emptyHint') }}
      cells={{
        number: { sortable: true, numeric: false, cell: (issue) => <span className="figures">#{issue.number}</span> },
        status: { sortable: true, cell: (issue) => <StatusBadge status={issue.status ?? ''} /> },
        kind: { sortable: true, cell: (issue) => kind(issue.kind) },
        objectName: { cell: (issue) => <ObjectLink issue={issue} /> },
        decide: { ...actionsColumn<IssueRow>((issue) => <Decide issue={issue} />) },
      }}
    />
  );
}

function ObjectLink({ issue }: { issue: IssueRow }) {
  const href = objectHref(issue.objectType, issue.objectId);
  return href ? <Anchor component={Link} to={href} size="sm">{issue.objectName}</Anchor> : <>{issue.objectName}</>;
}

function Decide({ issue }: { issue: IssueRow }) {
  const { t } = useTranslation('issues');
  const can = usePermission();
  const change = useChange();
  const failure = useFailureText();
  if (!can('issue:update') || issue.status === 'solved') return null;
  const decide = (verb: 'acknowledge' | 'solve') =>
    void change('POST', address('issues', [issue.id, verb])).then(() => toastDone(t(`${verb}d`))).catch((error: unknown) => toastFailed(failure(error)));
  return (
    <>
      {issue.status === 'new' ? (
        <Tooltip label={t('acknowledge')}><ActionIcon aria-label={`${t('acknowledge')}: #${issue.number}`} onClick={() => decide('acknowledge')}><IconEye size={15} /></ActionIcon></Tooltip>
      ) : null}
      <Tooltip label={t('solve')}><ActionIcon aria-label={`${t('solve')}: #${issue.number}`} onClick={() => decide('solve')}><IconCheck size={15} /></ActionIcon></Tooltip>
    </>
  );
}
