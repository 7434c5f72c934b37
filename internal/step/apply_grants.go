package step

import (
	"context"
	"fmt"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/process"
	"provost/internal/query"
)

// applyGrants grants and revokes what was approved. What is held already, or gone already, is as it was asked for: the step may be done
// again after a crash. Where the definition has nobody decide, everything that was asked for is applied.
func (s *Service) applyGrants(ctx context.Context, sc *scene, values bpm.Values) error {
	requests, err := s.requests(ctx, values)
	if err != nil {
		return err
	}
	decided := sc.decides()
	for i := range requests {
		r := &requests[i]
		if r.line.Decision == process.Denied || (decided && r.line.Decision != process.Approved) {
			continue
		}
		if err := s.carryOut(ctx, r); err != nil {
			return err
		}
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
