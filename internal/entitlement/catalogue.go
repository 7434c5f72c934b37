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

// InformationSystems is the use cases of information systems (guide page 017).
type InformationSystems = object.Service[InformationSystem, *InformationSystem]

// ScopeDomains is the use cases of scope domains (guide page 017, Role scopes).
type ScopeDomains = object.Service[ScopeDomain, *ScopeDomain]

// ScopeValues is the use cases of scope values.
type ScopeValues = object.Service[ScopeValue, *ScopeValue]

// Catalogue is what the rules of entitlements ask of the store, besides rows.
type Catalogue interface {
	object.Directory
	change.Tracker
	identity.UseCounter
	// Names gives the names of objects by id; unknown ids are left out.
	Names(ctx context.Context, objectType string, ids []uuid.UUID) (map[uuid.UUID]string, error)
	// InformationSystemsAbove gives, per information system, the ids of all above it, the nearest first.
	InformationSystemsAbove(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error)
	// ContentsBelow gives, per role, the roles it contains, for all roles that can be reached from these.
	ContentsBelow(ctx context.Context, roles []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error)
	// HoldersOfRoles gives the users, and the accounts without a user, that hold any of the roles.
	HoldersOfRoles(ctx context.Context, roles []uuid.UUID) (users, accounts []uuid.UUID, err error)
}

var everything = authz.Scope{All: true}

// NewInformationSystems gives the use cases of information systems.
func NewInformationSystems(base InformationSystems, catalogue Catalogue, approver Approver, attributes identity.Checker) *InformationSystems {
	base.Type, base.Label = "informationSystem", "information system"
	base.Permissions = object.Permissions{
		Query: authz.InformationSystemQuery, Create: authz.InformationSystemCreate,
		Update: authz.InformationSystemUpdate, Delete: authz.InformationSystemDelete,
	}
	base.Rules = &informationSystemRules{catalogue: catalogue, approver: approver, attributes: attributes}
	return &base
}

type informationSystemRules struct {
	object.NoRules[InformationSystem]
	catalogue  Catalogue
	approver   Approver
	attributes identity.Checker
}

