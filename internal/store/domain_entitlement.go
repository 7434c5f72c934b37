package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/store/db"
)

// InformationSystemsAbove implements entitlement.Catalogue.
func (t *Tenant) InformationSystemsAbove(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	out := map[uuid.UUID][]uuid.UUID{}
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.InformationSystemsAbove(ctx, ids)
		for _, row := range rows {
			out[row.OfID] = append(out[row.OfID], row.ID)
		}
		return err
	})
	return out, err
}

// ContentsBelow implements entitlement.Catalogue.
func (t *Tenant) ContentsBelow(ctx context.Context, roles []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	out := map[uuid.UUID][]uuid.UUID{}
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.ContentsBelow(ctx, roles)
		for _, row := range rows {
			out[row.RoleID] = append(out[row.RoleID], row.ContainedRoleID)
		}
		return err
	})
	return out, err
}

// HoldersOfRoles implements entitlement.Catalogue.
func (t *Tenant) HoldersOfRoles(ctx context.Context, roles []uuid.UUID) (users, accounts []uuid.UUID, err error) {
	err = t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.HoldersOfRoles(ctx, roles)
		for _, row := range rows {
			switch {
			case row.UserID != nil:
				users = append(users, *row.UserID)
			case row.AccountID != nil:
				accounts = append(accounts, *row.AccountID)
			}
		}
		return err
	})
	return users, accounts, err
}

// AccountFacts implements entitlement.Ledger.
func (t *Tenant) AccountFacts(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*entitlement.AccountFact, error) {
	out := map[uuid.UUID]*entitlement.AccountFact{}
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.AccountFacts(ctx, ids)
		for _, r := range rows {
			out[r.ID] = &entitlement.AccountFact{
				ID: r.ID, Name: r.Name, SystemID: r.SystemID, System: r.System, Type: r.Type, Status: r.Status, UserID: r.UserID, User: r.UserName,
			}
		}
		return err
	})
	return out, err
}

// AccountsIn implements entitlement.Ledger.
func (t *Tenant) AccountsIn(ctx context.Context, user, system uuid.UUID) ([]entitlement.AccountFact, error) {
	var out []entitlement.AccountFact
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.AccountsIn(ctx, db.AccountsInParams{UserID: user, SystemID: system})
		for _, r := range rows {
			out = append(out, entitlement.AccountFact{
				ID: r.ID, Name: r.Name, SystemID: r.SystemID, System: r.System, Type: r.Type, Status: r.Status, UserID: r.UserID, User: r.UserName,
			})
		}
		return err
	})
	return out, err
}

// HeldKeys implements entitlement.Ledger.
func (t *Tenant) HeldKeys(ctx context.Context, accounts []uuid.UUID) (map[entitlement.GrantKey]entitlement.Held, error) {
	out := map[entitlement.GrantKey]entitlement.Held{}
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.HeldKeys(ctx, accounts)
		for _, r := range rows {
			g := entitlement.Grant{AccountID: r.AccountID, RoleID: r.RoleID, HolderGroupID: r.HolderGroupID}
			g.ScopeGroupID, g.ScopeInformationSystemID, g.ScopeValueID = r.ScopeGroupID, r.ScopeInformationSystemID, r.ScopeValueID
			out[entitlement.KeyOfGrant(&g)] = entitlement.Held{ID: r.ID, Process: r.Process}
		}
		return err
	})
	return out, err
}

// HolderGroups implements entitlement.Ledger.
func (t *Tenant) HolderGroups(ctx context.Context, users []uuid.UUID) (map[uuid.UUID][]entitlement.HolderGroup, error) {
	out := map[uuid.UUID][]entitlement.HolderGroup{}
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.HolderGroups(ctx, users)
		for _, r := range rows {
			out[r.UserID] = append(out[r.UserID], entitlement.HolderGroup{ID: r.ID, Name: r.Name, RoleHolder: r.RoleHolder})
		}
		return err
	})
	return out, err
}

