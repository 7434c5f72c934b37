import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addStep, alternativesOf, attachTimer, connectSteps, copySelection, endOf, pasteCopied, reconnect, removeElements, targetsOf, turnInto } from '../canvas/actions';
import { Designer } from '../canvas/Designer';
import { markFindings } from '../canvas/marks';
import { provideSvg } from '../canvas/svg';
import type { ExtensionType } from '../language';
import { extensionChange, read, readAll, write, type Wanted } from './extension';
import type { Element } from './moddle';
import { changeableKinds, kindOf, stepKinds } from './steps';
import { description, descriptionChange, eventName, eventNameChanges, eventOf, expressionChange, expressionIn, flowsOf, loopChange, loopOf, timerChange, timerOf, type Loop } from './values';

beforeAll(provideSvg);

const words = { append: { screen: 'Screen', decision: 'Decision', end: 'End' }, connect: 'Connect', remove: 'Remove' };
const template = (name: string) => readFileSync(`../bpm/template/${name}.bpmn`, 'utf8');
let open: Designer | undefined;

afterEach(() => open?.destroy());

async function draw(xml = template('user')): Promise<Designer> {
  const host = document.createElement('div');
  document.body.append(host);
  open = new Designer(host, words);
  expect(await open.open(xml)).toEqual([]);
  return open;
}

function step(designer: Designer, id: string): Element {
  const element = designer.element(id);
  if (element === undefined) throw new Error(`no element ${id}`);
  return element;
}

/** The document written and read again by a drawing of its own: what is found there is what others will find. */
async function reopened(designer: Designer): Promise<Designer> {
  const xml = await designer.xml();
  designer.destroy();
  return draw(xml);
}

/** The document without its drawing: where bpmn-js puts a label is no part of what is undone. */
async function model(designer: Designer): Promise<string> {
  return (await designer.xml()).replace(/<bpmndi:BPMNDiagram[^]*/, '');
}

/** Every extension element with all of its members, and the BPMN type that carries it. */
const everything: [type: ExtensionType, kind: string, value: object | object[]][] = [
  ['idm:Form', 'bpmn:UserTask', {
    fields: [
      { name: 'days', label: 'Days', readOnly: true, required: true, filter: 'active eq true', validation: { body: 'days > 0' }, visibility: { body: 'true' } },
      { name: 'reason' },
    ],
    triggers: [{ on: 'onLoad', body: 'days = 1' }, { on: 'onChange', field: 'days', body: 'if (a < b && c) reason = "<x>"' }],
  }],
  ['idm:Task', 'bpmn:UserTask', { title: 'Leave of #{requesterName}', due: 'P7D', uploads: true, remind: 'P1D', escalate: 'boss', escalation: 'join', expire: 'PT0S', expireFlow: 'f1' }],
  ['idm:Assignment', 'bpmn:UserTask', { expression: 'group:hr, #{application.owner}', body: 'return ["anna"]' }],
  ['idm:Approval', 'bpmn:UserTask', {
    mode: 'displayPending', quorum: '2', self: 'allow', roleFilter: 'name sw "A"', applicationFilter: 'name pr', approveFlow: 'f1', denyFlow: 'f2', remind: 'P1D',
    escalate: 'role:admin@soffid', escalation: 'replace', expire: 'P2D', expireFlow: 'f2', stages: [{ actors: 'group:one' }, { actors: 'group:two' }],
  }],
  ['idm:Match', 'bpmn:UserTask', { threshold: 3, queries: [{ type: 'scim', weight: 2, body: 'lastName eq "#{lastName}"' }, { type: 'text', weight: 1, body: '#{email}' }] }],
  ['idm:Mail', 'bpmn:SendTask', { actors: 'group:hr', address: 'a@example.org', subject: 'Waiting', shortcut: true, body: '#{requesterName} waits.\nTwice.' }],
  ['idm:Job', 'bpmn:ScriptTask', { quick: true, async: true }],
  ['idm:Apply', 'bpmn:ServiceTask', { userChanges: true, entitlements: true, account: true, delegation: true }],
  ['idm:Invoke', 'bpmn:ServiceTask', { system: 'Directory', method: 'GET', path: '/users', result: 'answer', arguments: [{ name: 'dn', body: '#{userName}' }] }],
  ['idm:Decision', 'bpmn:ExclusiveGateway', { body: 'return days > 3 ? "Long" : "Short"' }],
  ['idm:Correlation', 'bpmn:IntermediateThrowEvent', { key: 'order-#{order}' }],
  ['idm:OnFire', 'bpmn:IntermediateCatchEvent', { body: 'late = true' }],
  ['idm:Input', 'bpmn:CallActivity', [{ name: 'user', body: 'user' }, { name: 'days', body: '3' }]],
  ['idm:Output', 'bpmn:CallActivity', [{ name: 'result', body: 'answer' }]],
];

