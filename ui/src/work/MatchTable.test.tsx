import { MantineProvider } from '@mantine/core';
import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import '@/i18n';
import { inWords, MatchTable } from './MatchTable';

const match = {
  attributes: [{ name: 'firstName', label: 'First name', value: 'Anna' }, { name: 'email', label: 'E-mail', value: null }],
  candidates: [{ userName: 'hanna', fullName: 'Hanna Sample', weight: 3, values: { firstName: 'Hanna', email: '' }, differs: ['firstName'] }],
};

test('the new person stands beside the candidates, and what differs is said', async () => {
  const choose = vi.fn<(same: string) => void>();
  render(<MantineProvider><MatchTable match={match} same={undefined} onChange={choose} /></MantineProvider>);
  const row = screen.getByRole('row', { name: /First name/ });
  expect(within(row).getByText('Anna')).toBeDefined();
  expect(row.textContent).toContain('Hanna');
  expect(row.textContent).toContain('differs');
  expect(screen.getByRole('row', { name: /E-mail/ }).textContent).not.toContain('differs');
  await userEvent.click(screen.getByRole('radio', { name: /Hanna Sample/ }));
  await userEvent.click(screen.getByRole('radio', { name: /new person/ }));
  expect(choose.mock.calls).toEqual([['hanna'], ['']]);
});

test.each([[null, '—'], ['', '—'], ['a', 'a'], [3, '3'], [['a', 'b'], 'a, b'], [{ a: 1 }, '{"a":1}']])('%j in words', (value, words) => {
  expect(inWords(value)).toBe(words);
});
