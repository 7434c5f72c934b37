import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { draw, refusal, serve } from '@/testing/stage';
import RequestsPage from '@/pages/requests/RequestsPage';

const entry = { id: '7', folder: '', kind: 'request', description: 'Somebody was hired.' };
const field = (name: string, label: string, type: string) => ({ name, label, type, multiple: false, values: [], readOnly: false, required: false });
const messages = [
  { ...entry, code: 'hired', name: 'New colleague', message: 'hire', fields: [field('days', 'Days', 'number'), field('boss', 'Boss', 'user')] },
  { ...entry, code: 'left', name: 'Leaver', message: 'leave', fields: [] },
];
const started = { id: '11', number: 12, name: 'New colleague' };

async function open() {
  await userEvent.click(await screen.findByRole('button', { name: 'Start by message…' }));
  return screen.findByRole('dialog', { name: 'Start a process by a message' });
}

test('a message starts a process with what it carries, and leads there', async () => {
  const { changes } = serve({ 'GET /requests/catalogue': [], 'GET /requests/messages': messages, 'POST /requests/messages': started }, ['process:start']);
  draw(<RequestsPage />, { path: '/requests' });
  await open();
  await userEvent.click(screen.getByRole('combobox', { name: 'Message' }));
  await userEvent.click(await screen.findByRole('option', { name: 'hire · New colleague' }));
  await userEvent.type(await screen.findByLabelText('Days'), '3');
  await userEvent.type(screen.getByLabelText('Boss'), 'bella');
  await userEvent.click(screen.getByRole('button', { name: 'Send message' }));
  expect(await screen.findByText('gone to /processes/11')).toBeDefined();
  expect(changes()).toEqual([{ what: 'POST /requests/messages', query: {}, body: { definition: 'hired', name: 'hire', key: expect.stringMatching(/^[0-9a-f-]{36}$/), values: { days: 3, boss: 'bella' } } }]);
});

test('a refused value stands at its field, and sending again is the same message', async () => {
  const { changes } = serve({
    'GET /requests/catalogue': [],
    'GET /requests/messages': messages.slice(0, 1),
    'POST /requests/messages': () => refusal(422, { errors: [{ location: 'values.boss', message: 'There is no active user nobody.' }] }),
  }, ['process:start']);
  draw(<RequestsPage />, { path: '/requests' });
  await open();
  await userEvent.type(await screen.findByLabelText('Boss'), 'nobody');
  await userEvent.click(screen.getByRole('button', { name: 'Send message' }));
  expect(await screen.findByText('There is no active user nobody.')).toBeDefined();
  expect(screen.getByLabelText('Boss')).toHaveProperty('value', 'nobody');
  await userEvent.click(screen.getByRole('button', { name: 'Send message' }));
  await waitFor(() => expect(changes()).toHaveLength(2));
  expect(new Set(changes().map(({ body }) => (body as { key: string }).key)).size).toBe(1);
});

test('whoever may not start by messages is not even asked about them', async () => {
  const { asked } = serve({ 'GET /requests/catalogue': [], 'GET /requests/messages': messages });
  draw(<RequestsPage />, { path: '/requests' });
  expect(await screen.findByText('There is nothing you may start')).toBeDefined();
  expect(screen.queryByRole('button', { name: 'Start by message…' })).toBeNull();
  expect(asked.some(({ what }) => what === 'GET /requests/messages')).toBe(false);
});