const ofProcess: [type: ExtensionType, value: object | object[]][] = [
  ['idm:Process', { type: 'request', folder: 'Users/Leavers' }],
  ['idm:Acl', { initiators: '*', managers: 'group:hr', observers: '-nobody-' }],
  ['idm:Attribute', [
    { name: 'days', label: 'Days', type: 'number', multiple: true, size: 3, default: '1', values: [{ code: 'a', label: 'A' }, { code: 'b' }] },
    { name: 'thing', type: 'object', objectType: 'contract' },
  ]],
];

function place(designer: Designer, type: string): Element {
  const shape = designer.service('elementFactory').createShape({ type });
  const process = designer.process();
  if (process === undefined) throw new Error('no process');
  return designer.service('modeling').createShape(shape, { x: 900, y: 500 }, process.element);
}

describe('extension elements', () => {
  test.each(everything)('%s of %s is written, read by another drawing, and taken back by undo', async (type, bpmn, value) => {
    const designer = await draw();
    const element = place(designer, bpmn);
    const before = await designer.xml();
    write(designer, element, { [type]: value } as Wanted);
    expect(readAll(element.businessObject, type)).toEqual(Array.isArray(value) ? value : [value]);
    designer.service('commandStack').undo();
    expect(await designer.xml()).toBe(before);
    designer.service('commandStack').redo();
    const again = await reopened(designer);
    expect(readAll(step(again, element.id).businessObject, type)).toEqual(Array.isArray(value) ? value : [value]);
  });

  test.each(ofProcess)('%s of the process is written and read by another drawing', async (type, value) => {
    const designer = await draw();
    const process = designer.process();
    if (process === undefined) throw new Error('no process');
    designer.change(process.element, [extensionChange(designer, process.node, { [type]: value } as Wanted)]);
    const again = await reopened(designer);
    expect(readAll(again.process()?.node as never, type)).toEqual(Array.isArray(value) ? value : [value]);
  });

  test('keep their places and leave those of others alone', async () => {
    const designer = await draw(template('user').replace('<idm:process', '<x:colour xmlns:x="urn:example:other" name="red"/><idm:process'));
    const process = designer.process();
    if (process === undefined) throw new Error('no process');
    designer.change(process.element, [extensionChange(designer, process.node, { 'idm:Process': { type: 'user', folder: 'Other' } })]);
    const xml = await designer.xml();
    expect(xml).toMatch(/name="red"[^]*folder="Other"[^]*<idm:acl/);
  });

  test('of which nothing is left vanish with their holder', async () => {
    const designer = await draw();
    const element = place(designer, 'bpmn:ScriptTask');
    write(designer, element, { 'idm:Job': { quick: true } });
    write(designer, element, { 'idm:Job': undefined });
    expect(element.businessObject.get('extensionElements')).toBeUndefined();
  });
});

