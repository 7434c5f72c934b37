import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { draw, serve } from '@/testing/stage';
import type { Finding } from './canvas/marks';
import { ConflictDialog } from './ConflictDialog';
import { FindingCounts, FindingList } from './FindingList';

const finding = (severity: Finding['severity'], element: string, more: Partial<Finding> = {}): Finding => ({ severity, element, code: 'bad-value', message: `About ${element || 'all'}`, ...more });

test('a finding leads to its step, one about the document leads nowhere', async () => {
  serve({});
  const select = vi.fn<(element: string) => void>();
  draw(<FindingList findings={[finding('error', 'decide', { line: 12 }), finding('hint', ''), finding('warning', 'gone')]} title={(element) => (element === 'decide' ? 'Decide about it' : undefined)} onSelect={select} />);
  const items = within(await screen.findByRole('list', { name: 'Findings' })).getAllByRole('listitem');
  expect(items.map(({ textContent }) => textContent)).toEqual(['About decideDecide about it · line 12 · bad-value', 'About allbad-value', 'About gonegone · bad-value']);
  expect(items.map((item) => within(item).queryAllByRole('button').length)).toEqual([1, 0, 1]);
  await userEvent.click(within(items[0] as HTMLElement).getByRole('button'));
  expect(select.mock.calls).toEqual([['decide']]);
});

test.each([
  [[], ['Nothing to remark']],
  [[finding('error', 'a'), finding('hint', 'b'), finding('error', 'c')], ['2 errors', '1 hint']],
])('findings are counted by what they mean', async (findings, said) => {
  serve({});
  draw(<FindingCounts findings={findings} />);
  for (const text of said) expect(await screen.findByText(text)).toBeDefined();
  expect(screen.queryByText(/warning/)).toBeNull();
});

test.each([['Open theirs, drop mine', 'theirs'], ['Save mine over theirs', 'mine'], ['Decide later', undefined]])('of two drawings, "%s" keeps one as a whole', async (button, side) => {
  serve({});
  const settle = vi.fn<(side: 'mine' | 'theirs') => void>();
  const close = vi.fn<() => void>();
  draw(<ConflictDialog theirs={{ updatedBy: 'bella', updatedAt: '2031-05-04T12:00:00Z' } as never} onSettle={settle} onClose={close} />);
  expect((await screen.findByRole('dialog')).textContent).toContain('bella saved it after you opened it');
  await userEvent.click(screen.getByRole('button', { name: button }));
  expect(settle.mock.calls).toEqual(side === undefined ? [] : [[side]]);
  expect(close.mock.calls).toHaveLength(side === undefined ? 1 : 0);
});
