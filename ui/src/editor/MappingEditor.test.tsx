import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import { Appearance } from '@/theme/Appearance';
import { moved, type Evaluated, type MappingRow } from './mapping';
import { MappingEditor } from './MappingEditor';

function draw(initial: MappingRow[], more: { evaluated?: Evaluated; readOnly?: boolean } = {}) {
  const seen = vi.fn<(rows: MappingRow[]) => void>();
  function Held() {
    const [rows, setRows] = useState(initial);
    return <MappingEditor rows={rows} onChange={(next) => { seen(next); setRows(next); }} {...more} />;
  }
  render(<Appearance env="test"><Held /></Appearance>);
  return { last: () => seen.mock.lastCall?.[0] };
}

const uid: MappingRow = { system: 'uid', direction: '<=>', provost: 'accountName' };
const mail: MappingRow = { system: 'mail', direction: '<=', provost: 'email' };

test('a new row flows to the system', async () => {
  const { last } = draw([uid]);
  await userEvent.click(screen.getByRole('button', { name: 'Add attribute' }));
  expect(last()).toEqual([uid, { system: '', direction: '<=', provost: '' }]);
});

test('rows are moved and removed by their buttons', async () => {
  const { last } = draw([uid, mail]);
  await userEvent.click(screen.getByRole('button', { name: 'Move row 2 up' }));
  expect(last()).toEqual([mail, uid]);
  await userEvent.click(screen.getByRole('button', { name: 'Remove mail' }));
  expect(last()).toEqual([uid]);
});

test('a script is offered only on the side a one-way arrow comes from', () => {
  draw([uid, mail]);
  expect(screen.queryByRole('button', { name: /Edit as a script: .* of row 1/ })).toBeNull();
  expect(screen.getByRole('button', { name: 'Edit as a script: Provost side of row 2' })).toBeTruthy();
});

test('values of a trial stand at their rows', () => {
  draw([uid, mail], { evaluated: { 0: { value: 'anna' }, 1: { error: 'email is not defined' } } });
  expect(screen.getByText('"anna"')).toBeTruthy();
  expect(screen.getByText('email is not defined')).toBeTruthy();
});

test('a reader gets no buttons', () => {
  draw([uid], { readOnly: true });
  expect(screen.queryByRole('button', { name: 'Add attribute' })).toBeNull();
});

test.each([[0, -1, 'abc'], [0, 1, 'bac'], [2, 1, 'abc'], [2, -1, 'acb']] as const)('moving %i by %i', (at, by, expected) => {
  expect(moved([...'abc'], at, by).join('')).toBe(expected);
});
