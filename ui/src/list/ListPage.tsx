import { ActionIcon, Badge, Button, Group, Menu } from '@mantine/core';
import { IconDots, IconDownload, IconPlus, IconTableImport } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/hooks';
import { filterPosition } from '@/api/problem';
import { address, type Entity } from '@/api/resource';
import { usePermission } from '@/api/session';
import { useLabel, useSchema, type Attribute } from '@/api/schema';
import { valueAt } from '@/form/values';
import { EmptyState } from '@/kit/EmptyState';
import { Failure, useFailureText } from '@/kit/Failure';
import { PageHeader } from '@/kit/PageHeader';
import { toastFailed } from '@/kit/toast';
import { BulkBar, type BulkAction } from './BulkBar';
import { Value } from './cells';
import { ColumnChooser } from './ColumnChooser';
import { downloadCsv } from './csv';
import { DataTable, type Column } from './DataTable';
import { ImportWizard } from './ImportWizard';
import { useRowKeys } from './keyboard';
import { Pager } from './Pager';
import { SearchBar } from './SearchBar';
import { isRestricted, modeOf, nextSort, readListSearch, toQuery, type ListSearch } from './search';
import { ViewMenu } from './ViewMenu';

/** A list page in words of its resource; what is left out does not appear. */
export interface ListPageProps<Row extends Entity> {
  title: string;
  hint?: string;
  /** `users` for /api/v1/users. */
  resource: string;
  /** The schema that names columns and criteria: `user`. */
  objectType: string;
  /** Columns at first, by attribute name. */
  columns: string[];
  /** Cells and columns that the schema does not know, or draws too plainly. */
  /** Columns and criteria beyond those of the schema, which rows hold only when they are asked for: values of processes. */
  more?: readonly Attribute[];
  cells?: Record<string, { label?: string; cell: (row: Row) => ReactNode; sortable?: boolean; numeric?: boolean }>;
  sort?: string;
  /** A SCIM filter that always holds, as on "My requests". */
  filter?: string;
  /** Further parameters of the list's address, which also stay in the page's: which of several lists of one resource it is. */
  parameters?: Record<string, string>;
  /** What stays in the page's address while its search changes, and is the page's own business. */
  keep?: Record<string, string>;
  /** Between the head and the list: tabs that choose `parameters`. */
  above?: ReactNode;
  /** Beside the search: further conditions. */
  conditions?: ReactNode;
  /** Where a row leads. */
  href?: (row: Row) => string;
  create?: { label: string; to: string; permission: string };
  update?: { permission: string };
  remove?: { permission: string; consequences: (count: number) => ReactNode[] };
  importing?: { permission: string };
  bulkActions?: BulkAction[];
  empty: { title: string; hint: string };
  /** Further entries of the "more" menu. */
  menu?: ReactNode;
  /** Before the other actions of the head: the switch to a tree. */
  beside?: ReactNode;
}

/** Every list of the console: search, columns, pages, selection, CSV and import, all of its state in the address. */
export function ListPage<Row extends Entity = Entity>(props: ListPageProps<Row>) {
  const { title, hint, resource, objectType, href, empty, filter = '', sort = '' } = props;
  const { t } = useTranslation('list');
  const navigate = useNavigate();
  const search = readListSearch(useSearch({ strict: false }));
  const schema = useSchema(objectType).data ?? noAttributes;
  const { more = noAttributes } = props;
  const attributes = useMemo(() => [...schema, ...more], [schema, more]);
  const columns = useColumns(attributes, props);
  const shown = (search.cols ?? props.columns).filter((name) => columns.some((column) => column.name === name));
  const asked = more.map(({ name }) => name).filter((name) => shown.includes(name)).join(',');
  const query = { ...toQuery(search, attributes, filter, sort), ...props.parameters, columns: asked || undefined };
  const { data, error, isFetching, refetch } = useList(resource, query);
  const rows = (data?.rows ?? []) as unknown as Row[];
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const failure = useFailureText();
  // A list in which nothing can be done with several rows has no boxes to tick.
  const selectable = props.update !== undefined || props.remove !== undefined || (props.bulkActions ?? []).length > 0;

  const change = (changed: Partial<ListSearch>) => {
    // Any other question starts at its first page; turning the page keeps the question.
    const next = readListSearch({ ...search, page: undefined, ...changed });
    void navigate({ to: '.', search: { ...props.parameters, ...props.keep, ...next } as never, replace: !('page' in changed) });
  };
  const open = href ? (row: Row) => void navigate({ to: href(row) }) : undefined;
  const toggle = (row: Row) => {
    const next = new Set(selected);
    if (!next.delete(row.id)) next.add(row.id);
    setSelected(next);
  };
  const cursor = useRowKeys(rows, { open, toggle });
  // A refused filter is the fault of one field, not of the page: the field says it.
  const refusal = error !== null && modeOf(search) === 'advanced' ? { sentence: failure(error), position: filterPosition(error) } : undefined;

  return (
    <>
      <PageHeader title={title} hint={hint} beside={data ? <Count total={data.total} /> : null}>
        <HeaderActions {...props} attributes={attributes} search={search} shown={shown} query={query} onChange={change} columnsAll={columns} />
      </PageHeader>
      {props.above}
      <div className="surface">
        <Group p="sm" gap="sm">
          <SearchBar search={search} attributes={attributes} refusal={refusal} onChange={change} />
          {props.conditions}
        </Group>
        <BulkBar
          {...props}
          attributes={attributes}
          selected={selected}
          total={data?.total ?? 0}
          filter={query.q === undefined ? query.filter : undefined}
          onDone={() => setSelected(new Set())}
        />
        {error !== null && refusal === undefined ? <Failure error={error} onRetry={() => void refetch()} /> : null}
        {data?.total === 0 ? (
          <EmptyState title={isRestricted(search) ? t('nothing.title') : empty.title} hint={isRestricted(search) ? t('nothing.hint') : empty.hint}>
            {isRestricted(search) ? (
              <Button variant="default" onClick={() => change({ q: undefined, chips: undefined, filter: undefined })}>{t('search.clear')}</Button>
            ) : null}
          </EmptyState>
        ) : (
          <DataTable
            label={title}
            columns={columns}
            shown={shown}
            rows={rows}
            loading={isFetching}
            sort={search.sort ?? sort}
            onSort={(name) => change({ sort: nextSort(search.sort ?? sort, name) })}
            selected={selected}
            onSelect={selectable ? setSelected : undefined}
            cursor={cursor}
            onOpen={open}
          />
        )}
        {data && data.total > 0 ? (
          <Pager page={query.page ?? 1} size={query.size ?? 0} total={data.total} onPage={(page) => change({ page })} onSize={(size) => change({ size })} />
        ) : null}
      </div>
    </>
  );
}

