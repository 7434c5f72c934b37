package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/agent"
	"provost/internal/change"
	"provost/internal/connector"
	"provost/internal/mapping"
	"provost/internal/synctask"
)

// impact lists what provisioning would do in the system, per account and attribute: it plans everybody the system may concern without
// writing anything, and compares with what the system listed.
func (c *comparison) impact(ctx context.Context) error {
	opened, _, err := c.service.agentOf(ctx, c.system.ID)
	if err != nil {
		return err
	}
	for after := uuid.Nil; ; {
		users, err := c.service.Store.PolicyUsers(ctx, c.system.ID, after, page)
		if err != nil {
			return err
		}
		if len(users) == 0 {
			return c.flush(ctx)
		}
		after = users[len(users)-1]
		wanted, err := c.service.Tasks.Preview(ctx, change.User, users, c.system.ID)
		if err != nil {
			return err
		}
		if err := c.differences(ctx, opened, wanted); err != nil {
			return err
		}
		if err := c.flush(ctx); err != nil {
			return err
		}
		c.heartbeat(c.seq)
	}
}

// differences compares wanted states with the listed objects of the same class.
func (c *comparison) differences(ctx context.Context, opened *agent.Agent, wanted []synctask.Preview) error {
	byClass := map[string][]synctask.Preview{}
	for _, w := range wanted {
		byClass[w.Class] = append(byClass[w.Class], w)
	}
	for class, of := range byClass {
		var addresses, ids []string
		for _, w := range of {
			addresses = append(addresses, w.Key, opened.Address(class, w.Desired))
			ids = append(ids, w.ExternalID)
		}
		found, err := c.service.Store.ObjectsAt(ctx, c.run.ID, class, addresses, ids)
		if err != nil {
			return err
		}
		byAddress := map[string]*Object{}
		for i := range found {
			for _, key := range []string{found[i].Address, found[i].ExternalID, found[i].Key} {
				if key != "" {
					byAddress[normal(key)] = &found[i]
				}
			}
		}
		for _, w := range of {
			c.difference(opened, w, lookup(byAddress, w.ExternalID, w.Key, opened.Address(class, w.Desired)))
		}
	}
	return nil
}

func (c *comparison) difference(opened *agent.Agent, w synctask.Preview, o *Object) {
	change := Change{ObjectType: "account", ObjectKey: w.Name, ObjectID: &w.Object, Message: w.Reason}
	switch {
	case w.Desired == nil && o == nil:
		return
	case w.Desired == nil:
		change.Action = Delete
	case o == nil:
		change.Action, change.Changes = Create, mapping.Diff(nil, w.Desired)
	default:
		current := connector.Object{Class: o.Class, ID: o.ExternalID, Key: o.Address, Attributes: o.Raw}
		for _, d := range connector.DiffFor(opened.Connector, opened.Class(w.Class), current, w.Desired) {
			change.Changes = append(change.Changes, mapping.Change{Attribute: d.Attribute, Before: d.Before, After: d.After})
		}
		if len(change.Changes) == 0 {
			return
		}
		change.Action = Update
	}
	c.add(change)
}

func lookup(objects map[string]*Object, keys ...string) *Object {
	for _, key := range keys {
		if o := objects[normal(key)]; key != "" && o != nil {
			return o
		}
	}
	return nil
}

// ProvisionNext touches the next users a system may concern, so that their state is brought into it.
func (s *Service) ProvisionNext(ctx context.Context, id, after uuid.UUID) (next uuid.UUID, done bool, err error) {
	ctx, r, system, err := s.begin(ctx, id)
	if err != nil {
		return after, false, err
	}
	ctx = change.WithOrigin(ctx, change.Origin{Kind: change.Provisioning, ID: r.ID, Released: true, Forced: true, Priority: 5})
	err = s.Store.Do(ctx, func(ctx context.Context) error {
		if after == uuid.Nil {
			if err := s.Store.WantAgain(ctx, system.ID); err != nil {
				return err
			}
		}
		users, err := s.Store.PolicyUsers(ctx, system.ID, after, page)
		if err != nil {
			return err
		}
		if done = len(users) == 0; done {
			return nil
		}
		next = users[len(users)-1]
		s.Track.Touch(ctx, change.User, users...)
		return s.Store.Advance(ctx, id, Running, PhaseApply, map[string]int64{"objects": r.Counters["objects"] + int64(len(users))})
	})
	return next, done, err
}

// ErrTasksOpen says that a mass provisioning is not through yet.
var ErrTasksOpen = errors.New("tasks are still open")

// ProvisionProgress notes how far a mass provisioning is. It gives ErrTasksOpen while there is something left to do.
func (s *Service) ProvisionProgress(ctx context.Context, id uuid.UUID) error {
	ctx, r, _, err := s.begin(ctx, id)
	if err != nil {
		return err
	}
	open, failed, err := s.Store.OpenTasks(ctx, id)
	if err != nil {
		return err
	}
	counters := map[string]int64{"applied": r.Counters["objects"] - open, "failed": failed}
	if err := s.Store.Advance(ctx, id, Running, PhaseApply, counters); err != nil {
		return err
	}
	if open > failed {
		return ErrTasksOpen
	}
	return nil
}

// Finish ends a run and empties its staging table. The error of a failed run becomes its message.
func (s *Service) Finish(ctx context.Context, id uuid.UUID, status, message string) error {
	ctx, r, _, err := s.begin(ctx, id)
	if err != nil {
		return err
	}
	return s.Store.Do(ctx, func(ctx context.Context) error {
		if status == Completed && r.Status == Running {
			if err := s.moveOn(ctx, r); err != nil {
				return err
			}
		}
		if err := s.Store.ClearObjects(ctx, id); err != nil {
			return err
		}
		if err := s.Store.Log(ctx, id, "info", fmt.Sprintf("The run ended: %s. %s", status, message)); err != nil {
			return err
		}
		if r.Status == Completed || r.Status == Cancelled || r.Status == Failed {
			return nil
		}
		return s.Store.Finish(ctx, id, status, message)
	})
}

// Block notes that the guard stopped a run; it now waits for a reviewer.
func (s *Service) Block(ctx context.Context, id uuid.UUID) error {
	ctx, r, _, err := s.begin(ctx, id)
	if err != nil {
		return err
	}
	return s.Store.Advance(ctx, id, Blocked, r.Phase, nil)
}
