import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { draw, refusal, serve, type Answers } from '@/testing/stage';
import ProcessPage from './ProcessPage';

const task = { id: '21', element: 'decide', title: 'Decide about it', status: 'open', assignee: '', candidates: ['bella', 'carla'], dueAt: null, openedAt: '2031-05-04T12:00:00Z' };
const running = {
  id: '11', number: 12, name: 'Leave', definition: 'leave', definitionId: '7', versionId: '8', versionNumber: 3, kind: 'request', status: 'running', message: '', initiator: 'anna', subject: 'bella', steps: 'Decide',
  places: ['decide'], parentId: null, startedAt: '2031-05-04T12:00:00Z', endedAt: null, values: { days: 3, empty: '', requesterName: 'Anna Sample' }, log: [], tasks: [task], waits: [], may: [], temporalUrl: '',
};

function open(process: object, more: Answers = {}) {
  const server = serve({ 'GET /processes/11': { ...running, ...process }, 'GET /process-incidents': [], 'GET /process-jobs': [], 'GET /processes/attributes': [], ...more });
  draw(<ProcessPage />, { path: '/processes/$id', at: '/processes/11' });
  return server;
}

test('a process names for whom it is and who asked, and its values as the definition calls them', async () => {
  open({}, { 'GET /processes/attributes': [{ name: 'values.days', label: 'Days off', type: 'number', multiple: false, values: [], definitions: ['Leave'], mixed: false }] });
  expect(await screen.findByRole('heading', { level: 1, name: 'Leave #12' })).toBeDefined();
  expect(screen.getByText('bella')).toBeDefined();
  expect(screen.getByText('anna')).toBeDefined();
  const values = screen.getByRole('region', { name: 'Values' });
  expect(await within(values).findByText('Days off')).toBeDefined();
  expect(values.textContent).not.toContain('empty');
  expect(within(values).getByText('Requested by (full name)')).toBeDefined();
  expect(screen.getByRole('row', { name: /Decide about it/ }).textContent).toContain('bella, carla may take it');
  expect(screen.queryByRole('button', { name: 'Cancel process' })).toBeNull();
});

test('to cancel a process a reason is needed, and what is lost is said', async () => {
  const { changes } = open({ may: ['cancel'] }, { 'POST /processes/11/cancel': {} });
  await userEvent.click(await screen.findByRole('button', { name: 'Cancel process' }));
  const dialog = await screen.findByRole('dialog', { name: 'Cancel Leave #12?' });
  expect(dialog.textContent).toContain('1 open task is taken back');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel process' }));
  expect(await screen.findByText('Please fill this in.')).toBeDefined();
  await userEvent.type(within(dialog).getByLabelText(/Reason/), 'asked twice');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel process' }));
  await waitFor(() => expect(changes()).toEqual([{ what: 'POST /processes/11/cancel', query: {}, body: { reason: 'asked twice' } }]));
});

const since = '2031-05-04T12:00:00Z';
const waits = [{ type: 'message', name: 'withdrawn', key: 'A7', element: 'decide', since }, { type: 'signal', name: 'closing', key: '', element: 'late', since }];

async function openSending(more: Answers) {
  const server = open({ may: ['message', 'signal'], waits }, more);
  await userEvent.click(await screen.findByRole('button', { name: 'More actions' }));
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Send message…' }));
  return { ...server, dialog: await screen.findByRole('dialog', { name: 'Send Leave #12 a message' }) };
}

test('a process is sent what it waits for, with values', async () => {
  const { changes, dialog } = await openSending({ 'POST /processes/11/message': {} });
  await userEvent.click(within(dialog).getByRole('combobox', { name: /What it waits for/ }));
  await userEvent.click(await screen.findByRole('option', { name: 'Signal closing (late)' }));
  await userEvent.type(within(dialog).getByLabelText('Values'), '{{"days": 4}');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Send' }));
  await waitFor(() => expect(changes()).toEqual([{ what: 'POST /processes/11/message', query: {}, body: { kind: 'signal', name: 'closing', values: { days: 4 } } }]));
});

test('a message goes to who waits with its key', async () => {
  const { changes, dialog } = await openSending({ 'POST /processes/11/message': {} });
  await userEvent.click(within(dialog).getByRole('combobox', { name: /What it waits for/ }));
  await userEvent.click(await screen.findByRole('option', { name: 'Message withdrawn for A7 (decide)' })); // chosen already, and stays so
  await userEvent.click(within(dialog).getByRole('button', { name: 'Send' }));
  await waitFor(() => expect(changes()).toMatchObject([{ body: { kind: 'message', name: 'withdrawn', key: 'A7' } }]));
});

test('who may only read is shown what a process waits for, and sends nothing', async () => {
  open({ waits });
  expect(within(await screen.findByRole('region', { name: 'Waits for messages' })).getByText('A7')).toBeDefined();
  await userEvent.click(screen.getByRole('button', { name: 'More actions' }));
  expect(await screen.findByRole('menuitem', { name: 'Reload' })).toBeDefined();
  expect(screen.queryByRole('menuitem', { name: 'Send message…' })).toBeNull();
});

test.each([['{{"days"', 'The values are not JSON.'], ['[[4]', 'The values have to be an object: {"variable": value}.']])('values written as %s are not sent', async (typed, said) => {
  const { changes, dialog } = await openSending({});
  await userEvent.type(within(dialog).getByLabelText('Values'), typed);
  await userEvent.click(within(dialog).getByRole('button', { name: 'Send' }));
  expect(await within(dialog).findByText(said)).toBeDefined();
  expect(changes()).toEqual([]);
});

test('a process that waits for nothing is sent nothing', async () => {
  open({ may: ['message'] });
  await userEvent.click(await screen.findByRole('button', { name: 'More actions' }));
  expect(await screen.findByRole('menuitem', { name: 'Reload' })).toBeDefined();
  expect(screen.queryByRole('menuitem', { name: 'Send message…' })).toBeNull();
});

test('the action log tells what people and the platform did, the newest first', async () => {
  const at = '2031-05-04T12:00:00Z';
  open({
    log: [
      { id: 1, kind: 'start', element: '', name: 'Leave', actor: 'anna', outcome: '', flow: '', text: 'Days off.', at },
      { id: 2, kind: 'leave', element: 'check', name: '', actor: '', outcome: 'f1', flow: 'f1', text: '', at },
      { id: 3, kind: 'complete', element: 'decide', name: 'Decide', actor: 'bella', outcome: 'Refuse', flow: 'no', text: '', at },
      { id: 4, kind: 'invented', element: 'decide', name: 'Decide', actor: '', outcome: '', flow: '', text: '', at },
    ],
  });
  await userEvent.click(await screen.findByRole('tab', { name: 'Action log' }));
  const lines = within(await screen.findByRole('list', { name: 'Action log' })).getAllByRole('listitem').map(({ textContent }) => textContent);
  expect(lines[0]).toContain('Decideinvented');
  expect(lines[1]).toMatch(/Decide.*was completed.*“Refuse”.*bella/);
  expect(lines[2]).toMatch(/check.*is done.*Provost/);
  expect(lines[2]).not.toContain('f1');
  expect(lines[3]).toMatch(/Leave.*was started.*anna.*Days off\./);
});

test('a process that is not there says so, and is looked for again', async () => {
  let gone = true;
  open({}, { 'GET /processes/11': () => (gone ? refusal(404, { detail: 'There is no such process.' }) : running) });
  expect((await screen.findByRole('alert')).textContent).toContain('There is no such process.');
  gone = false;
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByRole('heading', { level: 1, name: 'Leave #12' })).toBeDefined();
});
