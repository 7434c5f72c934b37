package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/change"
	"provost/internal/entitlement"
	"provost/internal/run"
	"provost/internal/store/db"
)

// AddLinks implements run.Intake.
func (s *Runs) AddLinks(ctx context.Context, id uuid.UUID, links []run.StagedLink) error {
	if len(links) == 0 {
		return nil
	}
	rows := make([][]any, len(links))
	for i, l := range links {
		rows[i] = []any{id, l.Seq, l.Kind, l.Owner, l.Target, l.Scope, l.Effective}
	}
	return s.copyInto(ctx, "run_links", []string{"run_id", "seq", "kind", "owner", "target", "scope", "effective"}, rows)
}

// Arrange implements run.Intake.
func (s *Runs) Arrange(ctx context.Context, r run.Run) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		steps := []struct {
			what string
			do   func() error
		}{
			{"mark keys that occur twice", func() error { _, err := u.q.MarkRunDuplicates(ctx, r.ID); return err }},
			{"put groups in order", func() error { return u.q.RankRunGroups(ctx, r.ID) }},
			{"mark circles of groups", func() error { return u.q.MarkRunCircles(ctx, r.ID) }},
			{"find members", func() error { return u.q.ResolveRunMembers(ctx, r.ID) }},
			{"find holders", func() error {
				return u.q.ResolveRunHolders(ctx, db.ResolveRunHoldersParams{RunID: r.ID, SystemID: *r.SystemID})
			}},
			{"find named roles", func() error { _, err := u.q.StageNamedRoles(ctx, r.ID); return err }},
		}
		for _, step := range steps {
			if err := step.do(); err != nil {
				return fmt.Errorf("%s: %w", step.what, err)
			}
		}
		return nil
	})
}

// KeepListing implements run.Intake.
func (s *Runs) KeepListing(ctx context.Context, id uuid.UUID, l run.Listing) error {
	text, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("encode listing: %w", err)
	}
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.SetRunListing(ctx, db.SetRunListingParams{ID: id, Listing: text})
	})
}

// Tokens implements run.Intake.
func (s *Runs) Tokens(ctx context.Context, system uuid.UUID) (map[string]string, error) {
	out := map[string]string{}
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		text, err := u.q.LoadTokens(ctx, system)
		if err != nil {
			return fmt.Errorf("read tokens: %w", err)
		}
		return json.Unmarshal(text, &out)
	})
	return out, err
}

// KeepTokens implements run.Intake.
func (s *Runs) KeepTokens(ctx context.Context, system uuid.UUID, tokens map[string]string) error {
	text, err := json.Marshal(tokens)
	if err != nil {
		return fmt.Errorf("encode tokens: %w", err)
	}
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.KeepLoadTokens(ctx, db.KeepLoadTokensParams{SystemID: system, Tokens: text})
	})
}

// Staged implements run.Intake.
func (s *Runs) Staged(ctx context.Context, r run.Run) ([]run.Extent, error) {
	byType := map[string]*run.Extent{}
	extents := make([]run.Extent, len(r.Listing.Types))
	for i, t := range r.Listing.Types {
		extents[i].ObjectType, byType[t] = t, &extents[i]
	}
	err := s.query(ctx, func(ctx context.Context, u *unit) error { return u.countStaged(ctx, r, byType) })
	return extents, err
}

// countStaged counts what is staged and known of the types a listing covers. People of a managed system are accounts here.
func (u *unit) countStaged(ctx context.Context, r run.Run, of map[string]*run.Extent) error {
	extent := func(objectType string) *run.Extent {
		if of[objectType] == nil && objectType == "user" {
			return of["account"]
		}
		return of[objectType]
	}
	objects, err := u.q.CountRunObjects(ctx, r.ID)
	if err != nil {
		return fmt.Errorf("count staged objects: %w", err)
	}
	for _, o := range objects {
		if e := extent(o.ObjectType); e != nil {
			e.Listed += o.Objects
		}
	}
	links, err := u.q.CountRunLinks(ctx, r.ID)
	if err != nil {
		return fmt.Errorf("count staged links: %w", err)
	}
	for _, l := range links {
		if e := extent(l.Kind); e != nil {
			e.Listed = l.Links
		}
	}
	unidentified, err := u.q.CountUnidentified(ctx, r.ID)
	if err != nil {
		return fmt.Errorf("count unidentified records: %w", err)
	}
	for _, o := range unidentified {
		if e := extent(run.CountedAs(o.ObjectType)); e != nil {
			e.Unidentified += o.Objects
			e.Places = append(e.Places, o.Places...)
		}
	}
	known, err := u.q.CountKnown(ctx, *r.SystemID)
	if err != nil {
		return fmt.Errorf("count known objects: %w", err)
	}
	for t, n := range map[string]int64{
		"user": known.Users, "group": known.Groups, "membership": known.Memberships, "account": known.Accounts, "role": known.Roles,
		"grant": known.Grants,
	} {
		if of[t] != nil {
			of[t].Known = n
		}
	}
	return nil
}

// MissingGroups implements run.Intake.
func (s *Runs) MissingGroups(ctx context.Context, r run.Run) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := s.query(ctx, func(ctx context.Context, u *unit) (err error) {
		out, err = u.q.MissingGroups(ctx, db.MissingGroupsParams{RunID: r.ID, SystemID: r.SystemID})
		return err
	})
	return out, err
}

