import { expect, test } from 'vitest';
import { namesIn, passedElements } from './diagram';

const bpmn = `<?xml version="1.0"?>
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="urn:other">
  <b:process id="p" name="Sample"><b:userTask id="t" name="Decide
    now"/><b:endEvent id="e"/><o:thing id="x" name="Not ours"/></b:process>
</b:definitions>`;

test('elements are called by their names', () => expect([...namesIn(bpmn)]).toEqual([['p', 'Sample'], ['t', 'Decide now']]));

test('without a document nothing has a name', () => expect(namesIn('').size).toBe(0));

test('a process has been where it entered, each place once and in order', () => {
  const log = [['start', ''], ['enter', 'a'], ['leave', 'a'], ['claim', 'b'], ['enter', 'b'], ['enter', 'a'], ['incident', 'c']].map(([kind = '', element = '']) => ({ kind, element }));
  expect(passedElements(log)).toEqual(['a', 'b']);
});
