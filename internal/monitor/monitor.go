// Package monitor is how people watch and steer synchronisation: tasks and their parts, runs with change lists and logs, agents, servers
// and issues; releasing, cancelling and prioritising; synchronising one object now; looking at an object as its system holds it (guide
// pages 044, 045, 046, 070). Every operation asks for its permission, and what changes something is in the audit trail.
package monitor

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/connector"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/mapscript"
	"provost/internal/object"
	"provost/internal/parameter"
	"provost/internal/provision"
	"provost/internal/query"
	"provost/internal/run"
	"provost/internal/script"
	"provost/internal/synctask"
)

// Store is what watching and steering ask of the database.
type Store interface {
	object.Transactor
	audit.Recorder
	change.Tracker
	TaskStore
	RunStore
	OverviewStore
}

// TaskStore reads and steers synchronisation tasks.
type TaskStore interface {
	ListTasks(ctx context.Context, s authz.Scope, l query.List) (query.Page[SyncTask], error)
	EachTask(ctx context.Context, s authz.Scope, l query.List, yield func(SyncTask) error) error
	// GetTasks gives the tasks that exist and are in the scope.
	GetTasks(ctx context.Context, s authz.Scope, ids ...uuid.UUID) ([]SyncTask, error)
	// OpenTasksOf gives the open tasks of objects, whatever their kind.
	OpenTasksOf(ctx context.Context, objects ...uuid.UUID) ([]SyncTask, error)
	// Parts gives the parts of tasks, by task.
	Parts(ctx context.Context, tasks ...uuid.UUID) (map[uuid.UUID][]SyncPart, error)
	HeldSources(ctx context.Context, s authz.Scope) ([]HeldSource, error)
	// LockTasks locks the selected tasks that are in the scope and in one of the states, so that what is done to them is what is told.
	LockTasks(ctx context.Context, s authz.Scope, sel Selection, statuses []string) ([]SyncTask, error)
	Release(ctx context.Context, ids []uuid.UUID, everyHeld bool) (int, error)
	Cancel(ctx context.Context, ids []uuid.UUID, everyHeld bool) (int, error)
	Prioritise(ctx context.Context, ids []uuid.UUID) (int, error)
	// AskAgain makes the states wanted of objects count as not applied, and forgets failed attempts of their open tasks. objectType is
	// that of target states: account, role or group.
	AskAgain(ctx context.Context, objectType string, objects []uuid.UUID) error
	// Mapped tells whether a system with a server maps an object type outwards; system may be nil for any.
	Mapped(ctx context.Context, objectType string, system *uuid.UUID) (bool, error)
	// Addressed gives how an object was last addressed in a system, by mapping class.
	Addressed(ctx context.Context, system uuid.UUID, objectType string, object uuid.UUID) (map[string]synctask.Address, error)
}

// RunStore reads runs.
type RunStore interface {
	ListRuns(ctx context.Context, l query.List) (query.Page[Run], error)
	EachRun(ctx context.Context, l query.List, yield func(Run) error) error
	// GetRun gives a run, or fault.NotFound.
	GetRun(ctx context.Context, id uuid.UUID) (Run, error)
	ListRunChanges(ctx context.Context, run uuid.UUID, l query.List) (query.Page[RunChange], error)
	EachRunChange(ctx context.Context, run uuid.UUID, l query.List, yield func(RunChange) error) error
	CountRunChanges(ctx context.Context, run uuid.UUID) ([]RunChangeCount, error)
	RunLog(ctx context.Context, run uuid.UUID, after int64, limit int) ([]RunLogLine, error)
}

// OverviewStore reads what is seen of servers, agents and the whole, and keeps issues.
type OverviewStore interface {
	// AgentStates gives all agents, or those named, by name.
	AgentStates(ctx context.Context, systems ...uuid.UUID) ([]AgentState, error)
	ServerStates(ctx context.Context) ([]ServerState, error)
	Counts(ctx context.Context) (Counts, error)
	FinishedPerMinute(ctx context.Context, since time.Time) ([]Finished, error)
	// Nudge asks the probe of an agent to look at once; what waited for the agent goes on when it answers.
	Nudge(ctx context.Context, system uuid.UUID) error
	ListIssues(ctx context.Context, l query.List) (query.Page[Issue], error)
	EachIssue(ctx context.Context, l query.List, yield func(Issue) error) error
	// SetIssueStatus changes an open issue and gives it as it was; fault.NotFound for an unknown one.
	SetIssueStatus(ctx context.Context, id uuid.UUID, status string) (before Issue, err error)
}

// Documents gives objects with all that mappings look at; it is implemented by the store of synchronisation tasks.
type Documents interface {
	Subjects(ctx context.Context, users []uuid.UUID) ([]provision.Subject, error)
	Holders(ctx context.Context, accounts []uuid.UUID) ([]provision.Holder, error)
	RoleSubjects(ctx context.Context, roles []uuid.UUID, reads provision.Reads) ([]provision.RoleSubject, error)
	GroupSubjects(ctx context.Context, groups []uuid.UUID, reads provision.Reads) ([]provision.GroupSubject, error)
}

// Deps is what a Service works with. Pool, Connectors and Scripts may be nil in a process that opens no connection or runs no script:
// the operations that need them say so.
type Deps struct {
	Store     Store
	Documents Documents

	Users    *identity.Users
	Groups   *identity.Groups
	Accounts *account.Accounts
	Roles    *entitlement.Roles
	Systems  *account.Systems

	Runs       *run.Service
	Parameters *parameter.Parameters
	Settings   *parameter.Settings

	Pool       *agent.Pool
	Connectors *connector.Registry
	Scripts    mapscript.Host
	// Services answers the host calls of scripts; nil refuses them.
	Services script.Services
	// Logger is told causes that people are not; nil discards.
	Logger *slog.Logger
}

// Service is the use cases.
type Service struct{ Deps }

// New gives the use cases.
func New(d Deps) *Service {
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	return &Service{Deps: d}
}

// reach gives an object that the caller may act on: fault.NotFound for one that the caller may not even see, a DeniedError for one that
// the permission does not reach.
func reach[T any, P object.Pointer[T]](ctx context.Context, objects *object.Service[T, P], perm authz.Permission, id uuid.UUID) (T, error) {
	var zero T
	who, err := authz.Check(ctx, perm)
	if err != nil {
		return zero, err
	}
	found, err := objects.Get(ctx, id)
	if err != nil {
		return zero, err
	}
	inside, err := objects.Store.Get(ctx, who.Scope(perm), id)
	if err != nil {
		return zero, err
	}
	if len(inside) == 0 {
		return zero, authz.Outside(perm)
	}
	return found, nil
}
