import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { builtIn, dataTypes, processTypes } from '@/designer/language';
import idm from '../../../bpm/idm.json';
import { codeOf, rename } from './templates';

test.each([
  ['Leave of absence', 'leaveOfAbsence'],
  ['  Alta de ñandúes – 2ª ', 'altaDeNandues2ª'],
  ['3 approvals', 'process3Approvals'],
  ['', 'process'],
])('the code of %j is %j', (name, code) => expect(codeOf(name)).toBe(code));

describe.each(processTypes)('the template %s', (type) => {
  const template = readFileSync(`../bpm/template/${type}.bpmn`, 'utf8');

  test('gets another name, code and folder, and stays the same otherwise', () => {
    const made = rename(template, { name: 'Sample & "one"', folder: 'Other', type });
    expect(made).toContain('<bpmn:process id="sampleOne" name="Sample &amp; &quot;one&quot;"');
    expect(made).toContain('bpmnElement="sampleOne"');
    expect(made).toContain(`<idm:process type="${type}" folder="Other"`);
    const bare = (text: string) => text.replaceAll(/ (id|name|folder|bpmnElement)="[^"]*"/g, '');
    expect(bare(made)).toBe(bare(template));
    expect(rename(template, { name: 'x', folder: '', type })).not.toContain('folder=');
  });
});

test('the types that the panels offer are those of the language', () => {
  const types = idm.types as { name: string; properties: { name: string; choices?: string[] }[] }[];
  const choices = (element: string, attribute: string) => types.find(({ name }) => name === element)?.properties.find(({ name }) => name === attribute)?.choices;
  expect(choices('Attribute', 'type')).toEqual([...dataTypes]);
  expect(choices('Process', 'type')).toEqual([...processTypes]);
});

test('the built-in variables are those that the server knows', () => {
  const source = readFileSync('../bpm/variable.go', 'utf8').split('\n');
  const known = new Set(source.flatMap((line) => [...line.matchAll(/\{Name: "(\w+)"/g)].map(([, name]) => name)));
  const ours = new Set([undefined, ...processTypes].flatMap((type) => builtIn(type).map(({ name }) => name)));
  expect([...ours].sort()).toEqual([...known].sort());
});
