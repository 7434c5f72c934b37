import { describe, expect, test } from 'vitest';
import { linesOf, nextKey, period, withGrant, type GrantLine } from './grants';

const line = (key: string, more: Partial<GrantLine> = {}): GrantLine => ({ key, action: 'grant', user: 'anna', role: 'clerk@Directory', ...more });

describe('lines of a process', () => {
  test('are read with what they leave out', () => {
    expect(linesOf([{ role: 'clerk@Directory', user: 'anna' }, { key: 'x', action: 'revoke', role: 'r@s', user: 'bert' }])).toEqual([
      { key: '1', action: 'grant', user: 'anna', role: 'clerk@Directory' },
      { key: 'x', action: 'revoke', user: 'bert', role: 'r@s' },
    ]);
  });

  test('keep members that the console does not know', () => expect(linesOf([{ role: 'r@s', user: 'u', grantId: 'g' }])[0]).toMatchObject({ grantId: 'g' }));

  test.each([undefined, null, 'clerk', { role: 'r' }, [null, 1, { user: 'u' }]])('%j holds none', (value) => expect(linesOf(value)).toEqual([]));
});

describe('adding', () => {
  test('a role without limits makes one line', () => {
    expect(withGrant([], { action: 'grant', user: 'anna', role: 'r@s', scopes: [] })).toEqual([{ key: '1', action: 'grant', user: 'anna', role: 'r@s' }]);
  });

  test('several limits make a line each, which names its limit', () => {
    const scopes = [{ id: 'g1', name: 'North' }, { id: 'g2', name: 'South' }];
    expect(withGrant([line('4')], { action: 'grant', user: 'anna', role: 'r@s', reason: 'because', scopeKind: 'group', scopes }).slice(1)).toEqual([
      { key: '5', action: 'grant', user: 'anna', role: 'r@s', reason: 'because', scopeGroupId: 'g1', scopeName: 'North' },
      { key: '6', action: 'grant', user: 'anna', role: 'r@s', reason: 'because', scopeGroupId: 'g2', scopeName: 'South' },
    ]);
  });

  test.each([['informationSystem', 'scopeInformationSystemId'], ['values', 'scopeValueId']] as const)('a limit to %s is kept as %s', (scopeKind, member) => {
    expect(withGrant([], { action: 'grant', user: 'a', role: 'r@s', scopeKind, scopes: [{ id: 'i', name: 'n' }] })[0]).toHaveProperty(member, 'i');
  });

  test('the same permission is asked for once, in whatever case it is written', () => {
    const lines = [line('1')];
    expect(withGrant(lines, { action: 'grant', user: 'ANNA', role: 'Clerk@directory' })).toEqual(lines);
    expect(withGrant(lines, { action: 'revoke', user: 'anna', role: 'clerk@Directory' })).toHaveLength(2);
    expect(withGrant(lines, { action: 'grant', user: 'anna', role: 'clerk@Directory', scopeKind: 'group', scopes: [{ id: 'g', name: 'North' }] })).toHaveLength(2);
  });

  test('the lines that were there are left alone', () => {
    const lines = [line('1')];
    withGrant(lines, { action: 'grant', user: 'bert', role: 'r@s' });
    expect(lines).toEqual([line('1')]);
  });
});

test.each([[[], '1'], [[line('1'), line('7')], '8'], [[line('x')], '1'], [[line('x'), line('2')], '3']] as const)('the next key of %j is %s', (lines, key) => {
  expect(nextKey(lines)).toBe(key);
});

test('a period says its bounds, and what is open', () => {
  expect(period({}, 'en-GB')).toBeUndefined();
  expect(period({ endAt: '2026-12-31T23:00:00Z' }, 'en-GB')).toBe('… – 31 Dec 2026');
  expect(period({ startAt: '2026-01-01T00:00:00Z', endAt: '2026-12-31T23:00:00Z' }, 'en-GB')).toBe('1 Jan 2026 – 31 Dec 2026');
});
