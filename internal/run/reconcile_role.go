package run

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/internal/agent"
	"provost/internal/connector"
	"provost/internal/entitlement"
	"provost/internal/mapping"
)

// roles compares a system's listed roles with our catalogue. Roles we do not know become known, in the information system their listing
// names, or in one named like the agent (behaviour of the reconciliation, guide 045). A role that we write follows the rule of accounts:
// what the system changed is drift.
func (c *comparison) roles(ctx context.Context, opened *agent.Agent) error {
	if !c.run.Listing.Covers("role") && !c.run.Listing.Covers(linkGrant) {
		return nil
	}
	known := map[string]bool{}
	return c.each(ctx, func(ctx context.Context, objects []Object) error {
		return c.rolePage(ctx, opened, objects, known)
	}, mapping.TypeRole)
}

func (c *comparison) rolePage(ctx context.Context, opened *agent.Agent, objects []Object, applications map[string]bool) error {
	names, ids := make([]string, len(objects)), make([]string, len(objects))
	for i := range objects {
		names[i], ids[i] = objects[i].Key, objects[i].ExternalID
	}
	found, err := c.service.Store.RolesAt(ctx, c.system.ID, ids, names)
	if err != nil {
		return err
	}
	byID, byName := map[string]*entitlement.Role{}, map[string]*entitlement.Role{}
	known := make([]uuid.UUID, len(found))
	for i := range found {
		known[i] = found[i].ID
		if found[i].ExternalID != "" {
			byID[found[i].ExternalID] = &found[i]
		}
		byName[strings.ToLower(found[i].Name)] = &found[i]
	}
	applied, err := c.service.Store.AppliedRoles(ctx, c.system.ID, known)
	if err != nil {
		return err
	}
	roles := make([]*entitlement.Role, len(objects))
	for i := range objects {
		if roles[i] = byID[objects[i].ExternalID]; roles[i] == nil {
			roles[i] = byName[strings.ToLower(objects[i].Key)]
		}
	}
	if err := c.applications(ctx, objects, roles, applications); err != nil {
		return err
	}
	for i, role := range roles {
		switch {
		case role == nil:
			c.newRole(&objects[i])
		case c.follows() || len(applied[role.ID]) == 0:
			c.followRole(&objects[i], role)
		default:
			c.roleDrift(opened, &objects[i], role, applied[role.ID])
		}
	}
	return nil
}

// applications proposes the information systems that listed roles need and that are not there yet.
func (c *comparison) applications(ctx context.Context, objects []Object, roles []*entitlement.Role, proposed map[string]bool) error {
	var names []string
	for i := range objects {
		name := c.application(&objects[i])
		if text(objects[i].Mapped["application"]) == "" && roles[i] != nil || proposed[strings.ToLower(name)] {
			continue
		}
		proposed[strings.ToLower(name)] = true
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil
	}
	found, err := c.service.Store.IDs(ctx, "informationSystem", lowered(names))
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, known := found[strings.ToLower(name)]; known {
			continue
		}
		c.add(Change{
			ObjectType: "informationSystem", ObjectKey: name, Action: Create, Object: map[string]any{"name": name},
			Changes: mapping.Diff(nil, map[string]any{"name": name}), Message: "For the roles found in " + c.system.Name + ".",
		})
	}
	return nil
}

func lowered(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = strings.ToLower(name)
	}
	return out
}

// application is the information system of a listed role.
func (c *comparison) application(o *Object) string {
	if name := text(o.Mapped["application"]); name != "" {
		return name
	}
	return c.system.Name
}

func roleObject(o *Object) map[string]any {
	return map[string]any{"mapped": o.Mapped, "externalId": o.ExternalID}
}

func (c *comparison) newRole(o *Object) {
	fresh := entitlement.Role{InformationSystem: c.system.Name, ExternalID: o.ExternalID}
	mergeRole(&fresh, o.Mapped)
	c.add(Change{
		ObjectType: "role", ObjectKey: o.Key, Action: Create, Object: roleObject(o), Changes: mapping.Diff(nil, roleState(&fresh)),
	})
}

// followRole proposes the system's facts for a role that the system is in charge of, or that we never wrote.
func (c *comparison) followRole(o *Object, role *entitlement.Role) {
	after := *role
	mergeRole(&after, o.Mapped)
	if o.ExternalID != "" {
		after.ExternalID = o.ExternalID
	}
	changes := mapping.Diff(roleState(role), roleState(&after))
	if len(changes) == 0 {
		return
	}
	c.add(Change{ObjectType: "role", ObjectKey: role.Name, ObjectID: &role.ID, Action: Update, Object: roleObject(o), Changes: changes})
}

// roleDrift lists what the system changed of a role since we wrote it.
func (c *comparison) roleDrift(opened *agent.Agent, o *Object, role *entitlement.Role, applied []Applied) {
	for _, state := range applied {
		if state.Class != o.Class || state.Desired == nil {
			continue
		}
		c.drift(opened, o, state, Change{ObjectType: "role", ObjectKey: role.Name, ObjectID: &role.ID})
		return
	}
}

// drift lists how an object differs from what we applied, if it does.
func (c *comparison) drift(opened *agent.Agent, o *Object, applied Applied, change Change) {
	current := connector.Object{Class: o.Class, ID: o.ExternalID, Key: o.Address, Attributes: o.Raw}
	differences := connector.DiffFor(opened.Connector, opened.Class(o.Class), current, applied.Desired)
	if len(differences) == 0 {
		return
	}
	change.Action = Drift
	for _, d := range differences {
		change.Changes = append(change.Changes, mapping.Change{Attribute: d.Attribute, Before: d.Before, After: d.After})
	}
	change.Message = "The system differs from what was applied. Before is the system's value, after is ours; provisioning brings ours back."
	c.add(change)
}

// missingRoles lists roles that the system no longer has. One that people here use, or that we write, is kept: provisioning makes it again,
// or a person decides.
func (c *comparison) missingRoles(ctx context.Context, _ *agent.Agent) error {
	if !c.removes() || !c.run.Listing.Covers("role") {
		return nil
	}
	used, err := c.service.Store.MissingRoles(ctx, *c.run, c.follows())
	if err != nil {
		return err
	}
	ids := slices.SortedFunc(maps.Keys(used), func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	return c.inPages(ctx, ids, func(ctx context.Context, ids []uuid.UUID) error {
		found, err := c.service.RoleRows.Get(ctx, everything, ids...)
		if err != nil {
			return err
		}
		applied, err := c.service.Store.AppliedRoles(ctx, c.system.ID, ids)
		for i := range found {
			c.missingRole(&found[i], used[found[i].ID], len(applied[found[i].ID]) > 0 && !c.follows())
		}
		return err
	})
}

func (c *comparison) missingRole(role *entitlement.Role, used, written bool) {
	change := Change{
		ObjectType: "role", ObjectKey: role.Name, ObjectID: &role.ID, Action: Delete, Object: absent(),
		Message: "No longer in " + c.system.Name + ".",
	}
	switch {
	case written:
		change.Action, change.Object = Drift, nil
	case used:
		change.Action, change.Object = Conflict, nil
		change.Message += fmt.Sprintf(" It is granted, contained or given permissions here, so it stays. Delete %s by hand if nobody needs it.", role.Name)
	}
	c.add(change)
}
