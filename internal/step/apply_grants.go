package step

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/process"
	"provost/internal/query"
)

// applyGrants grants and revokes what was approved, and decides about what waits for the process. What is held already, or gone already, is as
// it was asked for: the step may be done again after a crash. Where the definition has nobody decide, everything that was asked for is applied.
func (s *Service) applyGrants(ctx context.Context, sc *scene, values bpm.Values) error {
	requests, err := s.requests(ctx, values)
	if err != nil {
		return err
	}
	decided := sc.decides()
	if requests, err = s.settle(ctx, sc, requests, decided); err != nil {
		return err
	}
	for i := range requests {
		r := &requests[i]
		if !r.approved(decided) {
			continue
		}
		if err := r.askable(); err != nil {
			return err
		}
		if err := s.carryOut(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// approved reports whether a request was agreed to; without anybody to decide, it is unless a line says otherwise.
func (r *request) approved(decided bool) bool {
	return r.line.Decision == process.Approved || (!decided && r.line.Decision != process.Denied)
}

// settle decides about the requests that are about changes waiting for the process, all at once, and gives the others.
func (s *Service) settle(ctx context.Context, sc *scene, requests []request, decided bool) (others []request, err error) {
	for _, kind := range []struct {
		pending Pending
		about   func(*process.LineContent) *uuid.UUID
	}{
		{s.Grants, func(l *process.LineContent) *uuid.UUID { return l.GrantID }},
		{s.Contents, func(l *process.LineContent) *uuid.UUID { return l.ContentID }},
	} {
		waiting, err := kind.pending.Of(ctx, sc.process)
		if err != nil {
			return nil, err
		}
		var verdicts []entitlement.Verdict
		others = nil
		for i := range requests {
			r := &requests[i]
			id := kind.about(&r.line)
			if id == nil || !waiting[*id] {
				others = append(others, *r)
				continue
			}
			if r.approved(decided) || r.line.Decision == process.Denied {
				verdicts = append(verdicts, entitlement.Verdict{ID: *id, Approved: r.approved(decided), By: r.line.DecidedBy, Reason: r.line.Comment})
			}
		}
		if err := kind.pending.Decide(ctx, sc.process, verdicts); err != nil {
			return nil, err
		}
		requests = others
	}
	return others, nil
}

// askable is the last look at whether processes may deal with the role of a request: that may have changed since it was asked for, and not
// every request came through a form.
func (r *request) askable() error {
	if err := entitlement.Requestable(r.role, r.application); err != nil {
		return fmt.Errorf("request %s: %w", r.line.Key, err)
	}
	return nil
}

// carryOut grants or revokes what a request is about, unless it is so already.
func (s *Service) carryOut(ctx context.Context, r *request) error {
	held, err := s.held(ctx, r)
	if err != nil {
		return err
	}
	switch {
	case r.line.Action == process.LineRevoke && held != nil:
		err = s.Desk.Revoke(ctx, held.ID)
	case r.line.Action != process.LineRevoke && held == nil:
		err = s.grant(ctx, r)
	}
	if err != nil {
		return fmt.Errorf("request %s: %w", r.line.Key, err)
	}
	return nil
}

// decides reports whether a step of the definition has people decide about requests.
func (s *scene) decides() bool {
	for _, step := range s.library.Steps {
		if process.Deciding(step) {
			return true
		}
	}
	return false
}

// held gives the direct grant that a request is about; nil when there is none.
func (s *Service) held(ctx context.Context, r *request) (*entitlement.Grant, error) {
	if r.user == nil {
		return nil, nil
	}
	filter := fmt.Sprintf("userId eq %q and roleId eq %q", r.user.ID, r.role.ID)
	var found *entitlement.Grant
	err := s.GrantRows.Each(ctx, authz.Scope{All: true}, query.List{Filter: filter}, func(g entitlement.Grant) error {
		named := r.line.GrantID != nil && *r.line.GrantID == g.ID
		if named || (r.line.GrantID == nil && sameScope(g.Scope, r.line.Scope) && same(g.HolderGroupID, r.line.HolderGroupID)) {
			found = &g
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for the grant: %w", err)
	}
	return found, nil
}

func (s *Service) grant(ctx context.Context, r *request) error {
	if r.user == nil {
		return &bpm.Fault{Code: faultMissing, Message: fmt.Sprintf("Request %s names no user, and no longer waits for this process.", r.line.Key)}
	}
	asked := entitlement.GrantRequest{
		UserID: &r.user.ID, RoleID: r.role.ID, HolderID: r.line.HolderGroupID, StartAt: r.line.StartAt, EndAt: r.line.EndAt,
	}
	if !r.line.Scope.Empty() {
		asked.Scopes = []entitlement.Scope{r.line.Scope}
	}
	_, err := s.Desk.Grant(ctx, asked)
	return err
}

func sameScope(a, b entitlement.Scope) bool {
	return same(a.ScopeGroupID, b.ScopeGroupID) && same(a.ScopeInformationSystemID, b.ScopeInformationSystemID) && same(a.ScopeValueID, b.ScopeValueID)
}

// same compares what may be absent.
func same[T comparable](a, b *T) bool { return a == b || (a != nil && b != nil && *a == *b) }
