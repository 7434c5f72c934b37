import { expect, test } from 'vitest';
import { placesToMove } from './MoveDialog';

test('a process is moved from where it is to where it is not', () => {
  const elements = [{ id: 'start', name: 'Ask', type: 'startEvent' }, { id: 'decide', name: 'Decide', type: 'userTask' }, { id: 'end', name: '', type: 'endEvent' }];
  expect(placesToMove(['decide', 'decide'], elements)).toEqual({
    from: [{ value: 'decide', label: 'Decide (decide)' }],
    to: [{ value: 'start', label: 'Ask (start)' }, { value: 'end', label: 'end' }],
  });
  expect(placesToMove([], [])).toEqual({ from: [], to: [] });
});
