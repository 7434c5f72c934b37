import { describe, expect, test } from 'vitest';
import { actsOf, readValues, type Wait } from './useRehearsal';

const wait = (more: Partial<Wait>): Wait => ({ kind: 'work', id: 3, element: 'a', name: 'A', ...more }) as Wait;

describe('what can be let happen', () => {
  test('people choose from their ways out', () => {
    expect(actsOf(wait({ outcomes: [{ flow: 'yes', name: 'Approve' }, { flow: 'no', name: '' }] }))).toEqual([
      { act: { kind: 'complete', id: 3, outcome: 'yes' }, label: 'Approve' }, { act: { kind: 'complete', id: 3, outcome: 'no' }, label: 'no' },
    ]);
  });

  test('a single way needs no choice, and a called process simply ends', () => {
    expect(actsOf(wait({ outcomes: [{ flow: 'f', name: '' }] }))).toEqual([{ act: { kind: 'complete', id: 3, outcome: 'f' }, label: undefined }]);
    expect(actsOf(wait({ kind: 'call' }))).toEqual([{ act: { kind: 'complete', id: 3, outcome: undefined }, label: undefined }]);
  });

  test('a message comes with the key that is waited for', () => {
    expect(actsOf(wait({ kind: 'message', key: 'A7' }))).toEqual([{ act: { kind: 'message', name: 'A', key: 'A7' } }]);
  });

  test.each([
    ['timer', { kind: 'fire', id: 3 }], ['message', { kind: 'message', name: 'A' }], ['signal', { kind: 'signal', name: 'A' }], ['incident', { kind: 'skip', id: 3 }],
  ] as const)('%s', (kind, act) => {
    expect(actsOf(wait({ kind }))).toEqual([{ act }]);
  });
});

test.each([['', {}], ['  ', {}], ['{"days": 3}', { days: 3 }], ['[1]', undefined], ['{', undefined], ['null', undefined]])('values written as %j', (text, values) => {
  expect(readValues(text)).toEqual(values);
});
