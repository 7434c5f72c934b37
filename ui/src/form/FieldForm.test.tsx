import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import type { Attribute } from '@/api/schema';
import { attributes as everyType, values as sample } from '@/pages/kitchen/samples';
import { Appearance } from '@/theme/Appearance';
import { FieldForm } from './FieldForm';
import type { Values } from './values';

function draw(attributes: Attribute[], initial: Values, more: { errors?: Record<string, string>; readOnly?: boolean } = {}) {
  const seen = vi.fn<(values: Values) => void>();
  function Held() {
    const [values, setValues] = useState(initial);
    return (
      <FieldForm
        attributes={attributes}
        values={values}
        onChange={(next) => {
          seen(next);
          setValues(next);
        }}
        {...more}
      />
    );
  }
  render(<Appearance env="test"><QueryClientProvider client={new QueryClient()}><Held /></QueryClientProvider></Appearance>);
  return { seen, last: () => seen.mock.lastCall?.[0] };
}

test('draws every type of attribute with its label', async () => {
  draw(everyType, sample);
  for (const { label } of everyType) await waitFor(() => expect(screen.getAllByText(label.en ?? '').length).toBeGreaterThan(0));
  expect(await screen.findAllByDisplayValue('17 May 1990')).not.toHaveLength(0);
});

test('writes a nested attribute where it lives', async () => {
  const { last } = draw([{ name: 'attributes.badge', type: 'string', label: { en: 'Badge' } }], { attributes: { other: 1 } });
  await userEvent.type(screen.getByLabelText('Badge'), '42');
  expect(last()).toEqual({ attributes: { other: 1, badge: '42' } });
});

test('an emptied number is nothing, not zero', async () => {
  const { last } = draw([{ name: 'floor', type: 'number', label: { en: 'Floor' } }], { floor: 3 });
  await userEvent.clear(screen.getByLabelText('Floor'));
  expect(last()).toEqual({ floor: null });
});

test('a switch gives true and false', async () => {
  const { last } = draw([{ name: 'active', type: 'boolean', label: { en: 'Active' } }], { active: false });
  await userEvent.click(screen.getByLabelText('Active'));
  expect(last()).toEqual({ active: true });
});

test('several values are collected one by one', async () => {
  const { last } = draw([{ name: 'phone', type: 'string', multiValued: true, label: { en: 'Phones' } }], { phone: ['1'] });
  await userEvent.type(screen.getByRole('combobox'), '2{enter}');
  expect(last()).toEqual({ phone: ['1', '2'] });
});

test('a value that is no longer offered stays visible', () => {
  draw([{ name: 'type', type: 'list', label: { en: 'Type' }, values: [{ value: 'I', label: 'Internal' }] }], { type: 'X' });
  expect(screen.getByDisplayValue('X (no longer offered)')).toBeTruthy();
});

test('a read-only form takes no input', async () => {
  const { seen } = draw([{ name: 'name', type: 'string', label: { en: 'Name' } }], { name: 'a' }, { readOnly: true });
  await userEvent.type(screen.getByLabelText('Name'), 'b');
  expect(seen).not.toHaveBeenCalled();
});

test('an error stands at its field and is announced with it', () => {
  draw([{ name: 'name', type: 'string', label: { en: 'Name' } }], { name: 'a' }, { errors: { name: 'Already taken.' } });
  const input = screen.getByLabelText('Name');
  expect(input.getAttribute('aria-invalid')).toBe('true');
  const described = (input.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent);
  expect(described).toContain('Already taken.');
});

test('shows of a secret only that it is set, keeps it, replaces it and clears it', async () => {
  const pin: Attribute = { name: 'attributes.pin', type: 'password', label: { en: 'PIN' } };
  const { last } = draw([pin], { attributes: { pin: '•••' } });
  const field: HTMLInputElement = screen.getByLabelText('PIN');
  expect([field.value, field.placeholder]).toEqual(['', 'Set – leave empty to keep it']);
  await userEvent.type(field, 'new');
  expect(last()).toEqual({ attributes: { pin: 'new' } });
  await userEvent.clear(field);
  expect(last()).toEqual({ attributes: { pin: '•••' } });
  await userEvent.click(screen.getByRole('button', { name: 'Clear' }));
  expect(last()).toEqual({ attributes: { pin: null } });
  expect([field.value, field.placeholder]).toEqual(['', 'Not set']);
});
