import { expect, test } from 'vitest';
import { branchesOf, pruned, type TreeRow } from './TreePanel';
import type { Branch } from './Tree';

const row = (id: string, parentId?: string): TreeRow => ({ id, name: id, parentId });
const drawn = (branches: Branch[]): string => branches.map(({ id, children = [] }) => (children.length > 0 ? `${id}(${drawn(children)})` : id)).join(' ');

test('rows become branches below their parents', () => {
  expect(drawn(branchesOf([row('b', 'a'), row('a'), row('c', 'b'), row('d', 'a')]))).toBe('a(b(c) d)');
});

test('a row whose parent is out of reach stands at the top', () => expect(drawn(branchesOf([row('b', 'gone')]))).toBe('b'));

test('a row that is its own parent ends no program', () => expect(drawn(branchesOf([row('a', 'a')]))).toBe('a'));

test('a search keeps the way to what it finds', () => {
  const branches = branchesOf([row('world'), row('sales', 'world'), row('it', 'world'), row('helpdesk', 'it')]);
  expect(drawn(pruned(branches, 'DESK'))).toBe('world(it(helpdesk))');
  expect(drawn(pruned(branches, ' '))).toBe('world(sales it(helpdesk))');
});
