package entitlement

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/object"
)

// Contents is the use cases of roles contained in roles (guide page 018, Granted roles).
type Contents = object.Service[Content, *Content]

// GroupRoles is the use cases of roles granted to groups (guide page 018, Grantee groups).
type GroupRoles = object.Service[GroupRole, *GroupRole]

// NewContents gives the use cases of contained roles. Who may change a role may change its contents.
func NewContents(base Contents, catalogue Catalogue, s Stores, approver Approver) *Contents {
	base.Type, base.Label = "roleContent", "contained role"
	base.Permissions = object.Permissions{Query: authz.RoleQuery, Create: authz.RoleUpdate, Update: authz.RoleUpdate, Delete: authz.RoleUpdate}
	base.Rules = &contentRules{catalogue: catalogue, shelf: s.shelf(), approver: approver}
	return &base
}

type contentRules struct {
	catalogue Catalogue
	shelf     shelf
	approver  Approver
}

// Key implements object.Rules: the table refuses a second equal content.
func (*contentRules) Key(*Content) string { return "" }

// Prepare resolves the roles and checks scopes and circles. Names of roles are given as name@system.
func (r *contentRules) Prepare(ctx context.Context, edits []*object.Edit[Content]) error {
	err := object.Resolve(ctx, r.catalogue, edits,
		object.Reference[Content]{
			Location: "role", Type: "role", Required: true,
			ID: func(c *Content) *uuid.UUID { return &c.RoleID }, Name: func(c *Content) *string { return &c.Role },
		},
		object.Reference[Content]{
			Location: "containedRole", Type: "role", Required: true,
			ID: func(c *Content) *uuid.UUID { return &c.ContainedRoleID }, Name: func(c *Content) *string { return &c.ContainedRole },
		})
	if err != nil {
		return err
	}
	guarded, err := r.checkRoles(ctx, edits)
	if err != nil {
		return err
	}
	if err := r.checkCircles(ctx, edits); err != nil {
		return err
	}
	return r.hold(ctx, edits, guarded)
}

// checkRoles checks edits one by one, and gives the codes of the processes that have to approve some of them.
func (r *contentRules) checkRoles(ctx context.Context, edits []*object.Edit[Content]) (map[*object.Edit[Content]]string, error) {
	var ids []uuid.UUID
	var scopes []Scope
	for _, e := range edits {
		for _, c := range []*Content{e.Before, e.After} {
			if c != nil {
				ids = append(ids, c.RoleID, c.ContainedRoleID)
				scopes = append(scopes, c.Scope, c.source())
			}
		}
	}
	facts, err := r.shelf.facts(ctx, ids)
	if err != nil {
		return nil, err
	}
	values, err := r.shelf.valuesOf(ctx, scopes)
	if err != nil {
		return nil, err
	}
	guarded := map[*object.Edit[Content]]string{}
	direct := byHand(ctx)
	for _, e := range edits {
		if e.Err != nil {
			continue
		}
		c := e.After
		if c == nil {
			c = e.Before
		}
		parent, contained := facts[c.RoleID], facts[c.ContainedRoleID]
		switch {
		case parent == nil || contained == nil:
			e.Err = fault.InvalidField("containedRole", "There is no such role.")
		case guardAdmin(ctx, contained.ID) != nil:
			e.Err = guardAdmin(ctx, contained.ID)
		case e.After != nil:
			e.Err = checkContent(e, parent, contained, values)
		}
		if e.Err == nil && direct {
			e.Err = keepHold(e, parent)
		}
		if e.Err == nil && direct && asksContent(ctx, e) {
			guarded[e] = parent.approval()
		}
	}
	return guarded, nil
}

func checkContent(e *object.Edit[Content], parent, contained *roleFact, values map[uuid.UUID]*ScopeValue) error {
	c := e.After
	c.Role, c.ContainedRole = parent.Name, contained.Name
	c.RoleSystem, c.ContainedRoleSystem = parent.System, contained.System
	if c.State == "" {
		c.State = GrantActive
	}
	if c.RoleID == c.ContainedRoleID {
		return fault.InvalidField("containedRole", "A role cannot contain itself.")
	}
	if e.Before != nil && e.Before.RoleID != c.RoleID {
		return fault.InvalidField("role", "A contained role stays in its role. Remove it and add it to the other one.")
	}
	if source := c.source(); !source.Empty() {
		if err := checkScope(parent, source, values, "source"); err != nil {
			return err
		}
	}
	if !c.Empty() {
		return checkScope(contained, c.Scope, values, "scope")
	}
	if contained.domain != nil && (parent.domain == nil || parent.domain.ID != contained.domain.ID) {
		return fault.InvalidField("scope", "%s is limited by %s, which %s does not carry on: name a value.", contained.Name, contained.domain.Name, parent.Name)
	}
	return nil
}

// source is the restriction to holders with a scope.
func (c *Content) source() Scope {
	return Scope{ScopeGroupID: c.SourceGroupID, ScopeInformationSystemID: c.SourceInformationSystemID, ScopeValueID: c.SourceValueID}
}

