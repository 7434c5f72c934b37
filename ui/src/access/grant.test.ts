import { describe, expect, test } from 'vitest';
import { ProblemError } from '@/api/problem';
import { accountsOffered } from './GrantDialog';
import { scopesOf } from './scope';

describe('accountsOffered', () => {
  test('reads id and name of each account to choose from', () => {
    const errors = [{ location: 'body.accountId', message: 'a1 anna' }, { location: 'accountId', message: 'a2 anna admin' }, { location: 'roleId', message: 'x y' }];
    expect(accountsOffered(new ProblemError({ status: 409, errors }))).toEqual([{ value: 'a1', label: 'anna' }, { value: 'a2', label: 'anna admin' }]);
  });

  test.each([[new ProblemError({ status: 422, errors: [{ location: 'accountId', message: 'a1 anna' }] })], [new Error('broken')], [undefined]])('offers nothing for %s', (error) => {
    expect(accountsOffered(error)).toEqual([]);
  });
});

test.each([
  ['group', [{ scopeGroupId: '1' }, { scopeGroupId: '2' }]],
  ['informationSystem', [{ scopeInformationSystemId: '1' }, { scopeInformationSystemId: '2' }]],
  ['values', [{ scopeValueId: '1' }, { scopeValueId: '2' }]],
])('scopes of kind %s name their member', (kind, scopes) => {
  expect(scopesOf({ kind, domainId: 'd' }, ['1', '2'])).toEqual(scopes);
});

test('a role without scope domain is granted without limits', () => {
  expect(scopesOf(undefined, ['1'])).toEqual([]);
});
