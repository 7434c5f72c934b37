import { expect, test } from 'vitest';
import { dueState, soonBefore } from './due';

const now = Date.parse('2026-03-10T12:00:00Z');
const at = (offset: number) => new Date(now + offset).toISOString();

test.each([
  ['a moment ago', -1, 'overdue'],
  ['now', 0, 'soon'],
  ['in two days to the moment', soonBefore, 'soon'],
  ['a moment later than that', soonBefore + 1, 'later'],
] as const)('a task due %s is %s', (_, offset, state) => expect(dueState(at(offset), now)).toBe(state));

test.each([null, undefined, '', 'tomorrow'])('%j is no due date', (text) => expect(dueState(text, now)).toBeUndefined());
