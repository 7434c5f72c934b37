package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/parameter"
)

// MailDomainStates implements identity.People. It gives nil while no domain is registered at all: every domain is accepted then.
func (t *Tenant) MailDomainStates(ctx context.Context, names []string) (map[string]bool, error) {
	var out map[string]bool
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.MailDomains(ctx)
		if err != nil {
			return fmt.Errorf("read mail domains: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		states := make(map[string]bool, len(rows))
		for _, row := range rows {
			states[row.Name] = row.Obsolete
		}
		out = map[string]bool{}
		for _, name := range names {
			if obsolete, ok := states[strings.ToLower(name)]; ok {
				out[strings.ToLower(name)] = obsolete
			}
		}
		return nil
	})
	return out, err
}

// NameFormat implements identity.People.
func (t *Tenant) NameFormat(ctx context.Context) (string, error) {
	return parameter.NewSettings(t.Parameters(), nil).NameFormat(ctx)
}

// GroupHolder implements entitlement.Ledger.
func (t *Tenant) GroupHolder(ctx context.Context) (string, error) {
	return parameter.NewSettings(t.Parameters(), nil).GroupHolder(ctx)
}

// UsersOfType implements identity.People.
func (t *Tenant) UsersOfType(ctx context.Context, userType uuid.UUID) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := t.query(ctx, func(ctx context.Context, u *unit) (err error) {
		out, err = u.q.UsersOfType(ctx, userType)
		return err
	})
	return out, err
}

// FollowUserTypes implements identity.People.
func (t *Tenant) FollowUserTypes(ctx context.Context, users []uuid.UUID) error {
	return t.exec(ctx, func(ctx context.Context, u *unit) error { return u.q.FollowUserTypes(ctx, users) })
}

// GroupsAbove implements identity.People.
func (t *Tenant) GroupsAbove(ctx context.Context, groups []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	out := map[uuid.UUID][]uuid.UUID{}
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.GroupsAbove(ctx, groups)
		for _, row := range rows {
			out[row.OfID] = append(out[row.OfID], row.ID)
		}
		return err
	})
	return out, err
}

// BelowGroups implements identity.People.
func (t *Tenant) BelowGroups(ctx context.Context, groups []uuid.UUID) (users, below []uuid.UUID, err error) {
	err = t.query(ctx, func(ctx context.Context, u *unit) error {
		if users, err = u.q.MembersBelowGroups(ctx, groups); err != nil {
			return err
		}
		below, err = u.q.GroupsBelow(ctx, groups)
		return err
	})
	return users, below, err
}

// GroupsWithUsers implements identity.People.
func (t *Tenant) GroupsWithUsers(ctx context.Context, users []uuid.UUID) ([]uuid.UUID, error) {
	groups := map[uuid.UUID]bool{}
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.GroupsOfUsers(ctx, users)
		for _, r := range rows {
			groups[r.GroupID] = true
		}
		return err
	})
	return keys(groups), err
}

// nameOf says how the objects of a type are named, by table.
var nameOf = map[string]string{
	"user": "user_name from users", "group": "name from groups", "groupType": "name from group_types", "userType": "name from user_types",
	"system": "name from systems", "informationSystem": "name from information_systems", "role": "name from roles",
	"account": "name from accounts", "mailDomain": "name from mail_domains", "scopeValue": "value from scope_values",
}

// Names gives the names of the objects of a type by id; unknown ids are left out.
func (t *Tenant) Names(ctx context.Context, objectType string, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	out := make(map[uuid.UUID]string, len(ids))
	source, ok := nameOf[objectType]
	if !ok {
		return nil, fault.New(fault.Invalid, "Objects of type %s have no name.", objectType)
	}
	if len(ids) == 0 {
		return out, nil
	}
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.tx.Query(ctx, "select id, "+source+" where id = any($1)", ids)
		if err != nil {
			return fmt.Errorf("name %s: %w", objectType, err)
		}
		found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[objectName])
		for _, f := range found {
			out[f.ID] = f.Name
		}
		return err
	})
	return out, err
}

// Existing implements metadata.References.
func (t *Tenant) Existing(ctx context.Context, objectType string, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	names, err := t.Names(ctx, objectType, ids)
	out := make(map[uuid.UUID]bool, len(names))
	for id := range names {
		out[id] = true
	}
	return out, err
}

// Rows of statements that are put together here.
type (
	objectName struct {
		ID   uuid.UUID
		Name string
	}
	counted struct {
		ID    uuid.UUID
		Count int
	}
	holder struct{ UserID, AccountID *uuid.UUID }
)

// use is one way in which objects are used: what uses them, and where its references are.
type use struct{ what, table, column string }

// usesOf says what stands in the way of a deletion, by object type.
var usesOf = map[string][]use{
	"userType": {
		{"users", "users", "user_type_id"}, {"accounts", "accounts", "user_type_id"}, {"systems", "system_user_types", "user_type_id"},
	},
	"groupType": {{"groups", "groups", "group_type_id"}},
	"group": {
		{"users with it as primary group", "users", "primary_group_id"},
		{"members", "group_memberships", "group_id"},
		{"child groups", "groups", "parent_id"},
		{"systems", "system_groups", "group_id"},
		{"grants with it as holder", "grants", "holder_group_id"},
		{"grants with it as scope", "grants", "scope_group_id"},
	},
	"namingRule":     {{"systems", "systems", "naming_rule_id"}},
	"passwordDomain": {{"systems", "systems", "password_domain_id"}},
	"informationSystem": {
		{"roles", "roles", "information_system_id"},
		{"information systems below", "information_systems", "parent_id"},
		{"grants with it as scope", "grants", "scope_information_system_id"},
	},
	"scopeDomain": {{"roles", "roles", "scope_domain_id"}},
	"scopeValue":  {{"grants", "grants", "scope_value_id"}},
	"role":        {{"grants", "grants", "role_id"}, {"groups", "group_roles", "role_id"}},
}

// Uses implements identity.UseCounter.
func (t *Tenant) Uses(ctx context.Context, objectType string, ids []uuid.UUID) (map[uuid.UUID][]identity.Use, error) {
	out := map[uuid.UUID][]identity.Use{}
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		if objectType == "mailDomain" {
			return u.mailDomainUses(ctx, ids, out)
		}
		for _, of := range usesOf[objectType] {
			sql := fmt.Sprintf("select %[1]s, count(*) from %[2]s where %[1]s = any($1) group by %[1]s", of.column, of.table)
			if err := u.count(ctx, sql, ids, of.what, out); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func (u *unit) mailDomainUses(ctx context.Context, ids []uuid.UUID, out map[uuid.UUID][]identity.Use) error {
	const sql = `select d.id, count(*) from mail_domains d join users us on lower(split_part(us.email, '@', 2)) = lower(d.name)
		where d.id = any($1) group by d.id`
	return u.count(ctx, sql, ids, "users", out)
}

func (u *unit) count(ctx context.Context, sql string, ids []uuid.UUID, what string, out map[uuid.UUID][]identity.Use) error {
	rows, err := u.tx.Query(ctx, sql, ids)
	if err != nil {
		return fmt.Errorf("count %s: %w", what, err)
	}
	counts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[counted])
	for _, c := range counts {
		out[c.ID] = append(out[c.ID], identity.Use{What: what, Count: c.Count})
	}
	return err
}

var _ identity.People = (*Tenant)(nil)