// NewMemberships implements run.Intake.
func (s *Runs) NewMemberships(ctx context.Context, r run.Run, after int64, limit int) ([]run.NewMembership, error) {
	var out []run.NewMembership
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.NewMemberships(ctx, db.NewMembershipsParams{RunID: r.ID, After: after, HowMany: int32(limit)}) //nolint:gosec // a page size
		for _, m := range rows {
			out = append(out, run.NewMembership{
				Seq: m.Seq, User: m.Owner, Group: m.Target, UserKnown: m.UserKnown, GroupKnown: m.GroupKnown, Source: m.Source,
			})
		}
		return err
	})
	return out, err
}

// EndedMemberships implements run.Intake.
func (s *Runs) EndedMemberships(ctx context.Context, r run.Run, after uuid.UUID, limit int) ([]run.EndedMembership, error) {
	var out []run.EndedMembership
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.EndedMemberships(ctx, db.EndedMembershipsParams{
			RunID: r.ID, SystemID: *r.SystemID, After: after, HowMany: int32(limit), AllListed: r.Listing.All("membership"), //nolint:gosec // a page size
		})
		for _, m := range rows {
			out = append(out, run.EndedMembership{ID: m.ID, User: m.UserName, Group: m.GroupName})
		}
		return err
	})
	return out, err
}

// RolesAt implements run.Intake.
func (s *Runs) RolesAt(ctx context.Context, system uuid.UUID, externalIDs, names []string) ([]entitlement.Role, error) {
	var out []entitlement.Role
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		ids, err := u.q.RolesAt(ctx, db.RolesAtParams{SystemID: system, ExternalIds: externalIDs, Names: lower(names)})
		if err != nil {
			return fmt.Errorf("find roles: %w", err)
		}
		out, err = s.Roles().Get(ctx, everything, ids...)
		return err
	})
	return out, err
}

// MissingRoles implements run.Intake.
func (s *Runs) MissingRoles(ctx context.Context, r run.Run, follows bool) (map[uuid.UUID]bool, error) {
	out := map[uuid.UUID]bool{}
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.MissingRoles(ctx, db.MissingRolesParams{RunID: r.ID, SystemID: *r.SystemID, Follows: follows})
		for _, role := range rows {
			out[role.ID] = role.Used
		}
		return err
	})
	return out, err
}

// NewGrants implements run.Intake.
func (s *Runs) NewGrants(ctx context.Context, r run.Run, after int64, limit int) ([]run.NewGrant, error) {
	var out []run.NewGrant
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.NewGrants(ctx, db.NewGrantsParams{
			RunID: r.ID, SystemID: *r.SystemID, After: after, HowMany: int32(limit), //nolint:gosec // a page size
		})
		for _, g := range rows {
			out = append(out, run.NewGrant{
				Seq: g.Seq, Account: g.Account, AccountType: g.AccountType, Role: g.Role, Scope: g.Scope, RoleKnown: g.RoleID != nil,
				Problem: g.Problem, Busy: g.Busy,
			})
		}
		return err
	})
	return out, err
}

// EndedGrants implements run.Intake.
func (s *Runs) EndedGrants(ctx context.Context, r run.Run, follows bool, after uuid.UUID, limit int) ([]run.EndedGrant, error) {
	var out []run.EndedGrant
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.EndedGrants(ctx, db.EndedGrantsParams{
			RunID: r.ID, SystemID: *r.SystemID, After: after, HowMany: int32(limit), //nolint:gosec // a page size
			AllListed: r.Listing.All("grant"), AccountsListed: r.Listing.Covers("account"), Follows: follows,
		})
		for _, g := range rows {
			out = append(out, run.EndedGrant(g))
		}
		return err
	})
	return out, err
}

// EndedRoles implements run.Intake.
func (s *Runs) EndedRoles(ctx context.Context, r run.Run, follows bool, after int64, limit int) ([]run.EndedRole, error) {
	var out []run.EndedRole
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.EndedEffectiveRoles(ctx, db.EndedEffectiveRolesParams{
			RunID: r.ID, SystemID: *r.SystemID, After: after, HowMany: int32(limit), //nolint:gosec // a page size
			AllListed: r.Listing.All("grant"), AccountsListed: r.Listing.Covers("account"), Follows: follows,
		})
		for _, e := range rows {
			out = append(out, run.EndedRole{ID: e.ID, Account: e.Account, Role: e.Role, Scope: e.Scope, Via: e.Via})
		}
		return err
	})
	return out, err
}

// Granted implements run.Intake.
func (s *Runs) Granted(ctx context.Context, r run.Run, after int64, limit int) (last int64, touched map[change.Kind][]uuid.UUID, err error) {
	touched = map[change.Kind][]uuid.UUID{}
	err = s.query(ctx, func(ctx context.Context, u *unit) error {
		seqs, err := u.q.GrantedByRun(ctx, db.GrantedByRunParams{RunID: r.ID, After: after, HowMany: int32(limit)}) //nolint:gosec // a page size
		if err != nil || len(seqs) == 0 {
			return err
		}
		last = seqs[len(seqs)-1]
		rows, err := u.q.TouchedByGrants(ctx, db.TouchedByGrantsParams{RunID: r.ID, SystemID: *r.SystemID, After: after, UpTo: last})
		for _, t := range rows {
			touched[change.Kind(t.Kind)] = append(touched[change.Kind(t.Kind)], t.ID)
		}
		return err
	})
	return last, touched, err
}
