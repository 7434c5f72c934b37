package scriptservice

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
)

// lookups are what the installation's own scripts may do: see what mappings and naming rules speak about.
var lookups = []authz.Permission{
	authz.UserQuery, authz.GroupQuery, authz.AccountQuery, authz.SystemQuery, authz.InformationSystemQuery, authz.RoleQuery,
	authz.GrantQuery, authz.ScopeQuery, authz.UserTypeQuery, authz.GroupTypeQuery, authz.ParameterQuery, authz.SettingsQuery,
}

// enter gives a context in which the call acts with the authority of its script, whoever made the script run.
func (c *call) enter(ctx context.Context) (context.Context, error) {
	p, err := c.principal(ctx)
	if err != nil {
		return nil, err
	}
	origin := change.Origin{Kind: change.Script, ID: HashID(c.authority.ScriptHash)}
	return change.WithOrigin(authz.With(ctx, p), origin), nil
}

func (c *call) principal(ctx context.Context) (authz.Principal, error) {
	if c.own {
		p := authz.Principal{UserName: "script", Tenant: c.Tenant.Key(), Origin: authz.OriginScript}
		for _, permission := range lookups {
			p.Grants = append(p.Grants, authz.Grant{Permission: permission, ScopeKind: authz.ScopeAll})
		}
		return p, nil
	}
	id, err := uuid.Parse(c.authority.Publisher)
	if err != nil {
		return authz.Principal{}, fault.New(fault.Denied, "The script names no valid publisher: publish it again.")
	}
	p, err := c.LoadPrincipal(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return authz.Principal{}, fault.New(fault.Denied, "The person who published this script is no longer there: somebody has to publish it again.")
	}
	if err != nil {
		return authz.Principal{}, fmt.Errorf("load publisher of script: %w", err)
	}
	return Intersect(p, c.authority.Scopes), nil
}

// Intersect gives a principal that holds what p holds and the scopes name, on the objects on which p holds it. A scope is the name of a
// permission and covers what it implies; names that are no permission give nothing, and so does an empty list.
func Intersect(p authz.Principal, scopes []string) authz.Principal {
	declared := closure(scopes)
	limited := authz.Principal{UserID: p.UserID, UserName: p.UserName, Tenant: p.Tenant, TokenID: p.TokenID, Origin: authz.OriginScript}
	for _, permission := range declared.Permissions() {
		scope := p.Scope(permission)
		if scope.All {
			limited.Grants = append(limited.Grants, authz.Grant{Permission: permission, ScopeKind: authz.ScopeAll})
			continue
		}
		if len(scope.Groups) > 0 {
			limited.Grants = append(limited.Grants, authz.Grant{
				Permission: permission, ScopeKind: authz.ScopeGroup, ScopeIDs: scope.Groups,
			})
		}
		if len(scope.InformationSystems) > 0 {
			limited.Grants = append(limited.Grants, authz.Grant{
				Permission: permission, ScopeKind: authz.ScopeInformationSystem, ScopeIDs: scope.InformationSystems,
			})
		}
	}
	return limited
}

// closure is somebody who holds exactly the scopes, and what they imply.
func closure(scopes []string) authz.Principal {
	var p authz.Principal
	for _, scope := range scopes {
		p.Grants = append(p.Grants, authz.Grant{Permission: authz.Permission(scope), ScopeKind: authz.ScopeAll})
	}
	return p
}

// denial says which of the two sides of the authority lacks a permission.
func (c *call) denial(d *authz.DeniedError) error {
	switch {
	case c.own:
		return fault.Wrap(fault.Denied, d, "This script runs as a part of the installation and may only look things up; %s.%s needs the "+
			"permission %s, so it belongs into a script that a person who holds it publishes.", c.service, c.method, d.Permission)
	case !closure(c.authority.Scopes).Allows(d.Permission):
		return fault.Wrap(fault.Denied, d, "%s.%s needs the scope %s, which the script does not declare. Declare it and publish the script again.",
			c.service, c.method, d.Permission)
	case d.Limited:
		return fault.Wrap(fault.Denied, d, "The permission %s of the script's publisher does not reach this object.", d.Permission)
	default:
		return fault.Wrap(fault.Denied, d, "%s.%s needs the permission %s, which the script's publisher does not hold.",
			c.service, c.method, d.Permission)
	}
}

// HashID is the id under which rows and trail name a script: the first half of its hash. It is zero for a text that is no hash.
func HashID(hash string) uuid.UUID {
	raw, err := hex.DecodeString(hash)
	if err != nil || len(raw) < len(uuid.UUID{}) {
		return uuid.Nil
	}
	return uuid.UUID(slices.Clone(raw[:len(uuid.UUID{})]))
}

// note leaves an entry in the trail: which script made the changes beside it, with its whole hash.
func (c *call) note(ctx context.Context) error {
	after, err := json.Marshal(map[string]string{"hash": c.authority.ScriptHash, "call": c.service + "." + c.method})
	if err != nil {
		return fmt.Errorf("encode audit of script: %w", err)
	}
	entry := audit.Entry{Action: audit.Run, ObjectType: "script", ObjectName: c.service + "." + c.method, After: after}
	if id := HashID(c.authority.ScriptHash); id != uuid.Nil {
		entry.ObjectID = &id
	}
	return c.Tenant.Record(ctx, entry)
}
