import { describe, expect, test } from 'vitest';
import type { Attribute } from '@/api/schema';
import { checkFilter, completeFilter } from './filter';

const attributes: Attribute[] = [
  { name: 'userName', type: 'string', label: {} },
  { name: 'active', type: 'boolean', label: {} },
  { name: 'userType', type: 'list', label: {}, values: [{ value: 'I', label: 'Internal' }] },
];

describe('checkFilter', () => {
  test.each(['', 'a pr', 'userName eq "x"', 'a eq 1 and (b co "y" or not (c pr))', 'emails[type eq "work" and value co "@example.com"]', 'A EQ true AND b.c ne null', 'a eq -1.5'])(
    'accepts %s',
    (filter) => expect(checkFilter(filter)).toBeUndefined(),
  );

  test.each([
    ['userName', 8, 'operator'],
    ['userName is "x"', 9, 'operator'],
    ['userName eq', 11, 'value'],
    ['userName eq x', 12, 'value'],
    ['a pr and', 8, 'attribute'],
    ['a pr an b pr', 5, 'conjunction'],
    ['(a pr', 5, 'close'],
    ['a eq "x', 5, 'quote'],
    ['eq "x"', 0, 'attribute'],
    ['not a pr', 4, 'close'],
  ])('finds the fault of %s at %i', (filter, position, expected) => {
    expect(checkFilter(filter)).toEqual({ position, expected });
  });
});

describe('completeFilter', () => {
  const texts = (source: string) => completeFilter(source, source.length, attributes).map(({ text }) => text);

  test.each([
    ['user', ['userName', 'userType']],
    ['userName s', ['sw']],
    ['active eq ', ['true', 'false']],
    ['userType eq ', ['"I"']],
    ['active eq true ', ['and', 'or']],
    ['active eq true and a', ['active']],
    ['userName eq "user', []],
  ])('proposes after %j', (source, proposals) => expect(texts(source)).toEqual(proposals));

  test('replaces only the word at the caret', () => {
    expect(completeFilter('active eq true and us', 21, attributes)[0]).toEqual({ text: 'userName', from: 19 });
  });
});
