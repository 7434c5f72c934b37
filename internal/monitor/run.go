package monitor

import (
	"context"
	"time"

	"github.com/google/uuid"

	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/mapping"
	"provost/internal/query"
	"provost/internal/run"
)

// Run is one execution of a load, reconciliation, preview or mass provisioning, as lists show it.
type Run struct {
	ID         uuid.UUID        `json:"id" db:"id,auto"`
	Number     int64            `json:"number" db:"number,auto"`
	Kind       string           `json:"kind" db:"kind" enum:"load,reconcile,impact,impact-in,provision,policies,import"`
	SystemID   *uuid.UUID       `json:"systemId" db:"system_id"`
	System     string           `json:"system" db:"system,read" sql:"coalesce(s.name, '')"`
	Status     string           `json:"status" db:"status" enum:"queued,running,blocked,completed,failed,cancelled"`
	Phase      string           `json:"phase" db:"phase" doc:"export, compare, guard, apply or report; empty before it began"`
	Options    run.Options      `json:"options" db:"options" filter:"-"`
	Counters   map[string]int64 `json:"counters" db:"counters" filter:"-" doc:"What was counted so far, by name"`
	Guard      *run.Verdict     `json:"guard,omitempty" db:"guard" filter:"-" doc:"What the guard said about the change list; absent before"`
	Message    string           `json:"message" db:"message"`
	Author     string           `json:"author" db:"author"`
	CreatedAt  time.Time        `json:"createdAt" db:"created_at,auto"`
	StartedAt  *time.Time       `json:"startedAt" db:"started_at"`
	EndedAt    *time.Time       `json:"endedAt" db:"ended_at"`
	ReviewedBy string           `json:"reviewedBy" db:"reviewed_by"`
}

// RunDetail is a run with its change list counted.
type RunDetail struct {
	Run
	Changes []RunChangeCount `json:"changes"`
}

// RunChangeCount counts the changes of a kind.
type RunChangeCount struct {
	ObjectType string `json:"objectType"`
	Action     string `json:"action"`
	Status     string `json:"status"`
	Changes    int64  `json:"changes"`
}

// RunChange is one entry of the change list of a run.
type RunChange struct {
	RunID      uuid.UUID        `json:"runId" db:"run_id,auto"`
	Seq        int64            `json:"seq" db:"seq,auto"`
	ObjectType string           `json:"objectType" db:"object_type"`
	ObjectKey  string           `json:"objectKey" db:"object_key"`
	ObjectID   *uuid.UUID       `json:"objectId" db:"object_id"`
	Action     string           `json:"action" db:"action" enum:"create,update,disable,enable,delete,link,grant,revoke,drift,conflict,reject"`
	Changes    []mapping.Change `json:"changes" db:"changes" filter:"-" doc:"Attributes before and after"`
	Status     string           `json:"status" db:"status" enum:"proposed,applied,skipped,failed"`
	Message    string           `json:"message" db:"message"`
}

// RunLogLine is one line of the log of a run.
type RunLogLine struct {
	ID      int64     `json:"id" doc:"Send the last one back as after, to get what came later"`
	At      time.Time `json:"at"`
	Level   string    `json:"level"`
	Message string    `json:"message"`
}

// logPage is how many log lines one call gives.
const logPage = 500

// ListRuns gives one page of runs, newest first.
func (s *Service) ListRuns(ctx context.Context, l query.List) (query.Page[Run], error) {
	if _, err := authz.Check(ctx, authz.RunQuery); err != nil {
		return query.Page[Run]{}, err
	}
	return s.Store.ListRuns(ctx, l.Bounded())
}

// EachRun streams every run that matches.
func (s *Service) EachRun(ctx context.Context, l query.List, yield func(Run) error) error {
	if _, err := authz.Check(ctx, authz.RunQuery); err != nil {
		return err
	}
	return s.Store.EachRun(ctx, l, yield)
}

