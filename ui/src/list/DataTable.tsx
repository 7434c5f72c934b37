import { Checkbox, ScrollArea, Skeleton, Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconSelector } from '@tabler/icons-react';
import { columnOrderingFeature, columnVisibilityFeature, createColumnHelper, rowSelectionFeature, tableFeatures, useTable } from '@tanstack/react-table';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './DataTable.module.css';

/** A column that may be shown: how it is called, what a cell holds, whether the server can sort by it. */
export interface Column<Row> {
  name: string;
  label: string;
  cell: (row: Row) => ReactNode;
  sortable?: boolean;
  numeric?: boolean;
  /** Stands at the end of the row, as buttons do. */
  atEnd?: boolean;
}

interface DataTableProps<Row extends { id: string }> {
  label: string;
  columns: Column<Row>[];
  /** Names of the columns on screen, in their order. */
  shown: string[];
  rows: Row[];
  loading?: boolean;
  sort?: string;
  onSort?: (name: string) => void;
  selected?: ReadonlySet<string>;
  onSelect?: (ids: Set<string>) => void;
  /** The row that the keyboard is on. */
  cursor?: number;
  onOpen?: (row: Row) => void;
}

const features = tableFeatures({ columnVisibilityFeature, columnOrderingFeature, rowSelectionFeature });

/** A real table over rows that the server has already sorted, filtered and cut into pages. */
export function DataTable<Row extends { id: string }>(props: DataTableProps<Row>) {
  const { label, columns, shown, rows, loading = false, selected, onSelect, cursor, onOpen } = props;
  const { t } = useTranslation('list');
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    return helper.columns(columns.map((column) => helper.display({ id: column.name, header: column.label, cell: ({ row }) => column.cell(row.original) })));
  }, [columns]);
  const byName = useMemo(() => new Map(columns.map((column) => [column.name, column])), [columns]);
  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: (row) => String(row.id),
    state: {
      columnOrder: shown,
      columnVisibility: Object.fromEntries(columns.map(({ name }) => [name, shown.includes(name)])),
      rowSelection: Object.fromEntries([...(selected ?? [])].map((id) => [id, true])),
    },
    onRowSelectionChange: (change) => {
      const before = Object.fromEntries([...(selected ?? [])].map((id) => [id, true as const]));
      const after = typeof change === 'function' ? change(before) : change;
      onSelect?.(new Set(Object.keys(after).filter((id) => after[id])));
    },
  });

  return (
    <ScrollArea.Autosize type="auto">
      <Table className={classes.table} aria-label={label} aria-busy={loading}>
        <Table.Thead>
          <Table.Tr>
            {onSelect ? (
              <Table.Th w={36}>
                <Checkbox
                  aria-label={t('selectPage')}
                  checked={rows.length > 0 && table.getIsAllRowsSelected()}
                  indeterminate={table.getIsSomeRowsSelected()}
                  onChange={table.getToggleAllRowsSelectedHandler()}
                />
              </Table.Th>
            ) : null}
            {table.getFlatHeaders().map(({ id }) => <Head key={id} column={byName.get(id)} {...props} />)}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {loading && rows.length === 0 ? <Waiting columns={shown.length + (onSelect ? 1 : 0)} /> : null}
          {table.getRowModel().rows.map((row, index) => (
            <Table.Tr
              key={row.id}
              className={classes.row}
              data-cursor={index === cursor || undefined}
              data-selected={row.getIsSelected() || undefined}
              data-opens={onOpen ? true : undefined}
              onClick={onOpen ? () => onOpen(row.original) : undefined}
            >
              {onSelect ? (
                // The whole cell catches the click, so that a near miss of the box does not open the row.
                <Table.Td onClick={(event) => event.stopPropagation()}>
                  <Checkbox aria-label={t('selectRow')} checked={row.getIsSelected()} onChange={row.getToggleSelectedHandler()} />
                </Table.Td>
              ) : null}
              {row.getVisibleCells().map((cell) => (
                <Table.Td key={cell.id} className={alignment(byName.get(cell.column.id))}>
                  <table.FlexRender cell={cell} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}

function alignment(column: Pick<Column<never>, 'numeric' | 'atEnd'> | undefined): string | undefined {
  if (column?.numeric) return classes.numeric;
  return column?.atEnd ? classes.end : undefined;
}

function Head<Row extends { id: string }>({ column, sort, onSort }: DataTableProps<Row> & { column: Column<Row> | undefined }) {
  if (column === undefined) return null;
  const { name, label, sortable = false } = column;
  const direction = sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : undefined;
  const Sign = direction === 'ascending' ? IconArrowUp : direction === 'descending' ? IconArrowDown : IconSelector;
  return (
    <Table.Th aria-sort={direction} className={alignment(column)}>
      {sortable && onSort ? (
        <UnstyledButton className={classes.sort} data-active={direction !== undefined || undefined} onClick={() => onSort(name)}>
          {label}
          <Sign size={13} aria-hidden />
        </UnstyledButton>
      ) : (
        label
      )}
    </Table.Th>
  );
}

function Waiting({ columns }: { columns: number }) {
  return Array.from({ length: 8 }, (_, row) => (
    <Table.Tr key={row}>
      {Array.from({ length: columns }, (__, column) => (
        <Table.Td key={column}><Skeleton height={12} my={4} width={column === 0 ? '40%' : '70%'} /></Table.Td>
      ))}
    </Table.Tr>
  ));
}
