import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { draw, refusal, serve } from '@/testing/stage';
import { Catalogue } from './Catalogue';

const entry = (code: string, name: string, folder: string, description = '') => ({ id: code, code, name, folder, kind: 'request', description });

test('what can be started stands in its folder, is found by its words, and leads to its form', async () => {
  serve({ 'GET /requests/catalogue': [entry('leave', 'Leave', 'People/Leave', 'Days off.'), entry('desk', 'Desk', '')] });
  draw(<Catalogue />);
  const folder = await screen.findByRole('region', { name: 'People/Leave' });
  expect(within(folder).getByRole('heading', { name: 'People / Leave' })).toBeDefined();
  expect(within(screen.getByRole('region', { name: 'Other' })).getByRole('link', { name: 'Desk' })).toBeDefined();
  await userEvent.type(screen.getByRole('searchbox'), 'off days');
  expect(screen.queryByRole('link', { name: 'Desk' })).toBeNull();
  await userEvent.type(screen.getByRole('searchbox'), ' zoo');
  expect(screen.getByRole('status').textContent).toBe('Nothing in the catalogue has these words.');
  await userEvent.clear(screen.getByRole('searchbox'));
  await userEvent.click(screen.getByRole('link', { name: 'Leave' }));
  expect(await screen.findByText('gone to /requests/new/leave')).toBeDefined();
});

test('a catalogue that could not be read is read again on request', async () => {
  let down = true;
  serve({ 'GET /requests/catalogue': () => (down ? refusal(503, { detail: 'The database does not answer.' }) : []) });
  draw(<Catalogue />);
  expect((await screen.findByRole('alert')).textContent).toContain('The database does not answer.');
  down = false;
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('There is nothing you may start')).toBeDefined();
});
