import { expect, test } from 'vitest';
import { chipsToScim, operatorsOf } from '@/list/search';
import { valueAttributes, type ProcessColumn } from './columns';

const column = (name: string, label: string, type: string, more: Partial<ProcessColumn> = {}): ProcessColumn => ({ name: `values.${name}`, label, type, multiple: false, values: [], definitions: ['Leave'], mixed: false, ...more });

test('values are compared as what they are', () => {
  const attributes = valueAttributes([column('days', 'Days', 'number'), column('from', 'From', 'date'), column('paid', 'Paid', 'boolean'), column('boss', 'Boss', 'user'), column('size', 'Size', 'string', { values: [{ code: 's', label: 'Small' }] })], 'en');
  expect(attributes.map(({ type }) => type)).toEqual(['number', 'date', 'boolean', 'string', 'list']);
  expect(attributes.map((attribute) => operatorsOf(attribute)[0])).toEqual(['eq', 'ge', 'eq', 'co', 'eq']);
  expect(chipsToScim([{ name: 'values.days', op: 'ge', values: ['3'] }, { name: 'values.boss', op: 'co', values: ['be"la'] }], attributes)).toBe(String.raw`values.days ge 3 and values.boss co "be\"la"`);
});

test('several values cannot be sorted by', () => {
  expect(valueAttributes([column('tags', 'Tags', 'string', { multiple: true })], 'en')[0]).toMatchObject({ multiValued: true, sortable: false });
});

test.each([['en', 'State', 'State (Leave)'], ['es', 'Estado', 'Estado (Leave)'], ['es', 'State', 'State']])('in %s, %s is called %s', (language, label, called) => {
  expect(valueAttributes([column('state', label, 'string')], language)[0]?.label[language]).toBe(called);
});
