package run_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/connector"
	"provost/internal/identity"
	"provost/internal/run"
	"provost/internal/script"
	"provost/internal/script/scripttest"
	"provost/internal/testenv/enginetest"
)

func seen(name, full string) connector.Attributes {
	return connector.Attributes{"name": name, "full": full, "mail": name + "@example.com", "off": false}
}

func TestUnknownAccountsBecomeKnownAsUnmanaged(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha")
	there := b.Put("alpha", enginetest.Person, seen("backup", "Backup service"))
	require.Equal(t, []string{"create backup applied"}, b.Changes(b.Run(s, run.Reconcile)))
	a := b.Account("alpha", "backup")
	require.Equal(t, account.Unmanaged, a.Type)
	require.Equal(t, there.ID, a.ExternalID)
	require.Equal(t, "Backup service", a.Description)
	require.Nil(t, a.UserID)
	require.Empty(t, b.Changes(b.Run(s, run.Reconcile)), "the same again is nothing")
	b.Settle()
	require.Zero(t, b.Systems["alpha"].Calls("update"), "an unmanaged account is never sent")
}

func TestUnmanagedAccountFollowsItsSystem(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha")
	b.Put("alpha", enginetest.Person, seen("backup", "Backup"))
	b.Run(s, run.Reconcile)
	disabled := seen("backup", "Backup")
	disabled["off"] = true
	b.Put("alpha", enginetest.Person, disabled)
	require.Equal(t, []string{"update backup applied"}, b.Changes(b.Run(s, run.Reconcile)))
	require.Equal(t, account.Disabled, b.Account("alpha", "backup").Status)
	b.Drop("alpha", enginetest.Person, "backup")
	b.Put("alpha", enginetest.Person, seen("other", "Other"))
	require.Equal(t, []string{"delete backup applied", "create other applied"}, b.Changes(b.Run(s, run.Reconcile)))
	require.Equal(t, account.Removed, b.Account("alpha", "backup").Status)
}

// Correlation rules, in their order: one hit links, several are a decision for a person, none leaves the account unmanaged.
func TestCorrelation(t *testing.T) {
	t.Parallel()
	filter := func(text string) account.CorrelationRule {
		return account.CorrelationRule{Kind: "filter", Expression: text}
	}
	scripted := func(text string) account.CorrelationRule {
		return account.CorrelationRule{Kind: "script", Expression: text}
	}
	for _, c := range []struct {
		name   string
		rules  []account.CorrelationRule
		change string
		owner  string
	}{
		{"no rule", nil, "create a.berg applied", ""},
		{"one hit", []account.CorrelationRule{filter(`email eq ${mail}`)}, "link a.berg applied", "anna"},
		{"no hit", []account.CorrelationRule{filter(`userName eq ${name}`)}, "create a.berg applied", ""},
		{"several hits", []account.CorrelationRule{filter(`lastName eq ${surname}`)}, "conflict a.berg skipped", ""},
		{"the next rule, when the first finds nobody", []account.CorrelationRule{filter(`userName eq ${name}`), filter(`email eq ${mail}`)}, "link a.berg applied", "anna"},
		{"a rule whose value is missing is passed over", []account.CorrelationRule{filter(`lastName eq ${nothing}`), filter(`email eq ${mail}`)}, "link a.berg applied", "anna"},
		{"several hits end the search", []account.CorrelationRule{filter(`lastName eq ${surname}`), filter(`email eq ${mail}`)}, "conflict a.berg skipped", ""},
		{"script", []account.CorrelationRule{scripted(`mail.substring(0, 4)`)}, "link a.berg applied", "anna"},
		{"script that finds nobody", []account.CorrelationRule{scripted(`null`), filter(`email eq ${mail}`)}, "link a.berg applied", "anna"},
		{"a value is quoted, never part of the filter", []account.CorrelationRule{filter(`comments eq ${evil}`)}, "create a.berg applied", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := enginetest.New(t, enginetest.WithScripts(scripttest.New(t, script.Options{})))
			b.Mode("manual")
			s := b.System("alpha", func(s *account.System) { s.Correlation = c.rules })
			for _, name := range []string{"anna", "bert"} {
				b.User(name, func(u *identity.User) { u.LastName = "Berg" })
			}
			b.Put("alpha", enginetest.Person, connector.Attributes{
				"name": "a.berg", "full": "A", "mail": "anna@example.com", "surname": "Berg", "evil": `x" or userName eq "anna`,
			})
			id := b.Run(s, run.Reconcile)
			require.Equal(t, []string{c.change}, b.Changes(id))
			if c.change == "conflict a.berg skipped" {
				require.Zero(t, b.Count("select count(*) from accounts where name = 'a.berg'"))
				require.Equal(t, 1, b.Count("select count(*) from run_changes where run_id = $1 and message like 'Several users match%'", id))
				return
			}
			require.Equal(t, c.owner, b.Account("alpha", "a.berg").User)
			require.Equal(t, map[bool]string{true: account.Unmanaged, false: account.Single}[c.owner == ""], b.Account("alpha", "a.berg").Type)
		})
	}
}

