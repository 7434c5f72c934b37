import { expect, test } from 'vitest';
import type { Attribute } from '@/api/schema';
import { previewCsv } from './csv';
import { guessMapping } from './ImportWizard';
import { parseViews } from './views';

test.each([
  ['commas', 'a,b\n1,2\n', ['a', 'b'], [['1', '2']]],
  ['semicolons', 'a;b\r\n1;2', ['a', 'b'], [['1', '2']]],
  ['tabs', 'a\tb\n1\t2', ['a', 'b'], [['1', '2']]],
  ['quotes, breaks and separators inside', 'a,b\n"x, ""y""","1\n2"\n', ['a', 'b'], [['x, "y"', '1\n2']]],
  ['a byte order mark', '\uFEFFa,b\n', ['a', 'b'], []],
  ['nothing', '', [], []],
])('reads %s', (_, source, columns, rows) => {
  expect(previewCsv(source)).toMatchObject({ columns, rows });
});

test('stops after the rows asked for', () => {
  expect(previewCsv('a\n1\n2\n3\n4', 2).rows).toEqual([['1'], ['2']]);
});

test('columns find their attributes by name or by a label in any language', () => {
  const attributes: Attribute[] = [{ name: 'userName', type: 'string', label: { en: 'User name', es: 'Usuario' } }, { name: 'email', type: 'email', label: { en: 'E-mail' } }];
  expect(guessMapping(['user_name', 'USUARIO', 'e mail', 'shoe size'], attributes)).toEqual({ user_name: 'userName', USUARIO: 'userName', 'e mail': 'email', 'shoe size': '' });
});

test.each([null, '{', '7', '[1,null]', '[{"name":1}]'])('stored views that cannot be read are left out: %s', (stored) => {
  expect(parseViews(stored)).toEqual([]);
});

test('a stored view is read as carefully as an address', () => {
  expect(parseViews('[{"name":"mine","search":{"q":"a","page":-1}}]')).toEqual([{ name: 'mine', search: { q: 'a' } }]);
});
