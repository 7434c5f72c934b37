import { ActionIcon, Anchor, Group, Menu, Skeleton, Stack, Tabs, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconDots, IconHistory, IconRefresh, IconTrash } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useObject, useRemove } from '@/api/hooks';
import type { Entity } from '@/api/resource';
import { usePermission } from '@/api/session';
import { useSchema, type Attribute } from '@/api/schema';
import { FieldForm } from '@/form/FieldForm';
import type { Values } from '@/form/values';
import { ConfirmAction, type Confirmation } from '@/kit/ConfirmAction';
import { Facts, type Fact } from '@/kit/Facts';
import { Failure } from '@/kit/Failure';
import { toastDone } from '@/kit/toast';
import { AuditTab } from './AuditTab';
import { ConflictDialog } from './ConflictDialog';
import { useDraft, type Draft } from './draft';
import { HistoryTab } from './HistoryTab';
import { PendingSync } from './PendingSync';
import { SaveBar } from './SaveBar';

/** A tab of an object page; `render` gets the object as it is on the server. */
export interface ObjectTab<Row> {
  key: string;
  label: string;
  permission?: string;
  render: (object: Row) => ReactNode;
}

export interface ObjectPageProps<Row extends Entity> {
  resource: string;
  objectType: string;
  /** undefined makes the page of a new object. */
  id?: string;
  /** The list this page belongs to, for the way back and after a deletion. */
  list: { label: string; to: string };
  newTitle: string;
  /** Attributes a new object starts with. */
  initial?: Values;
  title: (object: Row) => string;
  /** State and other badges beside the name. */
  status?: (object: Row) => ReactNode;
  facts?: (object: Row) => Fact[];
  /** The primary action and others worth a button. */
  actions?: (object: Row) => ReactNode;
  /** Entries of the "more" menu. */
  menu?: (object: Row) => ReactNode;
  tabs?: ObjectTab<Row>[];
  href: (id: string) => string;
  update: { permission: string };
  remove?: { permission: string; consequences: (object: Row) => ReactNode[] };
  /** False for objects that never travel to a system. */
  synchronised?: boolean;
  /** Changes what the schema says for this object: leaves attributes out, or draws them differently. */
  refine?: (attributes: Attribute[], object: Row | undefined) => Attribute[];
  /** Below the form of the basics: a trial of a script, a preview of what a change means. */
  below?: (object: Row | undefined, draft: Draft) => ReactNode;
}

/** Every object of the console: head, tabs in the address, edits in place, history, audit. */
export function ObjectPage<Row extends Entity = Entity>(props: ObjectPageProps<Row>) {
  const { resource, objectType, id, initial, newTitle, href, update, list } = props;
  const { t } = useTranslation('object');
  const navigate = useNavigate();
  const can = usePermission();
  const { data, error, refetch } = useObject(resource, id);
  const schema = useSchema(objectType);
  const object = data?.object as unknown as Row | undefined;
  const attributes = props.refine ? props.refine(schema.data ?? [], object) : (schema.data ?? []);
  const draft = useDraft(resource, id, attributes, initial);
  const isNew = id === undefined;
  const title = object ? props.title(object) : isNew ? newTitle : '…';
  useDocumentTitle(`${title} · Provost`);

  if (error) return <Stack><Back {...list} /><Failure error={error} onRetry={() => void refetch()} /></Stack>;

  const save = async () => {
    const saved = await draft.save();
    if (saved === undefined) return;
    toastDone(t(isNew ? 'created' : 'saved'));
    if (isNew) await navigate({ to: href(String(saved.id)), replace: true });
  };

  const form = schema.data === undefined || (!isNew && object === undefined) ? <Skeleton height={320} /> : (
    <Stack>
      <div className="surface" style={{ padding: 'var(--mantine-spacing-lg)' }}>
        <FieldForm
          attributes={isNew ? attributes.filter(({ readOnly }) => !readOnly) : attributes}
          values={draft.values}
          onChange={draft.change}
          errors={draft.errors}
          otherErrors={draft.otherErrors}
          changed={isNew ? [] : draft.changed}
          readOnly={!can(update.permission)}
        />
      </div>
      {props.below?.(object, draft)}
    </Stack>
  );

  return (
    <>
      <Back {...list} />
      <Head {...props} title={title} object={object} onReload={() => void refetch()} />
      {isNew || object === undefined ? form : <ObjectTabs {...props} object={object} form={form} />}
      <SaveBar changes={draft.changed.length} saving={draft.saving} isNew={isNew} onUndo={draft.undo} onSave={() => void save()} />
      {draft.conflict ? (
        <ConflictDialog
          conflict={draft.conflict}
          mine={draft.values}
          attributes={attributes}
          onSettle={(names) => void draft.settle(names).then(() => toastDone(t('saved')))}
          onClose={draft.dismiss}
        />
      ) : null}
    </>
  );
}

