import { fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { draw, serve } from '@/testing/stage';
import type { Designer } from '../canvas/Designer';
import { DrawingProvider, Pending } from '../context';
import { moved, Rows } from './Rows';

const designer = { subscribe: () => () => undefined, revision: () => 0 } as unknown as Designer;

function Held({ ordered, readOnly }: { ordered?: boolean; readOnly?: boolean }) {
  const [rows, setRows] = useState([{ name: 'days' }, { name: 'cost' }, { name: 'why' }]);
  return (
    <DrawingProvider designer={designer} pending={new Pending()} readOnly={readOnly}>
      <Rows label="Fields" rows={rows} onChange={setRows} name={(row) => row.name} fresh={() => ({ name: 'fresh' })} addLabel="Add field" ordered={ordered}>
        {(row, change) => <TextInput aria-label={`Name of ${row.name}`} value={row.name} onChange={(event) => change({ name: event.currentTarget.value })} />}
      </Rows>
    </DrawingProvider>
  );
}

const names = () => screen.getAllByRole('textbox').map((box) => (box as HTMLInputElement).value);

async function open(held: Parameters<typeof Held>[0]) {
  serve({});
  draw(<Held {...held} />);
  await screen.findByRole('list', { name: 'Fields' });
}

test('rows are put in order by the keyboard, within their list', async () => {
  await open({ ordered: true });
  expect(screen.getByRole('button', { name: 'Move days up' })).toHaveProperty('disabled', true);
  expect(screen.getByRole('button', { name: 'Move why down' })).toHaveProperty('disabled', true);
  screen.getByRole('button', { name: 'Move days down' }).focus();
  await userEvent.keyboard('{Enter}');
  expect(names()).toEqual(['cost', 'days', 'why']);
});

test('a row is dragged by its grip to another place', async () => {
  await open({ ordered: true });
  const grips = screen.getAllByTitle('Drag to another place');
  const places = screen.getAllByRole('presentation');
  fireEvent.dragStart(grips[2] as HTMLElement);
  fireEvent.drop(places[0] as HTMLElement);
  expect(names()).toEqual(['why', 'days', 'cost']);
});

test('rows are added at the end, removed and changed alone', async () => {
  await open({});
  expect(screen.queryByTitle('Drag to another place')).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Add field' }));
  await userEvent.click(screen.getByRole('button', { name: 'Remove cost' }));
  fireEvent.change(screen.getByRole('textbox', { name: 'Name of days' }), { target: { value: 'hours' } });
  expect(names()).toEqual(['hours', 'why', 'fresh']);
});

test('what is only looked at has no buttons', async () => {
  await open({ ordered: true, readOnly: true });
  expect(screen.queryAllByRole('button')).toEqual([]);
});

test.each([[0, 2, 'bca'], [2, 0, 'cab'], [1, 1, 'abc'], [7, 0, 'abc']])('moved from %i to %i: %s', (from, to, order) => {
  expect(moved(['a', 'b', 'c'], from, to).join('')).toBe(order);
});