// GetRun gives a run with its change list counted, or fault.NotFound.
func (s *Service) GetRun(ctx context.Context, id uuid.UUID) (RunDetail, error) {
	if _, err := authz.Check(ctx, authz.RunQuery); err != nil {
		return RunDetail{}, err
	}
	found, err := s.Store.GetRun(ctx, id)
	if err != nil {
		return RunDetail{}, err
	}
	counts, err := s.Store.CountRunChanges(ctx, id)
	return RunDetail{Run: found, Changes: counts}, err
}

// ListRunChanges gives one page of the change list of a run, in its order.
func (s *Service) ListRunChanges(ctx context.Context, id uuid.UUID, l query.List) (query.Page[RunChange], error) {
	if err := s.seeRun(ctx, id); err != nil {
		return query.Page[RunChange]{}, err
	}
	return s.Store.ListRunChanges(ctx, id, l.Bounded())
}

// EachRunChange streams every change of a run that matches.
func (s *Service) EachRunChange(ctx context.Context, id uuid.UUID, l query.List, yield func(RunChange) error) error {
	if err := s.seeRun(ctx, id); err != nil {
		return err
	}
	return s.Store.EachRunChange(ctx, id, l, yield)
}

// RunLog gives the log lines of a run that follow a line, oldest first, at most 500.
func (s *Service) RunLog(ctx context.Context, id uuid.UUID, after int64) ([]RunLogLine, error) {
	if err := s.seeRun(ctx, id); err != nil {
		return nil, err
	}
	return s.Store.RunLog(ctx, id, after, logPage)
}

func (s *Service) seeRun(ctx context.Context, id uuid.UUID) error {
	if _, err := authz.Check(ctx, authz.RunQuery); err != nil {
		return err
	}
	_, err := s.Store.GetRun(ctx, id)
	return err
}

// StartRun queues a run of a system (guide page 045, "Massive actions").
func (s *Service) StartRun(ctx context.Context, system uuid.UUID, kind string, options run.Options) (Run, error) {
	var started run.Run
	err := s.Store.Do(ctx, func(ctx context.Context) error {
		var err error
		if started, err = s.Runs.Start(ctx, system, kind, options); err != nil {
			return err
		}
		return s.recordRun(ctx, audit.Run, started, map[string]any{"number": started.Number, "kind": kind, "options": options})
	})
	if err != nil {
		return Run{}, err
	}
	return s.Store.GetRun(ctx, started.ID)
}

// ResumeRun lets a blocked run go on; CancelRun ends one that has not finished.
func (s *Service) ResumeRun(ctx context.Context, id uuid.UUID) (Run, error) {
	return s.decide(ctx, id, "resume", s.Runs.Resume)
}

// CancelRun ends a run that has not finished.
func (s *Service) CancelRun(ctx context.Context, id uuid.UUID) (Run, error) {
	return s.decide(ctx, id, ActionCancel, s.Runs.Cancel)
}

func (s *Service) decide(ctx context.Context, id uuid.UUID, action string, do func(context.Context, uuid.UUID) error) (Run, error) {
	err := s.Store.Do(ctx, func(ctx context.Context) error {
		if err := do(ctx, id); err != nil {
			return err
		}
		decided, err := s.Runs.Store.Get(ctx, id)
		if err != nil {
			return err
		}
		return s.recordRun(ctx, action, decided, map[string]any{"number": decided.Number, "kind": decided.Kind, "guard": decided.Verdict})
	})
	if err != nil {
		return Run{}, err
	}
	return s.Store.GetRun(ctx, id)
}

func (s *Service) recordRun(ctx context.Context, action string, r run.Run, after map[string]any) error {
	return s.Store.Record(ctx, audit.Entry{
		Action: action, ObjectType: "run", ObjectID: &r.ID, ObjectName: r.Kind + " " + r.System, After: document(after),
	})
}
