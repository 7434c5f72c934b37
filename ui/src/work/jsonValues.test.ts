import { expect, test } from 'vitest';
import { readJsonValues } from './jsonValues';

test.each([
  ['', {}],
  ['  \n', {}],
  ['{"costCentre": "4711", "days": 3}', { costCentre: '4711', days: 3 }],
  ['{costCentre: 1}', 'json'],
  ['[1]', 'object'],
  ['null', 'object'],
  ['"text"', 'object'],
])('%j is read as %j', (source, values) => expect(readJsonValues(source)).toEqual(values));
