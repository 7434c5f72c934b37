package platform_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/metadata"
	"provost/internal/object"
	"provost/internal/query"
)

// options changes the options of a built-in attribute of users.
func (b *bench) options(code string, change func(*metadata.Options)) {
	b.t.Helper()
	a, err := b.Metadata.Named(b.ctx, `user\`+code)
	require.NoError(b.t, err)
	change(&a.Options)
	_, err = b.Metadata.Update(b.ctx, a.ID, 0, a)
	require.NoError(b.t, err)
}

// editor gives the context of somebody who may change users and is no administrator.
func (b *bench) editor(name string) context.Context {
	b.t.Helper()
	u := b.user(name)
	role := b.role("role of "+name, "soffid", "SOFFID")
	for _, permission := range []authz.Permission{authz.UserUpdate, authz.UserCreate} {
		_, err := b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: string(permission), RoleID: role.ID})
		require.NoError(b.t, err)
	}
	b.grant(u, role)
	return b.as(u.ID)
}

func hidden(o *metadata.Options)   { o.OperatorVisibility = metadata.Hidden }
func readOnly(o *metadata.Options) { o.OperatorVisibility = metadata.ReadOnly }

func TestHiddenAttributesCannotBeGuessed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	salary := metadata.Options{QuickSearch: true}
	hidden(&salary)
	b.attribute("user", "salary", metadata.String, salary)
	b.options("email", hidden)
	b.options("primaryGroup", hidden)
	b.options("fullName", hidden)
	b.user("zoe", func(u *identity.User) {
		u.Email, u.Attributes = "secretive@example.org", object.Attributes{"salary": "hundredweight"}
	})
	operator := b.editor("clerk")
	questions := []query.List{
		{Filter: `attributes.salary sw "h"`},
		{Filter: `Attributes.SALARY pr`},
		{Filter: `userName eq "zoe" and not (attributes.salary eq "1")`},
		{Sort: "-attributes.salary"},
		{Sort: "userName,attributes.salary"},
		{Filter: `email co "@"`},
		{Filter: "EMAIL pr"},
		{Sort: "email"},
		{Filter: `primaryGroup eq "world"`},
		{Filter: "primaryGroupId pr"},
		{Sort: "primaryGroup"},
	}
	for _, l := range questions {
		_, err := b.Users.List(operator, l)
		refused(t, err, fault.Denied, "You may not see the attribute")
		err = b.Users.Each(operator, l, func(identity.User) error { return nil })
		refused(t, err, fault.Denied, "You may not see the attribute")
		_, err = b.Users.List(b.ctx, l)
		require.NoError(t, err, "an administrator may ask %+v", l)
	}
	found := func(ctx context.Context, q string) int {
		page, err := b.Users.List(ctx, query.List{Q: q})
		require.NoError(t, err)
		return page.Total
	}
	for q, expected := range map[string][2]int{
		"zoe": {1, 1}, "hundredweight": {0, 1}, "secretive": {0, 1}, "zoe hundred": {0, 1}, "sample": {0, found(b.ctx, "sample")},
	} {
		require.Equal(t, expected, [2]int{found(operator, q), found(b.ctx, q)}, "quick search for %q leaves hidden attributes out", q)
	}
	system := identity.AsPlatform(operator)
	_, err := b.Users.List(system, query.List{Filter: `attributes.salary sw "h"`})
	require.NoError(t, err, "the platform's own questions are not a person's")
}

func TestVisibilityIsHonouredOnWriting(t *testing.T) {
	t.Parallel()
	b := setup(t)
	seen, unseen := metadata.Options{}, metadata.Options{}
	readOnly(&seen)
	hidden(&unseen)
	b.attribute("user", "salary", metadata.Number, seen)
	b.attribute("user", "grade", metadata.String, unseen)
	b.options("phone", readOnly)
	b.options("comments", hidden)
	b.options("primaryGroup", readOnly)
	b.group("north", "world")
	u := b.user("u1", func(u *identity.User) {
		u.Phone, u.Comments, u.Attributes = "1", "c", object.Attributes{"salary": 5, "grade": "A"}
	})
	operator := b.editor("clerk")
	cases := []struct {
		name     string
		change   func(*identity.User)
		location string
	}{
		{"read-only custom attribute", func(u *identity.User) { u.Attributes["salary"] = 6 }, "attributes.salary"},
		{"clearing it", func(u *identity.User) { delete(u.Attributes, "salary") }, "attributes.salary"},
		{"hidden custom attribute", func(u *identity.User) { u.Attributes["grade"] = "B" }, "attributes.grade"},
		{"read-only field", func(u *identity.User) { u.Phone = "2" }, "phone"},
		{"hidden field", func(u *identity.User) { u.Comments = "" }, "comments"},
		{"read-only reference by name", func(u *identity.User) { u.PrimaryGroup = "north" }, "primaryGroup"},
	}
	for _, c := range cases {
		draft := u
		draft.Attributes = u.Attributes.Clone()
		c.change(&draft)
		_, err := b.Users.Update(operator, u.ID, 0, draft)
		refused(t, err, fault.Invalid, c.location)
		require.Equal(t, []string{"1"}, b.query("select version::text from users where id = $1", u.ID), c.name)
	}
	draft := u
	draft.FirstName, draft.PrimaryGroup = "Other", "WORLD"
	draft.Attributes = object.Attributes{"salary": "5"}
	changed, err := b.Users.Update(operator, u.ID, 0, draft)
	require.NoError(t, err, "the rest can be changed, and what is derived from it changes along")
	require.Equal(t, "Other u1", changed.FullName)
	require.Equal(t, object.Attributes{"salary": 5.0, "grade": "A"}, changed.Attributes, "leaving out what one cannot see changes nothing")
	draft.Phone, draft.Comments, draft.Attributes = "9", "", object.Attributes{"salary": 7, "grade": "C"}
	_, err = b.Users.Update(identity.AsPlatform(operator), u.ID, 0, draft)
	require.NoError(t, err, "loads and consequences write what people may not")
	_, err = b.Users.Create(operator, identity.User{
		UserName: "u2", UserType: "I", PrimaryGroup: "world", Active: true, Attributes: object.Attributes{"salary": 5},
	})
	refused(t, err, fault.Invalid, "attributes.salary")
}

func TestOneselfIsAUser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "badge", metadata.String, metadata.Options{UserVisibility: metadata.ReadOnly})
	b.options("phone", func(o *metadata.Options) { o.UserVisibility = metadata.ReadOnly })
	other := b.user("u1")
	for value, change := range map[string]func(*identity.User){"attributes.badge": with("badge", "1"), "phone": func(u *identity.User) { u.Phone = "1" }} {
		own, err := b.Users.Get(b.ctx, identity.Administrator)
		require.NoError(t, err)
		change(&own)
		_, err = b.Users.Update(b.ctx, own.ID, 0, own)
		refused(t, err, fault.Invalid, value)
		change(&other)
		other, err = b.Users.Update(b.ctx, other.ID, 0, other)
		require.NoError(t, err, "of others an administrator is one")
	}
}