const noAttributes: Attribute[] = [];

function Count({ total }: { total: number }) {
  const { i18n } = useTranslation();
  return <Badge color="gray" className="figures">{new Intl.NumberFormat(i18n.language).format(total)}</Badge>;
}

/** The columns a list can show: the schema's attributes, drawn by their type unless the page draws them itself. */
function useColumns<Row extends Entity>(attributes: readonly Attribute[], { cells = {} }: ListPageProps<Row>): Column<Row>[] {
  const label = useLabel();
  const { i18n } = useTranslation();
  // The page's cells are written inline and differ at each render; drawn are the newest, while the columns stay the same.
  const newest = useRef(cells);
  newest.current = cells;
  const draw = (name: string) => cells[name] && ((row: Row) => newest.current[name]?.cell(row));
  return useMemo(() => {
    const known = attributes
      .filter(({ type }) => type !== 'separator')
      .map<Column<Row>>((attribute) => ({
        name: attribute.name,
        label: cells[attribute.name]?.label ?? label(attribute),
        sortable: cells[attribute.name]?.sortable ?? attribute.sortable,
        numeric: cells[attribute.name]?.numeric ?? attribute.type === 'number',
        cell: draw(attribute.name) ?? ((row) => <Value attribute={attribute} value={valueAt(row, attribute.name)} />),
      }));
    const own = Object.entries(cells).filter(([name]) => !known.some((column) => column.name === name));
    return [...known, ...own.map<Column<Row>>(([name, cell]) => ({ label: name, ...cell, cell: (row) => newest.current[name]?.cell(row), name }))];
    // oxlint-disable-next-line react/exhaustive-deps
  }, [attributes, i18n.language]);
}

interface HeaderActionsProps<Row extends Entity> extends ListPageProps<Row> {
  attributes: readonly Attribute[];
  columnsAll: Column<Row>[];
  search: ListSearch;
  shown: string[];
  query: object;
  onChange: (change: Partial<ListSearch>) => void;
}

function HeaderActions<Row extends Entity>(props: HeaderActionsProps<Row>) {
  const { resource, title, attributes, columnsAll, search, shown, query, create, importing, menu, beside, parameters, keep, onChange } = props;
  const { t } = useTranslation('list');
  const navigate = useNavigate();
  const can = usePermission();
  const failure = useFailureText();
  const [loading, setLoading] = useState(false);
  const download = async () => {
    const all = { ...query, page: undefined, size: undefined, columns: shown.join(',') };
    await downloadCsv(address(resource, [], all), `${resource}.csv`).catch((error: unknown) => toastFailed(failure(error)));
  };
  return (
    <>
      {beside}
      <ViewMenu resource={resource} search={search} onOpen={(view) => void navigate({ to: '.', search: { ...parameters, ...keep, ...view } as never })} />
      <ColumnChooser columns={columnsAll} shown={shown} onChange={(cols) => onChange({ cols, page: search.page })} />
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size="input-xs" aria-label={t('more', { list: title })}><IconDots size={16} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconDownload size={15} />} onClick={() => void download()}>{t('download')}</Menu.Item>
          {importing && can(importing.permission) ? (
            <Menu.Item leftSection={<IconTableImport size={15} />} onClick={() => setLoading(true)}>{t('import.title')}</Menu.Item>
          ) : null}
          {menu}
        </Menu.Dropdown>
      </Menu>
      {create && can(create.permission) ? (
        <Button component={Link} to={create.to} leftSection={<IconPlus size={15} aria-hidden />}>{create.label}</Button>
      ) : null}
      {loading ? <ImportWizard resource={resource} attributes={attributes} onClose={() => setLoading(false)} /> : null}
    </>
  );
}
