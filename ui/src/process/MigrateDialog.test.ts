import { expect, test } from 'vitest';
import { targetsFor } from './MigrateDialog';

const place = { id: 'approve', name: 'Approve', type: 'userTask', to: 'approve', processes: 3, problem: '' };

test('elements of the same type can take the place of one', () => {
  const targets = [
    { id: 'start', name: 'Ask', type: 'startEvent' },
    { id: 'consent', name: 'Consent', type: 'userTask' },
    { id: 'late', name: '', type: 'userTask' },
  ];
  expect(targetsFor(place, targets)).toEqual([{ value: 'consent', label: 'Consent (consent)' }, { value: 'late', label: 'late' }]);
  expect(targetsFor({ ...place, type: 'sendTask' }, targets)).toEqual([]);
});
