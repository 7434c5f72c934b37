package platform_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
)

// refusal is something that must not be done, and what is said about it.
type refusal struct {
	do   func() error
	code fault.Code
	word string
}

// changed updates an object and gives what was said.
func changed[T any](update func(T) (T, error), draft T, change func(*T)) func() error {
	return func() error {
		change(&draft)
		_, err := update(draft)
		return err
	}
}

func created[T any](create func(T) (T, error), draft T) func() error {
	return func() error {
		_, err := create(draft)
		return err
	}
}

// What hangs on another object stays with it, and what it names has to exist: a change that says otherwise is refused with the field at
// fault, and nothing is written.
func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	alpha, beta := b.system("alpha"), b.system("beta")
	sample, other := b.application("Sample"), b.application("Other")
	reader, writer := b.role("Reader", "alpha", "Sample"), b.role("Writer", "beta", "Sample")
	chess := b.group("chess", "world")
	anna, bert := b.user("anna"), b.user("bert")
	membership := b.member("anna", "chess")
	single := b.account("anna", anna)
	shared, err := b.Accounts.Create(b.ctx, account.Account{System: "alpha", Name: "desk", Type: account.Shared, UserType: "I"})
	require.NoError(t, err)
	second, err := b.Accounts.Create(b.ctx, account.Account{System: "alpha", Name: "desk2", Type: account.Shared, UserType: "I"})
	require.NoError(t, err)
	access, err := b.AccountAccess.Create(b.ctx, account.Access{AccountID: shared.ID, Level: "owner", User: "anna"})
	require.NoError(t, err)
	content := b.contain(reader, writer, true)
	zones, err := b.ScopeDomains.Create(b.ctx, entitlement.ScopeDomain{Name: "zones", InformationSystem: "Sample"})
	require.NoError(t, err)
	areas, err := b.ScopeDomains.Create(b.ctx, entitlement.ScopeDomain{Name: "areas", InformationSystem: "Sample"})
	require.NoError(t, err)
	north, err := b.ScopeValues.Create(b.ctx, entitlement.ScopeValue{ScopeDomainID: zones.ID, Value: "north"})
	require.NoError(t, err)
	builtinDomain, err := b.ScopeDomains.Get(b.ctx, entitlement.GroupsScope)
	require.NoError(t, err)
	password, err := b.PasswordDomains.Create(b.ctx, account.PasswordDomain{Code: "corporate"})
	require.NoError(t, err)
	b.system("gamma", func(s *account.System) { s.PasswordDomainID = &password.ID })
	_, err = b.PasswordDomains.Create(b.ctx, account.PasswordDomain{Code: "second"})
	require.NoError(t, err)
	unknown := uuid.New()
	now, earlier := time.Now(), time.Now().Add(-time.Hour)

	accounts := func(a account.Account) (account.Account, error) { return b.Accounts.Update(b.ctx, a.ID, 0, a) }
	newAccount := func(a account.Account) (account.Account, error) { return b.Accounts.Create(b.ctx, a) }
	entries := func(a account.Access) (account.Access, error) { return b.AccountAccess.Update(b.ctx, a.ID, 0, a) }
	newEntry := func(a account.Access) (account.Access, error) { return b.AccountAccess.Create(b.ctx, a) }
	roles := func(r entitlement.Role) (entitlement.Role, error) { return b.Roles.Update(b.ctx, r.ID, 0, r) }
	newRole := func(r entitlement.Role) (entitlement.Role, error) { return b.Roles.Create(b.ctx, r) }
	contents := func(c entitlement.Content) (entitlement.Content, error) {
		return b.RoleContents.Update(b.ctx, c.ID, 0, c)
	}
	newContent := func(c entitlement.Content) (entitlement.Content, error) { return b.RoleContents.Create(b.ctx, c) }
	newGroupRole := func(g entitlement.GroupRole) (entitlement.GroupRole, error) { return b.GroupRoles.Create(b.ctx, g) }
	members := func(m identity.Membership) (identity.Membership, error) {
		return b.Memberships.Update(b.ctx, m.ID, 0, m)
	}
	newMember := func(m identity.Membership) (identity.Membership, error) { return b.Memberships.Create(b.ctx, m) }
	domains := func(d entitlement.ScopeDomain) (entitlement.ScopeDomain, error) {
		return b.ScopeDomains.Update(b.ctx, d.ID, 0, d)
	}
	values := func(v entitlement.ScopeValue) (entitlement.ScopeValue, error) {
		return b.ScopeValues.Update(b.ctx, v.ID, 0, v)
	}
	newValue := func(v entitlement.ScopeValue) (entitlement.ScopeValue, error) { return b.ScopeValues.Create(b.ctx, v) }
	newGrant := func(g entitlement.Grant) (entitlement.Grant, error) { return b.Grants.Create(b.ctx, g) }

	for name, c := range map[string]refusal{
		"an account moves to another system":     {changed(accounts, single, func(a *account.Account) { a.SystemID = beta.ID }), fault.Invalid, "stays in its system"},
		"an account in no system":                {created(newAccount, account.Account{SystemID: unknown, Name: "x", Type: account.Shared, UserType: "I"}), fault.Invalid, "no such system"},
		"an account of nobody":                   {created(newAccount, account.Account{System: "alpha", Name: "x", Type: account.Single, UserType: "I"}), fault.Invalid, "needs its user"},
		"an account of an unknown user":          {created(newAccount, account.Account{System: "alpha", Name: "x", Type: account.Single, UserID: &unknown}), fault.Invalid, "no such user"},
		"a shared account of a user":             {created(newAccount, account.Account{System: "alpha", Name: "x", Type: account.Shared, UserID: &bert.ID}), fault.Invalid, "owner, manager"},
		"an account without policy":              {created(newAccount, account.Account{System: "alpha", Name: "x", Type: account.Shared}), fault.Invalid, "password policy"},
		"a new account that is gone":             {created(newAccount, account.Account{System: "alpha", Name: "x", Type: account.Shared, UserType: "I", Status: account.Removed}), fault.Invalid, "removed already"},
		"a lock set by hand":                     {changed(accounts, single, func(a *account.Account) { a.Status = account.Locked }), fault.Invalid, "disable it"},
		"an access entry moves":                  {changed(entries, access, func(a *account.Access) { a.AccountID = second.ID }), fault.Invalid, "stays with its account"},
		"access to a single account":             {created(newEntry, account.Access{AccountID: single.ID, Level: "owner", User: "bert"}), fault.Invalid, "shared and privileged"},
		"access to no account":                   {created(newEntry, account.Access{AccountID: unknown, Level: "owner", User: "bert"}), fault.Invalid, "no such account"},
		"access of nobody":                       {created(newEntry, account.Access{AccountID: shared.ID, Level: "owner"}), fault.Invalid, "exactly one"},
		"access of two at once":                  {created(newEntry, account.Access{AccountID: shared.ID, Level: "owner", User: "bert", Group: "chess"}), fault.Invalid, "exactly one"},
		"a role moves to another system":         {changed(roles, reader, func(r *entitlement.Role) { r.SystemID = beta.ID }), fault.Invalid, "stays in its system"},
		"a role in no system":                    {created(newRole, entitlement.Role{Name: "x", SystemID: unknown, InformationSystemID: sample.ID}), fault.Invalid, "no such system"},
		"a role in no information system":        {created(newRole, entitlement.Role{Name: "x", SystemID: alpha.ID, InformationSystemID: unknown}), fault.Invalid, "no such information system"},
		"a role of no scope domain":              {created(newRole, entitlement.Role{Name: "x", SystemID: alpha.ID, InformationSystemID: sample.ID, ScopeDomainID: &unknown}), fault.Invalid, "no such scope domain"},
		"a role of a foreign scope domain":       {created(newRole, entitlement.Role{Name: "x", SystemID: alpha.ID, InformationSystemID: other.ID, ScopeDomainID: &zones.ID}), fault.Invalid, "another information system"},
		"an approval that ends before it starts": {changed(roles, reader, func(r *entitlement.Role) { r.ApprovalStart, r.ApprovalEnd = &now, &earlier }), fault.Invalid, "end later"},
		"a content moves to another role":        {changed(contents, content, func(c *entitlement.Content) { c.RoleID = writer.ID; c.ContainedRoleID = reader.ID }), fault.Invalid, "stays in its role"},
		"a role contains itself":                 {created(newContent, entitlement.Content{RoleID: reader.ID, ContainedRoleID: reader.ID}), fault.Invalid, "contain itself"},
		"a role contains what is not there":      {created(newContent, entitlement.Content{RoleID: reader.ID, ContainedRoleID: unknown}), fault.Invalid, "no such role"},
		"a group has a role that is not there":   {created(newGroupRole, entitlement.GroupRole{GroupID: chess.ID, RoleID: unknown}), fault.Invalid, "no such role"},
		"a group that is not there has a role":   {created(newGroupRole, entitlement.GroupRole{GroupID: unknown, RoleID: reader.ID}), fault.Invalid, "no such role or group"},
		"a membership moves to another user":     {changed(members, membership, func(m *identity.Membership) { m.UserID = bert.ID }), fault.Invalid, "stays with its user"},
		"a membership ends before it starts":     {changed(members, membership, func(m *identity.Membership) { m.StartAt, m.EndAt = &now, &earlier }), fault.Invalid, "end later"},
		"a membership of nobody":                 {created(newMember, identity.Membership{UserID: unknown, GroupID: chess.ID}), fault.Invalid, "no such user"},
		"a membership in no group":               {created(newMember, identity.Membership{UserID: bert.ID, GroupID: unknown}), fault.Invalid, "no such group"},
		"a second membership":                    {created(newMember, identity.Membership{User: "anna", Group: "chess"}), fault.Conflict, "already"},
		"a membership in the primary group":      {created(newMember, identity.Membership{User: "anna", Group: "world"}), fault.Invalid, "primary group"},
		"a scope domain moves":                   {changed(domains, zones, func(d *entitlement.ScopeDomain) { d.InformationSystemID = &other.ID }), fault.Invalid, "stays in its information system"},
		"a scope domain of groups is made": {func() error {
			_, err := b.ScopeDomains.Create(b.ctx, entitlement.ScopeDomain{Name: "x", Kind: entitlement.ScopeOfGroups, InformationSystem: "Sample"})
			return err
		}, fault.Invalid, "exist already"},
		"a scope domain of no information system": {func() error { _, err := b.ScopeDomains.Create(b.ctx, entitlement.ScopeDomain{Name: "x"}); return err }, fault.Invalid, "belongs to an information system"},
		"the scope domain of groups is renamed":   {changed(domains, builtinDomain, func(d *entitlement.ScopeDomain) { d.Name = "Teams" }), fault.Invalid, "keeps its name"},
		"the scope domain of groups is deleted":   {func() error { return b.ScopeDomains.Delete(b.ctx, entitlement.GroupsScope, 0) }, fault.Conflict, "built in"},
		"a scope value moves":                     {changed(values, north, func(v *entitlement.ScopeValue) { v.ScopeDomainID = areas.ID }), fault.Invalid, "stays in its domain"},
		"a scope value of no domain":              {created(newValue, entitlement.ScopeValue{ScopeDomainID: unknown, Value: "x"}), fault.Invalid, "no such scope domain"},
		"a scope value among the groups":          {created(newValue, entitlement.ScopeValue{ScopeDomainID: entitlement.GroupsScope, Value: "x"}), fault.Invalid, "from the platform"},
		"a grant to no account":                   {created(newGrant, entitlement.Grant{AccountID: unknown, RoleID: reader.ID}), fault.Invalid, "no such account"},
		"a grant of no role":                      {created(newGrant, entitlement.Grant{AccountID: single.ID, RoleID: unknown}), fault.Invalid, "no such role"},
		"a grant of a role of another system":     {created(newGrant, entitlement.Grant{AccountID: single.ID, RoleID: writer.ID}), fault.Invalid, "one of beta"},
		"a request for a role that is not there": {func() error {
			_, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &anna.ID, RoleID: unknown})
			return err
		}, fault.Invalid, "no such role"},
		"a password domain that is used is deleted": {func() error { return b.PasswordDomains.Delete(b.ctx, password.ID, 0) }, fault.Conflict, "1 system"},
		"a password domain under a name that is used": {func() error {
			_, err := b.PasswordDomains.Create(b.ctx, account.PasswordDomain{Code: "CORPORATE"})
			return err
		}, fault.Conflict, "already"},
	} {
		before := b.query("select count(*)::text from audit_entries")
		err := c.do()
		require.Error(t, err, name)
		require.Equal(t, c.code, fault.CodeOf(err), "%s: %v", name, err)
		require.Contains(t, err.Error(), c.word, name)
		require.Equal(t, before, b.query("select count(*)::text from audit_entries"), "%s: nothing is written", name)
	}
}

