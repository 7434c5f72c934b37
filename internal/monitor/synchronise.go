package monitor

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/parameter"
)

// Priorities that synchronise now may have: the first is that of passwords, the last that of ordinary changes.
const (
	FirstPriority   = 1
	DefaultPriority = 2
	LastPriority    = 3
)

// wish is an object that somebody wants synchronised now.
type wish struct {
	kind    change.Kind
	id      uuid.UUID
	name    string
	states  string      // type of its target states
	objects []uuid.UUID // with target states or tasks, besides itself
	system  *uuid.UUID  // the only system it can go to; nil for all
}

// SynchroniseUser makes the systems be compared with a user and the user's accounts again, now (guide page 014, "Synchronize to target
// systems"). Like the others it works in the manual and the automatic engine mode, and gives the tasks that are under way.
func (s *Service) SynchroniseUser(ctx context.Context, id uuid.UUID, priority int) ([]SyncTaskDetail, error) {
	user, err := reach(ctx, s.Users, authz.UserSync, id)
	if err != nil {
		return nil, err
	}
	subjects, err := s.Documents.Subjects(ctx, []uuid.UUID{id})
	if err != nil {
		return nil, err
	}
	w := wish{kind: change.User, id: id, name: user.UserName, states: "account"}
	for i := range subjects {
		if !subjects[i].Managed {
			return nil, fault.New(fault.Conflict, "Users of the type %s are not managed: nothing of %s is synchronised.", user.UserType, user.UserName)
		}
		for j := range subjects[i].Accounts {
			w.objects = append(w.objects, subjects[i].Accounts[j].ID)
		}
	}
	return s.synchronise(ctx, w, priority)
}

// SynchroniseAccount does so for an account; that of a single user travels with the user.
func (s *Service) SynchroniseAccount(ctx context.Context, id uuid.UUID, priority int) ([]SyncTaskDetail, error) {
	found, err := reach(ctx, s.Accounts, authz.AccountSync, id)
	if err != nil {
		return nil, err
	}
	if found.Type == account.Unmanaged {
		return nil, fault.New(fault.Conflict, "%s is unmanaged: nothing is written to its system. Give it an owner or another type first.", found.Title())
	}
	w := wish{kind: change.Account, id: id, name: found.Title(), states: "account", system: &found.SystemID}
	if found.UserID != nil {
		w.objects = append(w.objects, *found.UserID) // its task is that of the user
	}
	return s.synchronise(ctx, w, priority)
}

// SynchroniseGroup does so for a group.
func (s *Service) SynchroniseGroup(ctx context.Context, id uuid.UUID, priority int) ([]SyncTaskDetail, error) {
	found, err := reach(ctx, s.Groups, authz.GroupSync, id)
	if err != nil {
		return nil, err
	}
	return s.synchronise(ctx, wish{kind: change.Group, id: id, name: found.Name, states: "group"}, priority)
}

// SynchroniseRole does so for a role.
func (s *Service) SynchroniseRole(ctx context.Context, id uuid.UUID, priority int) ([]SyncTaskDetail, error) {
	found, err := reach(ctx, s.Roles, authz.RoleSync, id)
	if err != nil {
		return nil, err
	}
	return s.synchronise(ctx, wish{
		kind: change.Role, id: id, name: found.Title(), states: "role", system: &found.SystemID,
	}, priority)
}

func (s *Service) synchronise(ctx context.Context, w wish, priority int) ([]SyncTaskDetail, error) {
	if priority == 0 {
		priority = DefaultPriority
	}
	if priority < FirstPriority || priority > LastPriority {
		return nil, fault.InvalidField("priority", "The priority is %d, %d or %d.", FirstPriority, DefaultPriority, LastPriority)
	}
	if err := s.synchronisable(ctx, &w); err != nil {
		return nil, err
	}
	said := change.OriginOf(ctx)
	// The source is new: what is asked for one by one is no mass change, however much of it there is.
	forced := change.WithOrigin(ctx, change.Origin{Kind: said.Kind, Forced: true, Released: true, Priority: priority})
	err := s.Store.Do(forced, func(ctx context.Context) error {
		if err := s.Store.AskAgain(ctx, w.states, slices.Concat(w.objects, []uuid.UUID{w.id})); err != nil {
			return err
		}
		s.Store.Touch(ctx, w.kind, w.id)
		return s.Store.Record(change.WithOrigin(ctx, said), audit.Entry{
			Action: audit.Sync, ObjectType: string(w.kind), ObjectID: &w.id, ObjectName: w.name, After: document(map[string]any{"priority": priority}),
		})
	})
	if err != nil {
		return nil, err
	}
	if w.kind == change.Account {
		return s.PendingOfAccount(ctx, w.id)
	}
	return s.pending(ctx, w.id)
}

// synchronisable says why nothing would happen, where nothing would.
func (s *Service) synchronisable(ctx context.Context, w *wish) error {
	engine, err := s.Settings.Engine(ctx)
	if err != nil {
		return err
	}
	if engine.Mode == parameter.ModeReadOnly {
		return fault.New(fault.Conflict, "The engine is read only: nothing is sent to any system. "+
			"Set the task engine mode to manual or automatic in the smart engine settings first.")
	}
	types := []string{w.states}
	if w.states == "account" {
		types = []string{"user", "account"}
	}
	for _, t := range types {
		mapped, err := s.Store.Mapped(ctx, t, w.system)
		if err != nil {
			return err
		}
		if mapped {
			return nil
		}
	}
	if w.system != nil {
		return fault.New(fault.Conflict, "The agent of %s takes no %ss: it has no server, is read-only, or maps none.", w.name, w.states)
	}
	return fault.New(fault.Conflict, "No agent takes %ss: each has no server, is read-only, or maps none. Nothing was synchronised.", w.kind)
}
