import { act, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Grants } from '@/access/Grants';
import { draw, serve } from '@/testing/stage';
import { isAbout, readEvent, topicsOf, useLiveEvents } from './events';

/** The line to the server, which the test speaks on. */
class Line extends EventTarget {
  static open: Line[] = [];
  closed = false;
  constructor() {
    super();
    Line.open.push(this);
  }
  close() {
    this.closed = true;
  }
  say(event: object | string) {
    this.dispatchEvent(new MessageEvent('message', { data: typeof event === 'string' ? event : JSON.stringify(event) }));
  }
}

beforeEach(() => {
  Line.open = [];
  vi.stubGlobal('EventSource', Line);
});
afterEach(() => { vi.unstubAllGlobals(); });

const pending = { id: '5', role: 'payroll-auditor', roleId: '6', system: 'Directory', account: 'anna', state: 'pendingApproval', processId: '11', processNumber: 12, process: 'Approval' };

function Page() {
  const open = useLiveEvents(true);
  return (
    <>
      {open ? null : <p>stale</p>}
      <Grants source={{ resource: 'users', id: '1', part: 'grants' }} holder={{ userId: '1' }} empty={{ title: 'No roles' }} />
    </>
  );
}

test('a grant that waits for a process becomes a real one on the page of its user when the process is applied', async () => {
  let grants: object[] = [pending];
  const { asked } = serve({ 'GET /users/1/grants': () => grants }, ['grant:query']);
  draw(<Page />);
  const table = await screen.findByRole('table', { name: 'Granted roles' });
  expect(await within(table).findByRole('link', { name: /12/ })).toBeDefined();
  grants = [{ ...pending, state: 'active', processId: null, processNumber: null }];
  act(() => Line.open[0]?.say({ topic: 'processes', id: '11' }));
  expect(await within(table).findByText('Active')).toBeDefined();
  expect(within(table).queryByRole('link', { name: /12/ })).toBeNull();
  const before = asked.length;
  act(() => {
    Line.open[0]?.say({ topic: 'runs', id: '9' });
    Line.open[0]?.say(': heartbeat');
  });
  expect(asked).toHaveLength(before);
});

test('after an interruption everything on screen is read again, because events were missed', async () => {
  let grants: object[] = [];
  serve({ 'GET /users/1/grants': () => grants });
  draw(<Page />);
  expect(await screen.findByText('No roles')).toBeDefined();
  act(() => { Line.open[0]?.dispatchEvent(new Event('error')); });
  expect(await screen.findByText('stale')).toBeDefined();
  grants = [pending];
  act(() => { Line.open[0]?.dispatchEvent(new Event('open')); });
  expect(await screen.findByText('payroll-auditor')).toBeDefined();
  expect(screen.queryByText('stale')).toBeNull();
});

test.each([
  ['processes', ['users', 'object', '1', 'grants', {}], true],
  ['processes', ['users', 'object', '1', 'effective-roles', {}], true],
  ['processes', ['role-contents', 'list', {}], true],
  ['grants', ['accounts', 'object', '1', 'grants', {}], true],
  ['grants', ['grants', 'list', {}], true],
  ['grants', ['users', 'object', '1'], false],
  ['grants', ['processes', 'list', {}], false],
  ['grants', ['users', 'list', 'x', 'grants'], false],
  ['users', ['users', 'object', '1', 'history', {}], true],
])('%s concerns %j: %s', (topic, queryKey, is) => {
  expect(isAbout(queryKey, topicsOf(topic))).toBe(is);
});

test.each(['', '7', 'null', '{"id":"1"}', '{'])('%j is no event', (data) => {
  expect(readEvent(data)).toBeUndefined();
});