// ids runs a query that gives ids.
func (t *Tenant) ids(ctx context.Context, run func(context.Context, *db.Queries) ([]uuid.UUID, error)) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := t.query(ctx, func(ctx context.Context, u *unit) (err error) {
		out, err = run(ctx, u.q)
		return err
	})
	return out, err
}

// GrantsBelow implements entitlement.Ledger.
func (t *Tenant) GrantsBelow(ctx context.Context, grants []uuid.UUID) ([]uuid.UUID, error) {
	return t.ids(ctx, func(ctx context.Context, q *db.Queries) ([]uuid.UUID, error) { return q.GrantsBelow(ctx, grants) })
}

// Siblings implements entitlement.Ledger.
func (t *Tenant) Siblings(ctx context.Context, account, role, informationSystem uuid.UUID) ([]uuid.UUID, error) {
	return t.ids(ctx, func(ctx context.Context, q *db.Queries) ([]uuid.UUID, error) {
		return q.Siblings(ctx, db.SiblingsParams{AccountID: account, RoleID: role, InformationSystemID: informationSystem})
	})
}

// OptionalContents implements entitlement.Ledger.
func (t *Tenant) OptionalContents(ctx context.Context, roles []uuid.UUID) ([]uuid.UUID, error) {
	return t.ids(ctx, func(ctx context.Context, q *db.Queries) ([]uuid.UUID, error) { return q.OptionalContents(ctx, roles) })
}

// EndedByLeaving implements entitlement.Ledger.
func (t *Tenant) EndedByLeaving(ctx context.Context, users []uuid.UUID) ([]uuid.UUID, error) {
	return t.ids(ctx, func(ctx context.Context, q *db.Queries) ([]uuid.UUID, error) { return q.EndedByLeaving(ctx, users) })
}

// GrantsOfUsers implements entitlement.Ledger.
func (t *Tenant) GrantsOfUsers(ctx context.Context, users []uuid.UUID) ([]uuid.UUID, error) {
	return t.ids(ctx, func(ctx context.Context, q *db.Queries) ([]uuid.UUID, error) { return q.GrantsOfUsers(ctx, users) })
}

// OptionalGroupRoles implements entitlement.Ledger.
func (t *Tenant) OptionalGroupRoles(ctx context.Context, groups []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	out := map[uuid.UUID][]uuid.UUID{}
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.OptionalGroupRoles(ctx, groups)
		for _, r := range rows {
			out[r.GroupID] = append(out[r.GroupID], r.ID)
		}
		return err
	})
	return out, err
}

// EffectiveRoles gives every way in which a user, or an account, holds a role, with the steps named as they are called today.
func (t *Tenant) EffectiveRoles(ctx context.Context, user, account *uuid.UUID) ([]entitlement.EffectiveRole, error) {
	var out []entitlement.EffectiveRole
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.EffectiveRolesOf(ctx, db.EffectiveRolesOfParams{UserID: user, AccountID: account})
		if err != nil {
			return fmt.Errorf("read effective roles: %w", err)
		}
		var ids []uuid.UUID
		for _, r := range rows {
			role := entitlement.EffectiveRole{
				UserID: r.UserID, AccountID: r.AccountID, Account: r.Account, RoleID: r.RoleID, Role: r.Role, Description: r.Description,
				System: r.System, InformationSystem: r.InformationSystem, ScopeName: r.ScopeName, Via: r.Via, RawPath: r.Path, Since: r.Since,
			}
			if err := json.Unmarshal(r.Path, &role.Path); err != nil {
				return fmt.Errorf("read path of effective role: %w", err)
			}
			for _, step := range role.Path {
				ids = append(ids, step.ID)
			}
			out = append(out, role)
		}
		return u.nameSteps(ctx, ids, out)
	})
	return out, err
}