describe('what BPMN itself says', () => {
  test('descriptions', async () => {
    const designer = await draw();
    const element = step(designer, 'approve');
    designer.change(element, [descriptionChange(designer, element.businessObject, 'Look twice.')]);
    const again = await reopened(designer);
    expect(description(step(again, 'approve').businessObject)).toBe('Look twice.');
    const emptied = step(again, 'approve');
    again.change(emptied, [descriptionChange(again, emptied.businessObject, '')]);
    expect(await again.xml()).not.toContain('Look twice.');
  });

  test.each([['duration', 'PT8H'], ['date', '2026-01-31T08:00:00Z'], ['cycle', 'R3/PT1H']] as const)('a timer by %s', async (way, time) => {
    const designer = await draw();
    addStep(designer, 'timer', 'Wait');
    const element = designer.selected() as Element;
    const event = eventOf(element.businessObject);
    if (event === undefined) throw new Error('no event');
    designer.change(element, [timerChange(designer, event, { way: 'duration', time: 'P1D' })]);
    designer.change(element, [timerChange(designer, event, { way, time })]);
    const again = await reopened(designer);
    expect(timerOf(eventOf(step(again, element.id).businessObject) as never)).toEqual({ way, time });
    expect((await again.xml()).match(/<bpmn:time(Duration|Date|Cycle)/g)).toHaveLength(1);
  });

  test.each(['Message', 'Signal', 'Escalation', 'Error'])('a %s is declared once and known by its name', async (what) => {
    const designer = await draw();
    const [one, other] = [0, 1].map(() => {
      const shape = designer.service('elementFactory').createShape({ type: 'bpmn:BoundaryEvent', eventDefinitionType: `bpmn:${what}EventDefinition` });
      return designer.service('modeling').createShape(shape, { x: 0, y: 0 }, step(designer, 'approve'), { attach: true });
    });
    for (const element of [one, other]) {
      const event = eventOf(element?.businessObject as never);
      designer.change(element as Element, eventNameChanges(designer, event as never, 'withdrawn'));
    }
    const again = await reopened(designer);
    expect(eventName(eventOf(step(again, (one as Element).id).businessObject) as never)).toBe('withdrawn');
    expect((await again.xml()).match(new RegExp(`<bpmn:${what.toLowerCase()} `, 'g'))).toHaveLength(1);
  });

  test.each<[string, Loop]>([
    ['a loop', { kind: 'while', condition: '#{days > 1}', maximum: 5, before: true }],
    ['one after the other', { kind: 'sequential', condition: '#{enough}', count: '', collection: 'grants', element: 'grant' }],
    ['all at once', { kind: 'parallel', condition: '', count: '#{3}', collection: '', element: '' }],
    ['once', { kind: 'once' }],
  ])('%s', async (_, loop) => {
    const designer = await draw();
    const element = step(designer, 'apply');
    designer.change(element, [loopChange(designer, element.businessObject, { kind: 'parallel', collection: 'old' })]);
    designer.change(element, [loopChange(designer, element.businessObject, loop)]);
    const again = await reopened(designer);
    expect(loopOf(step(again, 'apply').businessObject)).toEqual(loop);
  });

  test('a transition: its name, condition and action, and undoing them', async () => {
    const designer = await draw();
    const flow = flowsOf(step(designer, 'approve'), 'outgoing')[0] as Element;
    const before = await model(designer);
    designer.change(flow, [expressionChange(designer, flow.businessObject, 'conditionExpression', '#{days > 3}'), { node: flow.businessObject, members: { name: 'Long' } }, extensionChange(designer, flow.businessObject, { 'idm:OnTake': { body: 'x = 1' } })]);
    expect(expressionIn(flow.businessObject, 'conditionExpression')).toBe('#{days > 3}');
    // Three changes are one step of the history.
    designer.service('commandStack').undo();
    expect(await model(designer)).toBe(before);
    designer.service('commandStack').redo();
    const again = await reopened(designer);
    const found = step(again, flow.id).businessObject;
    expect([found.get('name'), expressionIn(found, 'conditionExpression'), read(found, 'idm:OnTake')]).toEqual(['Long', '#{days > 3}', { body: 'x = 1' }]);
  });
});

