import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { draw, serve, type Asked } from '@/testing/stage';
import TasksPage from './TasksPage';

const late = { id: '21', number: 12, process: 'Leave', title: 'Decide about it', name: 'Decide', status: 'open', assignee: '', startedAt: '2031-05-04T12:00:00Z', dueAt: '2001-05-04T12:00:00Z' };
const taken = { ...late, id: '22', number: 13, title: 'Look at it', status: 'claimed', assignee: 'anna', dueAt: null };

function open(rows: object[], at = '/tasks') {
  const server = serve({ 'GET /tasks': rows, 'GET /tasks/counts': { mine: 1, available: 2, late: 1 } });
  draw(<TasksPage />, { path: '/tasks', at });
  return { lists: () => server.asked.filter(({ what }: Asked) => what === 'GET /tasks').map(({ query }) => query) };
}

test('a task that nobody has taken stands out, and one that is late says so in words', async () => {
  open([late, taken]);
  const free = await screen.findByText('Decide about it');
  expect([free.style.fontWeight, screen.getByText('Look at it').style.fontWeight]).toEqual(['700', '']);
  expect(within(screen.getByRole('row', { name: /Decide about it/ })).getByText('Overdue')).toBeDefined();
  expect(screen.getByRole('row', { name: /Decide about it/ }).textContent).toContain('Nobody yet');
  expect(screen.getByRole('row', { name: /Look at it/ }).textContent).not.toContain('Overdue');
});

test('the tabs tell how much waits in each, and ask for their list alone', async () => {
  const { lists } = open([taken]);
  expect(await screen.findByRole('tab', { name: /Inbox\s*3/ })).toBeDefined();
  await userEvent.click(screen.getByRole('tab', { name: /Available/ }));
  await waitFor(() => expect(lists().at(-1)?.view).toBe('available'));
  expect(screen.getByText('What you may take; others may take it too.')).toBeDefined();
});

test('what is done is not decided again', async () => {
  open([{ ...taken, status: 'completed', closedAt: '2031-05-05T12:00:00Z' }], '/tasks?view=done');
  expect(await screen.findByText('Look at it')).toBeDefined();
  expect(screen.queryByRole('checkbox', { name: 'Select row' })).toBeNull();
  expect(screen.getByRole('columnheader', { name: 'Done' })).toBeDefined();
});

test('several tasks are opened for one decision', async () => {
  open([late, taken]);
  await screen.findByText('Decide about it');
  for (const box of screen.getAllByRole('checkbox').slice(1)) await userEvent.click(box);
  await userEvent.click(within(screen.getByRole('toolbar')).getByRole('button', { name: 'Decide' }));
  expect(await screen.findByRole('dialog', { name: 'Decide 2 tasks' })).toBeDefined();
});

test.each([['/tasks', 'Nothing waits for you'], ['/tasks?view=mine', 'You have taken no task'], ['/tasks?view=invented', 'Nothing waits for you']])('nothing at %s says why', async (at, said) => {
  open([], at);
  expect(await screen.findByText(said)).toBeDefined();
});
