package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/mapping"
	"provost/internal/query"
	"provost/internal/store/db"
	"provost/internal/synctask"
)

// everything is the scope of the platform itself.
var everything = authz.Scope{All: true}

// SyncTasks keeps synchronisation tasks: it implements synctask.Store.
type SyncTasks struct {
	*Tenant
	systems systemCache
}

// SyncTasks gives the store of synchronisation tasks.
func (t *Tenant) SyncTasks() *SyncTasks { return &SyncTasks{Tenant: t} }

// systemCache keeps the systems with their mappings until one of them changes: a plan then costs one short query, however many there are.
type systemCache struct {
	mu          sync.Mutex
	fingerprint string
	systems     []account.System
}

// OpenTasks implements synctask.Store.
func (s *SyncTasks) OpenTasks(ctx context.Context, kind change.Kind, objects []uuid.UUID) ([]synctask.Task, error) {
	var out []synctask.Task
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.OpenTasks(ctx, db.OpenTasksParams{ObjectType: string(kind), Objects: objects})
		if err != nil {
			return fmt.Errorf("read open tasks: %w", err)
		}
		for _, r := range rows {
			out = append(out, synctask.Task{
				ID: r.ID, Type: change.Kind(r.ObjectType), Object: r.ObjectID, Name: r.ObjectName, Generation: r.Generation, Priority: int(r.Priority),
			})
		}
		return nil
	})
	return out, err
}

// BulkTasks implements synctask.Store.
func (s *SyncTasks) BulkTasks(ctx context.Context, source uuid.UUID, after synctask.Cursor, limit int) ([]synctask.Task, error) {
	var out []synctask.Task
	p := db.BulkTasksParams{SourceID: source, AfterType: string(after.Type), AfterID: after.ID, HowMany: int32(limit)} //nolint:gosec // a page size
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.BulkTasks(ctx, p)
		if err != nil {
			return fmt.Errorf("read bulk tasks: %w", err)
		}
		for _, r := range rows {
			out = append(out, synctask.Task{
				ID: r.ID, Type: change.Kind(r.ObjectType), Object: r.ObjectID, Name: r.ObjectName, Generation: r.Generation, Priority: int(r.Priority),
			})
		}
		return nil
	})
	return out, err
}

// TargetSystems implements synctask.Store.
func (s *SyncTasks) TargetSystems(ctx context.Context) ([]account.System, map[uuid.UUID]bool, error) {
	var systems []account.System
	disconnected := map[uuid.UUID]bool{}
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		var err error
		if systems, err = s.current(ctx, u); err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(systems))
		for i := range systems {
			ids[i] = systems[i].ID
		}
		states, err := u.q.AgentStatus(ctx, ids)
		if err != nil {
			return fmt.Errorf("read agent status: %w", err)
		}
		for _, state := range states {
			disconnected[state.SystemID] = state.Connected != nil && !*state.Connected
		}
		return nil
	})
	return systems, disconnected, err
}

