import { expect, test } from 'vitest';
import { fileSize } from './Attachments';
import { isLive, isOver, processTitle, viewOf } from './model';
import { valueText } from './ProcessValues';

test.each([['mine', 'mine'], ['done', 'done'], ['', 'inbox'], [undefined, 'inbox'], ['all', 'inbox'], [3, 'inbox']])('the address %j shows the list %s', (text, view) => expect(viewOf(text)).toBe(view));

test('a task is live while somebody can do it', () => {
  expect((['open', 'claimed', 'waiting', 'completed', 'cancelled', 'expired'] as const).filter((status) => isLive({ status }))).toEqual(['open', 'claimed']);
});

test('a process is over when it has ended', () => expect([isOver({ endedAt: null }), isOver({ endedAt: '2026-01-01T00:00:00Z' })]).toEqual([false, true]));

test('a process is called by name and number', () => expect(processTitle({ name: 'Leave', number: 12 })).toBe('Leave #12'));

test.each([[999, '999 byte'], [1500, '1.5 kB'], [42_000, '42 kB'], [1_234_567, '1.2 MB']])('%d bytes read %s', (bytes, text) => expect(fileSize(bytes, 'en-GB')).toBe(text));

test.each([['a', 'a'], [3, '3'], [['a', 'b'], 'a, b'], [{ a: 1 }, '{"a":1}'], [[{ a: 1 }, false], '{"a":1}, false']])('the value %j reads %s', (value, text) => expect(valueText(value)).toBe(text));
