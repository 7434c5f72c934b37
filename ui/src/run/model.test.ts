import { describe, expect, test } from 'vitest';
import { changeFilter } from './ChangeList';
import { phaseStates, progressOf, secondsLeft, summed, toneOf, type Run } from './model';

const started = '2026-11-21T08:00:00Z';
const run = (more: Partial<Run>): Run => ({
  id: 'r', number: 1, kind: 'load', systemId: 's', system: 'HR', status: 'running', phase: 'apply', counters: null, guard: null, message: '', author: '',
  createdAt: started, startedAt: started, endedAt: null, reviewedBy: '', ...more,
});
const states = (status: string, phase: string) => phaseStates({ status, phase }).map((each) => each.status).join(' ');

describe('phaseStates', () => {
  test.each([
    ['queued', '', 'waiting waiting waiting waiting waiting'],
    ['running', 'compare', 'done running waiting waiting waiting'],
    ['blocked', 'guard', 'done done blocked waiting waiting'],
    ['failed', 'apply', 'done done done failed waiting'],
    ['cancelled', 'guard', 'done done cancelled waiting waiting'],
    ['completed', 'report', 'done done done done done'],
  ])('%s in %j', (status, phase, expected) => expect(states(status, phase)).toBe(expected));
});

describe('progress', () => {
  test('is unknown before anything is counted', () => expect(progressOf(run({}))).toBeUndefined());
  test('counts failures as done', () => expect(progressOf(run({ counters: { changes: 10, applied: 3, failed: 2 } }))?.percent).toBe(50));
  test('is whole when the run is completed', () => expect(progressOf(run({ status: 'completed', counters: { changes: 10, applied: 3 } }))?.percent).toBe(100));
  test('gives no early guess of the time left', () => expect(secondsLeft(run({ counters: { changes: 100, applied: 9 } }), Date.parse(started) + 9000)).toBeUndefined());
  test('extrapolates the time left', () => expect(secondsLeft(run({ counters: { changes: 100, applied: 25 } }), Date.parse(started) + 10_000)).toBe(30));
  test('waits for a person without a guess', () => expect(secondsLeft(run({ status: 'blocked', counters: { changes: 100, applied: 25 } }), Date.parse(started) + 10_000)).toBeUndefined());
});

test('counts are added over states, the largest first', () => {
  const count = (action: string, status: string, changes: number) => ({ objectType: 'user', action, status, changes });
  expect(summed([count('create', 'applied', 2), count('update', 'applied', 9), count('create', 'failed', 1)])).toEqual([
    { objectType: 'user', action: 'update', changes: 9 }, { objectType: 'user', action: 'create', changes: 3 },
  ]);
});

test.each([['create', 'add'], ['disable', 'remove'], ['update', 'change'], ['drift', 'note'], ['somethingNew', 'note']])('%s is a %s', (action, tone) => expect(toneOf(action)).toBe(tone));

test('the filter of the change list quotes what a person typed', () => {
  expect(changeFilter({ objectType: 'user', action: 'create', words: ' a"b ', page: 1 })).toBe('objectType eq "user" and action eq "create" and objectKey co "a\\"b"');
  expect(changeFilter({ words: '', page: 1 })).toBe('');
});
