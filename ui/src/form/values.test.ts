import { describe, expect, test } from 'vitest';
import type { Attribute } from '@/api/schema';
import { changedNames, complaints, mergePatch, valueAt, withValue } from './values';

const attribute = (name: string, more: Partial<Attribute> = {}): Attribute => ({ name, type: 'string', label: {}, ...more });

test('paths reach into nested objects and leave the original alone', () => {
  const before = { a: 1, attributes: { phone: '1', fax: '2' } };
  const after = withValue(before, 'attributes.phone', '9');
  expect(valueAt(after, 'attributes.phone')).toBe('9');
  expect(valueAt(after, 'attributes.fax')).toBe('2');
  expect(before.attributes.phone).toBe('1');
  expect(valueAt({}, 'attributes.phone')).toBeUndefined();
});

describe('mergePatch', () => {
  const attributes = [attribute('name'), attribute('attributes.phone'), attribute('id', { readOnly: true }), attribute('tags', { multiValued: true })];

  test('holds only what changed, null for what was emptied', () => {
    const before = { id: '1', name: 'a', attributes: { phone: '1' }, tags: ['x'] };
    const after = { id: '2', name: 'b', attributes: { phone: '' }, tags: ['x'] };
    expect(mergePatch(before, after, attributes)).toEqual({ name: 'b', attributes: { phone: null } });
  });

  test('takes all kinds of nothing for the same', () => {
    expect(changedNames({ name: null, tags: [] }, { name: '' }, attributes)).toEqual([]);
  });

  test('false and zero are something', () => {
    expect(changedNames({}, { name: false }, attributes)).toEqual(['name']);
    expect(changedNames({ name: 0 }, {}, attributes)).toEqual(['name']);
  });
});

test.each([
  ['an empty required field', attribute('x', { required: true }), '', 'required'],
  ['a required boolean that is off', attribute('x', { required: true, type: 'boolean' }), undefined, undefined],
  ['a wrong address', attribute('x', { type: 'email' }), 'ada@', 'email'],
  ['a good address', attribute('x', { type: 'email' }), 'ada@example.com', undefined],
  ['one wrong of several', attribute('x', { type: 'email', multiValued: true }), ['ada@example.com', 'no'], 'email'],
  ['a word for a number', attribute('x', { type: 'number' }), 'three', 'number'],
  ['a long text', attribute('x', { maxLength: 2 }), 'abc', 'tooLong'],
  ['a field that cannot be edited', attribute('x', { required: true, readOnly: true }), '', undefined],
])('complains about %s', (_, field, value, complaint) => {
  expect(complaints([field], { x: value }).x).toBe(complaint);
});
