package synctask

import (
	"context"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/entitlement"
	"provost/internal/mapping"
	"provost/internal/object"
	"provost/internal/provision"
)

// Store is what planning and recording ask of the database.
type Store interface {
	object.Transactor
	// OpenTasks gives the open tasks of these objects.
	OpenTasks(ctx context.Context, kind change.Kind, objects []uuid.UUID) ([]Task, error)
	// BulkTasks gives the next tasks of a bulk source after a place in their order that may be tried now.
	BulkTasks(ctx context.Context, source uuid.UUID, after Cursor, limit int) ([]Task, error)
	// Subjects gives the users that still exist with all that policies and mappings look at.
	Subjects(ctx context.Context, users []uuid.UUID) ([]provision.Subject, error)
	Holders(ctx context.Context, accounts []uuid.UUID) ([]provision.Holder, error)
	// RoleSubjects and GroupSubjects give those that still exist, with what is read of them.
	RoleSubjects(ctx context.Context, roles []uuid.UUID, reads provision.Reads) ([]provision.RoleSubject, error)
	GroupSubjects(ctx context.Context, groups []uuid.UUID, reads provision.Reads) ([]provision.GroupSubject, error)
	// RoleObjects gives roles by id, for mappings that read the role of a grant.
	RoleObjects(ctx context.Context, roles []uuid.UUID) (map[uuid.UUID]*entitlement.Role, error)
	// TargetSystems gives the systems that have a server and a mapping, and which of their agents are known to be disconnected.
	TargetSystems(ctx context.Context) ([]account.System, map[uuid.UUID]bool, error)
	States(ctx context.Context, objectType string, objects []uuid.UUID) ([]State, error)
	// Addresses gives how accounts were last addressed in their systems.
	Addresses(ctx context.Context, accounts []uuid.UUID) (map[uuid.UUID]Address, error)
	Want(ctx context.Context, objectType string, wants []Want) error
	SetParts(ctx context.Context, tasks []Task, parts []Part) error
	Record(ctx context.Context, system uuid.UUID, tasks []Task, results []Result) (Progress, error)
}

// State is the wanted and applied state of one target, as stored.
type State struct {
	System         uuid.UUID
	Object         uuid.UUID
	Class          string
	Absent         bool // wanted absent
	DesiredVersion int64
	AppliedVersion int64
}

// Want is the state wanted for one target; Desired nil means that it must not be there.
type Want struct {
	System  uuid.UUID
	Object  uuid.UUID
	Class   string
	Desired map[string]any
	Source  map[string]any // our object, for classes with triggers
}

// Part is the part of a task that concerns one system.
type Part struct {
	Task    uuid.UUID
	System  uuid.UUID
	Status  string
	Message string
}

// Namer gives account names by naming rules.
type Namer interface {
	// Names gives, per subject, the name of its new account in the system; an empty name means no account, with the reason.
	Names(ctx context.Context, system *account.System, subjects []*provision.Subject) ([]Name, error)
}

// Name is the answer of a naming rule for one user.
type Name struct {
	Name   string
	Reason string // why there is none
	Failed bool   // the rule could not be evaluated: somebody has to look
}

// Accounts writes accounts by the rules of their service.
type Accounts interface {
	Apply(ctx context.Context, edits []*object.Edit[account.Account], atomic bool) error
	// Unmanaged gives the unmanaged accounts with these names (system\name, lower case), by that key.
	Named(ctx context.Context, keys []string) (map[string]account.Account, error)
}

// Service plans and records.
type Service struct {
	Store    Store
	Accounts Accounts
	Names    Namer
	Scripts  mapping.Evaluator

	targets sync.Map // compiled systems by id
}

// asEngine gives the context in which the engine itself writes: with all permissions, and without tasks for what is being synchronised.
func asEngine(ctx context.Context) context.Context {
	ctx = authz.With(ctx, authz.System(authz.OriginSystem))
	return change.WithOrigin(ctx, change.Origin{Kind: change.Engine})
}

// PlanObjects plans the open tasks of some objects of one kind. Objects without an open task are left out.
func (s *Service) PlanObjects(ctx context.Context, kind change.Kind, objects []uuid.UUID) (Plan, error) {
	return s.plan(ctx, func() {}, func(ctx context.Context, _ int) ([]Task, error) { return s.Store.OpenTasks(ctx, kind, objects) })
}

// pageTargets is about how many targets one plan may have: it is kept in the history of a workflow.
const pageTargets = 1000

// PlanSource plans the next tasks of a bulk source after a place in their order: at most limit, fewer where there are many systems. An
// empty plan means that nothing is left that could be tried now. Progress is told after every mapping of a system.
func (s *Service) PlanSource(ctx context.Context, source uuid.UUID, after Cursor, limit int, progress func()) (Plan, error) {
	return s.plan(ctx, progress, func(ctx context.Context, systems int) ([]Task, error) {
		return s.Store.BulkTasks(ctx, source, after, min(limit, max(1, pageTargets/max(1, systems))))
	})
}

// plan plans the tasks that are found when the number of systems is known.
func (s *Service) plan(ctx context.Context, progress func(), tasks func(ctx context.Context, systems int) ([]Task, error)) (Plan, error) {
	ctx = asEngine(ctx)
	var plan Plan
	err := s.Store.Do(ctx, func(ctx context.Context) error {
		plan = Plan{}
		p := &planner{service: s, progress: progress}
		if err := p.loadSystems(ctx); err != nil {
			return err
		}
		var err error
		if p.tasks, err = tasks(ctx, len(p.systems)); err != nil || len(p.tasks) == 0 {
			return err
		}
		if err := p.run(ctx); err != nil {
			return err
		}
		plan = Plan{Tasks: p.tasks, Work: p.work()}
		return nil
	})
	if err != nil {
		return Plan{}, fmt.Errorf("plan synchronisation: %w", err)
	}
	return plan, nil
}

// Record notes what one agent did for a plan, closes the tasks that are finished, and says what is left.
func (s *Service) Record(ctx context.Context, system uuid.UUID, tasks []Task, results []Result) (Progress, error) {
	var progress Progress
	ctx = asEngine(ctx)
	err := s.Store.Do(ctx, func(ctx context.Context) error {
		var err error
		progress, err = s.Store.Record(ctx, system, tasks, results)
		return err
	})
	if err != nil {
		return Progress{}, fmt.Errorf("record synchronisation: %w", err)
	}
	return progress, nil
}
