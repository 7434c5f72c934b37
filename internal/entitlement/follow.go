package entitlement

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
)

// Written computes again what the accounts hold, lets a single role replace its siblings, and grants optional contents to new holders.
func (r *grantRules) Written(ctx context.Context, edits []*object.Edit[Grant]) error {
	var created []*Grant
	for _, e := range edits {
		if e.After == nil {
			r.ledger.Regrant(ctx, change.Account, e.Before.AccountID)
			continue
		}
		r.ledger.Regrant(ctx, change.Account, e.After.AccountID)
		if began(e) {
			created = append(created, e.After)
		}
	}
	if err := r.replaceSiblings(ctx, created); err != nil {
		return err
	}
	return r.grantContents(ctx, created)
}

// began reports whether a grant takes effect by an edit: a new one that need not be approved, or one that was.
func began(e *object.Edit[Grant]) bool {
	return e.After.State != GrantApprovalPending && (e.Created() || e.Before.State == GrantApprovalPending)
}

// replaceSiblings revokes the other roles of information systems of which a user holds only one role (guide page 017, Single role).
func (r *grantRules) replaceSiblings(ctx context.Context, created []*Grant) error {
	var ids []uuid.UUID
	for _, g := range created {
		ids = append(ids, g.RoleID)
	}
	roles, err := r.shelf.facts(ctx, ids)
	if err != nil {
		return err
	}
	doomed := map[uuid.UUID]bool{}
	for _, g := range created {
		role := roles[g.RoleID]
		if role == nil || !role.application.SingleRole {
			continue
		}
		siblings, err := r.ledger.Siblings(ctx, g.AccountID, g.RoleID, role.InformationSystemID)
		if err != nil {
			return fmt.Errorf("find siblings of grant: %w", err)
		}
		for _, id := range siblings {
			doomed[id] = true
		}
	}
	return r.revoke(ctx, doomed)
}

// revoke removes grants as a consequence of something else. Grants that fall with another one of the set are left to it.
func (r *grantRules) revoke(ctx context.Context, doomed map[uuid.UUID]bool) error {
	if len(doomed) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, 0, len(doomed))
	for id := range doomed {
		ids = append(ids, id)
	}
	below, err := r.ledger.GrantsBelow(ctx, ids)
	if err != nil {
		return fmt.Errorf("find grants below: %w", err)
	}
	for _, id := range below {
		delete(doomed, id)
	}
	var edits []*object.Edit[Grant]
	for id := range doomed {
		edits = append(edits, &object.Edit[Grant]{ID: id})
	}
	return r.grants.Apply(asConsequence(ctx), edits, true)
}

