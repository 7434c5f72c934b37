package identity

import (
	"context"
	"strings"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/object"
)

// UserTypes is the use cases of user types (guide page 037).
type UserTypes = object.Service[UserType, *UserType]

// GroupTypes is the use cases of group types (guide page 038).
type GroupTypes = object.Service[GroupType, *GroupType]

// MailDomains is the use cases of mail domains (guide page 025).
type MailDomains = object.Service[MailDomain, *MailDomain]

// NewUserTypes gives the use cases of user types.
func NewUserTypes(base UserTypes, people People) *UserTypes {
	base.Type, base.Label = "userType", "user type"
	base.Permissions = object.Permissions{
		Query: authz.UserTypeQuery, Create: authz.UserTypeCreate, Update: authz.UserTypeUpdate, Delete: authz.UserTypeDelete,
	}
	base.Rules = &userTypeRules{people: people}
	return &base
}

type userTypeRules struct{ people People }

// Key implements object.Rules.
func (*userTypeRules) Key(t *UserType) string { return t.Name }

// Prepare keeps the names of built-in types and refuses to delete a type that is used.
func (r *userTypeRules) Prepare(ctx context.Context, edits []*object.Edit[UserType]) error {
	for _, e := range edits {
		if e.After != nil {
			e.After.Name = strings.TrimSpace(e.After.Name)
			e.After.Builtin = e.Before != nil && e.Before.Builtin
		}
		KeepBuiltinName(e, "name", func(t *UserType) string { return t.Name })
	}
	return RefuseUsed(ctx, r.people, "userType", edits)
}

// Written touches the users of a type that begins to be managed: from now on they are propagated.
func (r *userTypeRules) Written(ctx context.Context, edits []*object.Edit[UserType]) error {
	for _, e := range edits {
		if e.Before == nil || e.After == nil || e.Before.Managed == e.After.Managed {
			continue
		}
		users, err := r.people.UsersOfType(ctx, e.ID)
		if err != nil {
			return err
		}
		r.people.Touch(ctx, change.User, users...)
	}
	return nil
}

// NewGroupTypes gives the use cases of group types.
func NewGroupTypes(base GroupTypes, people People) *GroupTypes {
	base.Type, base.Label = "groupType", "group type"
	base.Permissions = object.Permissions{
		Query: authz.GroupTypeQuery, Create: authz.GroupTypeCreate, Update: authz.GroupTypeUpdate, Delete: authz.GroupTypeDelete,
	}
	base.Rules = &groupTypeRules{people: people}
	return &base
}

type groupTypeRules struct {
	object.NoRules[GroupType]
	people People
}

// Key implements object.Rules.
func (*groupTypeRules) Key(t *GroupType) string { return t.Name }

// Prepare refuses to delete a type that groups have.
func (r *groupTypeRules) Prepare(ctx context.Context, edits []*object.Edit[GroupType]) error {
	for _, e := range edits {
		if e.After != nil {
			e.After.Name = strings.TrimSpace(e.After.Name)
		}
	}
	return RefuseUsed(ctx, r.people, "groupType", edits)
}

// NewMailDomains gives the use cases of mail domains. They belong to the settings of the installation.
func NewMailDomains(base MailDomains, people People) *MailDomains {
	base.Type, base.Label = "mailDomain", "mail domain"
	base.Permissions = object.Permissions{
		Query: authz.SettingsQuery, Create: authz.SettingsUpdate, Update: authz.SettingsUpdate, Delete: authz.SettingsUpdate,
	}
	base.Rules = &mailDomainRules{people: people}
	return &base
}

type mailDomainRules struct {
	object.NoRules[MailDomain]
	people People
}

// Key implements object.Rules.
func (*mailDomainRules) Key(d *MailDomain) string { return d.Name }

// Prepare writes names the way addresses are compared, and refuses to delete a domain that addresses use: it can be made obsolete.
func (r *mailDomainRules) Prepare(ctx context.Context, edits []*object.Edit[MailDomain]) error {
	for _, e := range edits {
		if e.After != nil {
			e.After.Name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(e.After.Name, "@")))
		}
	}
	return RefuseUsed(ctx, r.people, "mailDomain", edits)
}

// KeepBuiltinName rejects an edit that renames an object which comes with the platform.
func KeepBuiltinName[T any](e *object.Edit[T], location string, name func(*T) string) {
	if e.Before == nil || e.After == nil || e.Err != nil {
		return
	}
	b, ok := any(e.Before).(object.Builtin)
	if ok && b.IsBuiltin() && name(e.Before) != name(e.After) {
		e.Err = fault.InvalidField(location, "%s is built in and keeps its name.", name(e.Before))
	}
}
