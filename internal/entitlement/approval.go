package entitlement

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"provost/internal/fault"
	"provost/internal/object"
)

// MostAsked is how many changes one process decides about: a larger batch asks several.
const MostAsked = 1000

// Approval asks a process to decide about changes that somebody made directly.
type Approval struct {
	Process  string // code of its definition
	Grants   []Asked
	Contents []AskedContent
}

// AskedContent is a content of a role that waits to be added, or to be removed.
type AskedContent struct {
	Remove  bool
	Content *Content
}

// Asked is a grant that waits to become effective, or to be revoked.
type Asked struct {
	Revoke bool
	Grant  *Grant
}

// Approver has processes decide about direct changes (guide page 017, Approval process).
type Approver interface {
	// Ask starts a process in the transaction of the context. It returns fault.Conflict when the definition cannot be started.
	Ask(ctx context.Context, a Approval) (uuid.UUID, error)
	// Decides tells why the definition with a code cannot decide about direct changes, or nil.
	Decides(ctx context.Context, code string) error
}

// asks reports whether a direct change of who holds a role has to be approved. Loads, rules, processes and what follows from another change
// do not ask: the audit trail names them as the origin of what they did.
func asks(ctx context.Context, role *roleFact) bool {
	return role.application.ApprovalProcess != "" && byHand(ctx)
}

// pendingGrant refuses a second change of a grant that a process decides about; nil where none does.
func pendingGrant(g *Grant) error {
	what := "The grant of " + g.Title()
	if g.State == GrantRemovalPending {
		what = "The removal of " + g.Title()
	}
	return pending(what, g.State, g.ProcessNumber, g.Process)
}

func pending(what, state string, number *int64, process string) error {
	switch {
	case state == GrantActive:
		return nil
	case number == nil:
		return fault.New(fault.Conflict, "%s waits to be approved.", what)
	}
	return fault.New(fault.Conflict, "%s waits for process %d, %s. Decide there, or cancel the process to withdraw it.", what, *number, process)
}

// hold has processes decide about the edits of a batch that have to be approved: one for each definition, which gets all of its changes.
func (r *grantRules) hold(ctx context.Context, edits []*object.Edit[Grant], b *batch) error {
	waiting := map[string][]*object.Edit[Grant]{}
	var scopes []Scope
	for _, e := range edits {
		if e.Err != nil || e.After == nil || e.After.ProcessID != nil || !asks(ctx, b.roles[e.After.RoleID]) {
			continue
		}
		code := b.roles[e.After.RoleID].application.ApprovalProcess
		waiting[code] = append(waiting[code], e)
		scopes = append(scopes, e.After.Scope)
	}
	if len(waiting) == 0 {
		return nil
	}
	names, err := r.scopeNames(ctx, scopes, b)
	if err != nil {
		return err
	}
	for _, code := range slices.Sorted(maps.Keys(waiting)) {
		for part := range slices.Chunk(waiting[code], MostAsked) {
			if err := r.ask(ctx, code, part, names); err != nil {
				return err
			}
		}
	}
	return nil
}

// ask has one process decide about edits.
func (r *grantRules) ask(ctx context.Context, code string, edits []*object.Edit[Grant], scopes map[uuid.UUID]string) error {
	a := Approval{Process: code, Grants: make([]Asked, len(edits))}
	for i, e := range edits {
		g := e.After
		for _, id := range []*uuid.UUID{g.ScopeGroupID, g.ScopeInformationSystemID, g.ScopeValueID} {
			if id != nil {
				g.ScopeName = scopes[*id]
			}
		}
		a.Grants[i] = Asked{Revoke: g.State == GrantRemovalPending, Grant: g}
	}
	id, err := r.approver.Ask(ctx, a)
	if fault.CodeOf(err) != "" {
		for _, e := range edits {
			e.Err = err
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("have changes approved: %w", err)
	}
	for _, e := range edits {
		e.After.ProcessID = &id
	}
	return nil
}

// scopeNames gives what people call the scopes of grants.
func (r *grantRules) scopeNames(ctx context.Context, scopes []Scope, b *batch) (map[uuid.UUID]string, error) {
	byType := map[string][]uuid.UUID{}
	out := map[uuid.UUID]string{}
	for _, s := range scopes {
		if s.ScopeGroupID != nil {
			byType["group"] = append(byType["group"], *s.ScopeGroupID)
		}
		if s.ScopeInformationSystemID != nil {
			byType["informationSystem"] = append(byType["informationSystem"], *s.ScopeInformationSystemID)
		}
		if s.ScopeValueID != nil && b.values[*s.ScopeValueID] != nil {
			out[*s.ScopeValueID] = b.values[*s.ScopeValueID].Value
		}
	}
	for objectType, ids := range byType {
		names, err := r.ledger.Names(ctx, objectType, ids)
		if err != nil {
			return nil, fmt.Errorf("name scopes of grants: %w", err)
		}
		maps.Copy(out, names)
	}
	return out, nil
}
