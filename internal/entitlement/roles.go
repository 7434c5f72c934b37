package entitlement

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
)

// Roles is the use cases of roles (guide page 018).
type Roles = object.Service[Role, *Role]

// NewRoles gives the use cases of roles.
func NewRoles(base Roles, catalogue Catalogue, domains object.Store[ScopeDomain], attributes identity.Checker) *Roles {
	base.Type, base.Label = "role", "role"
	base.Permissions = object.Permissions{
		Query: authz.RoleQuery, Create: authz.RoleCreate, Update: authz.RoleUpdate, Delete: authz.RoleDelete,
	}
	base.Rules = &roleRules{catalogue: catalogue, domains: domains, attributes: attributes}
	return &base
}

type roleRules struct {
	catalogue  Catalogue
	domains    object.Store[ScopeDomain]
	attributes identity.Checker
}

// Key implements object.Rules: names are unique per system.
func (*roleRules) Key(r *Role) string { return r.System + `\` + r.Name }

// Prepare resolves system, information system and scope domain, and checks the approval window. Before a role is deleted its holders
// are noted: afterwards nobody could tell who lost it.
func (r *roleRules) Prepare(ctx context.Context, edits []*object.Edit[Role]) error {
	err := object.Resolve(ctx, r.catalogue, edits,
		object.Reference[Role]{
			Location: "system", Type: "system", Required: true,
			ID: func(r *Role) *uuid.UUID { return &r.SystemID }, Name: func(r *Role) *string { return &r.System },
		},
		object.Reference[Role]{
			Location: "informationSystem", Type: "informationSystem", Required: true,
			ID: func(r *Role) *uuid.UUID { return &r.InformationSystemID }, Name: func(r *Role) *string { return &r.InformationSystem },
		},
		object.Reference[Role]{
			Location: "scopeDomain", Type: "scopeDomain",
			Optional: func(r *Role) **uuid.UUID { return &r.ScopeDomainID }, Name: func(r *Role) *string { return &r.ScopeDomain },
		})
	if err != nil {
		return err
	}
	for _, e := range edits {
		if e.Err == nil && e.After != nil {
			e.Err = completeRole(e)
		}
	}
	if err := r.check(ctx, edits); err != nil {
		return err
	}
	if err := r.noteHolders(ctx, edits); err != nil {
		return err
	}
	return identity.CheckAttributes(ctx, r.attributes, "role", edits, func(r *Role) *object.Attributes { return &r.Attributes })
}

func completeRole(e *object.Edit[Role]) error {
	role := e.After
	role.Name = strings.TrimSpace(role.Name)
	role.Builtin = e.Before != nil && e.Before.Builtin
	if e.Before != nil && role.ExternalID == "" {
		role.ExternalID = e.Before.ExternalID // a rename finds the role in its system by it
	}
	identity.KeepBuiltinName(e, "name", func(r *Role) string { return r.Name })
	switch {
	case e.Err != nil:
		return e.Err
	case e.Before != nil && e.Before.SystemID != role.SystemID:
		return fault.InvalidField("system", "A role stays in its system. Add one in the other system.")
	case role.ApprovalStart != nil && role.ApprovalEnd != nil && !role.ApprovalStart.Before(*role.ApprovalEnd):
		return fault.InvalidField("approvalEnd", "The approval must end later than it starts.")
	}
	return nil
}

// check completes names, and allows only scope domains of the role's own information system besides the two built-in ones.
func (r *roleRules) check(ctx context.Context, edits []*object.Edit[Role]) error {
	var systems, applications, domains []uuid.UUID
	for _, e := range edits {
		if e.After == nil || e.Err != nil {
			continue
		}
		systems, applications = append(systems, e.After.SystemID), append(applications, e.After.InformationSystemID)
		if e.After.ScopeDomainID != nil {
			domains = append(domains, *e.After.ScopeDomainID)
		}
	}
	systemNames, err := r.catalogue.Names(ctx, "system", systems)
	if err != nil {
		return fmt.Errorf("find systems of roles: %w", err)
	}
	applicationNames, err := r.catalogue.Names(ctx, "informationSystem", applications)
	if err != nil {
		return fmt.Errorf("find information systems of roles: %w", err)
	}
	byID, err := load[ScopeDomain, *ScopeDomain](ctx, r.domains, domains)
	if err != nil {
		return fmt.Errorf("find scope domains of roles: %w", err)
	}
	for _, e := range edits {
		if e.After == nil || e.Err != nil {
			continue
		}
		role := e.After
		role.System, role.InformationSystem = systemNames[role.SystemID], applicationNames[role.InformationSystemID]
		switch {
		case role.System == "":
			e.Err = fault.InvalidField("system", "There is no such system.")
		case role.InformationSystem == "":
			e.Err = fault.InvalidField("informationSystem", "There is no such information system.")
		case role.ScopeDomainID != nil:
			e.Err = checkDomain(role, byID[*role.ScopeDomainID])
		}
	}
	return r.keepScoped(ctx, edits)
}

func checkDomain(role *Role, d *ScopeDomain) error {
	switch {
	case d == nil:
		return fault.InvalidField("scopeDomain", "There is no such scope domain.")
	case d.InformationSystemID != nil && *d.InformationSystemID != role.InformationSystemID:
		return fault.InvalidField("scopeDomain", "The domain %s belongs to another information system (%s).", d.Name, d.InformationSystem)
	}
	role.ScopeDomain = d.Name
	return nil
}

// keepScoped refuses to change the scope domain of a role that is granted: its grants would have a scope of the wrong kind, or none.
func (r *roleRules) keepScoped(ctx context.Context, edits []*object.Edit[Role]) error {
	changed := map[uuid.UUID]*object.Edit[Role]{}
	var ids []uuid.UUID
	for _, e := range edits {
		if e.Before != nil && e.After != nil && e.Err == nil && !sameID(e.Before.ScopeDomainID, e.After.ScopeDomainID) {
			changed[e.ID] = e
			ids = append(ids, e.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	uses, err := r.catalogue.Uses(ctx, "role", ids)
	if err != nil {
		return fmt.Errorf("count grants of roles: %w", err)
	}
	for id, of := range uses {
		changed[id].Err = fault.InvalidField("scopeDomain",
			"The role is granted (%d %s): its scope domain cannot change any more. Revoke it first.", of[0].Count, of[0].What)
	}
	return nil
}

func (r *roleRules) noteHolders(ctx context.Context, edits []*object.Edit[Role]) error {
	var ids []uuid.UUID
	for _, e := range edits {
		if e.Deleted() && e.Err == nil {
			ids = append(ids, e.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	users, accounts, err := r.catalogue.HoldersOfRoles(ctx, ids)
	if err != nil {
		return fmt.Errorf("find holders of roles: %w", err)
	}
	r.catalogue.Touch(ctx, change.User, users...)
	r.catalogue.Touch(ctx, change.Account, accounts...)
	r.catalogue.Regrant(ctx, change.User, users...)
	r.catalogue.Regrant(ctx, change.Account, accounts...)
	return nil
}

// Written touches what changed, what was deleted too: it has to leave its system. A changed approval window changes who holds the role;
// a new name is that of what they hold.
func (r *roleRules) Written(ctx context.Context, edits []*object.Edit[Role]) error {
	var renamed []uuid.UUID
	for _, e := range edits {
		r.catalogue.Touch(ctx, change.Role, e.ID)
		if e.Deleted() || e.Created() {
			continue
		}
		b, a := e.Before, e.After
		if b.Name != a.Name {
			renamed = append(renamed, e.ID)
		}
		if !sameTime(b.ApprovalStart, a.ApprovalStart) || !sameTime(b.ApprovalEnd, a.ApprovalEnd) {
			r.catalogue.Regrant(ctx, change.Role, e.ID)
		}
	}
	if len(renamed) == 0 {
		return nil
	}
	users, accounts, err := r.catalogue.HoldersOfRoles(ctx, renamed)
	if err != nil {
		return fmt.Errorf("find holders of roles: %w", err)
	}
	r.catalogue.Touch(ctx, change.User, users...)
	r.catalogue.Touch(ctx, change.Account, accounts...)
	return nil
}