func TestBrokenCorrelationScriptFailsTheRun(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t, enginetest.WithScripts(scripttest.New(t, script.Options{})))
	s := b.System("alpha", func(s *account.System) {
		s.Correlation = []account.CorrelationRule{{Kind: "script", Expression: `throw new Error("broken rule")`}}
	})
	b.Put("alpha", enginetest.Person, seen("anna", "A"))
	r := b.Start(s, run.Reconcile)
	_, err := b.Runs.Export(t.Context(), r.ID, func(int64) {})
	require.NoError(t, err)
	_, err = b.Runs.Compare(t.Context(), r.ID, func(int64) {})
	require.ErrorContains(t, err, "broken rule")
}

// A managed account is never overwritten: what the system changed is listed attribute by attribute, and provisioning brings ours back.
func TestDriftIsListedAndNotTaken(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha")
	b.User("anna")
	b.User("bert")
	b.Settle()
	require.Empty(t, b.Changes(b.Run(s, run.Reconcile)), "what was applied is there")

	before := b.Account("alpha", "anna")
	b.Put("alpha", enginetest.Person, connector.Attributes{"name": "anna", "full": "Edited there", "mail": "other@example.com", "phone": "not ours"})
	id := b.Run(s, run.Reconcile)
	require.Equal(t, []string{"drift anna skipped"}, b.Changes(id))
	require.Equal(t, []string{"full: Edited there > Sample anna", "mail: other@example.com > anna@example.com"}, b.Texts(
		`select (c->>'attribute') || ': ' || (c->>'before') || ' > ' || (c->>'after') from run_changes, jsonb_array_elements(changes) c where run_id = $1 order by 1`, id))
	require.Equal(t, before, b.Account("alpha", "anna"))

	provisionAll(t, b, s)
	require.Equal(t, "Sample anna", connector.Text(b.Objects("alpha", enginetest.Person)["anna"].Attributes["full"]))
	require.Empty(t, b.Changes(b.Run(s, run.Reconcile)))
}

func TestManagedAccountThatIsGoneIsDrift(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha")
	b.User("anna")
	b.User("bert")
	b.Settle()
	b.Drop("alpha", enginetest.Person, "anna")
	require.Equal(t, []string{"drift anna skipped"}, b.Changes(b.Run(s, run.Reconcile)))
	require.Equal(t, account.Enabled, b.Account("alpha", "anna").Status)
	provisionAll(t, b, s)
	require.Equal(t, []string{"anna", "bert"}, b.Keys("alpha", enginetest.Person), "made again")
}

func TestAccountWithAnOpenTaskIsNotMissing(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha")
	b.User("bert")
	b.Settle()
	b.Systems["alpha"].Fail("create", connector.Errorf(connector.ClassTransient, "create", "later"))
	b.User("anna")
	b.Settle()
	b.Systems["alpha"].Up()
	require.Empty(t, b.Changes(b.Run(s, run.Reconcile)), "it is on its way")
}

func TestAccountsOfAReadOnlySystemFollowIt(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", func(s *account.System) { s.ReadOnly = true })
	u := b.User("anna")
	b.NewAccount("alpha", "anna", account.Single, func(a *account.Account) { a.User = u.UserName })
	disabled := seen("anna", "Anna")
	disabled["off"] = true
	b.Put("alpha", enginetest.Person, disabled)
	require.Equal(t, []string{"update anna applied"}, b.Changes(b.Run(s, run.Reconcile)))
	require.Equal(t, account.Disabled, b.Account("alpha", "anna").Status)
}

func TestRenamedAccountIsFoundByItsExternalID(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha")
	there := b.Put("alpha", enginetest.Person, seen("backup", "Backup"))
	b.Run(s, run.Reconcile)
	known := b.Account("alpha", "backup")
	direct, err := b.Systems["alpha"].Memory.Kind().Open(t.Context(), connector.Config{})
	require.NoError(t, err)
	_, err = direct.(connector.Updater).Update(t.Context(), connector.Class{Name: enginetest.Person}, there, seen("backup2", "Backup"))
	require.NoError(t, err)
	require.Equal(t, []string{"update backup applied"}, b.Changes(b.Run(s, run.Reconcile)))
	renamed := b.Account("alpha", "backup2")
	require.Equal(t, known.ID, renamed.ID)
	require.Equal(t, there.ID, renamed.ExternalID)
}

func TestPreviewOfAReconciliationWritesNothing(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha")
	b.Put("alpha", enginetest.Person, seen("backup", "Backup"))
	id := b.Run(s, run.ImpactIn)
	require.Equal(t, []string{"create backup proposed"}, b.Changes(id))
	require.Zero(t, b.Count("select count(*) from accounts where name = 'backup'"))
}
