import { describe, expect, test } from 'vitest';
import type { Attribute } from '@/api/schema';
import { chipsToScim, modeOf, nextSort, operatorsOf, readListSearch, toQuery, type Chip } from './search';

const attributes: Attribute[] = [
  { name: 'userName', type: 'string', label: {} },
  { name: 'active', type: 'boolean', label: {} },
  { name: 'floor', type: 'number', label: {} },
  { name: 'createdAt', type: 'dateTime', label: {} },
];

describe('readListSearch', () => {
  test('keeps a sound address', () => {
    const search = { mode: 'basic', chips: [{ name: 'active', op: 'eq', values: ['true'] }], sort: '-userName', page: 3, size: 100, cols: ['userName'] };
    expect(readListSearch(search)).toEqual(search);
  });

  test.each([
    ['an unknown mode', { mode: 'magic' }],
    ['a page before the first', { page: 0 }],
    ['half a page', { page: 1.5 }],
    ['a size nobody offers', { size: 100_000 }],
    ['chips that are no chips', { chips: [null, 'x', { name: 'a', op: 'drop', values: [] }] }],
    ['columns that are no names', { cols: [1, {}] }],
    ['an empty word', { q: '' }],
    ['anything else', { evil: '<script>' }],
  ])('drops %s', (_, raw) => {
    expect(readListSearch(raw)).toEqual({});
  });

  test('reads a number that was typed as a word', () => {
    expect(readListSearch({ q: 7 })).toEqual({ q: '7' });
  });
});

describe('chipsToScim', () => {
  test.each<[string, Chip[], string]>([
    ['a text', [{ name: 'userName', op: 'co', values: ['ann'] }], 'userName co "ann"'],
    ['a boolean without quotes', [{ name: 'active', op: 'eq', values: ['true'] }], 'active eq true'],
    ['a number without quotes', [{ name: 'floor', op: 'ge', values: ['3'] }], 'floor ge 3'],
    ['a number that is none, as text', [{ name: 'floor', op: 'eq', values: ['3 or 1 eq 1'] }], 'floor eq "3 or 1 eq 1"'],
    ['any of several', [{ name: 'userName', op: 'eq', values: ['a', 'b'] }], '(userName eq "a" or userName eq "b")'],
    ['presence', [{ name: 'userName', op: 'pr', values: [] }], 'userName pr'],
    ['quotes that stay inside', [{ name: 'userName', op: 'eq', values: ['a" or active eq true or userName eq "'] }], String.raw`userName eq "a\" or active eq true or userName eq \""`],
    ['backslashes', [{ name: 'userName', op: 'eq', values: ['a\\'] }], String.raw`userName eq "a\\"`],
    ['nothing for a chip without a value', [{ name: 'userName', op: 'co', values: [] }, { name: 'active', op: 'eq', values: ['false'] }], 'active eq false'],
  ])('writes %s', (_, chips, filter) => {
    expect(chipsToScim(chips, attributes)).toBe(filter);
  });

  test('joins criteria by and', () => {
    const chips: Chip[] = [{ name: 'userName', op: 'sw', values: ['a'] }, { name: 'createdAt', op: 'ge', values: ['2026-01-01'] }];
    expect(chipsToScim(chips, attributes)).toBe('userName sw "a" and createdAt ge "2026-01-01"');
  });
});

describe('toQuery', () => {
  test('asks only what the search on screen says', () => {
    const search = { mode: 'quick' as const, q: 'ann', filter: 'active eq true' };
    expect(toQuery(search, attributes)).toEqual({ q: 'ann', filter: undefined, sort: undefined, page: 1, size: 50 });
  });

  test('keeps a filter of the page in brackets', () => {
    const search = { mode: 'advanced' as const, filter: 'a eq 1 or b eq 2' };
    expect(toQuery(search, attributes, 'mine eq true').filter).toBe('(mine eq true) and (a eq 1 or b eq 2)');
  });

  test('sorts as the page does until the person chooses', () => {
    expect(toQuery({}, attributes, '', 'userName').sort).toBe('userName');
    expect(toQuery({ sort: '-floor' }, attributes, '', 'userName').sort).toBe('-floor');
  });
});

test('the mode follows from the content when the address names none', () => {
  expect(modeOf({})).toBe('quick');
  expect(modeOf({ filter: 'a pr' })).toBe('advanced');
  expect(modeOf({ chips: [] })).toBe('basic');
  expect(modeOf({ mode: 'quick', filter: 'a pr' })).toBe('quick');
});

test('a column sorts up, down, not at all', () => {
  expect(nextSort(undefined, 'a')).toBe('a');
  expect(nextSort('a', 'a')).toBe('-a');
  expect(nextSort('-a', 'a')).toBeUndefined();
  expect(nextSort('-a', 'b')).toBe('b');
});

test('only comparisons the server allows are offered', () => {
  expect(operatorsOf({ name: 'x', type: 'string', label: {}, ops: ['eq', 'sw'] })).toEqual(['sw', 'eq']);
  expect(operatorsOf({ name: 'x', type: 'date', label: {} })).toEqual(['ge', 'le', 'pr']);
});
