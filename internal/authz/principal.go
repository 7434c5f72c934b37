package authz

import (
	"slices"

	"github.com/google/uuid"
)

// Grant is a permission a principal holds through one of their roles, with its limit.
type Grant struct {
	Permission Permission
	// ScopeKind is the kind of limit. The zero value gives nothing, so that a row read
	// badly never opens a door.
	ScopeKind ScopeKind
	// ScopeIDs are the groups or information systems the grant is limited to, with those
	// below them already included by whoever loaded the grant; empty for [ScopeAll].
	ScopeIDs []uuid.UUID
}

// Origin says on whose behalf something is done; it is kept on every row that is changed.
type Origin string

// The origins of a change.
const (
	OriginPerson         Origin = "person"
	OriginToken          Origin = "token"
	OriginRule           Origin = "rule"
	OriginLoad           Origin = "load"
	OriginReconciliation Origin = "reconciliation"
	OriginProcess        Origin = "process"
	OriginScript         Origin = "script"
	OriginSystem         Origin = "system"
)

// Principal is who asks: a person behind a session or an API token, or the platform
// itself. The zero value holds no permission.
type Principal struct {
	UserID   uuid.UUID
	UserName string
	// Tenant is the key of the tenant the principal belongs to.
	Tenant string
	Grants []Grant
	Origin Origin
	// TokenID is the API token used, or the zero UUID.
	TokenID uuid.UUID

	system bool
}

// System returns the principal of background work: it may do everything, and its origin
// tells what drives it. The caller sets Tenant, and for work done after a person's
// decision UserID and UserName, so that the audit names the person.
func System(origin Origin) Principal {
	return Principal{UserName: "system", Origin: origin, system: true}
}

// IsSystem tells whether the principal is the platform itself.
func (p Principal) IsSystem() bool { return p.system }

// Allows tells whether the principal holds the permission at all, on every object or only
// on some. Which ones is said by [Principal.Scope].
func (p Principal) Allows(perm Permission) bool {
	return !p.Scope(perm).Empty()
}

// Scope returns the objects on which the principal holds the permission: the union of all
// grants of it and of permissions that imply it. Lists, counts, exports and pickers turn
// it into an SQL predicate. A permission that is not in the catalogue is held by nobody.
func (p Principal) Scope(perm Permission) Scope {
	definition, known := indexed.definitions[perm]
	if !known {
		return Scope{}
	}
	if p.system {
		return Scope{All: true}
	}
	var scope Scope
	for _, g := range p.Grants {
		if !indexed.givers[perm][g.Permission] || !definition.Limitable(g.ScopeKind) {
			continue
		}
		switch g.ScopeKind {
		case ScopeAll:
			return Scope{All: true}
		case ScopeGroup:
			scope.Groups = append(scope.Groups, g.ScopeIDs...)
		case ScopeInformationSystem:
			scope.InformationSystems = append(scope.InformationSystems, g.ScopeIDs...)
		}
	}
	scope.Groups = distinct(scope.Groups)
	scope.InformationSystems = distinct(scope.InformationSystems)
	return scope
}

// Permissions returns everything the principal holds on at least one object, implied
// permissions included, sorted: what the console asks to decide which pages to show.
func (p Principal) Permissions() []Permission {
	var held []Permission
	for perm := range indexed.definitions {
		if p.Allows(perm) {
			held = append(held, perm)
		}
	}
	slices.Sort(held)
	return held
}

// Scope is the set of objects a permission is held on: all of them, or those that belong
// to one of the groups or one of the information systems.
type Scope struct {
	All                bool
	Groups             []uuid.UUID
	InformationSystems []uuid.UUID
}

// Empty tells whether the scope holds no object.
func (s Scope) Empty() bool {
	return !s.All && len(s.Groups) == 0 && len(s.InformationSystems) == 0
}

// InGroups tells whether an object that belongs to the given groups is in the scope.
func (s Scope) InGroups(ids ...uuid.UUID) bool {
	return s.All || meet(s.Groups, ids)
}

// InInformationSystems tells whether an object that belongs to the given information
// systems is in the scope.
func (s Scope) InInformationSystems(ids ...uuid.UUID) bool {
	return s.All || meet(s.InformationSystems, ids)
}

func meet(a, b []uuid.UUID) bool {
	return slices.ContainsFunc(b, func(id uuid.UUID) bool { return slices.Contains(a, id) })
}

// distinct sorts the ids and drops repetitions, so that equal scopes are equal values and
// the predicates built from them are the same text.
func distinct(ids []uuid.UUID) []uuid.UUID {
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}