func (s *SyncTasks) current(ctx context.Context, u *unit) ([]account.System, error) {
	var fingerprint string
	const sql = "select count(*) || '/' || coalesce(sum(version), 0) || '/' || coalesce(max(updated_at)::text, '') from systems"
	if err := u.tx.QueryRow(ctx, sql).Scan(&fingerprint); err != nil {
		return nil, fmt.Errorf("read systems: %w", err)
	}
	s.systems.mu.Lock()
	defer s.systems.mu.Unlock()
	if s.systems.fingerprint == fingerprint {
		return s.systems.systems, nil
	}
	var systems []account.System
	err := s.Systems().Each(ctx, everything, query.List{}, func(system account.System) error {
		if system.Serviced() && len(system.Mappings) > 0 {
			systems = append(systems, system)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.systems.systems, s.systems.fingerprint = systems, fingerprint
	return systems, nil
}

// States implements synctask.Store.
func (s *SyncTasks) States(ctx context.Context, objectType string, objects []uuid.UUID) ([]synctask.State, error) {
	var out []synctask.State
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.TargetStates(ctx, db.TargetStatesParams{ObjectType: objectType, Objects: objects})
		if err != nil {
			return fmt.Errorf("read target states: %w", err)
		}
		for _, r := range rows {
			out = append(out, synctask.State{
				System: r.SystemID, Object: r.ObjectID, Class: r.Class, Absent: r.Desired == nil,
				DesiredVersion: r.DesiredVersion, AppliedVersion: r.AppliedVersion,
			})
		}
		return nil
	})
	return out, err
}

// Want implements synctask.Store.
func (s *SyncTasks) Want(ctx context.Context, objectType string, wants []synctask.Want) error {
	if len(wants) == 0 {
		return nil
	}
	p := db.WantTargetStatesParams{ObjectType: objectType}
	for _, w := range wants {
		desired, hash := json.RawMessage("null"), "absent"
		if w.Desired != nil {
			text, err := json.Marshal(w.Desired)
			if err != nil {
				return fmt.Errorf("encode wanted state: %w", err)
			}
			desired, hash = text, mapping.Hash(w.Desired)
		}
		source, err := json.Marshal(w.Source)
		if err != nil {
			return fmt.Errorf("encode source object: %w", err)
		}
		p.Sources = append(p.Sources, source)
		p.Systems = append(p.Systems, w.System)
		p.Objects = append(p.Objects, w.Object)
		p.Classes = append(p.Classes, w.Class)
		p.Desired = append(p.Desired, desired)
		p.Hashes = append(p.Hashes, hash)
	}
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		if err := u.q.WantTargetStates(ctx, p); err != nil {
			return fmt.Errorf("write wanted states: %w", err)
		}
		return nil
	})
}

// SetParts implements synctask.Store.
func (s *SyncTasks) SetParts(ctx context.Context, tasks []synctask.Task, parts []synctask.Part) error {
	var p db.SetPartsParams
	for _, t := range tasks {
		p.AllTasks = append(p.AllTasks, t.ID)
	}
	for _, part := range parts {
		p.Tasks = append(p.Tasks, part.Task)
		p.Systems = append(p.Systems, part.System)
		p.Statuses = append(p.Statuses, part.Status)
		p.Messages = append(p.Messages, part.Message)
	}
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		if err := u.q.LockTasks(ctx, p.AllTasks); err != nil {
			return fmt.Errorf("lock tasks: %w", err)
		}
		if err := u.q.SetParts(ctx, p); err != nil {
			return fmt.Errorf("write task parts: %w", err)
		}
		return s.close(ctx, u, tasks)
	})
}

func (s *SyncTasks) close(ctx context.Context, u *unit, tasks []synctask.Task) error {
	var p db.CloseTasksParams
	for _, t := range tasks {
		p.Tasks = append(p.Tasks, t.ID)
		p.Generations = append(p.Generations, t.Generation)
	}
	if _, err := u.q.CloseTasks(ctx, p); err != nil {
		return fmt.Errorf("close tasks: %w", err)
	}
	return nil
}

// Record implements synctask.Store.
func (s *SyncTasks) Record(ctx context.Context, system uuid.UUID, tasks []synctask.Task, results []synctask.Result) (synctask.Progress, error) {
	var progress synctask.Progress
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		if err := s.recordApplied(ctx, u, system, results); err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(tasks))
		for i := range tasks {
			ids[i] = tasks[i].ID
		}
		if err := u.q.LockTasks(ctx, ids); err != nil {
			return fmt.Errorf("lock tasks: %w", err)
		}
		if err := u.recordUnknown(ctx, system, results); err != nil {
			return err
		}
		if err := s.recordParts(ctx, u, system, results); err != nil {
			return err
		}
		if err := s.close(ctx, u, tasks); err != nil {
			return err
		}
		var err error
		progress, err = s.progress(ctx, u, tasks)
		return err
	})
	return progress, err
}