// Optional contents become grants of the new holder only where they belong: within the source scope, with the scope carried on or fixed,
// through the same account or the user's own in the other system (guide 018).
func TestOptionalContentsKeepToTheirScopes(t *testing.T) {
	t.Parallel()
	groups := entitlement.GroupsScope
	scoped := func(r *entitlement.Role) { r.ScopeDomainID = &groups }
	for name, c := range map[string]struct {
		contained func(*entitlement.Role)
		content   func(*entitlement.Content, map[string]uuid.UUID)
		expect    []string
	}{
		"of the source scope":      {nil, func(c *entitlement.Content, g map[string]uuid.UUID) { id := g["sales"]; c.SourceGroupID = &id }, []string{"Boss/sales", "Reader"}},
		"of another source scope":  {nil, func(c *entitlement.Content, g map[string]uuid.UUID) { id := g["export"]; c.SourceGroupID = &id }, []string{"Boss/sales"}},
		"with the scope carried":   {scoped, func(*entitlement.Content, map[string]uuid.UUID) {}, []string{"Boss/sales", "Reader/sales"}},
		"with a scope of its own":  {scoped, func(c *entitlement.Content, g map[string]uuid.UUID) { id := g["export"]; c.ScopeGroupID = &id }, []string{"Boss/sales", "Reader/export"}},
		"without scope for itself": {nil, func(*entitlement.Content, map[string]uuid.UUID) {}, []string{"Boss/sales", "Reader"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.system("alpha")
			b.application("Sample")
			ids := map[string]uuid.UUID{"sales": b.group("sales", "world").ID, "export": b.group("export", "world").ID}
			boss := b.role("Boss", "alpha", "Sample", scoped)
			reader := b.role("Reader", "alpha", "Sample", func(r *entitlement.Role) {
				if c.contained != nil {
					c.contained(r)
				}
			})
			draft := entitlement.Content{RoleID: boss.ID, ContainedRoleID: reader.ID}
			c.content(&draft, ids)
			_, err := b.RoleContents.Create(b.ctx, draft)
			require.NoError(t, err)
			u, sales := b.user("anna"), ids["sales"]
			_, err = b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u.ID, RoleID: boss.ID, Scopes: []entitlement.Scope{{ScopeGroupID: &sales}}})
			require.NoError(t, err)
			require.Equal(t, c.expect, b.held(u.ID))
		})
	}
}

