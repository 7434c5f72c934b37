import { useHotkeys } from '@mantine/hooks';
import { useState } from 'react';

/** j and k move through the rows, Enter opens, x selects; answers the row the keyboard is on (-1 for none). */
export function useRowKeys<Row>(rows: readonly Row[], actions: { open?: (row: Row) => void; toggle?: (row: Row) => void }): number {
  const [position, setPosition] = useState(-1);
  const cursor = Math.min(position, rows.length - 1);
  const current = rows[cursor];
  useHotkeys([
    ['j', () => setPosition(Math.min(cursor + 1, rows.length - 1))],
    ['k', () => setPosition(Math.max(cursor - 1, 0))],
    ['x', () => current !== undefined && actions.toggle?.(current)],
    // Enter on a focused button or link is that element's own; here it opens only what j and k chose. The skip link puts the focus on main.
    ['Enter', (event) => {
      const free = event.target === document.body || (event.target instanceof HTMLElement && event.target.id === 'main');
      if (current !== undefined && free) actions.open?.(current);
    }, { preventDefault: false }],
  ]);
  return cursor;
}
