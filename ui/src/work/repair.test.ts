import { expect, test } from 'vitest';
import { readCorrection } from './repair';

test.each([
  ['', {}],
  ['  \n', {}],
  ['{"costCentre": "4711", "days": 3}', { costCentre: '4711', days: 3 }],
  ['{costCentre: 1}', 'json'],
  ['[1]', 'object'],
  ['null', 'object'],
  ['"text"', 'object'],
])('%j corrects %j', (source, values) => expect(readCorrection(source)).toEqual(values));
