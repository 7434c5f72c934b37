package provision_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/provision"
)

var (
	system   = uuid.New()
	internal = uuid.New() // a user type
	sales    = uuid.New() // a group
)

// choose goes through every combination of yes and no for the names.
func choose(names []string, visit func(map[string]bool)) {
	for bits := range 1 << len(names) {
		chosen := map[string]bool{}
		for i, name := range names {
			chosen[name] = bits&(1<<i) != 0
		}
		visit(chosen)
	}
}

// Who may have an account in a system (guide page 045, "Agents account management"): every rule has its say, alone and together.
func TestEveryRuleMustAllowTheAccount(t *testing.T) {
	t.Parallel()
	rules := []string{"active", "type limited", "type allowed", "groups limited", "in group", "role based", "role there", "role elsewhere"}
	choose(rules, func(c map[string]bool) {
		s := provision.Subject{User: identity.User{Active: c["active"], UserTypeID: uuid.New()}}
		target := account.System{Meta: object.Meta{ID: system}, RoleBased: c["role based"]}
		if c["type limited"] {
			target.UserTypeIDs = []uuid.UUID{internal}
		}
		if c["type allowed"] {
			s.User.UserTypeID = internal
		}
		if c["groups limited"] {
			target.GroupIDs = []uuid.UUID{uuid.New(), sales}
		}
		if c["in group"] {
			s.Groups = []provision.Group{{Group: identity.Group{Meta: object.Meta{ID: sales}}}}
		}
		if c["role there"] {
			s.Roles = append(s.Roles, provision.Role{SystemID: system})
		}
		if c["role elsewhere"] {
			s.Roles = append(s.Roles, provision.Role{SystemID: uuid.New()})
		}
		want := c["active"] && (!c["type limited"] || c["type allowed"]) && (!c["groups limited"] || c["in group"]) &&
			(!c["role based"] || c["role there"])
		allowed, reason := provision.Allowed(&s, &target)
		require.Equal(t, want, allowed, "%v", c)
		require.Equal(t, want, reason == "", "a refusal says why: %v", c)
	})
}

// What happens to each existing account: only enabled and disabled are the engine's to change; gone, forced and locked ones are not, and
// only single accounts follow the user.
func TestDecisionPerAccount(t *testing.T) {
	t.Parallel()
	const none = provision.Verdict("")
	verdicts := map[string][2]provision.Verdict{ // when allowed, when not
		account.Enabled:        {provision.Keep, provision.Disable},
		account.Disabled:       {provision.Enable, provision.Keep},
		account.ForcedEnabled:  {provision.Keep, provision.Keep},
		account.ForcedDisabled: {provision.Keep, provision.Keep},
		account.Locked:         {provision.Keep, provision.Keep},
		account.Removed:        {provision.Create, none},
		account.Archived:       {provision.Create, none},
	}
	for status, of := range verdicts {
		for i, active := range []bool{true, false} {
			for _, kind := range []string{account.Single, account.Shared, account.Privileged, account.Unmanaged} {
				want := of[i]
				if kind != account.Single {
					want = map[bool]provision.Verdict{true: provision.Create, false: none}[active]
				}
				t.Run(fmt.Sprintf("%s %s active=%v", kind, status, active), func(t *testing.T) {
					t.Parallel()
					s := provision.Subject{User: identity.User{Active: active}, Accounts: []account.Account{
						{SystemID: system, Type: kind, Status: status}, {SystemID: uuid.New(), Type: account.Single, Status: account.Enabled},
					}}
					decisions := provision.Decide(&s, &account.System{Meta: object.Meta{ID: system}})
					if want == none {
						require.Empty(t, decisions)
						return
					}
					require.Len(t, decisions, 1, "accounts of other systems are not looked at")
					require.Equal(t, want, decisions[0].Verdict)
					require.Equal(t, want == provision.Create, decisions[0].Account == nil)
				})
			}
		}
	}
}

func TestWhoGetsANewAccount(t *testing.T) {
	t.Parallel()
	choose([]string{"active", "manual", "read only", "has one"}, func(c map[string]bool) {
		s := provision.Subject{User: identity.User{Active: c["active"]}}
		if c["has one"] {
			s.Accounts = []account.Account{{SystemID: system, Type: account.Single, Status: account.Locked}}
		}
		target := account.System{Meta: object.Meta{ID: system}, ManualAccountCreation: c["manual"], ReadOnly: c["read only"]}
		created := false
		for _, d := range provision.Decide(&s, &target) {
			created = created || d.Verdict == provision.Create
		}
		require.Equal(t, c["active"] && !c["manual"] && !c["read only"] && !c["has one"], created, "%v", c)
	})
}

func TestEveryAccountOfAUserIsDecided(t *testing.T) {
	t.Parallel()
	s := provision.Subject{Accounts: []account.Account{
		{SystemID: system, Type: account.Single, Status: account.Enabled, Name: "a"},
		{SystemID: system, Type: account.Single, Status: account.ForcedEnabled, Name: "b"},
		{SystemID: system, Type: account.Single, Status: account.Enabled, Name: "c"},
	}}
	got := map[string]provision.Verdict{}
	for _, d := range provision.Decide(&s, &account.System{Meta: object.Meta{ID: system}}) {
		got[d.Account.Name] = d.Verdict
		require.Equal(t, "the user is not active", d.Reason)
	}
	require.Equal(t, map[string]provision.Verdict{"a": provision.Disable, "b": provision.Keep, "c": provision.Disable}, got)
}
