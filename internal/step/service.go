package step

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/account"
	"provost/internal/change"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/metadata"
	"provost/internal/notify"
	"provost/internal/object"
	"provost/internal/process"
	"provost/internal/script"
)

// Host is the part of the script host that is needed here.
type Host interface {
	Evaluate(ctx context.Context, request script.Request) ([]script.Result, error)
}

// Desk grants and revokes roles.
type Desk interface {
	Grant(ctx context.Context, req entitlement.GrantRequest) ([]entitlement.Grant, error)
	Revoke(ctx context.Context, ids ...uuid.UUID) error
}

// Pending is additions and removals that wait for a process: of grants, or of what roles contain.
type Pending interface {
	Of(ctx context.Context, process uuid.UUID) (map[uuid.UUID]bool, error)
	Decide(ctx context.Context, process uuid.UUID, verdicts []entitlement.Verdict) error
	Settle(ctx context.Context, process uuid.UUID) error
}

// Post sends mail.
type Post interface {
	Send(ctx context.Context, message notify.Message) error
}

// Service does what steps say.
type Service struct {
	Ledger process.Ledger
	Host   Host
	// Services answers what scripts ask of the platform.
	Services script.Services

	Attributes *metadata.Schemas
	Users      *identity.Users
	UserRows   object.Store[identity.User]
	SystemRows object.Store[account.System]
	RoleRows   object.Store[entitlement.Role]
	GrantRows  object.Store[entitlement.Grant]
	Desk       Desk
	// Grants and Contents are the changes that wait for a process.
	Grants, Contents Pending
	Post             Post

	Access                *account.AccessEntries
	AccessRows            object.Store[account.Access]
	AccountRows           object.Store[account.Account]
	InformationSystemRows object.Store[entitlement.InformationSystem]
}

// scene is what a step sees besides its values.
type scene struct {
	process uuid.UUID
	brief   process.Brief
	library *bpm.Library
	now     time.Time
	seed    int64
}

// scene reads what is known of a process.
func (s *Service) scene(ctx context.Context, id, version uuid.UUID, now time.Time) (*scene, error) {
	library, err := s.Ledger.Library(ctx, version)
	if err != nil {
		return nil, fmt.Errorf("read library: %w", err)
	}
	brief, err := s.Ledger.Brief(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read process: %w", err)
	}
	return &scene{process: id, brief: brief, library: library, now: now}, nil
}

// step gives what the definition says about a node; where it says nothing, a step that has the node's id for a name.
func (s *scene) step(node string) *bpm.Step {
	if found := s.library.Steps[node]; found != nil {
		return found
	}
	return &bpm.Step{Name: node}
}

// acting gives the context of changes that a process makes: for the platform, with the process as their origin.
func acting(ctx context.Context, id uuid.UUID) context.Context {
	return identity.AsPlatform(change.WithOrigin(ctx, change.Origin{Kind: change.Process, ID: id}))
}
