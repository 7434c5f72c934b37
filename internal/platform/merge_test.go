package platform_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/metadata"
)

// merge makes the administrator merge users into the first.
func (b *bench) merge(users ...identity.User) (account.Merged, error) {
	b.t.Helper()
	return b.Merger.Merge(b.ctx, request(users...))
}

func request(users ...identity.User) account.MergeRequest {
	r := account.MergeRequest{SurvivorID: users[0].ID, From: map[string]uuid.UUID{}}
	for _, u := range users[1:] {
		r.MergedIDs = append(r.MergedIDs, u.ID)
	}
	return r
}

// operator gives a person with permissions, perhaps limited to a group.
func (b *bench) operator(name string, scope entitlement.Scope, permissions ...authz.Permission) context.Context {
	b.t.Helper()
	r := b.role(name, "soffid", "SOFFID", func(r *entitlement.Role) {
		if !scope.Empty() {
			domain := entitlement.GroupsScope
			r.ScopeDomainID = &domain
		}
	})
	for _, p := range permissions {
		_, err := b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: string(p), RoleID: r.ID})
		require.NoError(b.t, err)
	}
	u := b.user(name)
	grant := entitlement.GrantRequest{UserID: &u.ID, RoleID: r.ID}
	if !scope.Empty() {
		grant.Scopes = []entitlement.Scope{scope}
	}
	_, err := b.Grant(b.ctx, grant)
	require.NoError(b.t, err)
	return b.as(u.ID)
}

// Two users who are one person, with everything that a user can have.
func TestMergeMovesEverything(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("alpha")
	b.system("beta")
	b.application("Sample")
	reader := b.role("Reader", "alpha", "Sample")
	for _, name := range []string{"sales", "export", "chess"} {
		b.group(name, "world")
	}
	anna, ann := b.user("anna", in("sales")), b.user("ann", in("export"))
	b.member("ann", "chess")
	grant := b.grant(ann, reader)
	b.grant(anna, b.role("Writer", "beta", "Sample"))
	shared, err := b.Accounts.Create(b.ctx, account.Account{System: "alpha", Name: "desk", Type: account.Shared, UserType: "I"})
	require.NoError(t, err)
	_, err = b.AccountAccess.Create(b.ctx, account.Access{AccountID: shared.ID, Level: "owner", User: "ann"})
	require.NoError(t, err)
	owned := b.application("Payroll", func(s *entitlement.InformationSystem) { s.Owner = "ann" })
	b.forget()

	merged, err := b.merge(anna, ann)
	require.NoError(t, err)
	require.Equal(t, []string{"ann"}, merged.MergedUsers)
	require.Len(t, merged.Accounts, 1)
	require.Equal(t, []string{"ann", "alpha", "ann"}, []string{merged.Accounts[0].Name, merged.Accounts[0].System, merged.Accounts[0].User})
	require.ElementsMatch(t, []string{"chess", "export"}, merged.Groups)
	require.Len(t, merged.Access, 1)
	require.Equal(t, []string{"Payroll"}, merged.Owned)

	require.Equal(t, []string{"Reader", "Writer"}, b.held(anna.ID))
	require.Equal(t, []string{anna.ID.String()}, b.query("select a.user_id::text from grants g join accounts a on a.id = g.account_id where g.id = $1", grant.ID))
	require.Equal(t, []string{"chess", "export"}, b.query("select g.name from group_memberships m join groups g on g.id = m.group_id where m.user_id = $1 order by 1", anna.ID))
	require.Equal(t, []string{anna.ID.String()}, b.query("select user_id::text from account_access where account_id = $1", shared.ID))
	require.Equal(t, []string{anna.ID.String()}, b.query("select owner_id::text from information_systems where id = $1", owned.ID))
	require.Empty(t, b.query("select user_name from users where id = $1", ann.ID))
	require.Equal(t, []string{"enabled"}, b.query("select status from accounts where name = 'ann'"), "the account goes on, for the survivor")
	require.Contains(t, b.tasks(), "user/anna")

	require.Equal(t, []string{"merge"}, b.query("select action from audit_entries where object_id = $1 and action = 'merge'", anna.ID))
	require.Equal(t, []string{"ann"}, b.query("select before->'users'->0->>'userName' from audit_entries where action = 'merge'"))
	require.Equal(t, []string{"ann"}, b.query("select after->'mergedUsers'->>0 from audit_entries where action = 'merge'"))
	require.NotEmpty(t, b.query("select action from audit_entries where object_id = $1 and action = 'delete'", ann.ID), "the history of the merged user stays")
}