func (u *unit) nameSteps(ctx context.Context, ids []uuid.UUID, roles []entitlement.EffectiveRole) error {
	if len(ids) == 0 {
		return nil
	}
	rows, err := u.q.StepNames(ctx, ids)
	if err != nil {
		return fmt.Errorf("name steps: %w", err)
	}
	steps := make(map[uuid.UUID]db.StepNamesRow, len(rows))
	for _, row := range rows {
		steps[row.ID] = row
	}
	for i := range roles {
		for s := range roles[i].Path {
			step := &roles[i].Path[s]
			step.Name = steps[step.ID].Name
			if step.Kind == "grant" {
				roles[i].GrantOrigin = steps[step.ID].Origin
			}
		}
	}
	return nil
}

// PreviewHoldings says what would change for users and accounts if effective roles were computed now.
func (t *Tenant) PreviewHoldings(ctx context.Context, users, accounts []uuid.UUID) ([]entitlement.HoldingChange, error) {
	var out []entitlement.HoldingChange
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		const sql = `select action, user_id, user_name, account, role_id, role, scope_name from effective_role_changes($1, $2)`
		rows, err := u.tx.Query(ctx, sql, listed(users), listed(accounts))
		if err != nil {
			return fmt.Errorf("preview effective roles: %w", err)
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (entitlement.HoldingChange, error) {
			var c entitlement.HoldingChange
			err := row.Scan(&c.Action, &c.UserID, &c.User, &c.Account, &c.RoleID, &c.Role, &c.ScopeName)
			return c, err
		})
		return err
	})
	return out, err
}

// PrincipalGrants gives the permissions of an active user, with their limits expanded to what lies below; admin is true for a holder of
// SOFFID_ADMIN without a limit.
func (t *Tenant) PrincipalGrants(ctx context.Context, user uuid.UUID) (grants []authz.Grant, admin bool, err error) {
	err = t.query(ctx, func(ctx context.Context, u *unit) error {
		const sql = `select role_id, permission, scope_group_id, scope_information_system_id, scope_value_id, groups, information_systems
			from principal_grants($1, $2)`
		rows, err := u.tx.Query(ctx, sql, user, entitlement.AdminRole)
		if err != nil {
			return fmt.Errorf("read permissions: %w", err)
		}
		held, err := pgx.CollectRows(rows, scanPermission)
		for _, h := range held {
			admin = admin || (h.role == entitlement.AdminRole && h.scope.Empty())
			if h.permission != "" {
				grants = append(grants, grantOf(h))
			}
		}
		return err
	})
	return grants, admin, err
}

// permission is one permission that a user holds through a role, with the limit of the role's grant and what lies below it.
type permission struct {
	role            uuid.UUID
	permission      string
	scope           entitlement.Scope
	groups, systems []uuid.UUID
}

func scanPermission(row pgx.CollectableRow) (permission, error) {
	var p permission
	s := &p.scope
	err := row.Scan(&p.role, &p.permission, &s.ScopeGroupID, &s.ScopeInformationSystemID, &s.ScopeValueID, &p.groups, &p.systems)
	return p, err
}

// grantOf limits a permission as the scope of the role's grant says. A scope of a value means nothing for permissions and gives nothing.
func grantOf(p permission) authz.Grant {
	g := authz.Grant{Permission: authz.Permission(p.permission)}
	switch {
	case p.scope.ScopeGroupID != nil:
		g.ScopeKind, g.ScopeIDs = authz.ScopeGroup, p.groups
	case p.scope.ScopeInformationSystemID != nil:
		g.ScopeKind, g.ScopeIDs = authz.ScopeInformationSystem, p.systems
	case p.scope.ScopeValueID == nil:
		g.ScopeKind = authz.ScopeAll
	}
	return g
}

// GrantSource implements entitlement.Ledger: the name under which the audit trail knows the rule or run that yielded a grant.
func (t *Tenant) GrantSource(ctx context.Context, origin uuid.UUID) (string, error) {
	var name string
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		err := u.tx.QueryRow(ctx, "select object_name from audit_entries where object_id = $1 order by id desc limit 1", origin).Scan(&name)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return name, err
}

var _ entitlement.Ledger = (*Tenant)(nil)
