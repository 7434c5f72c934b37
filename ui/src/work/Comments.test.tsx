import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { draw, refusal, serve } from '@/testing/stage';
import { Comments } from './Comments';

test('a comment is written at its task and shown with those of the process', async () => {
  const comments: object[] = [];
  const { changes } = serve({
    'GET /processes/11/comments': () => comments,
    'POST /tasks/21/comments': ({ body }: { body: { text: string } }) => {
      comments.push({ id: '1', author: 'anna', at: '2031-05-04T12:00:00Z', text: body.text });
      return {};
    },
  });
  draw(<Comments processId="11" taskId="21" />);
  expect(await screen.findByText('Nobody has written anything yet.')).toBeDefined();
  const write = screen.getByRole('button', { name: 'Write comment' });
  await userEvent.type(screen.getByLabelText('New comment'), '   ');
  expect(write).toHaveProperty('disabled', true);
  await userEvent.type(screen.getByLabelText('New comment'), 'Please hurry.');
  await userEvent.click(write);
  expect((await screen.findByRole('listitem')).textContent).toMatch(/anna.*Please hurry\./);
  expect(screen.getByLabelText('New comment')).toHaveProperty('value', '');
  expect(changes()).toMatchObject([{ what: 'POST /tasks/21/comments', body: { text: '   Please hurry.' } }]);
});

test('a refused comment stays in its box', async () => {
  serve({ 'GET /processes/11/comments': [], 'POST /processes/11/comments': () => refusal(409, { detail: 'The process has ended.' }) });
  draw(<Comments processId="11" />);
  await userEvent.type(await screen.findByLabelText('New comment'), 'too late');
  await userEvent.click(screen.getByRole('button', { name: 'Write comment' }));
  expect((await screen.findByRole('alert')).textContent).toContain('The process has ended.');
  expect(screen.getByLabelText('New comment')).toHaveProperty('value', 'too late');
});