// Which value of an attribute is kept: the survivor's, the first that is not empty, or the one that was chosen.
func TestMergeChoosesValues(t *testing.T) {
	t.Parallel()
	users := func(b *bench) (anna, ann, annie identity.User) {
		anna = b.user("anna", func(u *identity.User) { u.Email, u.Phone, u.FirstName = "anna@example.com", "", "Anna" })
		ann = b.user("ann", func(u *identity.User) { u.Email, u.Phone, u.Active = "ann@example.com", "12", false })
		annie = b.user("annie", func(u *identity.User) { u.Email, u.Phone = "", "34" })
		return anna, ann, annie
	}
	for name, c := range map[string]struct {
		from   map[string]int // place of the user in the request
		expect func(*identity.User)
	}{
		"survivor's and first given": {nil, func(u *identity.User) { u.Phone = "12" }},
		"chosen":                     {map[string]int{"phone": 2, "email": 1}, func(u *identity.User) { u.Phone, u.Email = "34", "ann@example.com" }},
		"chosen empty":               {map[string]int{"email": 2, "phone": 0}, func(u *identity.User) { u.Phone, u.Email = "", "" }},
		"chosen name of a merged": {map[string]int{"userName": 1, "firstName": 2}, func(u *identity.User) {
			u.UserName, u.FirstName, u.FullName, u.Phone = "ann", "Sample", "Sample anna", "12"
		}},
		"chosen state": {map[string]int{"active": 1}, func(u *identity.User) { u.Active, u.Phone = false, "12" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			anna, ann, annie := users(b)
			all := []identity.User{anna, ann, annie}
			r := request(all...)
			for attribute, place := range c.from {
				r.From[attribute] = all[place].ID
			}
			merged, err := b.Merger.Merge(b.ctx, r)
			require.NoError(t, err)
			expect := anna
			c.expect(&expect)
			got := merged.Survivor
			expect.Meta, expect.Attributes = got.Meta, got.Attributes
			require.Equal(t, expect, got)
		})
	}
}

// Custom attributes are chosen like the others, a unique one too.
func TestMergeChoosesCustomAttributes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "badge", metadata.String, metadata.Options{Unique: true})
	b.attribute("user", "room", metadata.String, metadata.Options{})
	anna := b.user("anna", func(u *identity.User) { u.Attributes = map[string]any{"badge": "1"} })
	ann := b.user("ann", func(u *identity.User) { u.Attributes = map[string]any{"badge": "2", "room": "12"} })
	r := request(anna, ann)
	r.From["attributes.badge"] = ann.ID
	merged, err := b.Merger.Merge(b.ctx, r)
	require.NoError(t, err)
	require.Equal(t, "2", merged.Survivor.Attributes["badge"])
	require.Equal(t, "12", merged.Survivor.Attributes["room"])
	var names []string
	for _, a := range merged.Attributes {
		names = append(names, a.Name)
	}
	require.Subset(t, names, []string{"userName", "attributes.badge", "attributes.room"})
	require.NotContains(t, names, "userType", "only differences are listed")
}

// A preview says the same as the merge and leaves everything as it was.
func TestPreviewOfAMergeChangesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("alpha")
	b.application("Sample")
	anna, ann := b.user("anna"), b.user("ann")
	b.grant(ann, b.role("Reader", "alpha", "Sample"))
	b.forget()
	before := b.query("select id::text || version from users union all select id::text || version from accounts order by 1")
	preview, err := b.Merger.Preview(b.ctx, request(anna, ann))
	require.NoError(t, err)
	require.Equal(t, before, b.query("select id::text || version from users union all select id::text || version from accounts order by 1"))
	require.Empty(t, b.tasks())
	require.Empty(t, b.query("select action from audit_entries where action = 'merge'"))
	merged, err := b.merge(anna, ann)
	require.NoError(t, err)
	preview.Survivor.UpdatedAt, preview.Survivor.Version = merged.Survivor.UpdatedAt, merged.Survivor.Version
	require.Equal(t, merged, preview)
}

// Where both are members of a group, the time of both counts; a chosen primary group is not a secondary one as well.
func TestMergeJoinsMemberships(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, name := range []string{"sales", "export", "chess", "choir"} {
		b.group(name, "world")
	}
	now := time.Now().Truncate(time.Second)
	day := func(n int) *time.Time { at := now.AddDate(0, 0, n); return &at }
	anna, ann := b.user("anna", in("sales")), b.user("ann", in("export"))
	for _, m := range []identity.Membership{
		{User: "anna", Group: "chess", StartAt: day(-9), EndAt: day(1)},
		{User: "ann", Group: "chess", StartAt: day(-5), EndAt: day(5)},
		{User: "anna", Group: "choir", StartAt: day(-9)},
		{User: "ann", Group: "choir", StartAt: day(-5), EndAt: day(5)},
		{User: "anna", Group: "export"},
		{User: "ann", Group: "sales"},
	} {
		_, err := b.Memberships.Create(b.ctx, m)
		require.NoError(t, err)
	}
	r := request(anna, ann)
	r.From["primaryGroup"] = ann.ID
	merged, err := b.Merger.Merge(b.ctx, r)
	require.NoError(t, err)
	require.Equal(t, "export", merged.Survivor.PrimaryGroup)
	require.Equal(t, []string{"chess", "choir", "sales"}, b.query("select g.name from group_memberships m join groups g on g.id = m.group_id order by 1"))
	require.Equal(t, []string{"chess -9 5", "choir -9 ", "sales  "}, b.query(`select g.name || ' ' || coalesce(round(extract(epoch from m.start_at - $1) / 86400)::text, '')
		|| ' ' || coalesce(round(extract(epoch from m.end_at - $1) / 86400)::text, '') from group_memberships m join groups g on g.id = m.group_id order by 1`, now))
	require.ElementsMatch(t, []string{"chess", "sales"}, merged.Groups)
}