// checkCircles rejects contents by which a role would contain itself, over any number of steps, within the batch too.
func (r *contentRules) checkCircles(ctx context.Context, edits []*object.Edit[Content]) error {
	var ids []uuid.UUID
	for _, e := range edits {
		if e.After != nil && e.Err == nil {
			ids = append(ids, e.After.ContainedRoleID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	below, err := r.catalogue.ContentsBelow(ctx, ids)
	if err != nil {
		return fmt.Errorf("read contents of roles: %w", err)
	}
	below = withEdits(below, edits)
	for _, e := range edits {
		if e.After != nil && e.Err == nil && reaches(below, e.After.ContainedRoleID, e.After.RoleID) {
			e.Err = fault.InvalidField("containedRole", "%s contains %s already, directly or through other roles: that would be a circle.",
				e.After.ContainedRole, e.After.Role)
		}
	}
	return nil
}

// withEdits gives the contents as they will be after the batch.
func withEdits(below map[uuid.UUID][]uuid.UUID, edits []*object.Edit[Content]) map[uuid.UUID][]uuid.UUID {
	out := maps.Clone(below)
	for _, e := range edits {
		if e.Before != nil && e.Err == nil {
			list := slices.Clone(out[e.Before.RoleID])
			if i := slices.Index(list, e.Before.ContainedRoleID); i >= 0 {
				out[e.Before.RoleID] = slices.Delete(list, i, i+1)
			}
		}
	}
	for _, e := range edits {
		if e.After != nil && e.Err == nil {
			out[e.After.RoleID] = append(slices.Clone(out[e.After.RoleID]), e.After.ContainedRoleID)
		}
	}
	return out
}

func reaches(below map[uuid.UUID][]uuid.UUID, from, to uuid.UUID) bool {
	seen := map[uuid.UUID]bool{}
	next := []uuid.UUID{from}
	for len(next) > 0 {
		at := next[0]
		next = next[1:]
		if at == to {
			return true
		}
		if seen[at] {
			continue
		}
		seen[at] = true
		next = append(next, below[at]...)
	}
	return false
}

// Written computes the holders of the containing roles again, and touches both roles, whose systems may list the other. Optional
// contents concern new holders only.
func (r *contentRules) Written(ctx context.Context, edits []*object.Edit[Content]) error {
	for _, e := range edits {
		for _, c := range []*Content{e.Before, e.After} {
			if c != nil {
				r.catalogue.Regrant(ctx, change.Role, c.RoleID)
				r.catalogue.Touch(ctx, change.Role, c.RoleID, c.ContainedRoleID)
			}
		}
	}
	return nil
}

// NewGroupRoles gives the use cases of roles granted to groups. Who may change a role may say which groups have it.
func NewGroupRoles(base GroupRoles, catalogue Catalogue, s Stores) *GroupRoles {
	base.Type, base.Label = "groupRole", "group role"
	base.Permissions = object.Permissions{Query: authz.RoleQuery, Create: authz.RoleUpdate, Update: authz.RoleUpdate, Delete: authz.RoleUpdate}
	base.Rules = &groupRoleRules{catalogue: catalogue, shelf: s.shelf()}
	return &base
}

type groupRoleRules struct {
	catalogue Catalogue
	shelf     shelf
}

// Key implements object.Rules: the table refuses a second equal group role.
func (*groupRoleRules) Key(*GroupRole) string { return "" }

// Prepare resolves group and role and checks the scope.
func (r *groupRoleRules) Prepare(ctx context.Context, edits []*object.Edit[GroupRole]) error {
	err := object.Resolve(ctx, r.catalogue, edits,
		object.Reference[GroupRole]{
			Location: "group", Type: "group", Required: true,
			ID: func(g *GroupRole) *uuid.UUID { return &g.GroupID }, Name: func(g *GroupRole) *string { return &g.Group },
		},
		object.Reference[GroupRole]{
			Location: "role", Type: "role", Required: true,
			ID: func(g *GroupRole) *uuid.UUID { return &g.RoleID }, Name: func(g *GroupRole) *string { return &g.Role },
		})
	if err != nil {
		return err
	}
	var ids, groups []uuid.UUID
	var scopes []Scope
	for _, e := range edits {
		if e.After != nil {
			ids, groups, scopes = append(ids, e.After.RoleID), append(groups, e.After.GroupID), append(scopes, e.After.Scope)
		}
	}
	facts, err := r.shelf.facts(ctx, ids)
	if err != nil {
		return err
	}
	values, err := r.shelf.valuesOf(ctx, scopes)
	if err != nil {
		return err
	}
	names, err := r.catalogue.Names(ctx, "group", groups)
	if err != nil {
		return fmt.Errorf("find groups: %w", err)
	}
	for _, e := range edits {
		if e.After == nil || e.Err != nil {
			continue
		}
		role := facts[e.After.RoleID]
		if role == nil || names[e.After.GroupID] == "" {
			e.Err = fault.InvalidField("role", "There is no such role or group.")
			continue
		}
		e.After.Group, e.After.Role, e.After.System = names[e.After.GroupID], role.Name, role.System
		if e.Err = guardAdmin(ctx, role.ID); e.Err == nil {
			e.Err = checkScope(role, e.After.Scope, values, "scope")
		}
	}
	return nil
}

// Written computes again what everybody below the groups holds, and touches group and role, whose systems may list the other. Optional
// roles concern new members only.
func (r *groupRoleRules) Written(ctx context.Context, edits []*object.Edit[GroupRole]) error {
	for _, e := range edits {
		for _, g := range []*GroupRole{e.Before, e.After} {
			if g != nil {
				r.catalogue.Regrant(ctx, change.Group, g.GroupID)
				r.catalogue.Touch(ctx, change.Group, g.GroupID)
				r.catalogue.Touch(ctx, change.Role, g.RoleID)
			}
		}
	}
	return nil
}
