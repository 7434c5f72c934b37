package run

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/connector"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/object"
	"provost/internal/synctask"
)

// Store is what runs ask of the database.
type Store interface {
	object.Transactor
	Intake
	Create(ctx context.Context, r Run) (Run, error)
	Get(ctx context.Context, id uuid.UUID) (Run, error)
	// Advance notes status, phase and counters; counters given are added to or replace those of the same name.
	Advance(ctx context.Context, id uuid.UUID, status, phase string, counters map[string]int64) error
	Judged(ctx context.Context, id uuid.UUID, v Verdict) error
	Reviewed(ctx context.Context, id uuid.UUID, by string) error
	Finish(ctx context.Context, id uuid.UUID, status, message string) error
	Log(ctx context.Context, id uuid.UUID, level, message string) error
	// Send puts the start of a run, or a reviewer's decision, into the outbox.
	Send(ctx context.Context, r Run) error
	Decide(ctx context.Context, r Run, decision, by string) error

	ClearObjects(ctx context.Context, id uuid.UUID) error
	AddObjects(ctx context.Context, id uuid.UUID, objects []Object) error
	// Objects gives the next objects of some types, by level and place in the listing.
	Objects(ctx context.Context, id uuid.UUID, types []mapping.ObjectType, level int, after int64, limit int) ([]Object, error)
	// ObjectsAt gives the objects of a class at these addresses or external ids.
	ObjectsAt(ctx context.Context, id uuid.UUID, class string, addresses, externalIDs []string) ([]Object, error)

	ClearChanges(ctx context.Context, id uuid.UUID) error
	AddChanges(ctx context.Context, id uuid.UUID, changes []Change) error
	Proposed(ctx context.Context, id uuid.UUID, after int64, limit int) ([]Change, error)
	Mark(ctx context.Context, id uuid.UUID, changes []Change) error

	// MissingUsers gives the users of a system's zone that its listing does not name.
	MissingUsers(ctx context.Context, r Run) ([]uuid.UUID, error)
	// MissingAccounts gives the accounts of a system that its listing does not name. Where we write, those that a task concerns are on
	// their way and left out; a system that is followed is never written.
	MissingAccounts(ctx context.Context, r Run, follows bool) ([]uuid.UUID, error)
	// AccountsAt gives the accounts of a system by external id or name, those that are not gone first.
	AccountsAt(ctx context.Context, system uuid.UUID, externalIDs, names []string) ([]account.Account, error)
	// Applied gives the states we applied to accounts of a system, by account.
	Applied(ctx context.Context, system uuid.UUID, accounts []uuid.UUID) (map[uuid.UUID][]Applied, error)
	// UsersMatching gives the users that a SCIM filter finds, at most three.
	UsersMatching(ctx context.Context, filter string) ([]identity.User, error)
	// PolicyUsers gives the next users a system may concern: all that are managed or have an account there.
	PolicyUsers(ctx context.Context, system, after uuid.UUID, limit int) ([]uuid.UUID, error)
	// WantAgain makes the wanted states of a system count as not applied.
	WantAgain(ctx context.Context, system uuid.UUID) error
	// OpenTasks counts the open tasks of a source, and those that failed.
	OpenTasks(ctx context.Context, source uuid.UUID) (open, failed int64, err error)
}

// Applied is a state of an account as it was applied to its system.
type Applied struct {
	Class      string
	Desired    map[string]any
	Key        string
	ExternalID string
}

// Writer is what runs ask of the use cases of a kind of object.
type Writer[T any] interface {
	Apply(ctx context.Context, edits []*object.Edit[T], atomic bool) error
}

// Users is the use cases by which runs write users.
type Users = Writer[identity.User]

// UserRows reads rows of users.
type UserRows = object.Store[identity.User]

// Service is the use cases of runs.
type Service struct {
	Store   Store
	Systems interface {
		Get(ctx context.Context, id uuid.UUID) (account.System, error)
	}
	Users                 Users
	UserRows              UserRows
	Groups                Writer[identity.Group]
	GroupRows             object.Store[identity.Group]
	Memberships           Writer[identity.Membership]
	MembershipRows        object.Store[identity.Membership]
	Accounts              Writer[account.Account]
	AccountRows           object.Store[account.Account]
	InformationSystems    Writer[entitlement.InformationSystem]
	InformationSystemRows object.Store[entitlement.InformationSystem]
	Roles                 Writer[entitlement.Role]
	RoleRows              object.Store[entitlement.Role]
	Grants                Writer[entitlement.Grant]
	GrantRows             object.Store[entitlement.Grant]
	ScopeValueRows        object.Store[entitlement.ScopeValue]

	Pool     *agent.Pool
	Tasks    *synctask.Service
	Scripts  mapping.Evaluator
	Triggers Triggers
	Track    change.Tracker
}

// permissions says what starting a kind of run asks for.
var permissions = map[string]authz.Permission{
	Load: authz.SystemLoad, Reconcile: authz.SystemReconcile, ImpactIn: authz.SystemReconcile, Impact: authz.SystemReconcile,
	Provision: authz.SystemProvision,
}

