package synctask

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/change"
)

// Preview is the state that provisioning would want for an account, without anything being written.
type Preview struct {
	Want
	Name       string // of the account
	Key        string // by which it was last addressed in the system
	ExternalID string
	Reason     string // why it must not be there, where it must not
}

// errRolledBack ends the transaction of a preview.
var errRolledBack = errors.New("preview: nothing is kept")

// Preview plans objects for one system as if they had changed, in a transaction that is rolled back.
func (s *Service) Preview(ctx context.Context, kind change.Kind, objects []uuid.UUID, system uuid.UUID) ([]Preview, error) {
	ctx = asEngine(ctx)
	var out []Preview
	err := s.Store.Do(ctx, func(ctx context.Context) error {
		p := &planner{service: s, progress: func() {}, preview: true}
		for _, id := range objects {
			p.tasks = append(p.tasks, Task{ID: id, Type: kind, Object: id})
		}
		if err := p.only(ctx, system); err != nil {
			return err
		}
		out = p.previews
		return errRolledBack
	})
	if !errors.Is(err, errRolledBack) {
		return nil, fmt.Errorf("preview synchronisation: %w", err)
	}
	return out, nil
}

// only runs the planner for one system, whether its agent is paused, away or read-only.
func (p *planner) only(ctx context.Context, system uuid.UUID) error {
	p.reset()
	if err := p.loadSystems(ctx); err != nil {
		return err
	}
	var kept []target
	for i := range p.systems {
		if p.systems[i].ID == system {
			kept = append(kept, p.systems[i])
		}
	}
	p.systems, p.disconnected = kept, nil
	return p.perform(ctx)
}

// note keeps what a preview wants, with the names people know it by.
func (p *planner) note(ctx context.Context, items []item, wants []Want) error {
	ids := make([]uuid.UUID, len(items))
	accounts := map[uuid.UUID]*account.Account{}
	for i := range items {
		ids[i] = items[i].object
		accounts[items[i].object] = items[i].account
	}
	addresses, err := p.service.Store.Addresses(ctx, ids)
	if err != nil {
		return err
	}
	for _, w := range wants {
		a := accounts[w.Object]
		if a == nil {
			continue
		}
		known := addresses[w.Object]
		preview := Preview{Want: w, Name: a.Name, Key: known.Key, ExternalID: known.ExternalID}
		if preview.ExternalID == "" {
			preview.ExternalID = a.ExternalID
		}
		if w.Desired == nil {
			preview.Reason = "The account is " + a.Status + "."
		}
		p.previews = append(p.previews, preview)
	}
	return nil
}

// Address is how an object was last addressed in a system.
type Address struct{ Key, ExternalID string }
