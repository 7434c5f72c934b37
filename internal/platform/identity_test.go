package platform_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/query"
)

func TestUserNeedsTypeAndPrimaryGroup(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.Users.Create(b.ctx, identity.User{UserName: "u1", PrimaryGroup: "world"})
	refused(t, err, fault.Invalid, "userType is required")
	_, err = b.Users.Create(b.ctx, identity.User{UserName: "u1", UserType: "I"})
	refused(t, err, fault.Invalid, "primaryGroup is required")
	_, err = b.Users.Create(b.ctx, identity.User{UserName: "u1", UserType: "I", PrimaryGroup: "nowhere"})
	refused(t, err, fault.Invalid, `no group named "nowhere"`)
	u := b.user("u1")
	require.Equal(t, "Sample u1", u.FullName)
	require.Equal(t, []string{"user/u1"}, b.tasks())
	_, err = b.Users.Create(b.ctx, identity.User{UserName: "U1", UserType: "I", PrimaryGroup: "world"})
	refused(t, err, fault.Conflict, "U1")
}

func TestNameFormatMakesFullName(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.set("soffid.nameformat", "%2$s %3$s, %1$s")
	u := b.user("u1", func(u *identity.User) { u.FirstName, u.MiddleName, u.LastName = "Ada", "King", "Lovelace" })
	require.Equal(t, "King Lovelace, Ada", u.FullName)
}

func TestMailDomains(t *testing.T) {
	t.Parallel()
	b := setup(t)
	mail := func(address string) error {
		_, err := b.Users.Create(b.ctx, identity.User{UserName: "m" + address[:1], UserType: "I", PrimaryGroup: "world", Email: address})
		return err
	}
	require.NoError(t, mail("a@example.net"), "without registered domains every domain is accepted")
	_, err := b.MailDomains.Create(b.ctx, identity.MailDomain{Name: "@Example.COM "})
	require.NoError(t, err)
	_, err = b.MailDomains.Create(b.ctx, identity.MailDomain{Name: "old.example.com", Obsolete: true})
	require.NoError(t, err)
	require.NoError(t, mail("b@example.com"))
	refused(t, mail("c@example.org"), fault.Invalid, "not registered")
	refused(t, mail("d@old.example.com"), fault.Invalid, "obsolete")
	d, err := b.MailDomains.Named(b.ctx, "example.com")
	require.NoError(t, err)
	refused(t, b.MailDomains.Delete(b.ctx, d.ID, 0), fault.Conflict, "1 user")
}

func TestUserTypeInUseStays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ut, err := b.UserTypes.Create(b.ctx, identity.UserType{Name: "Contractor", Managed: true})
	require.NoError(t, err)
	b.user("u1", func(u *identity.User) { u.UserType = "contractor" })
	b.user("u2", func(u *identity.User) { u.UserType = "Contractor" })
	refused(t, b.UserTypes.Delete(b.ctx, ut.ID, 0), fault.Conflict, "Contractor", "2 users")
	builtin, err := b.UserTypes.Named(b.ctx, "I")
	require.NoError(t, err)
	refused(t, b.UserTypes.Delete(b.ctx, builtin.ID, 0), fault.Conflict, "built in")
	builtin.Name = "Internal"
	_, err = b.UserTypes.Update(b.ctx, builtin.ID, 0, builtin)
	refused(t, err, fault.Invalid, "keeps its name")
}

func TestUnmanagedTypePropagatesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ut, err := b.UserTypes.Create(b.ctx, identity.UserType{Name: "PoC"})
	require.NoError(t, err)
	b.user("u1", func(u *identity.User) { u.UserType = "PoC" })
	require.Empty(t, b.tasks())
	ut.Managed = true
	_, err = b.UserTypes.Update(b.ctx, ut.ID, 0, ut)
	require.NoError(t, err)
	require.Equal(t, []string{"user/u1"}, b.tasks(), "from now on the type is managed")
}

