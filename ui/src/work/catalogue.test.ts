import { expect, test } from 'vitest';
import { foldersOf } from './catalogue';
import type { CatalogueEntry } from './model';

const entry = (code: string, folder: string, name: string, description = ''): CatalogueEntry => ({ id: code, code, folder, name, description, kind: 'request' });
const entries = [
  entry('leave', 'People/Leave', 'Leave of absence', 'Days off'),
  entry('laptop', '', 'Laptop', 'A computer to carry'),
  entry('access', 'Permissions', 'More permissions'),
  entry('advance', 'Permissions', 'Advance'),
];
const drawn = (words: string) => foldersOf(entries, words).map(({ path, entries: members }) => `${path}: ${members.map(({ code }) => code).join(' ')}`);

test('entries stand below their folders, both by name', () => expect(drawn('')).toEqual([': laptop', 'People/Leave: leave', 'Permissions: advance access']));

test.each([
  ['OFF days', ['People/Leave: leave']],
  ['people', ['People/Leave: leave']],
  ['carry laptop', [': laptop']],
  ['carry leave', []],
])('the words %j find %j', (words, found) => expect(drawn(words)).toEqual(found));

test('the catalogue itself is left in its order', () => {
  foldersOf(entries, '');
  expect(entries.map(({ code }) => code)).toEqual(['leave', 'laptop', 'access', 'advance']);
});