// Start queues a run of a system; its workflow starts when the transaction commits. One run per system at a time.
func (s *Service) Start(ctx context.Context, system uuid.UUID, kind string, options Options) (Run, error) {
	permission, ok := permissions[kind]
	if !ok {
		return Run{}, fault.InvalidField("kind", "There is no run of kind %q.", kind)
	}
	if _, err := authz.Check(ctx, permission); err != nil {
		return Run{}, err
	}
	found, err := s.Systems.Get(ctx, system)
	if err != nil {
		return Run{}, err
	}
	if err := startable(&found, kind, &options); err != nil {
		return Run{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Run{}, fmt.Errorf("make run id: %w", err)
	}
	var run Run
	err = s.Store.Do(ctx, func(ctx context.Context) error {
		run, err = s.Store.Create(ctx, Run{
			ID: id, Kind: kind, SystemID: &found.ID, System: found.Name, SystemKey: found.Key, Status: Queued, Options: options,
		})
		if err != nil {
			return err
		}
		return s.Store.Send(ctx, run)
	})
	return run, err
}

func startable(s *account.System, kind string, options *Options) error {
	switch {
	case !s.Serviced():
		return fault.New(fault.Conflict, "The agent %s has no server and is disabled. Assign a server first.", s.Name)
	case kind == Load && !s.Authoritative:
		return fault.New(fault.Conflict, "The agent %s is not an authoritative identity source. Switch that on under Incoming data.", s.Name)
	case options.Mode != "" && options.Mode != Full && options.Mode != Differential:
		return fault.InvalidField("mode", "A run lists everything (full) or what changed (differential), not %q.", options.Mode)
	case kind == Provision && s.ReadOnly:
		return fault.New(fault.Conflict, "The agent %s is read-only: nothing can be provisioned to it.", s.Name)
	case kind == ImpactIn && options.Of == "":
		options.Of = Reconcile
		if s.Authoritative {
			options.Of = Load
		}
	}
	return nil
}

// Resume lets a blocked run go on; Cancel ends a run that has not finished.
func (s *Service) Resume(ctx context.Context, id uuid.UUID) error {
	return s.decide(ctx, id, authz.RunResume, "resume")
}

// Cancel ends a run that has not finished.
func (s *Service) Cancel(ctx context.Context, id uuid.UUID) error {
	return s.decide(ctx, id, authz.RunCancel, "cancel")
}

func (s *Service) decide(ctx context.Context, id uuid.UUID, permission authz.Permission, decision string) error {
	who, err := authz.Check(ctx, permission)
	if err != nil {
		return err
	}
	return s.Store.Do(ctx, func(ctx context.Context) error {
		r, err := s.Store.Get(ctx, id)
		if err != nil {
			return err
		}
		switch {
		case r.Status == Completed || r.Status == Failed || r.Status == Cancelled:
			return fault.New(fault.Conflict, "Run %d has ended already.", r.Number)
		case decision == "resume" && r.Status != Blocked:
			return fault.New(fault.Conflict, "Run %d is not blocked: there is nothing to resume.", r.Number)
		}
		if err := s.Store.Reviewed(ctx, id, who.UserName); err != nil {
			return err
		}
		return s.Store.Decide(ctx, r, decision, who.UserName)
	})
}

// begin gives a run with its system and the context in which it writes: as the platform, on behalf of the run.
func (s *Service) begin(ctx context.Context, id uuid.UUID) (context.Context, Run, account.System, error) {
	ctx = authz.With(ctx, authz.System(authz.OriginLoad))
	r, err := s.Store.Get(ctx, id)
	if err != nil {
		return ctx, r, account.System{}, err
	}
	system, err := s.Systems.Get(ctx, *r.SystemID)
	if err != nil {
		return ctx, r, system, err
	}
	origin := change.Origin{Kind: change.Load, ID: r.ID, Released: true, Silent: !system.PropagateChanges, Priority: 5}
	if r.Kind == Reconcile {
		origin.Kind = change.Reconciliation
	}
	return change.WithOrigin(ctx, origin), r, system, nil
}

// page is the number of objects handled at a time.
const page = 500

// agentOf opens the agent of the run's system.
func (s *Service) agentOf(ctx context.Context, system uuid.UUID) (*agent.Agent, connector.Lister, error) {
	opened, err := s.Pool.Get(ctx, system)
	if err != nil {
		return nil, nil, err
	}
	lister, ok := opened.Connector.(connector.Lister)
	if !ok {
		return nil, nil, connector.Errorf(connector.ClassUnsupported, "list", "the connector %s cannot list objects", opened.Kind.Label)
	}
	return opened, lister, nil
}

// pause is the time between two looks at the progress of a mass provisioning.
const pause = 2 * time.Second

// Pause gives the time between two looks at the progress of a mass provisioning.
func Pause() time.Duration { return pause }
