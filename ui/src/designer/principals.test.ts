import { expect, test } from 'vitest';
import { joinPrincipals, parsePrincipals, principalOf } from './principals';

test.each([
  ['', []],
  ['anna', ['anna']],
  [' anna, group:hr ;role:admin@soffid\n*', ['anna', 'group:hr', 'role:admin@soffid', '*']],
  ['#{application.owner}, -nobody-', ['#{application.owner}', '-nobody-']],
  ['#{f({a: 1, b: 2}, "x;y")}, bert', ['#{f({a: 1, b: 2}, "x;y")}', 'bert']],
  ['a,,b,', ['a', 'b']],
  ['#{open, anna', ['#{open, anna']],
])('%j is %j', (text, principals) => {
  expect(parsePrincipals(text)).toEqual(principals);
  expect(parsePrincipals(joinPrincipals(principals))).toEqual(principals);
});

test('users, groups and roles are written as the language has them', () => {
  expect(principalOf('user', { userName: 'anna', name: 'ignored' })).toBe('anna');
  expect(principalOf('group', { name: 'hr' })).toBe('group:hr');
  expect(principalOf('role', { name: 'admin', system: 'soffid' })).toBe('role:admin@soffid');
  expect(principalOf('role', { name: 'admin' })).toBe('role:admin');
});
