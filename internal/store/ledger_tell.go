package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/process"
	"provost/internal/store/db"
)

// tell lets other processes know what concerns them: the one that called this one that it ended, those that it called and waits for no
// more that they are cancelled, and those that wait for a message or signal of it.
func (l *Ledger) tell(ctx context.Context, u *unit, e *process.Entry) error {
	if err := l.tellCaller(ctx, u, e); err != nil {
		return err
	}
	if err := l.tellCalled(ctx, u, e); err != nil {
		return err
	}
	for _, s := range e.Sent {
		if err := u.tellWaiting(ctx, e.Process, s); err != nil {
			return err
		}
	}
	return nil
}

// tellCaller tells the process that called this one what it came to.
func (l *Ledger) tellCaller(ctx context.Context, u *unit, e *process.Entry) error {
	if e.Finish == nil {
		return nil
	}
	row, err := u.q.ProcessBrief(ctx, e.Process)
	if err != nil {
		return fmt.Errorf("read process: %w", err)
	}
	if row.ParentID == nil || row.ParentWork == nil {
		return nil
	}
	ended := process.Ended{Work: *row.ParentWork, Values: e.Values, Fault: e.Finish.Fault}
	if e.Finish.Status == bpm.Withdrawn {
		ended.Fault = &bpm.Fault{Code: "cancelled", Message: fmt.Sprintf("Process %d, which was called, was cancelled.", row.Number)}
	}
	return l.control(ctx, u, *row.ParentID, process.ActionEnded, ended)
}

// tellCalled cancels the processes that were called for works which are taken back.
func (l *Ledger) tellCalled(ctx context.Context, u *unit, e *process.Entry) error {
	if len(e.Closed) == 0 {
		return nil
	}
	works := make([]int64, len(e.Closed))
	reasons := map[int64]string{}
	for i, c := range e.Closed {
		works[i], reasons[c.Work] = c.Work, c.Reason
	}
	called, err := u.q.CalledProcesses(ctx, db.CalledProcessesParams{ParentID: &e.Process, Works: works})
	if err != nil {
		return fmt.Errorf("read called processes: %w", err)
	}
	for _, c := range called {
		if err := l.control(ctx, u, c.ID, process.ActionCancel, process.Cancel{Reason: reasons[*c.ParentWork]}); err != nil {
			return err
		}
	}
	return nil
}

// control posts what is asked of a process.
func (l *Ledger) control(ctx context.Context, u *unit, to uuid.UUID, action process.Action, payload any) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("encode %s: %w", action, err)
	}
	return l.postProcess(ctx, u, KindProcessControl, to, ProcessControl{Process: to, Action: string(action), Payload: text})
}
