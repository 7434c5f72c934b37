import { describe, expect, test } from 'vitest';
import { allLines, commonDecisions, saidLines, undecided, unsaid } from './decisions';
import type { ApprovalLine } from './model';

const line = (id: string, decision: ApprovalLine['decision'] = ''): ApprovalLine => ({ id, decision, key: id, title: id, content: {}, comment: '', decidedBy: '', subjectId: null });
const screen = (...names: string[]) => ({ deciding: false, decisions: names.map((name) => ({ flow: `flow_${name}`, name })) });
const approval = { deciding: true, decisions: [] };

describe('decisions of several tasks', () => {
  test('are those that all of them have, in the words of the first', () => {
    expect(commonDecisions([screen('Approve', 'Reject', 'Ask back'), screen('reject', 'APPROVE')])).toEqual([
      { outcome: 'Approve', name: 'Approve' }, { outcome: 'Reject', name: 'Reject' },
    ]);
  });

  test('are approve and deny for approvals, whatever their flows are called', () => {
    expect(commonDecisions([approval, approval]).map(({ outcome }) => outcome)).toEqual(['approve', 'deny']);
    expect(commonDecisions([approval, screen('Approve', 'Reject')]).map(({ outcome }) => outcome)).toEqual(['approve']);
  });

  test('without a name go by the id of their flow', () => {
    expect(commonDecisions([{ deciding: false, decisions: [{ flow: 'f1', name: '' }] }])).toEqual([{ outcome: 'f1', name: 'f1' }]);
  });

  test('can be none', () => {
    expect(commonDecisions([screen('Submit'), screen('Approve')])).toEqual([]);
    expect(commonDecisions([])).toEqual([]);
  });
});

describe('lines of an approval', () => {
  const lines = [line('a'), line('b'), line('c', 'approved')];

  test('that are decided are not decided again', () => {
    expect(undecided(lines).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(allLines(lines, {}, false)).toEqual({ a: { approve: false, comment: '' }, b: { approve: false, comment: '' } });
  });

  test('are left as long as nothing is said; a comment alone says nothing', () => {
    const verdicts = { a: { comment: 'hm' }, b: { approve: false, comment: '' } };
    expect(unsaid(lines, verdicts).map(({ id }) => id)).toEqual(['a']);
    expect(saidLines(lines, verdicts)).toEqual([{ id: 'b', approve: false }]);
  });

  test('keep their comments when all are decided at once', () => {
    expect(saidLines(lines, allLines(lines, { a: { comment: '  as agreed ' } }, true))).toEqual([{ id: 'a', approve: true, comment: 'as agreed' }, { id: 'b', approve: true }]);
  });
});
