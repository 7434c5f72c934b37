import { expect, test } from 'vitest';
import { carried, messageValues, waitKey } from './messages';
import type { FormField } from './model';

const field = (name: string, type = 'string'): FormField => ({ name, label: name, type, multiple: false, values: [], readOnly: false, required: false });

test('objects are referred to by name, and faults find their fields', () => {
  const [days, boss] = carried([field('days', 'number'), field('boss', 'user')], 'By name.');
  expect(days).toMatchObject({ name: 'values.days', type: 'number' });
  expect(boss).toMatchObject({ name: 'values.boss', type: 'string', hint: 'By name.', choices: undefined });
});

test('requested permissions are no part of a message', () => {
  expect(carried([field('grants', 'grant')], '')).toEqual([]);
});

test.each([
  [{ days: 3, boss: '' }, { days: 3 }],
  [{ days: 0, other: 'of another message' }, { days: 0 }],
  [undefined, {}],
])('of %j only what the message carries is sent', (values, sent) => {
  expect(messageValues([field('days', 'number'), field('boss', 'user')], values)).toEqual(sent);
});

test('a message and a signal of one name are told apart', () => {
  expect(waitKey({ type: 'message', name: 'stop', key: '' })).not.toBe(waitKey({ type: 'signal', name: 'stop', key: '' }));
  expect(waitKey({ type: 'message', name: 'stop', key: 'A7' })).not.toBe(waitKey({ type: 'message', name: 'stop', key: 'A8' }));
});
