import { Group, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useList, useListBelow } from '@/api/hooks';
import type { Entity } from '@/api/resource';
import { EmptyState } from '@/kit/EmptyState';
import { Failure } from '@/kit/Failure';
import { DataTable, type Column } from './DataTable';
import { Pager } from './Pager';
import { nextSort } from './search';

interface RelatedListProps<Row extends Entity> {
  label: string;
  /** Where the rows come from: below an object (`/users/{id}/accounts`), or a resource with a filter. */
  source: { resource: string; id: string; part: string } | { resource: string; filter: string };
  columns: Column<Row>[];
  href?: (row: Row) => string | undefined;
  empty: { title: string; hint?: string };
  sort?: string;
  /** Buttons above the list. */
  actions?: ReactNode;
  /** The label stands above the list even without buttons: for pages with several lists. */
  heading?: boolean;
}

const size = 25;

/** A list inside an object's page: paged and sorted on the server like any other, without the search. */
export function RelatedList<Row extends Entity>({ label, source, columns, href, empty, sort, actions, heading = false }: RelatedListProps<Row>) {
  const navigate = useNavigate();
  const [page, setPage] = useState(1);
  const [order, setOrder] = useState(sort);
  const below = 'part' in source;
  const query = { page, size, sort: order };
  const nested = useListBelow<Row>(source.resource, below ? source.id : '', below ? source.part : '', query, below);
  const plain = useList(source.resource, { ...query, filter: below ? undefined : source.filter }, !below);
  const { data, error, isFetching, refetch } = below ? nested : plain;
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;

  const open = (row: Row) => {
    const to = href?.(row);
    if (to !== undefined) void navigate({ to });
  };
  return (
    <div className="surface">
      {actions || heading ? <Group p="sm" justify="space-between" mih={48}><Text component="h2" m={0} fw={600} size="sm">{label}</Text>{actions}</Group> : null}
      {data?.total === 0 ? (
        <EmptyState {...empty} />
      ) : (
        <DataTable
          label={label}
          columns={columns}
          shown={columns.map(({ name }) => name)}
          rows={(data?.rows ?? []) as unknown as Row[]}
          loading={isFetching}
          sort={order}
          onSort={(name) => setOrder(nextSort(order, name))}
          onOpen={href ? open : undefined}
        />
      )}
      {data && data.total > size ? <Pager page={page} size={size} total={data.total} onPage={setPage} /> : null}
    </div>
  );
}
