package run_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/connector"
	"provost/internal/run"
	"provost/internal/testenv/enginetest"
)

// A record that nobody can identify may be anybody. While there is one, nobody is taken for missing unless a reviewer says so.
func TestWhoeverCannotBeIdentifiedKeepsOthersFromBeingMissing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		record  connector.Attributes
		change  string
		message string
	}{
		"no key":      {connector.Attributes{"name": "row 7", "first": "C"}, "unidentified row 7 failed", "row 7: The object has no userName."},
		"a key twice": {connector.Attributes{"name": "row 8", "login": "ANNA"}, "unidentified ANNA failed", "row 8: The key ANNA occurs before, at anna."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := enginetest.New(t)
			s := b.Source("alpha", func(s *account.System) { s.Mappings[0].Rows[0].System = "login" })
			for _, name := range []string{"anna", "carl"} {
				b.Put("alpha", enginetest.Person, connector.Attributes{"name": name, "login": name, "active": true})
			}
			b.Run(s, run.Load)
			b.Drop("alpha", enginetest.Person, "carl")
			b.Put("alpha", enginetest.Person, c.record)
			b.Put("alpha", enginetest.Person, connector.Attributes{"name": "dora", "login": "dora", "active": true})

			r := b.Start(s, run.Load)
			verdict := b.Prepare(r.ID)
			require.True(t, verdict.Blocked)
			require.Len(t, verdict.Reasons, 1)
			require.Contains(t, verdict.Reasons[0], "1 records could not be identified ("+c.record["name"].(string)+"), so the 1 users that seem to be missing")
			require.Contains(t, b.Changes(r.ID), c.change)
			require.Equal(t, []string{c.message}, b.Texts("select message from run_changes where run_id = $1 and action = 'unidentified'", r.ID))
			require.True(t, user(b, "carl").Active, "nobody is touched before a reviewer decided")

			b.Finish(r.ID)
			require.False(t, user(b, "carl").Active, "the reviewer says that he is really gone")
			require.True(t, user(b, "dora").Active)
			require.Equal(t, []string{"1"}, b.Texts("select counters->>'failed' from runs where id = $1", r.ID))
		})
	}
}

func TestUnidentifiedRecordsDoNotStopWhatNobodyIsMissingFrom(t *testing.T) {
	t.Parallel()
	b, s := loaded(t)
	b.Change(s, func(s *account.System) { s.Mappings[0].Rows[0].System = "login" })
	for _, name := range []string{"anna", "bert", "carl", "dora"} {
		b.Put("alpha", enginetest.Person, connector.Attributes{"name": name, "login": name, "first": "Sample", "last": "Berg", "active": true})
	}
	b.Put("alpha", enginetest.Person, connector.Attributes{"name": "nobody"})
	require.Equal(t, []string{"create dora applied", "unidentified nobody failed"}, b.Changes(b.Run(s, run.Load)))
}

func TestUnidentifiedAccountKeepsAccountsFromBeingRemoved(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", func(s *account.System) { s.Mappings[0].Rows[0].System = "login" })
	b.Put("alpha", enginetest.Person, connector.Attributes{"name": "1", "login": "backup"})
	b.Run(s, run.Reconcile)
	b.Drop("alpha", enginetest.Person, "1")
	b.Put("alpha", enginetest.Person, connector.Attributes{"name": "2", "full": "Backup"})
	r := b.Start(s, run.Reconcile)
	verdict := b.Prepare(r.ID)
	require.True(t, verdict.Blocked)
	require.Contains(t, verdict.Reasons[0], "so the 1 accounts that seem to be missing may be among them")
	require.Equal(t, account.Enabled, b.Account("alpha", "backup").Status)

	preview := cancelled(b, r.ID, s)
	require.Equal(t, []string{"unidentified 2 failed", "delete backup proposed"}, b.Changes(preview))
	require.Equal(t, account.Enabled, b.Account("alpha", "backup").Status)
}

// cancelled ends a blocked run and previews the same.
func cancelled(b *enginetest.Bench, id uuid.UUID, s account.System) uuid.UUID {
	b.T.Helper()
	require.NoError(b.T, b.Runs.Finish(b.T.Context(), id, run.Cancelled, ""))
	return b.Run(s, run.ImpactIn)
}

// What a read-only system says of its accounts is noted, and nothing else: neither its reconciliation nor a change of a user switches an
// account here that nobody would switch there.
func TestReadOnlySystemIsOnlyReflected(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status string // here, before
		off    bool   // there
		after  string
	}{
		"disabled there":                 {account.Enabled, true, account.Disabled},
		"enabled there":                  {account.Disabled, false, account.Enabled},
		"forced, and as it is there":     {account.ForcedEnabled, false, account.ForcedEnabled},
		"locked, and disabled there":     {account.Locked, true, account.Locked},
		"forced, but disabled there":     {account.ForcedEnabled, true, account.Disabled},
		"forced off, and disabled there": {account.ForcedDisabled, true, account.ForcedDisabled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := enginetest.New(t)
			s := b.System("alpha", func(s *account.System) { s.ReadOnly = true })
			u := b.User("anna")
			b.NewAccount("alpha", "anna", account.Single, func(a *account.Account) { a.User = u.UserName })
			b.Exec("update accounts set status = $1 where name = 'anna'", c.status)
			there := seen("anna", "Anna")
			there["off"] = c.off
			b.Put("alpha", enginetest.Person, there)
			b.Run(s, run.Reconcile)
			require.Equal(t, c.after, b.Account("alpha", "anna").Status)
			b.Settle()
			require.Equal(t, c.after, b.Account("alpha", "anna").Status, "the policy does not switch it back")
			require.Zero(t, b.Systems["alpha"].Calls("update"))
		})
	}
}

func TestDisabledUserKeepsTheAccountOfAReadOnlySystem(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha", func(s *account.System) { s.ReadOnly = true })
	b.System("beta")
	source := b.Source("gamma")
	b.Put("gamma", enginetest.Person, listed("anna", "Berg"))
	b.Run(source, run.Load)
	b.Settle()
	b.NewAccount("alpha", "anna", account.Single, func(a *account.Account) { a.User = "anna" })
	b.Put("gamma", enginetest.Person, listed("anna", "Berg", false))
	b.Run(source, run.Load)
	b.Settle()
	require.Equal(t, account.Disabled, b.Account("beta", "anna").Status)
	require.Equal(t, account.Enabled, b.Account("alpha", "anna").Status, "nobody would have disabled it there")
}