describe('drawing', () => {
  test.each(stepKinds)('a step of the kind %s is added, recognised and written', async (kind) => {
    const designer = await draw();
    designer.select('request');
    addStep(designer, kind, 'New one');
    const added = designer.selected() as Element;
    expect(kindOf(added.businessObject)).toBe(kind === 'join' ? 'fork' : kind);
    expect(flowsOf(added, 'incoming')).toHaveLength(kind === 'start' ? 0 : 1);
    const again = await reopened(designer);
    expect(kindOf(step(again, added.id).businessObject)).toBe(kind === 'join' ? 'fork' : kind);
  });

  test('what is applied follows the type of the process', async () => {
    const designer = await draw(template('delegation'));
    addStep(designer, 'apply', 'Apply');
    expect(read((designer.selected() as Element).businessObject, 'idm:Apply')).toEqual({ delegation: true });
  });

  test('a step with two ways in is a join', async () => {
    const designer = await draw();
    designer.select('request');
    addStep(designer, 'join', 'Join');
    const join = designer.selected() as Element;
    connectSteps(designer, step(designer, 'apply'), join);
    expect(kindOf(join.businessObject)).toBe('join');
  });

  test.each(changeableKinds)('a grant approval turns into %s and keeps id, name and ways', async (kind) => {
    const designer = await draw(template('request'));
    const element = step(designer, 'approve');
    const chosen = alternativesOf(element, changeableKinds).find(({ key }) => key === kind);
    if (chosen === undefined) throw new Error('not offered');
    turnInto(designer, element, chosen);
    const next = step(designer, 'approve');
    expect([kindOf(next.businessObject), next.businessObject.get('name'), flowsOf(next, 'outgoing').length]).toEqual([kind, 'Approve', 1]);
    const people = ['screen', 'approval', 'match'].includes(kind);
    // What its new kind may not have would be a finding: it is gone.
    expect(read(next.businessObject, 'idm:Form') !== undefined).toBe(people);
    expect(read(next.businessObject, 'idm:Approval') !== undefined).toBe(kind === 'approval');
  });

  test('a reminder goes on, an escalation abandons its step', async () => {
    const designer = await draw();
    attachTimer(designer, step(designer, 'approve'), false);
    const reminder = designer.selected() as Element;
    attachTimer(designer, step(designer, 'approve'), true);
    const escalation = designer.selected() as Element;
    const again = await reopened(designer);
    expect(step(again, reminder.id).businessObject.get('cancelActivity')).toBe(false);
    expect(step(again, escalation.id).businessObject.get('cancelActivity')).toBe(true);
    expect(step(again, reminder.id).host?.id).toBe('approve');
  });

  test('steps are connected, led elsewhere and removed, where BPMN allows it', async () => {
    const designer = await draw();
    const [request, apply, start] = ['request', 'apply', 'start'].map((id) => step(designer, id)) as [Element, Element, Element];
    expect(targetsOf(designer, request)).toContain(apply);
    const flow = connectSteps(designer, request, apply) as Element;
    expect(targetsOf(designer, request)).not.toContain(apply);
    expect(reconnect(designer, flow, 'target', step(designer, 'rejected'))).toBe(true);
    expect(endOf(flow, 'target').id).toBe('rejected');
    expect(reconnect(designer, flow, 'target', start)).toBe(false);
    expect(connectSteps(designer, step(designer, 'rejected'), apply)).toBeUndefined();
    removeElements(designer, [apply]);
    expect(designer.element('apply')).toBeUndefined();
  });

  test('a copy has everything of the step but its id', async () => {
    const designer = await draw(template('request'));
    designer.select('approve');
    copySelection(designer);
    pasteCopied(designer);
    const copies = designer.steps().filter(({ id, businessObject }) => id !== 'approve' && read(businessObject, 'idm:Approval')?.mode === 'displayPending');
    expect(copies.map(({ businessObject }) => read(businessObject, 'idm:Form'))).toEqual([read(step(designer, 'approve').businessObject, 'idm:Form')]);
  });
});

describe('what is unsaved', () => {
  const rename = (designer: Designer, name: string) => designer.change(step(designer, 'approve'), [{ node: step(designer, 'approve').businessObject, members: { name } }]);

  test('is nothing at first, after saving, and after undoing what was done since', async () => {
    const designer = await draw();
    expect(designer.changed).toBe(false);
    rename(designer, 'One');
    expect(designer.changed).toBe(true);
    designer.saved(designer.state);
    expect(designer.changed).toBe(false);
    rename(designer, 'Two');
    designer.service('commandStack').undo();
    expect(designer.changed).toBe(false);
  });

  test('is something when another change takes the place of one that was saved', async () => {
    const designer = await draw();
    rename(designer, 'One');
    designer.saved(designer.state);
    designer.service('commandStack').undo();
    rename(designer, 'Other');
    expect(designer.changed).toBe(true);
  });
});

test('findings are marked at their elements with a sign, and again when they change', async () => {
  const designer = await draw();
  const finding = { element: 'approve', severity: 'error', code: 'x', message: 'Nobody is asked.' } as const;
  markFindings(designer, [{ ...finding, severity: 'hint', message: 'Later.' }, finding, { ...finding, element: 'nowhere' }, { ...finding, element: '' }], 'sign');
  const signs = document.querySelectorAll<HTMLElement>('.sign');
  expect([...signs].map(({ textContent, title, dataset }) => [textContent, title, dataset.severity])).toEqual([['✕ 2', 'Nobody is asked.\nLater.', 'error']]);
  markFindings(designer, [], 'sign');
  expect(document.querySelectorAll('.sign')).toHaveLength(0);
});
