import { Button, Group, ScrollArea, SegmentedControl, Skeleton, Text, TextInput } from '@mantine/core';
import { IconBinaryTree2, IconList, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keys } from '@/api/hooks';
import { address, readPage, type Entity } from '@/api/resource';
import { EmptyState } from './EmptyState';
import { Failure } from './Failure';
import { Tree, type Branch } from './Tree';

/** As many rows as the server gives at once; a tree needs all of them. */
const size = 1000;

/** Every row of a resource, page after page. */
function useAll(resource: string) {
  return useQuery({
    queryKey: keys.list(resource, { tree: true }),
    queryFn: async ({ signal }) => {
      const rows: TreeRow[] = [];
      for (let page = 1; ; page++) {
        const next = await readPage<TreeRow>(address(resource, [], { page, size, sort: 'name' }), signal);
        rows.push(...next.rows);
        if (next.rows.length === 0 || rows.length >= next.total) return rows;
      }
    },
  });
}

/** An object that names its parent. */
export interface TreeRow extends Entity {
  name?: string;
  description?: string;
  parentId?: string | null;
}

/** Builds the tree out of rows that name their parents; rows whose parent is not among them stand at the top. */
export function branchesOf(rows: readonly TreeRow[]): Branch[] {
  const known = new Set(rows.map(({ id }) => id));
  const below = new Map<string, TreeRow[]>();
  for (const row of rows) {
    const parent = row.parentId && known.has(row.parentId) && row.parentId !== row.id ? row.parentId : '';
    below.set(parent, [...(below.get(parent) ?? []), row]);
  }
  const build = (parent: string, above: ReadonlySet<string>): Branch[] =>
    (below.get(parent) ?? []).filter(({ id }) => !above.has(id)).map((row) => ({
      id: row.id,
      label: row.name ?? row.id,
      beside: row.description ? <Text span size="xs" c="dimmed" truncate maw={360}>{row.description}</Text> : undefined,
      children: build(row.id, new Set([...above, row.id])),
    }));
  return build('', new Set());
}

/** Keeps branches that match, and whatever leads to them. */
export function pruned(branches: Branch[], words: string): Branch[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === '') return branches;
  return branches.flatMap((branch) => {
    const children = pruned(branch.children ?? [], words);
    return children.length > 0 || branch.label.toLowerCase().includes(wanted) ? [{ ...branch, children }] : [];
  });
}

function idsOf(branches: Branch[]): string[] {
  return branches.flatMap(({ id, children }) => [id, ...idsOf(children ?? [])]);
}

/** Whether a page of a tree resource shows its tree, from the address. */
export function useTreeView(): ['tree' | 'list', (view: 'tree' | 'list') => void] {
  const { view }: { view?: unknown } = useSearch({ strict: false });
  const navigate = useNavigate();
  return [view === 'tree' ? 'tree' : 'list', (next) => void navigate({ to: '.', search: (next === 'tree' ? { view: 'tree' } : {}) as never })];
}

/** Switches between list and tree. */
export function TreeSwitch({ view, onChange }: { view: 'tree' | 'list'; onChange: (view: 'tree' | 'list') => void }) {
  const { t } = useTranslation('common');
  return (
    <SegmentedControl
      aria-label={t('view.label')}
      value={view}
      onChange={(chosen) => onChange(chosen as 'tree' | 'list')}
      data={[
        { value: 'list', label: <Group gap={4} wrap="nowrap"><IconList size={14} aria-hidden />{t('view.list')}</Group> },
        { value: 'tree', label: <Group gap={4} wrap="nowrap"><IconBinaryTree2 size={14} aria-hidden />{t('view.tree')}</Group> },
      ]}
    />
  );
}

interface TreePanelProps {
  resource: string;
  label: string;
  href: (id: string) => string;
  empty: { title: string; hint: string };
}

/** A whole tree with a search that keeps the way to what it finds. */
export function TreePanel({ resource, label, href, empty }: TreePanelProps) {
  const { t } = useTranslation('common');
  const navigate = useNavigate();
  const [words, setWords] = useState('');
  const { data, error, isLoading, refetch } = useAll(resource);
  const branches = useMemo(() => pruned(branchesOf(data ?? []), words), [data, words]);
  const open = useMemo(() => (words === '' ? branches.flatMap(({ id, children }) => [id, ...(children ?? []).map((child) => child.id)]) : idsOf(branches)), [branches, words]);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  return (
    <div className="surface">
      <Group p="sm" gap="sm">
        <TextInput type="search" w={280} aria-label={t('view.find')} placeholder={t('view.find')} leftSection={<IconSearch size={14} aria-hidden />} value={words} onChange={(event) => setWords(event.currentTarget.value)} />
        {words === '' ? null : <Button variant="subtle" onClick={() => setWords('')}>{t('view.all')}</Button>}
      </Group>
      {isLoading ? <Skeleton height={240} m="sm" /> : null}
      {!isLoading && branches.length === 0 ? <EmptyState title={empty.title} hint={empty.hint} /> : null}
      {branches.length > 0 ? (
        <ScrollArea.Autosize mah="calc(100vh - 240px)" p="sm" pt={0}>
          <Tree key={`${words}-${data?.length}`} label={label} branches={branches} open={open} onSelect={(id) => void navigate({ to: href(id) })} />
        </ScrollArea.Autosize>
      ) : null}
    </div>
  );
}
