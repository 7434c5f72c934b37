import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { draw, serve, type Asked } from '@/testing/stage';
import ProcessesPage from './ProcessesPage';

const days = { name: 'values.days', label: 'Days', type: 'number', multiple: false, values: [], definitions: ['Leave'], mixed: false };
const row = { id: '11', number: 12, name: 'Leave', status: 'running', initiator: 'anna', subject: 'bella', steps: 'Decide', startedAt: '2031-05-04T12:00:00Z' };

function open(at = '/processes', list: unknown = ({ query }: Asked) => [query.columns === undefined ? row : { ...row, values: { days: 17 } }]) {
  const server = serve({ 'GET /processes': list, 'GET /processes/attributes': [days] });
  draw(<ProcessesPage />, { path: '/processes', at });
  return { lists: () => server.asked.filter(({ what }) => what === 'GET /processes').map(({ query }) => query) };
}

test('values are no columns until they are chosen, and then the rows are asked for them', async () => {
  const { lists } = open();
  expect(await screen.findByRole('cell', { name: 'bella' })).toBeDefined();
  expect(lists().every(({ columns }) => columns === undefined)).toBe(true);
  await userEvent.click(screen.getByRole('button', { name: 'Columns' }));
  await userEvent.click(await screen.findByRole('checkbox', { name: 'Days' }));
  expect(await screen.findByRole('cell', { name: '17' })).toBeDefined();
  expect(lists().at(-1)).toMatchObject({ columns: 'values.days', filter: 'status eq "starting" or status eq "running"' });
});

test('a value is a criterion beside the others', async () => {
  const { lists } = open('/processes?mode=basic');
  await screen.findByRole('cell', { name: 'bella' });
  await userEvent.click(screen.getByRole('button', { name: 'Add criterion' }));
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Days' }));
  const value = await screen.findByRole('textbox', { name: 'Days' });
  await userEvent.type(value, '3{enter}');
  await waitFor(() => expect(lists().at(-1)?.filter).toBe('(status eq "starting" or status eq "running") and (values.days eq 3)'));
});

test('ended processes are shown on request, with when they ended, and the search stays', async () => {
  const { lists } = open('/processes?q=anna');
  const table = await screen.findByRole('table');
  expect(within(table).queryByRole('columnheader', { name: 'End' })).toBeNull();
  await userEvent.click(screen.getByRole('switch', { name: 'Include completed' }));
  expect(await screen.findByRole('columnheader', { name: 'End' })).toBeDefined();
  await waitFor(() => expect(lists().at(-1)).toEqual({ q: 'anna', page: '1', size: '50' }));
});

test.each([['/processes', 'No process is under way'], ['/processes?q=zoe', 'Nothing matches']])('nothing at %s says why', async (at, said) => {
  open(at, []);
  expect(await screen.findByText(said)).toBeDefined();
});