// grantContents grants the optional contents of newly granted roles as grants of their own, which can be revoked one by one (guide
// page 018, No Mandatory). Where the user has no suitable account and gets none, the content is left out.
func (r *grantRules) grantContents(ctx context.Context, created []*Grant) error {
	byRole := map[uuid.UUID][]*Grant{}
	var roles []uuid.UUID
	for _, g := range created {
		byRole[g.RoleID] = append(byRole[g.RoleID], g)
		roles = append(roles, g.RoleID)
	}
	if len(roles) == 0 {
		return nil
	}
	ids, err := r.ledger.OptionalContents(ctx, roles)
	if err != nil {
		return fmt.Errorf("find optional contents: %w", err)
	}
	contents, err := r.stores.Contents.Get(ctx, everything, ids...)
	if err != nil {
		return fmt.Errorf("read optional contents: %w", err)
	}
	for i := range contents {
		for _, parent := range byRole[contents[i].RoleID] {
			if err := r.grantContent(ctx, &contents[i], parent); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *grantRules) grantContent(ctx context.Context, c *Content, parent *Grant) error {
	if source := c.source(); !source.Empty() && !equalScope(source, parent.Scope) {
		return nil
	}
	facts, err := r.shelf.facts(ctx, []uuid.UUID{c.ContainedRoleID})
	if err != nil {
		return err
	}
	role := facts[c.ContainedRoleID]
	scope := c.Scope
	if scope.Empty() && role.domain != nil {
		scope = parent.Scope
	}
	draft := Grant{
		RoleID: c.ContainedRoleID, Scope: scope, ParentGrantID: &parent.ID, StartAt: parent.StartAt, EndAt: parent.EndAt,
		HolderGroupID: parent.HolderGroupID, Origin: OriginRole, OriginID: &parent.ID,
	}
	account, err := r.accountFor(ctx, parent, role.SystemID)
	if err != nil || account == uuid.Nil {
		return err
	}
	draft.AccountID = account
	return r.createQuietly(ctx, draft)
}

func equalScope(a, b Scope) bool {
	return sameID(a.ScopeGroupID, b.ScopeGroupID) && sameID(a.ScopeInformationSystemID, b.ScopeInformationSystemID) && sameID(a.ScopeValueID, b.ScopeValueID)
}

// accountFor finds the account that a consequence of a grant goes to: the same one in the same system, else the user's own there.
// It is zero where there is none to choose.
func (r *grantRules) accountFor(ctx context.Context, parent *Grant, system uuid.UUID) (uuid.UUID, error) {
	facts, err := r.ledger.AccountFacts(ctx, []uuid.UUID{parent.AccountID})
	if err != nil {
		return uuid.Nil, fmt.Errorf("read account: %w", err)
	}
	a := facts[parent.AccountID]
	switch {
	case a == nil:
		return uuid.Nil, nil
	case a.SystemID == system:
		return a.ID, nil
	case a.UserID == nil:
		return uuid.Nil, nil
	}
	return r.ownAccount(ctx, *a.UserID, system)
}

// ownAccount gives the user's account in a system, opening one if there is none; zero where the choice is a person's.
func (r *grantRules) ownAccount(ctx context.Context, user, system uuid.UUID) (uuid.UUID, error) {
	id, err := r.chooseAccount(ctx, user, system, "")
	if fault.CodeOf(err) == fault.Conflict {
		return uuid.Nil, nil
	}
	return id, err
}

// createQuietly grants a role as a consequence; what is held already, or may not be held, is left out.
func (r *grantRules) createQuietly(ctx context.Context, draft Grant) error {
	edit := &object.Edit[Grant]{After: &draft}
	return r.grants.Apply(asConsequence(ctx), []*object.Edit[Grant]{edit}, false)
}

// Groups follows what happens to the groups of users.
type Groups struct{ rules *grantRules }

// Follower gives the part of the use cases of grants that users and memberships tell of their changes.
func Follower(grants *Grants) *Groups {
	rules, _ := grants.Rules.(*grantRules)
	return &Groups{rules: rules}
}

// Joined grants the optional roles of groups to users who became members (guide page 018, Grantee groups).
func (g *Groups) Joined(ctx context.Context, joins []identity.Join) error {
	r := g.rules
	groups := make([]uuid.UUID, len(joins))
	for i, j := range joins {
		groups[i] = j.GroupID
	}
	optional, err := r.ledger.OptionalGroupRoles(ctx, groups)
	if err != nil || len(optional) == 0 {
		return err
	}
	for _, j := range joins {
		roles, err := r.stores.GroupRoles.Get(ctx, everything, optional[j.GroupID]...)
		if err != nil {
			return fmt.Errorf("read roles of groups: %w", err)
		}
		for i := range roles {
			if err := g.grant(ctx, j.UserID, &roles[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *Groups) grant(ctx context.Context, user uuid.UUID, of *GroupRole) error {
	r := g.rules
	facts, err := r.shelf.facts(ctx, []uuid.UUID{of.RoleID})
	if err != nil {
		return err
	}
	account, err := r.ownAccount(ctx, user, facts[of.RoleID].SystemID)
	if err != nil || account == uuid.Nil {
		return err
	}
	return r.createQuietly(ctx, Grant{AccountID: account, RoleID: of.RoleID, Scope: of.Scope, Origin: OriginGroup, OriginID: &of.ID})
}

// Left ends the grants of users that were held for a group they left, or came with it.
func (g *Groups) Left(ctx context.Context, users []uuid.UUID) error {
	ids, err := g.rules.ledger.EndedByLeaving(ctx, users)
	if err != nil {
		return fmt.Errorf("find grants of groups left: %w", err)
	}
	return g.rules.revoke(ctx, set(ids))
}

// Leaving removes all grants of users who are about to be deleted.
func (g *Groups) Leaving(ctx context.Context, users []uuid.UUID) error {
	ids, err := g.rules.ledger.GrantsOfUsers(ctx, users)
	if err != nil {
		return fmt.Errorf("find grants of users: %w", err)
	}
	return g.rules.revoke(ctx, set(ids))
}

func set(ids []uuid.UUID) map[uuid.UUID]bool {
	out := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out
}
