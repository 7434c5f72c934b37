package process

import (
	"context"
	"time"

	"github.com/google/uuid"

	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/object"
)

// AuditEngine is the type of the engine's settings in the audit trail.
const AuditEngine = "processEngine"

// EngineState is how the process engine works (guide page 050).
type EngineState struct {
	Scheduler SchedulerState `json:"scheduler"`
	Documents DocumentsState `json:"documents"`
	Index     IndexState     `json:"index"`
}

// SchedulerState is whether timers fire and background steps run.
type SchedulerState struct {
	Stopped   bool       `json:"stopped"`
	StoppedBy string     `json:"stoppedBy"`
	StoppedAt *time.Time `json:"stoppedAt"`
	Jobs      int64      `json:"jobs" doc:"Timers and background steps that processes wait for"`
	Late      int64      `json:"late" doc:"Of them, those whose time has come and that nobody holds"`
}

// DocumentsState is where documents are.
type DocumentsState struct {
	Place    DocumentPlace `json:"place" enum:"database,folder" doc:"Where new ones go"`
	Folder   bool          `json:"folder" doc:"Whether the installation has a folder for them (PROVOST_DOCUMENTS_DIR)"`
	Count    int64         `json:"count"`
	Bytes    int64         `json:"bytes"`
	InFolder int64         `json:"inFolder" doc:"How many are in the folder"`
}

// IndexState is how far the rebuilding of the search index is.
type IndexState struct {
	AskedAt *time.Time `json:"askedAt" doc:"Null: it was never rebuilt"`
	AskedBy string     `json:"askedBy"`
	EndedAt *time.Time `json:"endedAt" doc:"Null while it is being rebuilt"`
	Total   int64      `json:"total"`
	Done    int64      `json:"done"`
}

// EngineStore is what is asked of the database about the engine. Methods join the transaction of the context.
type EngineStore interface {
	object.Transactor
	Engine(ctx context.Context) (EngineState, error)
	// Lock gives what can be set, locked.
	Lock(ctx context.Context) (stopped bool, place DocumentPlace, err error)
	// Stop notes whether the engine is stopped.
	Stop(ctx context.Context, stopped bool) error
	// Release tells every job that waited for the engine to go on.
	Release(ctx context.Context) error
	Place(ctx context.Context, place DocumentPlace) error
	// AskIndex has the search index rebuilt.
	AskIndex(ctx context.Context) error

	// DocumentsAfter gives documents by id, from one on.
	DocumentsAfter(ctx context.Context, after uuid.UUID, most int) ([]ArchivedDocument, error)
	// Document gives a document, or fault.NotFound.
	Document(ctx context.Context, id uuid.UUID) (Document, error)
	// Content gives the content of a document that is in the database; nil when it is not.
	Content(ctx context.Context, id uuid.UUID) ([]byte, error)
	// MoveDocument puts a document into another place; the content is given when that is the database.
	MoveDocument(ctx context.Context, id uuid.UUID, place DocumentPlace, content []byte) error
}

// Engine is the use cases of those who configure the process engine. Reading asks for settings:query, everything else for settings:update.
type Engine struct {
	Store  EngineStore
	Audit  audit.Recorder
	Folder *Folder // of documents; nil when the installation has none
}

// State says how the engine works.
func (e *Engine) State(ctx context.Context) (EngineState, error) {
	if _, err := authz.Check(ctx, authz.SettingsQuery); err != nil {
		return EngineState{}, err
	}
	state, err := e.Store.Engine(ctx)
	state.Documents.Folder = e.Folder != nil
	return state, err
}

// Stop keeps all timers from firing and all background steps from beginning, until [Engine.Start]. What people do goes on.
func (e *Engine) Stop(ctx context.Context) (EngineState, error) { return e.run(ctx, true) }

// Start lets timers and background steps go on. Those whose time came meanwhile go on at once.
func (e *Engine) Start(ctx context.Context) (EngineState, error) { return e.run(ctx, false) }

func (e *Engine) run(ctx context.Context, stop bool) (EngineState, error) {
	return e.change(ctx, func(ctx context.Context, stopped bool, _ DocumentPlace) error {
		if stopped == stop {
			return nil
		}
		if err := e.Store.Stop(ctx, stop); err != nil {
			return err
		}
		if stop {
			return e.note(ctx, "stop", map[string]any{"stopped": stopped}, map[string]any{"stopped": stop})
		}
		if err := e.Store.Release(ctx); err != nil {
			return err
		}
		return e.note(ctx, "start", map[string]any{"stopped": stopped}, map[string]any{"stopped": stop})
	})
}

// PlaceDocuments says where documents go from now on. Those that are there stay where they are: a backup that is restored moves them.
func (e *Engine) PlaceDocuments(ctx context.Context, to DocumentPlace) (EngineState, error) {
	switch {
	case to != InDatabase && to != InFolder:
		return EngineState{}, fault.InvalidField("place", "Documents are kept in the %s or in a %s, not in %q.", InDatabase, InFolder, to)
	case to == InFolder && e.Folder == nil:
		return EngineState{}, fault.InvalidField("place", "This installation has no folder for documents. Set PROVOST_DOCUMENTS_DIR to one that all servers share, and start them again.")
	}
	return e.change(ctx, func(ctx context.Context, _ bool, place DocumentPlace) error {
		if place == to {
			return nil
		}
		if err := e.Store.Place(ctx, to); err != nil {
			return err
		}
		return e.note(ctx, "update", map[string]any{"place": place}, map[string]any{"place": to})
	})
}

// Reindex has the search index of processes rebuilt, in the background. While it is being rebuilt it is not begun again.
func (e *Engine) Reindex(ctx context.Context) (EngineState, error) {
	return e.change(ctx, func(ctx context.Context, _ bool, _ DocumentPlace) error {
		state, err := e.Store.Engine(ctx)
		if err != nil {
			return err
		}
		if state.Index.AskedAt != nil && state.Index.EndedAt == nil {
			return fault.New(fault.Conflict, "The index is being rebuilt: %d of %d processes are done.", state.Index.Done, state.Index.Total)
		}
		if err := e.Store.AskIndex(ctx); err != nil {
			return err
		}
		return e.note(ctx, "reindex", nil, nil)
	})
}

// change does something with the settings of the engine, locked, and gives the state after it.
func (e *Engine) change(ctx context.Context, do func(ctx context.Context, stopped bool, place DocumentPlace) error) (EngineState, error) {
	if _, err := authz.Check(ctx, authz.SettingsUpdate); err != nil {
		return EngineState{}, err
	}
	var state EngineState
	err := e.Store.Do(ctx, func(ctx context.Context) error {
		stopped, place, err := e.Store.Lock(ctx)
		if err != nil {
			return err
		}
		if err := do(ctx, stopped, place); err != nil {
			return err
		}
		state, err = e.Store.Engine(ctx)
		state.Documents.Folder = e.Folder != nil
		return err
	})
	return state, err
}

func (e *Engine) note(ctx context.Context, action string, before, after any) error {
	return record(ctx, e.Audit, action, AuditEngine, uuid.Nil, "process engine", before, after)
}
