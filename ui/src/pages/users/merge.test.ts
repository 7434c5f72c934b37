import { expect, test } from 'vitest';
import { choices, mergeRequest } from './merge';

test('everybody but the survivor is merged', () => {
  expect(mergeRequest(['a', 'b', 'c'], 'b', { phone: 'c' })).toEqual({ survivorId: 'b', mergedIds: ['a', 'c'], from: { phone: 'c' } });
});

test('a choice of somebody who is not merged is forgotten', () => {
  expect(mergeRequest(['a', 'b'], 'a', { phone: 'z', email: 'b' }).from).toEqual({ email: 'b' });
});

test('equal values are one choice, under the user whose value is kept', () => {
  const values = [{ userId: 'a', user: 'anna', value: '' }, { userId: 'b', user: 'ann', value: '12' }, { userId: 'c', user: 'annie', value: '12' }];
  expect(choices({ name: 'phone', from: 'c', values }).map(({ userId }) => userId)).toEqual(['a', 'c']);
  expect(choices({ name: 'phone', from: 'a', values }).map(({ userId }) => userId)).toEqual(['a', 'b']);
});

test('nothing is a choice too', () => {
  const values = [{ userId: 'a', user: 'anna', value: undefined }, { userId: 'b', user: 'ann', value: null }, { userId: 'c', user: 'annie', value: false }];
  expect(choices({ name: 'active', from: 'a', values }).map(({ userId }) => userId)).toEqual(['a', 'c']);
});
