package run

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
)

var everything = authz.Scope{All: true}

// ApplyNext applies the next part of the change list in one transaction with its marks, so that a crash neither loses nor repeats any.
// It gives the place to go on from, or done.
func (s *Service) ApplyNext(ctx context.Context, id uuid.UUID, after int64) (next int64, done bool, err error) {
	ctx, r, system, err := s.begin(ctx, id)
	if err != nil {
		return after, false, err
	}
	err = s.Store.Do(ctx, func(ctx context.Context) error {
		changes, err := s.Store.Proposed(ctx, id, after, page)
		if err != nil {
			return err
		}
		if done = len(changes) == 0; done {
			return nil
		}
		next = changes[len(changes)-1].Seq
		if err := s.applyUsers(ctx, &system, changes); err != nil {
			return err
		}
		if err := s.applyAccounts(ctx, &system, changes); err != nil {
			return err
		}
		if err := s.Store.Mark(ctx, id, changes); err != nil {
			return err
		}
		return s.Store.Advance(ctx, id, Running, PhaseApply, counted(r.Counters, changes))
	})
	return next, done, err
}

func counted(counters map[string]int64, changes []Change) map[string]int64 {
	out := map[string]int64{"applied": counters["applied"], "failed": counters["failed"]}
	for _, c := range changes {
		out[c.Status]++
	}
	return out
}

// applyUsers writes the changes of users and marks them.
func (s *Service) applyUsers(ctx context.Context, system *account.System, changes []Change) error {
	current, err := s.currentUsers(ctx, changes)
	if err != nil {
		return err
	}
	var edits []*object.Edit[identity.User]
	var of []*Change
	for i := range changes {
		c := &changes[i]
		if c.ObjectType != "user" {
			continue
		}
		e := userEdit(system, c, current)
		if e == nil {
			c.Status, c.Message = "skipped", "The user was removed in the meantime."
			continue
		}
		if err := s.vetoed(ctx, system, e.Before, e.After); err != nil {
			c.Status, c.Message = "skipped", err.Error()
			continue
		}
		edits, of = append(edits, e), append(of, c)
	}
	if err := s.Users.Apply(ctx, edits, false); err != nil {
		return fmt.Errorf("write users: %w", err)
	}
	for i, e := range edits {
		mark(of[i], e.ID, e.Err)
	}
	return nil
}

func (s *Service) currentUsers(ctx context.Context, changes []Change) (map[uuid.UUID]*identity.User, error) {
	var ids []uuid.UUID
	for i := range changes {
		if changes[i].ObjectType == "user" && changes[i].ObjectID != nil {
			ids = append(ids, *changes[i].ObjectID)
		}
	}
	found, err := s.UserRows.Get(ctx, everything, ids...)
	if err != nil {
		return nil, err
	}
	out := map[uuid.UUID]*identity.User{}
	for i := range found {
		out[found[i].ID] = &found[i]
	}
	return out, nil
}

// userEdit turns an entry of the list into an edit of the user as it is now; nil when the user is gone.
func userEdit(system *account.System, c *Change, current map[uuid.UUID]*identity.User) *object.Edit[identity.User] {
	if c.Action == Create {
		u := newUser()
		mergeUser(&u, c.Object)
		u.SourceSystemID = &system.ID
		return &object.Edit[identity.User]{After: &u}
	}
	known := current[*c.ObjectID]
	if known == nil {
		return nil
	}
	if c.Action == Delete {
		return &object.Edit[identity.User]{ID: known.ID, Before: known}
	}
	u := *known
	switch {
	case c.Object["detach"] == true:
		u.SourceSystemID = nil
	case c.Object == nil:
		u.Active = false
	default:
		mergeUser(&u, c.Object)
		u.SourceSystemID = &system.ID
	}
	return &object.Edit[identity.User]{ID: known.ID, Before: known, After: &u}
}

// vetoed runs the load trigger of an edit of a user; a falsy result or a failure refuses the change.
func (s *Service) vetoed(ctx context.Context, system *account.System, before, after *identity.User) error {
	event := "preUpdate"
	switch {
	case before == nil:
		event = "preInsert"
	case after == nil:
		event = "preDelete"
	}
	for _, t := range system.LoadTriggers {
		if t.ObjectType != "user" || t.Event != event || s.Triggers == nil {
			continue
		}
		var old, fresh map[string]any
		if before != nil {
			old = userState(before)
		}
		if after != nil {
			fresh = userState(after)
		}
		ok, changed, err := s.Triggers.Trigger(ctx, event, t.Script, fresh, old, fresh)
		if err != nil {
			return fmt.Errorf("the load trigger %s failed: %w", event, err)
		}
		if !ok {
			return fault.New(fault.Conflict, "The load trigger %s refused the change.", event)
		}
		if after != nil {
			mergeUser(after, unflatten(changed))
		}
	}
	return nil
}

// unflatten turns attributes.x back into the nested form that mergeUser reads.
func unflatten(state map[string]any) map[string]any {
	out, custom := map[string]any{}, map[string]any{}
	for name, value := range state {
		if code, ok := strings.CutPrefix(name, "attributes."); ok {
			custom[code] = value
			continue
		}
		out[name] = value
	}
	out["attributes"] = custom
	return out
}

// mark notes what became of an entry.
func mark(c *Change, id uuid.UUID, err error) {
	if err == nil {
		c.Status, c.ObjectID = "applied", &id
		return
	}
	c.Status, c.Message = "failed", "The change was refused by an internal error."
	var f *fault.Error
	var denied *authz.DeniedError
	switch {
	case errors.As(err, &f):
		c.Message = f.Error()
	case errors.As(err, &denied):
		c.Message = denied.Error()
	}
}
