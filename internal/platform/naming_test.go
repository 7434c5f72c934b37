package platform_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/change"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/platform"
	"provost/internal/query"
	"provost/internal/script"
)

type names func(source string, bindings map[string]any) (any, error)

func (n names) Evaluate(_ context.Context, request script.Request) ([]script.Result, error) {
	results := make([]script.Result, len(request.Calls))
	for i, call := range request.Calls {
		value, err := n(request.Scripts[call.Script].Text, call.Bindings)
		results[i].Value = value
		if err != nil {
			results[i].Err = &script.Error{Message: err.Error(), Script: request.Scripts[call.Script].Name}
		}
	}
	return results, nil
}

func TestNamingRules(t *testing.T) {
	t.Parallel()
	asked := 0
	b := setup(t, func(d *platform.Deps) {
		d.Scripts = names(func(source string, bindings map[string]any) (any, error) {
			asked++
			user, _ := bindings["user"].(map[string]any)
			switch source {
			case `"example.org".equals(user.mailDomain)`:
				return user["mailDomain"] == "example.org", nil
			case `user.shortName+"@"+user.mailDomain`:
				return user["shortName"].(string) + "@" + user["mailDomain"].(string), nil
			case "null":
				return nil, nil
			}
			return nil, errors.New("no such function")
		})
	})
	s := b.system("dir")
	u1 := b.user("u1", func(u *identity.User) { u.Email = "one@example.org" })
	u2 := b.user("u2", func(u *identity.User) { u.Email = "two@example.com" })
	users := []uuid.UUID{u2.ID, u1.ID, uuid.New()}
	cases := []struct {
		rule   account.NamingRule
		first  string
		second string
		err    bool
	}{
		{account.NamingRule{Kind: account.NameSame}, "u2", "u1", false},
		{account.NamingRule{Kind: account.NameScript, Script: "null"}, "", "", false},
		{account.NamingRule{Kind: account.NameScript, Script: "boom()"}, "", "", true},
		{account.NamingRule{
			Kind: account.NameScript, Script: `user.shortName+"@"+user.mailDomain`, Condition: `"example.org".equals(user.mailDomain)`,
		}, "", "one@example.org", false},
	}
	for i, c := range cases {
		c.rule.Code = "R" + string(rune('a'+i))
		rule, err := b.NamingRules.Create(b.ctx, c.rule)
		require.NoError(t, err)
		got, err := b.Names(b.ctx, rule.ID, &s, users)
		require.NoError(t, err)
		require.Len(t, got, 2, "unknown users are left out")
		require.Equal(t, [2]string{c.first, c.second}, [2]string{got[0].Name, got[1].Name})
		require.Equal(t, c.err, got[0].Err != nil)
	}
	require.Equal(t, 2+2+2+1, asked, "a script is not asked where its condition is not true")
	_, err := b.NamingRules.Create(b.ctx, account.NamingRule{Code: "EMPTY", Kind: account.NameScript})
	refused(t, err, fault.Invalid, "needs a script")
	last, err := b.NamingRules.Named(b.ctx, "Rd")
	require.NoError(t, err)
	s.NamingRule = last.Code
	_, err = b.Systems.Update(b.ctx, s.ID, 0, s)
	require.NoError(t, err)
	refused(t, b.NamingRules.Delete(b.ctx, last.ID, 0), fault.Conflict, "1 system")
	b.application("app")
	reader := b.role("reader", "dir", "app")
	require.Equal(t, "one@example.org", b.grant(u1, reader).Account)
	_, err = b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u2.ID, RoleID: reader.ID})
	refused(t, err, fault.Conflict, "gives u2 no account")
}

func TestLoadOfManyAccountsRejectsOnlyTheBadOnes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.system("dir")
	b.forget()
	edits := []*object.Edit[account.Account]{
		edit(uuid.Nil, &account.Account{SystemID: s.ID, Name: "a", Type: account.Unmanaged, UserType: "I"}),
		edit(uuid.Nil, &account.Account{SystemID: s.ID, Name: "A", Type: account.Unmanaged, UserType: "I"}),
		edit(uuid.Nil, &account.Account{SystemID: s.ID, Name: "b", Type: account.Unmanaged}),
		edit(uuid.Nil, &account.Account{SystemID: s.ID, Name: "c", Type: account.Unmanaged, UserType: "I", Status: account.Locked}),
	}
	require.NoError(t, b.Accounts.Apply(b.from(change.Reconciliation), edits, false))
	require.NoError(t, edits[0].Err)
	refused(t, edits[1].Err, fault.Conflict)
	refused(t, edits[2].Err, fault.Invalid, "password policy")
	require.NoError(t, edits[3].Err, "a system may report an account as locked")
	found, err := b.Accounts.List(b.ctx, query.List{Filter: `origin eq "reconciliation"`})
	require.NoError(t, err)
	require.Equal(t, 2, found.Total)
	require.Empty(t, b.tasks(), "unmanaged accounts are never sent")
}
