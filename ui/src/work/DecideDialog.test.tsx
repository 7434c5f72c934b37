import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { draw, serve } from '@/testing/stage';
import { DecideDialog } from './DecideDialog';

const task = (id: string, ...names: string[]) => ({ id, title: `Task ${id}`, deciding: false, decisions: names.map((name) => ({ flow: `f${name}`, name })) });

test('several tasks get the decision that all of them have, and each says what became of it', async () => {
  const { changes } = serve({
    'GET /tasks/1': task('1', 'Agree', 'Refuse'),
    'GET /tasks/2': task('2', 'refuse', 'Later'),
    'POST /tasks/decide': [{ id: '1', completed: true }, { id: '2', completed: false, problem: { detail: 'bella completed it.' } }],
  });
  const close = vi.fn<() => void>();
  draw(<DecideDialog ids={['1', '2']} onClose={close} />);
  const refuse = await screen.findByRole('button', { name: 'Refuse' });
  expect(screen.queryByRole('button', { name: 'Agree' })).toBeNull();
  await userEvent.type(screen.getByLabelText('Comment for all of them'), 'not this year');
  await userEvent.click(refuse);
  expect(await screen.findByText('1 of 2 tasks completed.')).toBeDefined();
  expect(screen.getByRole('row', { name: /Task 2/ }).textContent).toContain('bella completed it.');
  expect(changes().map(({ body }) => body)).toEqual([{ ids: ['1', '2'], outcome: 'Refuse', comment: 'not this year' }]);
  await userEvent.click(screen.getAllByRole('button', { name: 'Close' }).at(-1) as HTMLElement);
  expect(close).toHaveBeenCalledOnce();
});

test('tasks without a common decision cannot be decided together', async () => {
  serve({ 'GET /tasks/1': task('1', 'Agree'), 'GET /tasks/2': task('2', 'Later') });
  draw(<DecideDialog ids={['1', '2']} onClose={() => undefined} />);
  expect((await screen.findByRole('alert')).textContent).toContain('no decision in common');
  expect(screen.queryByRole('button', { name: 'Agree' })).toBeNull();
});
