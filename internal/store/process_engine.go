package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/process"
	"provost/internal/store/db"
)

// ProcessEngine is how the process engine of the tenant works: it implements process.EngineStore.
type ProcessEngine struct{ *Processes }

// ProcessEngine gives the settings of the process engine.
func (t *Tenant) ProcessEngine() *ProcessEngine { return &ProcessEngine{t.Processes()} }

// Engine implements process.EngineStore.
func (e *ProcessEngine) Engine(ctx context.Context) (process.EngineState, error) {
	var out process.EngineState
	err := e.query(ctx, func(ctx context.Context, u *unit) error {
		r, err := u.q.ProcessEngine(ctx)
		if err != nil {
			return fmt.Errorf("read process engine: %w", err)
		}
		out = process.EngineState{
			Scheduler: process.SchedulerState{Stopped: r.Stopped, StoppedBy: r.StoppedBy, StoppedAt: r.StoppedAt, Jobs: r.Jobs, Late: r.Late},
			Documents: process.DocumentsState{Place: process.DocumentPlace(r.DocumentPlace), Count: r.Documents, Bytes: r.DocumentBytes, InFolder: r.InFolder},
			Index:     process.IndexState{AskedAt: r.IndexAskedAt, AskedBy: r.IndexAskedBy, EndedAt: r.IndexEndedAt, Total: r.IndexTotal, Done: r.IndexDone},
		}
		return nil
	})
	return out, err
}

// Lock implements process.EngineStore.
func (e *ProcessEngine) Lock(ctx context.Context) (stopped bool, place process.DocumentPlace, err error) {
	err = e.exec(ctx, func(ctx context.Context, u *unit) error {
		r, err := u.q.LockProcessEngine(ctx)
		if err != nil {
			return fmt.Errorf("lock process engine: %w", err)
		}
		stopped, place = r.Stopped, process.DocumentPlace(r.DocumentPlace)
		return nil
	})
	return stopped, place, err
}

// Stop implements process.EngineStore.
func (e *ProcessEngine) Stop(ctx context.Context, stopped bool) error {
	return e.exec(ctx, func(ctx context.Context, u *unit) error { return u.q.StopProcessEngine(ctx, stopped) })
}

// Release implements process.EngineStore.
func (e *ProcessEngine) Release(ctx context.Context) error {
	return e.exec(ctx, func(ctx context.Context, u *unit) error {
		if _, err := u.q.ReleaseJobs(ctx); err != nil {
			return fmt.Errorf("release jobs: %w", err)
		}
		return u.q.NotifyOutbox(ctx, u.tenant.key)
	})
}

// Place implements process.EngineStore.
func (e *ProcessEngine) Place(ctx context.Context, place process.DocumentPlace) error {
	return e.exec(ctx, func(ctx context.Context, u *unit) error { return u.q.PlaceDocuments(ctx, string(place)) })
}

// DocumentPlace implements process.ProcessStore.
func (s *Processes) DocumentPlace(ctx context.Context) (process.DocumentPlace, error) {
	var out string
	err := s.query(ctx, func(ctx context.Context, u *unit) (err error) {
		out, err = u.q.DocumentPlace(ctx)
		return err
	})
	return process.DocumentPlace(out), err
}

// AskIndex implements process.EngineStore.
func (e *ProcessEngine) AskIndex(ctx context.Context) error {
	return e.exec(ctx, func(ctx context.Context, u *unit) error {
		if err := u.q.AskIndex(ctx); err != nil {
			return fmt.Errorf("ask for the index: %w", err)
		}
		return u.post(ctx, KindProcessIndex, []string{KindProcessIndex}, []json.RawMessage{json.RawMessage("{}")})
	})
}

// DocumentsAfter implements process.EngineStore.
func (e *ProcessEngine) DocumentsAfter(ctx context.Context, after uuid.UUID, most int) ([]process.ArchivedDocument, error) {
	var out []process.ArchivedDocument
	err := e.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.DocumentsAfter(ctx, db.DocumentsAfterParams{After: after, HowMany: int32(most)}) //nolint:gosec // a page size
		if err != nil {
			return fmt.Errorf("read documents: %w", err)
		}
		for _, r := range rows {
			out = append(out, process.ArchivedDocument{Number: r.Number, Document: documentOf(db.ProcessDocumentsRow{
				ID: r.ID, ProcessID: r.ProcessID, TaskID: r.TaskID, Name: r.Name, MediaType: r.MediaType, Size: r.Size, Sha256: r.Sha256,
				Author: r.Author, At: r.At, Place: r.Place,
			})})
		}
		return nil
	})
	return out, err
}

// DocumentsInFolder gives those of the ids whose documents are kept in the folder.
func (e *ProcessEngine) DocumentsInFolder(ctx context.Context, ids []uuid.UUID) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := e.query(ctx, func(ctx context.Context, u *unit) (err error) {
		out, err = u.q.DocumentsInFolder(ctx, ids)
		return err
	})
	return out, err
}

// MoveDocument implements process.EngineStore.
func (e *ProcessEngine) MoveDocument(ctx context.Context, id uuid.UUID, place process.DocumentPlace, content []byte) error {
	return e.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.MoveDocument(ctx, db.MoveDocumentParams{ID: id, Place: string(place), Content: content})
	})
}

// Stopped implements process.Ledger.
func (l *Ledger) Stopped(ctx context.Context) (bool, error) {
	var out bool
	err := l.query(ctx, func(ctx context.Context, u *unit) (err error) {
		out, err = u.q.EngineStopped(ctx)
		return err
	})
	return out, err
}

// Reindex implements process.Ledger.
func (l *Ledger) Reindex(ctx context.Context, after uuid.UUID, most int) (uuid.UUID, error) {
	var last uuid.UUID
	err := l.exec(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.ProcessesToIndex(ctx, db.ProcessesToIndexParams{After: after, HowMany: int32(most)}) //nolint:gosec // a page size
		if err != nil {
			return fmt.Errorf("read processes: %w", err)
		}
		var params db.IndexProcessesParams
		for _, r := range rows {
			var values bpm.Values
			if err := json.Unmarshal(r.Variables, &values); err != nil {
				return fmt.Errorf("decode variables of process %d: %w", r.Number, err)
			}
			params.Ids = append(params.Ids, r.ID)
			params.Words = append(params.Words, words([]string{strconv.FormatInt(r.Number, 10), r.Name, r.Initiator}, values))
			last = r.ID
		}
		if len(rows) < most {
			last = uuid.Nil
		}
		if err := u.q.IndexProcesses(ctx, params); err != nil {
			return fmt.Errorf("write index: %w", err)
		}
		return u.q.AdvanceIndex(ctx, db.AdvanceIndexParams{Done: int64(len(rows)), Ended: len(rows) < most})
	})
	return last, err
}

var _ process.EngineStore = (*ProcessEngine)(nil)
