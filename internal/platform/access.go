package platform

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/metadata"
	"provost/internal/object"
	"provost/internal/parameter"
)

// Grant grants a role to a user or an account (see entitlement.Desk.Grant).
func (p *Platform) Grant(ctx context.Context, req entitlement.GrantRequest) ([]entitlement.Grant, error) {
	return p.desk.Grant(ctx, req)
}

// Revoke takes grants away, all or none.
func (p *Platform) Revoke(ctx context.Context, ids ...uuid.UUID) error {
	return p.desk.Revoke(ctx, ids...)
}

// Names gives the account names a naming rule makes of users in a system (see account.Namer.Names).
func (p *Platform) Names(ctx context.Context, rule uuid.UUID, system *account.System, users []uuid.UUID) ([]account.Name, error) {
	return p.Namer.Names(ctx, rule, system, users)
}

// PreviewPolicy says who would get or lose an account if the draft of a system were saved.
func (p *Platform) PreviewPolicy(ctx context.Context, draft account.System) (account.PolicyPreview, error) {
	var preview account.PolicyPreview
	err := p.Tenant.View(ctx, func(ctx context.Context) (err error) {
		preview, err = account.PreviewPolicy(ctx, p.Tenant, p.Namer, draft)
		return err
	})
	return preview, err
}

// EffectiveRoles gives every way in which a user holds roles, for a caller who may see the user.
func (p *Platform) EffectiveRoles(ctx context.Context, user uuid.UUID) ([]entitlement.EffectiveRole, error) {
	if _, err := p.Users.Get(ctx, user); err != nil {
		return nil, err
	}
	roles, err := p.Tenant.EffectiveRoles(ctx, &user, nil)
	return entitlement.Explain(roles), err
}

// EffectiveRolesOfAccount gives every way in which an account holds roles, for a caller who may see the account.
func (p *Platform) EffectiveRolesOfAccount(ctx context.Context, id uuid.UUID) ([]entitlement.EffectiveRole, error) {
	if _, err := p.Accounts.Get(ctx, id); err != nil {
		return nil, err
	}
	roles, err := p.Tenant.EffectiveRoles(ctx, nil, &id)
	return entitlement.Explain(roles), err
}

// LoadPrincipal gives a user with the permissions of this moment: those that authorisations give to the roles the user holds, limited
// to the scopes of the grants with everything below them. Who holds SOFFID_ADMIN without a limit may do everything; who is not active
// may do nothing. It returns fault.NotFound for an unknown user.
func (p *Platform) LoadPrincipal(ctx context.Context, user uuid.UUID) (authz.Principal, error) {
	principal := authz.Principal{UserID: user, Tenant: p.Tenant.Key(), Origin: authz.OriginPerson}
	err := p.Tenant.View(ctx, func(ctx context.Context) error {
		found, err := p.Tenant.Users().Get(ctx, authz.Scope{All: true}, user)
		if err != nil {
			return fmt.Errorf("read user: %w", err)
		}
		if len(found) == 0 {
			return fault.New(fault.NotFound, "There is no such user.")
		}
		principal.UserName = found[0].UserName
		grants, admin, err := p.Tenant.PrincipalGrants(ctx, user)
		principal.Grants = grants
		if admin {
			principal.Grants = everyPermission()
		}
		return err
	})
	return principal, err
}

func everyPermission() []authz.Grant {
	catalogue := authz.Catalogue()
	grants := make([]authz.Grant, len(catalogue))
	for i, d := range catalogue {
		grants[i] = authz.Grant{Permission: d.Permission, ScopeKind: authz.ScopeAll}
	}
	return grants
}

// ConnectorParameters resolves the parameters of an agent as its connector needs them: secrets opened. For the runner only.
func (p *Platform) ConnectorParameters(ctx context.Context, system *account.System) (map[string]string, error) {
	out := make(map[string]string, len(system.Parameters))
	for name, value := range system.Parameters {
		id, secret := account.SecretID(value)
		if !secret {
			out[name] = value
			continue
		}
		if p.vault == nil {
			return nil, fault.New(fault.Unavailable, "The secrets of %s cannot be opened: the installation has no master key.", system.Name)
		}
		opened, err := p.vault.Reveal(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("open parameter %s of %s: %w", name, system.Name, err)
		}
		out[name] = opened.Reveal()
	}
	return out, nil
}

// HonourDates makes begin and end what does so by a date that has come: memberships, groups, grants, approvals of roles, access to
// accounts. Grants held for groups that a membership left end with it. It gives the next such date, zero when there is none.
func (p *Platform) HonourDates(ctx context.Context) (time.Time, error) {
	ctx = identity.AsPlatform(change.WithOrigin(ctx, change.Origin{Kind: change.Rule}))
	var next *time.Time
	err := p.Tenant.Do(ctx, func(ctx context.Context) error {
		users, err := p.Tenant.HonourDates(ctx)
		if err != nil {
			return err
		}
		if len(users) > 0 {
			if err := entitlement.Follower(p.Grants).Left(ctx, users); err != nil {
				return err
			}
		}
		if err := p.endAccess(ctx); err != nil {
			return err
		}
		next, err = p.Tenant.NextDate(ctx)
		return err
	})
	if err != nil || next == nil {
		return time.Time{}, err
	}
	return *next, nil
}

// endAccess takes access to accounts away whose end has come.
func (p *Platform) endAccess(ctx context.Context) error {
	ended, err := p.Tenant.EndedAccess(ctx)
	if err != nil || len(ended) == 0 {
		return err
	}
	edits := make([]*object.Edit[account.Access], len(ended))
	for i, id := range ended {
		edits[i] = &object.Edit[account.Access]{ID: id}
	}
	if err := p.AccountAccess.Apply(ctx, edits, true); err != nil {
		return fmt.Errorf("end access: %w", err)
	}
	return nil
}

// defaultParameters are those that a new installation shows so that people find them. Authorisations need no rows: SOFFID_ADMIN holds
// every permission, and nothing is open to everybody.
var defaultParameters = []parameter.Parameter{
	{Name: parameter.UploadMaxSize, Value: "100000000", Description: "Largest upload in bytes"},
}

// Seed brings what every tenant has up to date: the built-in attributes that the metadata lacks and default parameters. It can be run at
// every start; what an administrator changed stays.
func (p *Platform) Seed(ctx context.Context) error {
	ctx = identity.AsPlatform(change.WithOrigin(ctx, change.Origin{Kind: change.Engine}))
	return p.Tenant.Do(ctx, func(ctx context.Context) error {
		edits, err := metadata.Seed(ctx, p.Attributes)
		if err != nil {
			return err
		}
		seeder := *p.Metadata
		seeder.Rules = metadata.SeedRules{}
		if err := seeder.Apply(ctx, edits, true); err != nil {
			return fmt.Errorf("seed metadata: %w", err)
		}
		return p.seedParameters(ctx)
	})
}

func (p *Platform) seedParameters(ctx context.Context) error {
	for _, draft := range defaultParameters {
		found, err := p.Tenant.Parameters().Named(ctx, draft.Name)
		if err != nil {
			return fmt.Errorf("read parameter %s: %w", draft.Name, err)
		}
		if len(found) > 0 {
			continue
		}
		edit := &object.Edit[parameter.Parameter]{After: &draft}
		if err := p.Parameters.Apply(ctx, []*object.Edit[parameter.Parameter]{edit}, true); err != nil {
			return fmt.Errorf("seed parameter %s: %w", draft.Name, err)
		}
	}
	return nil
}
