package entitlement

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/audit"
	"provost/internal/change"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/query"
)

// Verdict is what was decided about a pending addition or removal.
type Verdict struct {
	ID       uuid.UUID // of the grant, or of the content of a role
	Approved bool
	By       string // user name; empty when nobody decided
	Reason   string
}

// Verdicts tells what people said about what was pending.
type Verdicts interface {
	// Denied gives what the approvals of a process denied, by the grant or the content of a role that the line names.
	Denied(ctx context.Context, process uuid.UUID) (map[uuid.UUID]Verdict, error)
}

// Hold is the part of a grant, or of the content of a role, that says whether it waits for a process.
type Hold struct {
	State   *string
	Process **uuid.UUID
}

// Pending is the additions and removals of a kind that wait for a process, and what becomes of them. The processes act for the platform.
type Pending[T any, P object.Pointer[T]] struct {
	Service *object.Service[T, P]
	Said    Verdicts
	Hold    func(*T) Hold
}

// PendingGrants is the grants and revocations that wait for a process.
func PendingGrants(grants *Grants, said Verdicts) *Pending[Grant, *Grant] {
	return &Pending[Grant, *Grant]{Service: grants, Said: said, Hold: func(g *Grant) Hold { return Hold{&g.State, &g.ProcessID} }}
}

// PendingContents is the changes of what roles contain that wait for a process.
func PendingContents(contents *Contents, said Verdicts) *Pending[Content, *Content] {
	return &Pending[Content, *Content]{Service: contents, Said: said, Hold: func(c *Content) Hold { return Hold{&c.State, &c.ProcessID} }}
}

// Of gives the ids of what waits for a process.
func (p *Pending[T, P]) Of(ctx context.Context, process uuid.UUID) (map[uuid.UUID]bool, error) {
	found, err := p.of(ctx, process)
	out := make(map[uuid.UUID]bool, len(found))
	for id := range found {
		out[id] = true
	}
	return out, err
}

func (p *Pending[T, P]) of(ctx context.Context, process uuid.UUID) (map[uuid.UUID]*T, error) {
	out := map[uuid.UUID]*T{}
	err := p.Service.Store.Each(ctx, everything, query.List{Filter: fmt.Sprintf("processId eq %q", process)}, func(t T) error {
		out[P(&t).Base().ID] = &t
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what waits for the process: %w", err)
	}
	return out, nil
}

// Decide makes what was approved effective, and takes back what was denied: the trail keeps the reason. Verdicts about anything that does not
// wait for the process, or not any more, change nothing.
func (p *Pending[T, P]) Decide(ctx context.Context, process uuid.UUID, verdicts []Verdict) error {
	if len(verdicts) == 0 {
		return nil
	}
	ctx = identity.AsPlatform(change.WithOrigin(ctx, change.Origin{Kind: change.Process, ID: process}))
	return p.Service.Tx.Do(ctx, func(ctx context.Context) error {
		waiting, err := p.of(ctx, process)
		if err != nil {
			return err
		}
		return p.decide(ctx, waiting, verdicts)
	})
}

// Settle takes back whatever still waits for a process that ends: nobody approved it.
func (p *Pending[T, P]) Settle(ctx context.Context, process uuid.UUID) error {
	waiting, err := p.of(ctx, process)
	if err != nil || len(waiting) == 0 {
		return err
	}
	said, err := p.Said.Denied(ctx, process)
	if err != nil {
		return err
	}
	verdicts := make([]Verdict, 0, len(waiting))
	for id := range waiting {
		v, known := said[id]
		if !known {
			v = Verdict{ID: id, Reason: "The process ended without approving it."}
		}
		verdicts = append(verdicts, v)
	}
	return p.Decide(ctx, process, verdicts)
}

func (p *Pending[T, P]) decide(ctx context.Context, waiting map[uuid.UUID]*T, verdicts []Verdict) error {
	var edits []*object.Edit[T]
	var denied []audit.Entry
	for _, v := range verdicts {
		of := waiting[v.ID]
		if of == nil {
			continue
		}
		delete(waiting, v.ID) // of two verdicts the first counts
		state := *p.Hold(of).State
		edit := &object.Edit[T]{ID: v.ID}
		if v.Approved == (state == GrantApprovalPending) {
			kept := *of
			hold := p.Hold(&kept)
			*hold.State, *hold.Process = GrantActive, nil
			edit.After = &kept
		}
		edits = append(edits, edit)
		if v.Approved {
			continue
		}
		entry, err := denial(v, state)
		if err != nil {
			return err
		}
		entry.ObjectType, entry.ObjectName = p.Service.Type, P(of).Title()
		denied = append(denied, entry)
	}
	if len(edits) == 0 {
		return nil
	}
	if err := p.Service.Apply(ctx, edits, true); err != nil {
		return err
	}
	return p.Service.Audit.Record(ctx, denied...)
}

// denial is the line of the trail that says who denied a change, and why.
func denial(v Verdict, state string) (audit.Entry, error) {
	said := struct {
		State     string `json:"state"`
		DecidedBy string `json:"decidedBy,omitempty"`
		Reason    string `json:"reason,omitempty"`
	}{state, v.By, v.Reason}
	_, after, _, err := audit.Difference(nil, said)
	return audit.Entry{Action: audit.Deny, ObjectID: &v.ID, After: after}, err
}