func TestGroupTree(t *testing.T) {
	t.Parallel()
	b := setup(t)
	top := b.group("top", "")
	require.Equal(t, "world", top.Parent, "world is the root of all groups")
	mid, low := b.group("mid", "top"), b.group("low", "mid")
	top.Parent = "low"
	_, err := b.Groups.Update(b.ctx, top.ID, 0, top)
	refused(t, err, fault.Invalid, "below itself")
	_, err = b.Groups.Create(b.ctx, identity.Group{Name: "TOP"})
	refused(t, err, fault.Conflict, "TOP")
	refused(t, b.Groups.Delete(b.ctx, mid.ID, 0), fault.Conflict, "1 child group")
	b.user("u1", in("low"))
	b.user("u2")
	b.member("u2", "low")
	refused(t, b.Groups.Delete(b.ctx, low.ID, 0), fault.Conflict, "1 users with it as primary group and 1 member")
	refused(t, b.Groups.Delete(b.ctx, identity.World, 0), fault.Conflict, "built in")
}

func TestTwoMovesOfOneBatchCloseNoCircle(t *testing.T) {
	t.Parallel()
	b := setup(t)
	x, y := b.group("x", ""), b.group("y", "")
	x.Parent, y.Parent = "y", "x"
	edits := []*object.Edit[identity.Group]{edit(x.ID, &x), edit(y.ID, &y)}
	refused(t, b.Groups.Apply(b.ctx, edits, true), fault.Invalid, "below itself")
}

func TestGroupRolesFlowDownAndEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("app")
	reader := b.role("reader", "dir", "app")
	b.group("division", "")
	team := b.group("team", "division")
	other := b.group("other", "")
	u := b.user("u1", in("team"))
	division, err := b.Groups.Named(b.ctx, "division")
	require.NoError(t, err)
	b.forget()
	_, err = b.GroupRoles.Create(b.ctx, entitlement.GroupRole{GroupID: division.ID, RoleID: reader.ID, Mandatory: true})
	require.NoError(t, err)
	require.Equal(t, []string{"reader < team < division"}, b.held(u.ID))
	require.Contains(t, b.tasks(), "user/u1")

	steps := []struct {
		name   string
		change func(*identity.Group)
		held   []string
	}{
		{"disabled", func(g *identity.Group) { g.Disabled = true }, []string{}},
		{"enabled again", func(g *identity.Group) { g.Disabled = false }, []string{"reader < team < division"}},
		{"over", func(g *identity.Group) { g.ActiveUntil = at(-time.Hour) }, []string{}},
		{"not yet", func(g *identity.Group) { g.ActiveUntil, g.ActiveSince = nil, at(time.Hour) }, []string{}},
		{"open", func(g *identity.Group) { g.ActiveSince = nil }, []string{"reader < team < division"}},
		{"moved away", func(g *identity.Group) { g.Parent = "other" }, []string{}},
	}
	for _, step := range steps {
		b.forget()
		g, err := b.Groups.Get(b.ctx, team.ID)
		require.NoError(t, err)
		step.change(&g)
		_, err = b.Groups.Update(b.ctx, g.ID, g.Version, g)
		require.NoError(t, err, step.name)
		require.Equal(t, step.held, b.held(u.ID), step.name)
		if step.name != "not yet" { // nobody held it before either
			require.Contains(t, b.tasks(), "user/u1", step.name)
		}
	}
	require.NotEqual(t, team.ID, other.ID)
}

func at(d time.Duration) *time.Time {
	moment := time.Now().Add(d)
	return &moment
}

func TestMemberships(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("app")
	reader := b.role("reader", "dir", "app")
	team := b.group("team", "")
	_, err := b.GroupRoles.Create(b.ctx, entitlement.GroupRole{GroupID: team.ID, RoleID: reader.ID, Mandatory: true})
	require.NoError(t, err)
	u := b.user("u1")
	m := b.member("u1", "team")
	require.Equal(t, []string{"reader < team"}, b.held(u.ID))
	_, err = b.Memberships.Create(b.ctx, identity.Membership{User: "u1", Group: "team"})
	refused(t, err, fault.Conflict, "u1 in team")
	_, err = b.Memberships.Create(b.ctx, identity.Membership{User: "u1", Group: "world"})
	refused(t, err, fault.Invalid, "primary group")
	_, err = b.Memberships.Create(b.ctx, identity.Membership{User: "u1", Group: "team", StartAt: at(time.Hour), EndAt: at(0)})
	refused(t, err, fault.Invalid, "end later")
	m.EndAt = at(-time.Minute)
	m, err = b.Memberships.Update(b.ctx, m.ID, m.Version, m)
	require.NoError(t, err)
	require.Empty(t, b.held(u.ID), "the membership is over")
	require.NoError(t, b.Memberships.Delete(b.ctx, m.ID, m.Version))
}

