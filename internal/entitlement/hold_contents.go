package entitlement

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"provost/internal/fault"
	"provost/internal/object"
)

// preview marks changes that are only looked at and taken back: nobody has to approve them.
type preview struct{}

// approval is the code of the process that has to approve direct changes of what a role contains (guide page 017, Role definition process);
// empty for none.
func (f *roleFact) approval() string { return f.application.RoleDefinitionProcess }

// keepHold keeps what people cannot say, state and process, and refuses a second change of what a process decides about. In an information
// system with a role definition process contents are added and removed, and not changed otherwise.
func keepHold(e *object.Edit[Content], parent *roleFact) error {
	if e.Before == nil {
		e.After.State, e.After.ProcessID = GrantActive, nil
		return nil
	}
	what := "The change that " + e.Before.Title()
	if e.Before.State == GrantRemovalPending {
		what = "The change that " + e.Before.Role + " no longer contains " + e.Before.ContainedRole
	}
	held := pending(what, e.Before.State, e.Before.ProcessNumber, e.Before.Process)
	if e.After == nil {
		return held
	}
	b, a := e.Before, e.After
	a.State, a.ProcessID, a.ProcessNumber, a.Process = b.State, b.ProcessID, b.ProcessNumber, b.Process
	same := a.ContainedRoleID == b.ContainedRoleID && a.Mandatory == b.Mandatory && equalScope(a.Scope, b.Scope) && equalScope(a.source(), b.source())
	switch {
	case same:
		return nil
	case held != nil:
		return held
	case parent.approval() != "":
		return fault.New(fault.Conflict, "What roles of %s contain is approved: contents are added and removed there, and not changed. Remove %s and add it anew.",
			parent.application.Name, a.ContainedRole)
	}
	return nil
}

// asksContent reports whether an edit has to be approved: it adds or removes something, and is not only looked at.
func asksContent(ctx context.Context, e *object.Edit[Content]) bool {
	return (e.Created() || e.Deleted()) && ctx.Value(preview{}) == nil
}

// hold has processes decide about edits: one for each definition, which gets all of its changes. What is added waits without effect, what is
// removed stays until then.
func (r *contentRules) hold(ctx context.Context, edits []*object.Edit[Content], guarded map[*object.Edit[Content]]string) error {
	waiting := map[string][]*object.Edit[Content]{}
	for _, e := range edits {
		code := guarded[e]
		if code == "" || e.Err != nil {
			continue
		}
		if e.Deleted() {
			marked := *e.Before
			e.After, e.Deferred = &marked, true
			e.After.State = GrantRemovalPending
		} else {
			e.After.State = GrantApprovalPending
		}
		waiting[code] = append(waiting[code], e)
	}
	for _, code := range slices.Sorted(maps.Keys(waiting)) {
		for part := range slices.Chunk(waiting[code], MostAsked) {
			if err := r.ask(ctx, code, part); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *contentRules) ask(ctx context.Context, code string, edits []*object.Edit[Content]) error {
	a := Approval{Process: code, Contents: make([]AskedContent, len(edits))}
	for i, e := range edits {
		a.Contents[i] = AskedContent{Remove: e.After.State == GrantRemovalPending, Content: e.After}
	}
	id, err := r.approver.Ask(ctx, a)
	if err != nil && fault.CodeOf(err) == "" {
		return fmt.Errorf("have changes approved: %w", err)
	}
	for _, e := range edits {
		e.Err, e.After.ProcessID = err, &id
	}
	return nil
}