// recordApplied notes versions, keys and external ids of what reached the system.
func (s *SyncTasks) recordApplied(ctx context.Context, u *unit, system uuid.UUID, results []synctask.Result) error {
	p := db.RecordAppliedParams{SystemID: system}
	var external db.NoteExternalIDsParams
	for _, r := range results {
		if r.Outcome == synctask.Errored || r.Outcome == synctask.Vetoed {
			continue
		}
		p.Objects = append(p.Objects, r.Object)
		p.Types = append(p.Types, r.Type)
		p.Classes = append(p.Classes, r.Class)
		p.Versions = append(p.Versions, r.Version)
		p.Keys = append(p.Keys, r.Key)
		p.ExternalIds = append(p.ExternalIds, r.ExternalID)
		if r.Type == "account" && r.ExternalID != "" {
			external.Objects = append(external.Objects, r.Object)
			external.ExternalIds = append(external.ExternalIds, r.ExternalID)
		}
	}
	if len(p.Objects) == 0 {
		return nil
	}
	if _, err := u.q.RecordApplied(ctx, p); err != nil {
		return fmt.Errorf("record applied states: %w", err)
	}
	if err := u.q.ForgetTargets(ctx, db.ForgetTargetsParams{SystemID: system, Objects: p.Objects}); err != nil {
		return fmt.Errorf("forget deleted objects: %w", err)
	}
	if err := u.q.NoteExternalIDs(ctx, external); err != nil {
		return fmt.Errorf("note external ids: %w", err)
	}
	return s.Tenant.Record(ctx, appliedEntries(system, results)...)
}

// recordParts notes per task how its part of the system went: the worst of its results counts.
func (s *SyncTasks) recordParts(ctx context.Context, u *unit, system uuid.UUID, results []synctask.Result) error {
	worst := map[uuid.UUID]*synctask.Result{}
	var order []uuid.UUID
	for i := range results {
		r := &results[i]
		known := worst[r.Task]
		if known == nil {
			order = append(order, r.Task)
		}
		if known == nil || (known.ErrorClass == "" && r.ErrorClass != "") {
			worst[r.Task] = r
		}
	}
	p := db.RecordPartsParams{SystemID: system}
	for _, task := range order {
		r := worst[task]
		status, counted := verdict(r)
		p.Tasks = append(p.Tasks, task)
		p.Statuses = append(p.Statuses, status)
		p.Classes = append(p.Classes, string(r.ErrorClass))
		p.Messages = append(p.Messages, r.Message)
		p.Counted = append(p.Counted, counted)
		p.RetryMs = append(p.RetryMs, r.RetryAfter.Milliseconds())
	}
	if err := u.q.RecordParts(ctx, p); err != nil {
		return fmt.Errorf("record task parts: %w", err)
	}
	if err := u.q.GiveUpParts(ctx, db.GiveUpPartsParams{Tasks: order, LimitAttempts: synctask.MaxAttempts}); err != nil {
		return fmt.Errorf("give up task parts: %w", err)
	}
	if slices.Contains(p.Statuses, synctask.Waiting) {
		return u.awaitReturn(ctx, system)
	}
	return nil
}

// progress says what is left of the tasks.
func (s *SyncTasks) progress(ctx context.Context, u *unit, tasks []synctask.Task) (synctask.Progress, error) {
	var progress synctask.Progress
	planned := map[uuid.UUID]int64{}
	ids := make([]uuid.UUID, 0, len(tasks))
	for _, t := range tasks {
		planned[t.ID] = t.Generation
		ids = append(ids, t.ID)
	}
	left, err := u.q.TaskProgress(ctx, ids)
	if err != nil {
		return progress, fmt.Errorf("read task progress: %w", err)
	}
	for _, l := range left {
		switch {
		case l.Generation != planned[l.ID]:
			progress.Again = true
		case l.NextRun.Unix() != 0 && (progress.RetryAt.IsZero() || l.NextRun.Before(progress.RetryAt)):
			progress.RetryAt = l.NextRun
		}
	}
	return progress, nil
}

// NextRun gives the first moment at which a task of the bulk source can be tried again; zero when there is none.
func (s *SyncTasks) NextRun(ctx context.Context, source uuid.UUID) (time.Time, error) {
	var next time.Time
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		found, err := u.q.NextRunOfSource(ctx, source)
		if err != nil {
			return fmt.Errorf("read next run: %w", err)
		}
		if found.Unix() != 0 {
			next = found
		}
		return nil
	})
	return next, err
}

var _ synctask.Store = (*SyncTasks)(nil)
