import { describe, expect, test } from 'vitest';
import { attributesOf, changedValues, editableValues, grantField } from './fields';
import type { FormField } from './model';

const field = (name: string, type: string, more: Partial<FormField> = {}): FormField => ({ name, type, label: name, multiple: false, readOnly: false, required: false, values: [], ...more });
const source = { resource: 'tasks', id: 't1' };

describe('fields become attributes', () => {
  test('references name their object and ask the task for choices', () => {
    expect(attributesOf([field('boss', 'user')], source)[0]).toMatchObject({ type: 'reference', choices: { resource: 'tasks', id: 't1', field: 'boss' } });
  });

  test('fixed choices become a list, whatever their type', () => {
    const [attribute] = attributesOf([field('size', 'string', { values: [{ code: 's', label: 'Small' }, { code: 'l', label: '' }] })], source);
    expect(attribute).toMatchObject({ type: 'list', values: [{ value: 's', label: 'Small' }, { value: 'l', label: 'l' }] });
  });

  test.each([['integerish', 'string'], ['number', 'number'], ['dateTime', 'dateTime'], ['email', 'email']])('the type %s is drawn as %s', (type, drawn) => {
    expect(attributesOf([field('x', type)], source)[0]?.type).toBe(drawn);
  });

  test('requested permissions have an editor of their own', () => {
    const fields = [field('user', 'user'), field('grants', 'grant', { multiple: true })];
    expect(attributesOf(fields, source).map(({ name }) => name)).toEqual(['user']);
    expect(grantField(fields)?.name).toBe('grants');
    expect(grantField([field('user', 'user')])).toBeUndefined();
  });

  test('limits are those of the field, and none is no limit', () => {
    expect(attributesOf([field('a', 'string', { size: 10, required: true }), field('b', 'string', { size: 0 })], source).map(({ maxLength, required }) => [maxLength, required])).toEqual([[10, true], [undefined, false]]);
  });
});

describe('what travels back', () => {
  const fields = [field('name', 'string'), field('fixed', 'string', { readOnly: true }), field('tags', 'string', { multiple: true })];

  test('is what was changed and may be', () => {
    expect(changedValues(fields, { name: 'a', fixed: 'x', tags: [] }, { name: 'b', fixed: 'y', tags: [], other: 1 })).toEqual({ name: 'b' });
  });

  test('says that something was cleared', () => {
    expect(changedValues(fields, { name: 'a', tags: ['t'] }, { name: '', tags: [] })).toEqual({ name: null, tags: [] });
  });

  test('is nothing where nothing became of nothing', () => expect(changedValues(fields, {}, { name: '', tags: [] })).toEqual({}));
});

test('a draft holds all that can be filled in and is, also what was cleared', () => {
  const fields = [field('name', 'string'), field('fixed', 'string', { readOnly: true }), field('open', 'string'), field('cleared', 'string')];
  expect(editableValues(fields, { name: 'a', fixed: 'x', cleared: '', other: 1 })).toEqual({ name: 'a', cleared: '' });
});
