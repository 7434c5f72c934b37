import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import i18next from 'i18next';
import type { Column } from './DataTable';

/** The last column of a list: what can be done with a row without opening it. */
export function actionsColumn<Row extends { id: string }>(render: (row: Row) => ReactNode): Column<Row> {
  return {
    name: 'actions',
    label: i18next.t('rowActions', { ns: 'list' }),
    atEnd: true,
    cell: (row) => (
      // Dialogs opened here bubble through React up to the row, which would open it.
      // oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events
      <div onClick={(event) => event.stopPropagation()}>
        <Group gap={2} wrap="nowrap" justify="flex-end">{render(row)}</Group>
      </div>
    ),
  };
}