func TestDatesAreHonoured(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("app")
	reader := b.role("reader", "dir", "app")
	u := b.user("u1")
	now := time.Now()
	soon := now.Add(time.Hour)
	_, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u.ID, RoleID: reader.ID, StartAt: &soon})
	require.NoError(t, err)
	require.Empty(t, b.held(u.ID))
	next, err := b.HonourDates(t.Context())
	require.NoError(t, err)
	require.WithinDuration(t, soon, next, time.Millisecond)
	require.Empty(t, b.held(u.ID))

	_, err = b.raw.Exec(b.ctx, "update grants set start_at = now() - interval '1 minute' where start_at is not null")
	require.NoError(t, err)
	b.forget()
	next, err = b.HonourDates(t.Context())
	require.NoError(t, err)
	require.Zero(t, next, "no date is left")
	require.Equal(t, []string{"reader"}, b.held(u.ID))
	require.Contains(t, b.tasks(), "user/u1")

	_, err = b.raw.Exec(b.ctx, "update grants set end_at = now() where start_at is not null")
	require.NoError(t, err)
	_, err = b.HonourDates(t.Context())
	require.NoError(t, err)
	require.Empty(t, b.held(u.ID), "and ends")
}

func TestDeletedUserStaysEnabledNowhere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("app")
	u := b.user("u1")
	b.grant(u, b.role("reader", "dir", "app"))
	b.forget()
	require.NoError(t, b.Users.Delete(b.ctx, u.ID, 0))
	accounts, err := b.Accounts.List(b.ctx, query.List{Filter: `name eq "u1"`})
	require.NoError(t, err)
	require.Len(t, accounts.Items, 1, "the image stays for the audit")
	require.Equal(t, account.Removed, accounts.Items[0].Status)
	require.Nil(t, accounts.Items[0].UserID)
	require.Contains(t, b.tasks(), "account/u1", "the system has to learn of it")
	require.Empty(t, b.query("select id::text from grants g where g.account_id = $1", accounts.Items[0].ID))
	trail := b.query("select action || ' ' || object_type || ' by ' || actor from audit_entries order by id desc limit 3")
	require.ElementsMatch(t, []string{"delete user by admin", "delete account by admin", "delete roleAccount by admin"}, trail)
	refused(t, b.Users.Delete(b.ctx, identity.Administrator, 0), fault.Conflict, "built in")
	admin, err := b.Users.Get(b.ctx, identity.Administrator)
	require.NoError(t, err)
	admin.Active = false
	_, err = b.Users.Update(b.ctx, admin.ID, 0, admin)
	refused(t, err, fault.Invalid, "way back in")
}

func TestOperatorOfAGroupSeesAndChangesOnlyIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.group("division", "")
	team := b.group("team", "division")
	inside, outside := b.user("inside", in("team")), b.user("outside")
	operator := b.user("operator")
	role := b.role("helpdesk", "soffid", "SOFFID", func(r *entitlement.Role) { r.ScopeDomain = "Groups" })
	_, err := b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: string(authz.UserUpdate), RoleID: role.ID})
	require.NoError(t, err)
	division, err := b.Groups.Named(b.ctx, "division")
	require.NoError(t, err)
	_, err = b.Grant(b.ctx, entitlement.GrantRequest{UserID: &operator.ID, RoleID: role.ID, Scopes: []entitlement.Scope{{ScopeGroupID: &division.ID}}})
	require.NoError(t, err)
	ctx := b.as(operator.ID)
	found, err := b.Users.List(ctx, query.List{})
	require.NoError(t, err)
	require.Len(t, found.Items, 1, "the scope reaches the groups below %s", team.Name)
	inside.Phone = "1"
	inside, err = b.Users.Update(ctx, inside.ID, 0, inside)
	require.NoError(t, err)
	outside.Phone = "1"
	_, err = b.Users.Update(ctx, outside.ID, 0, outside)
	refused(t, err, fault.NotFound)
	inside.PrimaryGroup = "world"
	_, err = b.Users.Update(ctx, inside.ID, 0, inside)
	refused(t, err, fault.NotFound) // nobody moves a user out of their own scope
	require.ErrorIs(t, b.Users.Delete(ctx, inside.ID, 0), authz.ErrDenied)
}
