import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { send } from '@/api/resource';
import type { FormField } from './model';
import { consequences, touched, useReactions, type FormState } from './reactions';

vi.mock('@/api/resource', async (original) => ({ ...(await original<typeof import('@/api/resource')>()), send: vi.fn<typeof send>() }));

const field = (name: string, more: Partial<FormField> = {}): FormField => ({ name, type: 'string', label: name, multiple: false, readOnly: false, required: false, values: [], ...more });
const opened: FormState = { fields: [field('kind'), field('days')], values: { days: 1 }, reacts: ['kind'], messages: {} };

test('only fields that others depend on are asked about', () => {
  expect(touched(['kind'], { kind: 'a', days: 1 }, { kind: 'b', days: 1 })).toBe('kind');
  expect(touched(['kind'], { kind: 'a', days: 1 }, { kind: 'a', days: 2 })).toBeUndefined();
  expect(touched(['kind'], {}, { kind: '' })).toBeUndefined();
});

test('what follows is taken over, but not over what was typed meanwhile', () => {
  const answer = { ...opened, fields: [field('kind'), field('place'), field('cost')], values: { kind: 'trip', place: 'ROM', cost: 5 } };
  expect(consequences(answer, { kind: 'trip' }, { kind: 'trip', cost: 7 })).toEqual({ place: 'ROM' });
  expect(consequences({ ...answer, values: { kind: 'trip' } }, { kind: 'trip', place: 'x' }, { kind: 'trip', place: 'x' })).toEqual({ place: null });
});

describe('asking', () => {
  const asked: { url: string; body: unknown; answer: (form: FormState) => void }[] = [];
  beforeEach(() => {
    vi.useFakeTimers();
    asked.length = 0;
    vi.mocked(send).mockImplementation((_, url, options) => new Promise<Response>((resolve) => {
      asked.push({ url, body: options?.body, answer: (form) => resolve(new Response(JSON.stringify(form))) });
    }));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('waits for a pause, sends what was changed, and drops an answer that came too late', async () => {
    const applied: unknown[] = [];
    let values: Record<string, unknown> = { days: 1 };
    const { result, rerender } = renderHook(() => useReactions(opened, { resource: 'tasks', id: 't1' }, values, (next) => applied.push(next)));
    const type = (kind: string) => {
      const before = values;
      values = { ...values, kind };
      act(() => result.current.follow(before, values));
      rerender();
    };
    type('t');
    type('tr');
    await act(() => vi.advanceTimersByTimeAsync(400));
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ body: { values: { kind: 'tr' }, changed: 'kind' } });
    expect(asked[0]?.url).toContain('/tasks/t1/form');
    type('trip');
    await act(() => vi.advanceTimersByTimeAsync(400));
    expect(asked).toHaveLength(2);
    await act(async () => {
      asked[0]?.answer({ ...opened, fields: [field('late')] });
      asked[1]?.answer({ ...opened, fields: [field('kind'), field('place', { required: true })], values: { kind: 'trip', place: 'ROM' }, messages: { place: 'Rome is warm.' } });
      await vi.advanceTimersByTimeAsync(1);
    });
    expect(result.current.form.fields.map(({ name }) => name)).toEqual(['kind', 'place']);
    expect(result.current.form.messages).toEqual({ place: 'Rome is warm.' });
    expect(applied).toEqual([{ place: 'ROM' }]);
  });
});