// Key implements object.Rules: names are unique among siblings.
func (*informationSystemRules) Key(s *InformationSystem) string {
	if s.ParentID == nil {
		return `\` + s.Name
	}
	return s.ParentID.String() + `\` + s.Name
}

// Prepare resolves parent and owner and keeps the tree a tree.
func (r *informationSystemRules) Prepare(ctx context.Context, edits []*object.Edit[InformationSystem]) error {
	err := object.Resolve(ctx, r.catalogue, edits,
		object.Reference[InformationSystem]{
			Location: "parent", Type: "informationSystem",
			Optional: func(s *InformationSystem) **uuid.UUID { return &s.ParentID }, Name: func(s *InformationSystem) *string { return &s.Parent },
		},
		object.Reference[InformationSystem]{
			Location: "owner", Type: "user",
			Optional: func(s *InformationSystem) **uuid.UUID { return &s.OwnerID }, Name: func(s *InformationSystem) *string { return &s.Owner },
		})
	if err != nil {
		return err
	}
	for _, e := range edits {
		if e.After == nil {
			continue
		}
		e.After.Name = strings.TrimSpace(e.After.Name)
		e.After.Builtin = e.Before != nil && e.Before.Builtin
		if e.After.Kind == "" {
			e.After.Kind = "application"
		}
		identity.KeepBuiltinName(e, "name", func(s *InformationSystem) string { return s.Name })
	}
	if err := r.checkTree(ctx, edits); err != nil {
		return err
	}
	if err := r.checkProcesses(ctx, edits); err != nil {
		return err
	}
	if err := identity.RefuseUsed(ctx, r.catalogue, "informationSystem", edits); err != nil {
		return err
	}
	return identity.CheckAttributes(ctx, r.attributes, "informationSystem", edits, func(s *InformationSystem) *object.Attributes { return &s.Attributes })
}

// checkProcesses accepts only processes that can decide; those that were named before stay, also when they are disabled now.
func (r *informationSystemRules) checkProcesses(ctx context.Context, edits []*object.Edit[InformationSystem]) error {
	known := map[string]error{}
	for _, e := range edits {
		if e.After == nil || e.Err != nil {
			continue
		}
		before := InformationSystem{}
		if e.Before != nil {
			before = *e.Before
		}
		for _, named := range []struct {
			location  string
			was, code *string
		}{
			{"approvalProcess", &before.ApprovalProcess, &e.After.ApprovalProcess},
			{"roleDefinitionProcess", &before.RoleDefinitionProcess, &e.After.RoleDefinitionProcess},
		} {
			if *named.code = strings.TrimSpace(*named.code); *named.code == "" || *named.code == *named.was || e.Err != nil {
				continue
			}
			refusal, asked := known[*named.code]
			if !asked {
				refusal = r.approver.Decides(ctx, *named.code)
				known[*named.code] = refusal
			}
			if refusal != nil && fault.CodeOf(refusal) == "" {
				return fmt.Errorf("look process up: %w", refusal)
			}
			if refusal != nil {
				e.Err = fault.InvalidField(named.location, "%s", refusal.Error())
			}
		}
	}
	return nil
}

func (r *informationSystemRules) checkTree(ctx context.Context, edits []*object.Edit[InformationSystem]) error {
	parents := map[uuid.UUID]uuid.UUID{}
	var targets []uuid.UUID
	for _, e := range edits {
		if e.After != nil && e.Err == nil && e.After.ParentID != nil {
			parents[e.ID] = *e.After.ParentID
			targets = append(targets, *e.After.ParentID)
		}
	}
	if len(targets) == 0 {
		return nil
	}
	above, err := r.catalogue.InformationSystemsAbove(ctx, targets)
	if err != nil {
		return fmt.Errorf("read tree of information systems: %w", err)
	}
	for of, path := range above {
		for _, next := range path {
			if _, moved := parents[of]; !moved {
				parents[of] = next
			}
			of = next
		}
	}
	for _, e := range edits {
		if e.After != nil && e.Err == nil && e.After.ParentID != nil && identity.Circular(parents, e.ID) {
			e.Err = fault.InvalidField("parent", "%s cannot hang below itself.", e.After.Name)
		}
	}
	return nil
}

// NewScopeDomains gives the use cases of scope domains.
func NewScopeDomains(base ScopeDomains, catalogue Catalogue) *ScopeDomains {
	base.Type, base.Label = "scopeDomain", "scope domain"
	base.Permissions = object.Permissions{
		Query: authz.ScopeQuery, Create: authz.ScopeCreate, Update: authz.ScopeUpdate, Delete: authz.ScopeDelete,
	}
	base.Rules = &scopeDomainRules{catalogue: catalogue}
	return &base
}

type scopeDomainRules struct {
	object.NoRules[ScopeDomain]
	catalogue Catalogue
}

// Key implements object.Rules: names are unique in an information system.
func (*scopeDomainRules) Key(d *ScopeDomain) string {
	if d.InformationSystemID == nil {
		return `\` + d.Name
	}
	return d.InformationSystemID.String() + `\` + d.Name
}

// Prepare ties domains of values to their information system; the two built-in domains are kept as they are.
func (r *scopeDomainRules) Prepare(ctx context.Context, edits []*object.Edit[ScopeDomain]) error {
	err := object.Resolve(ctx, r.catalogue, edits, object.Reference[ScopeDomain]{
		Location: "informationSystem", Type: "informationSystem",
		Optional: func(d *ScopeDomain) **uuid.UUID { return &d.InformationSystemID },
		Name:     func(d *ScopeDomain) *string { return &d.InformationSystem },
	})
	if err != nil {
		return err
	}
	for _, e := range edits {
		if e.Err != nil {
			continue
		}
		builtin := e.ID == GroupsScope || e.ID == InformationSystemsScope
		switch {
		case e.After == nil && builtin:
			e.Err = fault.New(fault.Conflict, "%s is built in and cannot be deleted.", e.Before.Name)
		case e.After == nil:
		case builtin && (e.After.Kind != e.Before.Kind || e.After.Name != e.Before.Name):
			e.Err = fault.InvalidField("name", "%s is built in and keeps its name and kind.", e.Before.Name)
		case builtin:
		default:
			e.Err = completeDomain(e)
		}
	}
	return identity.RefuseUsed(ctx, r.catalogue, "scopeDomain", edits)
}

func completeDomain(e *object.Edit[ScopeDomain]) error {
	d := e.After
	d.Name = strings.TrimSpace(d.Name)
	if d.Kind == "" {
		d.Kind = ScopeOfValues
	}
	switch {
	case d.Kind != ScopeOfValues:
		return fault.InvalidField("kind", "The domains of groups and of information systems exist already: a new one lists values.")
	case d.InformationSystemID == nil:
		return fault.InvalidField("informationSystem", "A list of values belongs to an information system.")
	case e.Before != nil && e.Before.InformationSystemID != nil && *e.Before.InformationSystemID != *d.InformationSystemID:
		return fault.InvalidField("informationSystem", "A domain stays in its information system.")
	}
	return nil
}

// NewScopeValues gives the use cases of scope values.
func NewScopeValues(base ScopeValues, catalogue Catalogue, domains object.Store[ScopeDomain]) *ScopeValues {
	base.Type, base.Label = "scopeValue", "scope value"
	base.Permissions = object.Permissions{
		Query: authz.ScopeQuery, Create: authz.ScopeCreate, Update: authz.ScopeUpdate, Delete: authz.ScopeDelete,
	}
	base.Rules = &scopeValueRules{catalogue: catalogue, domains: domains}
	return &base
}

type scopeValueRules struct {
	object.NoRules[ScopeValue]
	catalogue Catalogue
	domains   object.Store[ScopeDomain]
}

// Key implements object.Rules: values are unique in their domain.
func (*scopeValueRules) Key(v *ScopeValue) string { return v.ScopeDomainID.String() + `\` + v.Value }

// Prepare checks that the domain lists values.
func (r *scopeValueRules) Prepare(ctx context.Context, edits []*object.Edit[ScopeValue]) error {
	var ids []uuid.UUID
	for _, e := range edits {
		if e.After != nil {
			e.After.Value = strings.TrimSpace(e.After.Value)
			ids = append(ids, e.After.ScopeDomainID)
		}
	}
	domains, err := load(ctx, r.domains, ids)
	if err != nil {
		return fmt.Errorf("read scope domains: %w", err)
	}
	for _, e := range edits {
		if e.After == nil || e.Err != nil {
			continue
		}
		d := domains[e.After.ScopeDomainID]
		switch {
		case d == nil:
			e.Err = fault.InvalidField("scopeDomainId", "There is no such scope domain.")
		case d.Kind != ScopeOfValues:
			e.Err = fault.InvalidField("scopeDomainId", "%s takes its values from the platform.", d.Name)
		case e.Before != nil && e.Before.ScopeDomainID != e.After.ScopeDomainID:
			e.Err = fault.InvalidField("scopeDomainId", "A value stays in its domain.")
		default:
			e.After.ScopeDomain = d.Name
		}
	}
	return identity.RefuseUsed(ctx, r.catalogue, "scopeValue", edits)
}

// load gives objects by id.
func load[T any, P object.Pointer[T]](ctx context.Context, store interface {
	Get(ctx context.Context, scope authz.Scope, ids ...uuid.UUID) ([]T, error)
}, ids []uuid.UUID, _ ...P,
) (map[uuid.UUID]*T, error) {
	found, err := store.Get(ctx, everything, ids...)
	if err != nil {
		return nil, err
	}
	out := make(map[uuid.UUID]*T, len(found))
	for i := range found {
		out[P(&found[i]).Base().ID] = &found[i]
	}
	return out, nil
}
