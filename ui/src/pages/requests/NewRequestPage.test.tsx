import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { draw, refusal, serve, type Answers } from '@/testing/stage';
import NewRequestPage from './NewRequestPage';

const entry = { id: '7', code: 'leave', name: 'Leave', folder: '', kind: 'request', description: 'Days off.' };
const field = (name: string, label: string, type: string, more: object = {}) => ({ name, label, type, multiple: false, values: [], readOnly: false, required: false, ...more });
const form = { ...entry, fields: [field('user', 'User', 'user', { required: true }), field('days', 'Days', 'number')], values: {}, reacts: [], messages: {} };
const started = { id: '11', number: 12, name: 'Leave' };
const answers = (more: Answers = {}): Answers => ({
  'GET /requests/catalogue': [entry],
  'GET /requests/catalogue/7': form,
  'GET /requests/catalogue/7/choices': [{ id: '2', name: 'bella', label: 'Bella Sample', hint: '' }],
  'POST /processes': started,
  'GET /tasks': [{ id: '21' }],
  ...more,
});
const open = () => draw(<NewRequestPage />, { path: '/requests/new/$code', at: '/requests/new/leave' });

test('what is needed is asked for before anything is sent', async () => {
  const { changes } = serve(answers());
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Start' }));
  expect(await screen.findByText('Please fill this in.')).toBeDefined();
  expect(screen.queryByLabelText('For whom')).toBeNull();
  expect(changes()).toEqual([]);
});

test('a process is started for somebody else, whom the form does not ask for again', async () => {
  const { changes, asked } = serve(answers(), ['process:start']);
  open();
  await userEvent.type(await screen.findByRole('combobox', { name: 'For whom' }), 'bella');
  expect(screen.queryByRole('combobox', { name: 'User' })).toBeNull();
  await userEvent.type(screen.getByLabelText('Days'), '3');
  await userEvent.click(screen.getByRole('button', { name: 'Start' }));
  expect(await screen.findByText('gone to /tasks/21')).toBeDefined();
  expect(changes()[0]?.body).toEqual({ definition: 'leave', for: 'bella', values: { user: 'bella', days: 3 } });
  expect(asked.find(({ what }) => what.endsWith('/choices'))?.query).toMatchObject({ kind: 'user' });
});

test('nobody of that name: the field says so, and the form is asked again for the user when it is emptied', async () => {
  serve(answers({ 'POST /processes': () => refusal(422, { errors: [{ location: 'for', message: 'There is no active user zoe.' }] }) }), ['process:start']);
  open();
  const whom = await screen.findByRole('combobox', { name: 'For whom' });
  await userEvent.type(whom, 'zoe');
  await userEvent.click(screen.getByRole('button', { name: 'Start' }));
  expect(await screen.findByText('There is no active user zoe.')).toBeDefined();
  await userEvent.clear(whom);
  expect(await screen.findByRole('combobox', { name: 'User' })).toHaveProperty('value', '');
});

test('a definition that is gone says so instead of a form', async () => {
  serve(answers({ 'GET /requests/catalogue': [] }));
  open();
  expect(await screen.findByText('This cannot be requested')).toBeDefined();
  expect(screen.queryByRole('button', { name: 'Start' })).toBeNull();
});