function Back({ label, to }: { label: string; to: string }) {
  return <Anchor component={Link} to={to} size="sm" c="dimmed" display="inline-block" mb={4}>← {label}</Anchor>;
}

interface HeadProps<Row extends Entity> extends ObjectPageProps<Row> {
  object?: Row;
  onReload: () => void;
}

function Head<Row extends Entity>(props: Omit<HeadProps<Row>, 'title'> & { title: string }) {
  const { title, object, resource, objectType, id, facts, status, actions, menu, remove, list, synchronised = true, onReload } = props;
  const { t } = useTranslation('object');
  const can = usePermission();
  const navigate = useNavigate();
  const removal = useRemove(resource);
  const [asked, setAsked] = useState<Confirmation>();
  const askRemoval = (row: Row, consequences: ReactNode[]) =>
    setAsked({
      title: t('remove.title', { name: title }),
      action: t('remove.action'),
      consequences,
      run: async () => {
        await removal.mutateAsync([row.id]);
        toastDone(t('remove.done', { name: title }));
        await navigate({ to: list.to });
      },
    });
  return (
    <Stack gap="sm" mb="md">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Group gap="xs">
          <Title order={1}>{title}</Title>
          {object && status ? status(object) : null}
          {object && id !== undefined && synchronised ? <PendingSync objectType={objectType} objectId={id} /> : null}
        </Group>
        {object ? (
          <Group gap="xs">
            {actions?.(object)}
            <Menu>
              <Menu.Target>
                <ActionIcon variant="default" size="input-xs" aria-label={t('more')}><IconDots size={16} /></ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconRefresh size={15} />} onClick={onReload}>{t('reload')}</Menu.Item>
                {menu?.(object)}
                {remove && can(remove.permission) ? (
                  <>
                    <Menu.Divider />
                    <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => askRemoval(object, remove.consequences(object))}>
                      {t('remove.open')}
                    </Menu.Item>
                  </>
                ) : null}
              </Menu.Dropdown>
            </Menu>
          </Group>
        ) : null}
      </Group>
      {object && facts ? <Facts facts={facts(object)} /> : null}
      <ConfirmAction confirmation={asked} onClose={() => setAsked(undefined)} />
    </Stack>
  );
}

function ObjectTabs<Row extends Entity>({ object, form, tabs = [], resource, objectType }: ObjectPageProps<Row> & { object: Row; form: ReactNode }) {
  const { t } = useTranslation('object');
  const can = usePermission();
  const navigate = useNavigate();
  const search: { tab?: unknown } = useSearch({ strict: false });
  const all = [
    { key: 'basics', label: t('tab.basics'), render: () => form },
    ...tabs.filter(({ permission }) => can(permission)),
    { key: 'history', label: t('tab.history'), icon: <IconHistory size={14} />, render: () => <HistoryTab resource={resource} objectType={objectType} id={object.id} /> },
    ...(can('audit:query') ? [{ key: 'audit', label: t('tab.audit'), render: () => <AuditTab objectId={object.id} /> }] : []),
  ];
  const current = all.find(({ key }) => key === search.tab)?.key ?? 'basics';
  return (
    <Tabs value={current} onChange={(tab) => void navigate({ to: '.', search: (tab === 'basics' ? {} : { tab }) as never, replace: true })}>
      <Tabs.List mb="md">
        {all.map(({ key, label }) => <Tabs.Tab key={key} value={key}>{label}</Tabs.Tab>)}
      </Tabs.List>
      {all.map(({ key, render }) => <Tabs.Panel key={key} value={key}>{key === current ? render(object) : null}</Tabs.Panel>)}
    </Tabs>
  );
}