// An access that both have is one afterwards, and keeps nobody from merging.
func TestMergeJoinsAccess(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("alpha")
	anna, ann := b.user("anna"), b.user("ann")
	shared, err := b.Accounts.Create(b.ctx, account.Account{System: "alpha", Name: "desk", Type: account.Shared, UserType: "I"})
	require.NoError(t, err)
	for _, a := range []account.Access{{Level: "owner", User: "anna"}, {Level: "owner", User: "ann"}, {Level: "sso", User: "ann"}} {
		a.AccountID = shared.ID
		_, err := b.AccountAccess.Create(b.ctx, a)
		require.NoError(t, err)
	}
	_, err = b.merge(anna, ann)
	require.NoError(t, err)
	require.Equal(t, []string{"owner anna", "sso anna"}, b.query("select x.level || ' ' || u.user_name from account_access x join users u on u.id = x.user_id order by 1"))
}

// What cannot be merged, and why.
func TestMergeIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("alpha")
	single := b.application("Desk", func(s *entitlement.InformationSystem) { s.SingleRole = true })
	anna, ann := b.user("anna"), b.user("ann")
	b.grant(anna, b.role("Clerk", "alpha", single.Name))
	b.grant(ann, b.role("Boss", "alpha", single.Name))
	admin, err := b.Users.Get(b.ctx, identity.Administrator)
	require.NoError(t, err)
	stranger := b.user("stranger")
	many := request(anna)
	for i := range account.MaxMerged + 1 {
		many.MergedIDs = append(many.MergedIDs, b.user(fmt.Sprintf("many%d", i)).ID)
	}
	unknown, wrong := request(anna, stranger), request(anna, stranger)
	unknown.From["favouriteColour"] = anna.ID
	wrong.From["phone"] = ann.ID
	manager := b.operator("manager", entitlement.Scope{}, authz.UserUpdate, authz.UserDelete)
	reader := b.operator("reader", entitlement.Scope{}, authz.UserUpdate)
	sales := b.group("sales", "world")
	limited := b.operator("limited", entitlement.Scope{ScopeGroupID: &sales.ID}, authz.UserUpdate, authz.UserDelete)
	powerful, err := b.Tenant.Users().Named(b.ctx, "reader")
	require.NoError(t, err)
	self, err := b.Tenant.Users().Named(b.ctx, "manager")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		ctx     context.Context
		request account.MergeRequest
		code    fault.Code
		word    string
	}{
		"nobody":                {b.ctx, request(anna), fault.Invalid, "at least one"},
		"itself":                {b.ctx, request(anna, anna), fault.Invalid, "itself"},
		"too many":              {b.ctx, many, fault.Invalid, "At most"},
		"unknown user":          {b.ctx, account.MergeRequest{SurvivorID: anna.ID, MergedIDs: []uuid.UUID{uuid.New()}}, fault.NotFound, "does not exist"},
		"built in":              {b.ctx, request(anna, admin), fault.Conflict, "built in"},
		"oneself":               {manager, request(anna, self[0]), fault.Conflict, "yourself"},
		"two roles of one":      {b.ctx, request(anna, ann), fault.Conflict, "Desk"},
		"value of a third":      {b.ctx, wrong, fault.Invalid, "one of the merged users"},
		"unknown attribute":     {b.ctx, unknown, fault.Invalid, "favouriteColour"},
		"out of reach":          {limited, request(anna, stranger), fault.NotFound, "may not see"},
		"permissions handed on": {manager, request(stranger, powerful[0]), fault.Denied, "administrator"},
	} {
		_, err := b.Merger.Merge(c.ctx, c.request)
		require.Error(t, err, name)
		require.Equal(t, c.code, fault.CodeOf(err), "%s: %v", name, err)
		require.Contains(t, err.Error(), c.word, name)
		_, err = b.Merger.Preview(c.ctx, c.request)
		require.Equal(t, c.code, fault.CodeOf(err), "preview of %s: %v", name, err)
	}
	_, err = b.Merger.Merge(reader, request(anna, stranger))
	require.ErrorIs(t, err, authz.ErrDenied, "who may not delete")
	_, err = b.Merger.Merge(t.Context(), request(anna, stranger))
	require.ErrorIs(t, err, authz.ErrNoPrincipal)
	require.Empty(t, b.query("select action from audit_entries where action = 'merge'"))
	_, err = b.Merger.Merge(manager, request(stranger, b.user("twin")))
	require.NoError(t, err, "who may change and delete users merges those without permissions")
}
