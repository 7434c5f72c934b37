import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { draw, refusal, serve } from '@/testing/stage';
import type { ApprovalLine, FormField, TaskDetail } from './model';
import { TaskForm } from './TaskForm';

const field = (name: string, label: string, more: Partial<FormField> = {}): FormField => ({ name, label, type: 'string', multiple: false, values: [], readOnly: false, required: false, ...more });
const line = (id: string, role: string): ApprovalLine => ({ id, key: id, title: role, content: { key: id, action: 'grant', user: 'bella', role }, owners: [], decision: '', comment: '', decidedBy: '', decidedAt: null } as unknown as ApprovalLine);

function task(more: object): TaskDetail {
  return {
    id: '21', processId: '11', title: 'Decide', status: 'claimed', deciding: false, lines: [], fields: [], values: {}, reacts: [], messages: {}, may: ['complete'],
    decisions: [{ flow: 'yes', name: 'Agree' }, { flow: 'no', name: 'Refuse' }], ...more,
  } as unknown as TaskDetail;
}

function open(more: object, answers: Record<string, unknown> = { 'POST /tasks/21/complete': {} }) {
  const done = vi.fn<(decision: string) => void>();
  const server = serve(answers);
  draw(<TaskForm task={task(more)} onDone={done} />);
  return { done, ...server };
}

test('the first decision of the designer is the main one, and what was changed goes with it', async () => {
  const { done, changes } = open({ fields: [field('why', 'Why'), field('fixed', 'Fixed', { readOnly: true })], values: { why: '', fixed: 'as it is' } });
  const agree = await screen.findByRole('button', { name: 'Agree' });
  expect([agree.dataset.variant, screen.getByRole('button', { name: 'Refuse' }).dataset.variant]).toEqual(['filled', 'default']);
  await userEvent.type(screen.getByLabelText('Why'), 'it helps');
  await userEvent.type(screen.getByLabelText('Comment'), '  gladly ');
  await userEvent.click(agree);
  await waitFor(() => expect(done.mock.calls).toEqual([['Agree']]));
  expect(changes().map(({ body }) => body)).toEqual([{ outcome: 'yes', values: { why: 'it helps' }, comment: 'gladly' }]);
});

test('an approval is sent when every line is decided, each with its own verdict', async () => {
  const { done, changes } = open({ deciding: true, lines: [line('1', 'auditor@Directory'), line('2', 'clerk@Directory')] });
  const send = await screen.findByRole('button', { name: 'Send decision' });
  expect(send).toHaveProperty('disabled', true);
  expect(screen.getByText('2 lines left to decide')).toBeDefined();
  await userEvent.click(screen.getByRole('button', { name: 'Approve all' }));
  await userEvent.click(within(screen.getByRole('radiogroup', { name: 'Decision about clerk@Directory' })).getByRole('radio', { name: 'Deny' }));
  await userEvent.type(screen.getByLabelText('Comment on clerk@Directory'), 'not needed');
  expect(screen.getByText('Every line is decided')).toBeDefined();
  await userEvent.click(send);
  await waitFor(() => expect(done).toHaveBeenCalledOnce());
  expect(changes()[0]?.body).toEqual({ values: {}, lines: [{ id: '1', approve: true }, { id: '2', approve: false, comment: 'not needed' }] });
});

test('what is required is asked for before anything is sent', async () => {
  const { changes } = open({ fields: [field('why', 'Why', { required: true })] });
  await userEvent.click(await screen.findByRole('button', { name: 'Agree' }));
  expect(await screen.findByText('Please fill this in.')).toBeDefined();
  expect(changes()).toEqual([]);
});

test('a refused value stands at its field, and nothing typed is lost', async () => {
  const { done } = open(
    { fields: [field('why', 'Why')] },
    { 'POST /tasks/21/complete': () => refusal(422, { errors: [{ location: 'values.why', message: 'Why: say more.' }, { message: 'The budget is spent.' }] }) },
  );
  await userEvent.type(await screen.findByLabelText('Why'), 'so');
  await userEvent.click(screen.getByRole('button', { name: 'Refuse' }));
  expect(await screen.findByText('Why: say more.')).toBeDefined();
  expect(screen.getByText('The budget is spent.')).toBeDefined();
  expect(screen.getByLabelText('Why')).toHaveProperty('value', 'so');
  expect(done).not.toHaveBeenCalled();
});

test.each([[409, 'Somebody was faster'], [412, 'The task has changed meanwhile']])('an answer %i says that %s, with the ways on', async (status, title) => {
  open({}, { 'POST /tasks/21/complete': () => refusal(status, { detail: 'bella completed it.' }) });
  await userEvent.type(await screen.findByLabelText('Comment'), 'mine');
  await userEvent.click(screen.getByRole('button', { name: 'Agree' }));
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain(title);
  expect(alert.textContent).toContain('bella completed it.');
  expect(screen.getByLabelText('Comment')).toHaveProperty('value', 'mine');
  await userEvent.click(within(alert).getByRole('link', { name: 'Open the process' }));
  expect(await screen.findByText('gone to /processes/11')).toBeDefined();
});

test('a task of somebody else is looked at, and cannot be decided', async () => {
  open({ may: [], fields: [field('why', 'Why')], values: { why: 'because' } });
  expect(await screen.findByLabelText('Why')).toHaveProperty('readOnly', true);
  expect(screen.queryByRole('button', { name: 'Agree' })).toBeNull();
  expect(screen.queryByLabelText('Comment')).toBeNull();
});

test('a draft that is refused says why, and keeps what was typed', async () => {
  open({ may: ['complete', 'draft'], fields: [field('why', 'Why')] }, { 'PUT /tasks/21/draft': () => refusal(412, { detail: 'Somebody changed it.' }) });
  await userEvent.type(await screen.findByLabelText('Why'), 'so');
  expect(screen.getByText('Draft not kept yet')).toBeDefined();
  expect((await screen.findByText(/The draft could not be kept/)).textContent).toContain('Somebody changed it.');
  expect(screen.getByLabelText('Why')).toHaveProperty('value', 'so');
});
