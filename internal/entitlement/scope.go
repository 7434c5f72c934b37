package entitlement

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"time"

	"github.com/google/uuid"

	"provost/internal/fault"
	"provost/internal/object"
)

// shelf holds the stores of which roles are made.
type shelf struct {
	roles              object.Store[Role]
	informationSystems object.Store[InformationSystem]
	domains            object.Store[ScopeDomain]
	values             object.Store[ScopeValue]
}

// roleFact is what has to be known of a role to grant it.
type roleFact struct {
	*Role
	application *InformationSystem
	domain      *ScopeDomain // nil for a role without scope
}

// facts gives what has to be known of roles.
func (s shelf) facts(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*roleFact, error) {
	roles, err := load[Role, *Role](ctx, s.roles, ids)
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	byApplication, err := s.applicationsOf(ctx, maps.Values(roles))
	if err != nil {
		return nil, err
	}
	var domains []uuid.UUID
	for _, r := range roles {
		if r.ScopeDomainID != nil {
			domains = append(domains, *r.ScopeDomainID)
		}
	}
	byDomain, err := load[ScopeDomain, *ScopeDomain](ctx, s.domains, domains)
	if err != nil {
		return nil, fmt.Errorf("read scope domains: %w", err)
	}
	out := make(map[uuid.UUID]*roleFact, len(roles))
	for id, r := range roles {
		out[id] = &roleFact{Role: r, application: byApplication[r.InformationSystemID]}
		if r.ScopeDomainID != nil {
			out[id].domain = byDomain[*r.ScopeDomainID]
		}
	}
	return out, nil
}

// applicationsOf gives the information systems of roles.
func (s shelf) applicationsOf(ctx context.Context, roles iter.Seq[*Role]) (map[uuid.UUID]*InformationSystem, error) {
	var ids []uuid.UUID
	for r := range roles {
		ids = append(ids, r.InformationSystemID)
	}
	found, err := load[InformationSystem, *InformationSystem](ctx, s.informationSystems, ids)
	if err != nil {
		return nil, fmt.Errorf("read information systems: %w", err)
	}
	return found, nil
}

// valuesOf gives the scope values that scopes name.
func (s shelf) valuesOf(ctx context.Context, scopes []Scope) (map[uuid.UUID]*ScopeValue, error) {
	var ids []uuid.UUID
	for _, of := range scopes {
		if of.ScopeValueID != nil {
			ids = append(ids, *of.ScopeValueID)
		}
	}
	values, err := load[ScopeValue, *ScopeValue](ctx, s.values, ids)
	if err != nil {
		return nil, fmt.Errorf("read scope values: %w", err)
	}
	return values, nil
}

// checkScope tells whether a scope fits a role: none for a role without domain, exactly one of the domain's kind for the others.
func checkScope(r *roleFact, s Scope, values map[uuid.UUID]*ScopeValue, location string) error {
	named := 0
	for _, id := range []*uuid.UUID{s.ScopeGroupID, s.ScopeInformationSystemID, s.ScopeValueID} {
		if id != nil {
			named++
		}
	}
	if r.domain == nil {
		if named > 0 {
			return fault.InvalidField(location, "The role %s has no scope: grant it without a value.", r.Name)
		}
		return nil
	}
	given := map[string]*uuid.UUID{
		ScopeOfGroups: s.ScopeGroupID, ScopeOfInformationSystems: s.ScopeInformationSystemID, ScopeOfValues: s.ScopeValueID,
	}[r.domain.Kind]
	switch {
	case named == 0:
		return fault.InvalidField(location, "The role %s is limited by %s: name at least one value.", r.Name, r.domain.Name)
	case named > 1 || given == nil:
		return fault.InvalidField(location, "The role %s is limited by %s: name one value of that kind.", r.Name, r.domain.Name)
	case r.domain.Kind == ScopeOfValues && (values[*given] == nil || values[*given].ScopeDomainID != r.domain.ID):
		return fault.InvalidField(location, "The value is not one of %s.", r.domain.Name)
	}
	return nil
}

func sameID(a, b *uuid.UUID) bool {
	return a == b || (a != nil && b != nil && *a == *b)
}

func sameTime(a, b *time.Time) bool {
	return a == b || (a != nil && b != nil && a.Equal(*b))
}
