import { describe, expect, test } from 'vitest';
import { added, draftOf, isSettled, removed, restored, stagedCount, toggled, type ContentRow } from './contents';

const reader: ContentRow = { id: '1', version: 3, containedRoleId: 'reader', containedRole: 'Reader', mandatory: true, scopeGroupId: 'sales', sourceValueId: null };
const writer: ContentRow = { id: '2', version: 1, containedRoleId: 'writer', mandatory: false };
const stored = [reader, writer];

test('a content that waits for a process is not changed before it is decided', () => {
  expect(isSettled(reader)).toBe(true);
  expect(isSettled({ ...reader, state: 'active' })).toBe(true);
  expect(isSettled({ ...reader, state: 'approvalPending' })).toBe(false);
  expect(isSettled({ ...reader, state: 'removalPending' })).toBe(false);
});

describe('staged contents', () => {
  test('what is stored and untouched is sent with its version and limits', () => {
    expect(draftOf(stored)).toEqual({
      contents: [
        { id: '1', version: 3, containedRoleId: 'reader', mandatory: true, scopeGroupId: 'sales' },
        { id: '2', version: 1, containedRoleId: 'writer', mandatory: false },
      ],
    });
    expect(stagedCount(stored)).toBe(0);
  });

  test('an added role is sent without the id of its line', () => {
    const rows = added(stored, { id: 'line', containedRoleId: 'guest', mandatory: true });
    expect(draftOf(rows).contents[2]).toEqual({ containedRoleId: 'guest', mandatory: true });
    expect(stagedCount(rows)).toBe(1);
  });

  test('a removed role is not sent and stays on screen; an added one disappears', () => {
    const rows = removed(added(stored, { id: 'line', containedRoleId: 'guest' }), '1');
    expect(rows.map(({ id, staged }) => [id, staged])).toEqual([['1', 'removed'], ['2', undefined], ['line', 'added']]);
    expect(draftOf(rows).contents.map(({ containedRoleId }) => containedRoleId)).toEqual(['writer', 'guest']);
    expect(removed(rows, 'line').map(({ id }) => id)).toEqual(['1', '2']);
  });

  test('a role toggled twice is unchanged', () => {
    const once = toggled(stored, '2');
    expect(once[1]).toMatchObject({ mandatory: true, staged: 'changed' });
    expect(stagedCount(toggled(once, '2'))).toBe(0);
  });

  test('an added role stays added when it is toggled', () => {
    const rows = toggled(added([], { id: 'line', containedRoleId: 'guest', mandatory: true }), 'line');
    expect(rows).toEqual([{ id: 'line', containedRoleId: 'guest', mandatory: false, staged: 'added' }]);
  });

  test('a restored role is as it was stored, whatever was staged before', () => {
    expect(restored(removed(toggled(stored, '1'), '1'), '1', stored)).toEqual(stored);
  });
});