// The optional content of another system goes to the user's own account there; an account of nobody gets none.
func TestOptionalContentsOfAnotherSystem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("alpha")
	b.system("beta")
	b.application("Sample")
	boss, reader := b.role("Boss", "alpha", "Sample"), b.role("Reader", "beta", "Sample")
	b.contain(boss, reader, false)
	u := b.user("anna")
	b.grant(u, boss)
	require.Equal(t, []string{"Boss", "Reader"}, b.held(u.ID))
	require.Equal(t, []string{"alpha anna", "beta anna"}, b.query(`select s.name || ' ' || a.name from grants g join accounts a on a.id = g.account_id
		join systems s on s.id = a.system_id where s.name <> 'soffid' order by 1`))
	shared, err := b.Accounts.Create(b.ctx, account.Account{System: "alpha", Name: "desk", Type: account.Shared, UserType: "I"})
	require.NoError(t, err)
	_, err = b.Grant(b.ctx, entitlement.GrantRequest{AccountID: &shared.ID, RoleID: boss.ID})
	require.NoError(t, err)
	require.Equal(t, []string{"Boss"}, b.query("select r.name from grants g join roles r on r.id = g.role_id where g.account_id = $1", shared.ID))
}

// Every attribute of a user can be chosen from the merged one.
func TestEveryAttributeCanBeChosenInAMerge(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.group("sales", "world")
	anna := b.user("anna", func(u *identity.User) { u.Attributes = nil })
	ann := b.user("ann", func(u *identity.User) {
		u.FirstName, u.LastName, u.MiddleName, u.UserType, u.PrimaryGroup = "Ann", "Berg", "B.", "E", "sales"
		u.Email, u.MailAlias, u.MailServer, u.HomeServer, u.ProfileServer = "ann@example.com", "ab@example.com", "mail", "home", "profile"
		u.Phone, u.Active, u.MultiSession, u.Comments = "12", false, true, "Sample"
	})
	r := request(anna, ann)
	for _, name := range []string{
		"userName", "firstName", "lastName", "middleName", "userType", "primaryGroup", "email", "mailAlias", "mailServer", "homeServer",
		"profileServer", "phone", "active", "multiSession", "comments",
	} {
		r.From[name] = ann.ID
	}
	merged, err := b.Merger.Merge(b.ctx, r)
	require.NoError(t, err)
	require.Len(t, merged.Attributes, len(r.From), "all of them differ")
	ann.Meta = merged.Survivor.Meta
	require.Equal(t, ann, merged.Survivor)
	require.Equal(t, anna.ID, merged.Survivor.ID)
}
