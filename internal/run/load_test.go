package run_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/connector"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/run"
	"provost/internal/script"
	"provost/internal/script/scripttest"
	"provost/internal/testenv/enginetest"
)

func TestMain(m *testing.M) { scripttest.Main(m) }

func listed(name, last string, active ...any) connector.Attributes {
	a := connector.Attributes{"name": name, "first": "Sample", "last": last, "active": true}
	if len(active) > 0 {
		a["active"] = active[0]
	}
	return a
}

// loaded gives a bench whose source alpha listed anna, bert and carl, who are loaded.
func loaded(t *testing.T, change ...func(*account.System)) (*enginetest.Bench, account.System) {
	t.Helper()
	b := enginetest.New(t)
	s := b.Source("alpha", change...)
	for _, name := range []string{"anna", "bert", "carl"} {
		b.Put("alpha", enginetest.Person, listed(name, "Berg"))
	}
	id := b.Run(s, run.Load)
	require.Equal(t, []string{"create anna applied", "create bert applied", "create carl applied"}, b.Changes(id))
	return b, s
}

func user(b *enginetest.Bench, name string) identity.User {
	b.T.Helper()
	found, err := b.Tenant.Users().Named(b.T.Context(), name)
	require.NoError(b.T, err)
	require.Len(b.T, found, 1, name)
	return found[0]
}

func TestFirstLoadCreatesUsersOfItsZone(t *testing.T) {
	t.Parallel()
	b, s := loaded(t)
	anna := user(b, "anna")
	require.Equal(t, "Sample Berg", anna.FullName)
	require.Equal(t, s.ID, *anna.SourceSystemID)
	require.True(t, anna.Active)
	require.Equal(t, "I", anna.UserType)
	require.Equal(t, "world", anna.PrimaryGroup)
	require.Zero(t, b.Count("select count(*) from run_objects"), "the staging table is emptied")
	require.Equal(t, []string{"completed report 3"}, b.Texts("select status || ' ' || phase || ' ' || (counters->>'applied') from runs"))
}

func TestSameLoadAgainChangesNothing(t *testing.T) {
	t.Parallel()
	b, s := loaded(t)
	history := b.Count("select count(*) from users_history")
	audit := b.Count("select count(*) from audit_entries where object_type = 'user'")
	require.Empty(t, b.Changes(b.Run(s, run.Load)))
	require.Equal(t, history, b.Count("select count(*) from users_history"))
	require.Equal(t, audit, b.Count("select count(*) from audit_entries where object_type = 'user'"))
}

func TestLoadFollowsItsSource(t *testing.T) {
	t.Parallel()
	b, s := loaded(t)
	b.Put("alpha", enginetest.Person, listed("anna", "Changed"))
	b.Put("alpha", enginetest.Person, listed("bert", "Berg", false))
	b.Put("alpha", enginetest.Person, listed("dora", "New"))
	id := b.Run(s, run.Load)
	require.Equal(t, []string{"update anna applied", "disable bert applied", "create dora applied"}, b.Changes(id))
	require.Equal(t, "Changed", user(b, "anna").LastName)
	require.False(t, user(b, "bert").Active)
	require.Equal(t, []string{`[{"after": "Changed", "before": "Berg", "attribute": "lastName"}]`},
		b.Texts("select changes::text from run_changes where run_id = $1 and object_key = 'anna'", id), "attribute by attribute")

	b.Put("alpha", enginetest.Person, listed("bert", "Berg", "yes"))
	require.Equal(t, []string{"enable bert applied"}, b.Changes(b.Run(s, run.Load)))
	require.True(t, user(b, "bert").Active)
}

func TestWhoIsNoLongerListed(t *testing.T) {
	t.Parallel()
	for removal, c := range map[string]struct {
		change string
		check  func(*testing.T, *enginetest.Bench)
	}{
		"disable": {"disable carl applied", func(t *testing.T, b *enginetest.Bench) {
			t.Helper()
			require.False(t, user(b, "carl").Active)
		}},
		"delete": {"delete carl applied", func(t *testing.T, b *enginetest.Bench) {
			t.Helper()
			require.Zero(t, b.Count("select count(*) from users where user_name = 'carl'"))
		}},
		"detach": {"update carl applied", func(t *testing.T, b *enginetest.Bench) {
			t.Helper()
			carl := user(b, "carl")
			require.Nil(t, carl.SourceSystemID, "local from now on")
			require.True(t, carl.Active)
		}},
	} {
		t.Run(removal, func(t *testing.T) {
			t.Parallel()
			b, s := loaded(t, func(s *account.System) { s.Removal = removal })
			b.User("local")
			b.Drop("alpha", enginetest.Person, "carl")
			require.Equal(t, []string{c.change}, b.Changes(b.Run(s, run.Load)), "users of no zone are not concerned")
			c.check(t, b)
			require.Empty(t, b.Changes(b.Run(s, run.Load)), "the next load has nothing to do")
		})
	}
}

func TestPartialSourceRemovesNobody(t *testing.T) {
	t.Parallel()
	b, s := loaded(t, func(s *account.System) { s.FullReconciliation = false })
	b.Drop("alpha", enginetest.Person, "carl")
	require.Empty(t, b.Changes(b.Run(s, run.Load)))
}

// Every user belongs to the zone of one source. A later source is ignored, an earlier one takes over.
func TestPrecedenceOfSources(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		precedence int
		change     string
		last       string
		zone       string
	}{
		"later":   {200, "conflict anna skipped", "Berg", "alpha"},
		"same":    {100, "conflict anna skipped", "Berg", "alpha"},
		"earlier": {50, "update anna applied", "From beta", "beta"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, first := loaded(t, func(s *account.System) { s.Precedence = 100 })
			second := b.Source("beta", func(s *account.System) { s.Precedence = c.precedence })
			b.Put("beta", enginetest.Person, listed("anna", "From beta"))
			require.Equal(t, []string{c.change}, b.Changes(b.Run(second, run.Load)))
			anna := user(b, "anna")
			require.Equal(t, c.last, anna.LastName)
			require.Equal(t, c.zone, anna.SourceSystem)

			b.Drop("beta", enginetest.Person, "anna")
			b.Put("beta", enginetest.Person, listed("dora", "Berg"))
			require.NotContains(t, b.Changes(b.Run(first, run.Load)), "disable anna applied")
		})
	}
}

func TestLocalUserJoinsTheZoneOfTheSourceThatListsHim(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.Source("alpha")
	b.User("anna")
	b.Put("alpha", enginetest.Person, listed("anna", "anna"))
	id := b.Run(s, run.Load)
	require.Equal(t, []string{"update anna applied"}, b.Changes(id))
	require.Equal(t, s.ID, *user(b, "anna").SourceSystemID)
	require.Equal(t, "anna@example.com", user(b, "anna").Email, "what is not mapped stays")
}

func TestObjectsThatCannotBeUsedAreRejectedWithTheReason(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.Source("alpha", func(s *account.System) { s.Mappings[0].Rows[0].System = "login" })
	long := strings.Repeat("x", 300)
	b.Put("alpha", enginetest.Person, connector.Attributes{"name": "1", "login": "anna", "first": "A", "last": "A", "active": true})
	b.Put("alpha", enginetest.Person, connector.Attributes{"name": "2", "login": "ANNA", "first": "B", "last": "B", "active": true})
	b.Put("alpha", enginetest.Person, connector.Attributes{"name": "3", "first": "C", "last": "C", "active": true})
	b.Put("alpha", enginetest.Person, connector.Attributes{"name": "4", "login": long, "first": "", "last": "", "active": true})
	id := b.Run(s, run.Load)
	require.Equal(t, []string{"unidentified 3 failed", "unidentified ANNA failed", "create anna applied", "create " + long + " failed"}, b.Changes(id),
		"a key once, whatever its case; what the rules refuse fails alone")
	require.Equal(t, []string{"3: The object has no userName.", "2: The key ANNA occurs before, at 1."},
		b.Texts("select message from run_changes where run_id = $1 and action = 'unidentified' order by seq desc", id))
	require.Equal(t, 3, b.Count("select count(*) from run_changes where run_id = $1 and status = 'failed' and message <> ''", id))
	require.Equal(t, []string{"1 3"}, b.Texts("select (counters->>'applied') || ' ' || (counters->>'failed') from runs where id = $1", id), "they count as errors")
	require.Equal(t, "A", user(b, "anna").FirstName)
}

func TestLoadTriggerHasItsSay(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t, enginetest.WithScripts(scripttest.New(t, script.Options{})))
	s := b.Source("alpha", func(s *account.System) {
		s.LoadTriggers = []account.LoadTrigger{
			{ObjectType: "user", Event: "preInsert", Script: `newObject.put("comments", "loaded"); newObject.get("userName") != "bert"`},
			{ObjectType: "user", Event: "preUpdate", Script: `oldObject.get("lastName") == "Berg"`},
			{ObjectType: "user", Event: "preDelete", Script: `throw new Error("never")`},
		}
		s.Removal = "delete"
	})
	for _, name := range []string{"anna", "bert", "carl"} {
		b.Put("alpha", enginetest.Person, listed(name, "Berg"))
	}
	id := b.Run(s, run.Load)
	require.Equal(t, []string{"create anna applied", "create bert skipped", "create carl applied"}, b.Changes(id))
	require.Equal(t, "loaded", user(b, "anna").Comments)
	require.Equal(t, []string{"The load trigger preInsert refused the change."},
		b.Texts("select message from run_changes where run_id = $1 and status = 'skipped'", id))

	b.Put("alpha", enginetest.Person, listed("anna", "Other"))
	b.Drop("alpha", enginetest.Person, "bert")
	b.Drop("alpha", enginetest.Person, "carl")
	id = b.Run(s, run.Load)
	require.Equal(t, []string{"update anna applied", "delete carl failed"}, b.Changes(id), "a trigger that fails leaves the object as it is")
	b.Put("alpha", enginetest.Person, listed("anna", "Third"))
	require.Contains(t, b.Changes(b.Run(s, run.Load)), "update anna skipped")
}

func TestEmptyListingIsBlockedAndSoIsTheSecondLook(t *testing.T) {
	t.Parallel()
	b, s := loaded(t)
	for _, name := range []string{"anna", "bert", "carl"} {
		b.Drop("alpha", enginetest.Person, name)
	}
	r := b.Start(s, run.Load)
	verdict := b.Prepare(r.ID)
	require.True(t, verdict.Blocked)
	require.Contains(t, verdict.Reasons[0], "listed no users at all, but 3 are known")
	require.NoError(t, b.Runs.Block(t.Context(), r.ID))
	require.Equal(t, 3, b.Count("select count(*) from users where user_name in ('anna', 'bert', 'carl') and active"))
	again, err := b.Runs.Compare(t.Context(), r.ID, func(int64) {})
	require.NoError(t, err)
	require.Equal(t, verdict, again, "comparing starts over and comes to the same")
	require.Equal(t, 3, b.Count("select count(*) from run_changes where run_id = $1", r.ID))
}

// Resume and cancel are decisions about a blocked run; the row and the message for its workflow are written together.
func TestDecisionsAboutABlockedRun(t *testing.T) {
	t.Parallel()
	b, s := loaded(t)
	r := b.Start(s, run.Load)
	require.Equal(t, fault.Conflict, fault.CodeOf(b.Runs.Resume(b.Ctx, r.ID)), "nothing to resume")
	_, err := b.Runs.Start(b.Ctx, s.ID, run.Load, run.Options{})
	require.Equal(t, fault.Conflict, fault.CodeOf(err), "one run per system at a time")

	for _, name := range []string{"anna", "bert", "carl"} {
		b.Drop("alpha", enginetest.Person, name)
	}
	verdict := b.Prepare(r.ID)
	require.NoError(t, b.Runs.Block(t.Context(), r.ID))
	require.NoError(t, b.Runs.Resume(b.Ctx, r.ID))
	require.Equal(t, []string{"admin"}, b.Texts("select reviewed_by from runs where id = $1", r.ID))
	require.Equal(t, 1, b.Count("select count(*) from outbox where kind = 'run.signal' and payload->>'decision' = 'resume' and (payload->>'total')::int = $1", verdict.Total),
		"the decision names the list it is about")

	require.NoError(t, b.Runs.Finish(t.Context(), r.ID, run.Cancelled, ""))
	require.Equal(t, fault.Conflict, fault.CodeOf(b.Runs.Cancel(b.Ctx, r.ID)), "it has ended")
	require.NoError(t, b.Runs.Finish(t.Context(), r.ID, run.Failed, "too late"))
	require.Equal(t, []string{"cancelled"}, b.Texts("select status from runs where id = $1", r.ID), "an end is final")
}

func TestRunsAskForPermission(t *testing.T) {
	t.Parallel()
	b, s := loaded(t)
	nobody := authz.With(t.Context(), authz.Principal{UserID: uuid.New(), UserName: "nobody"})
	for _, kind := range []string{run.Load, run.Reconcile, run.Impact, run.ImpactIn, run.Provision} {
		_, err := b.Runs.Start(nobody, s.ID, kind, run.Options{})
		var denied *authz.DeniedError
		require.ErrorAs(t, err, &denied, kind)
	}
	_, err := b.Runs.Start(b.Ctx, s.ID, "nonsense", run.Options{})
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
	plain := b.System("beta")
	_, err = b.Runs.Start(b.Ctx, plain.ID, run.Load, run.Options{})
	require.ErrorContains(t, err, "not an authoritative identity source")
	_, err = b.Runs.Start(b.Ctx, s.ID, run.Provision, run.Options{})
	require.ErrorContains(t, err, "read-only")
}

// A crash between two parts, or after the commit and before the answer, applies nothing twice and nothing never.
func TestCrashBetweenPartsAppliesEachOnce(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.Source("alpha", func(s *account.System) { s.Guard.MaxInserts = -1 })
	const people = 1100 // three parts
	for i := range people {
		b.Put("alpha", enginetest.Person, listed(fmt.Sprintf("p%04d", i), "Berg"))
	}
	r := b.Start(s, run.Load)
	require.False(t, b.Prepare(r.ID).Blocked)
	_, err := b.Runs.Export(t.Context(), r.ID, func(int64) {})
	require.NoError(t, err, "an export that is tried again starts over")
	require.Equal(t, people, b.Count("select count(*) from run_objects"))
	_, err = b.Runs.Compare(t.Context(), r.ID, func(int64) {})
	require.NoError(t, err)

	first, done, err := b.Runs.ApplyNext(t.Context(), r.ID, 0)
	require.NoError(t, err)
	require.False(t, done)
	require.Equal(t, int64(500), first)
	again, _, err := b.Runs.ApplyNext(t.Context(), r.ID, 0)
	require.NoError(t, err)
	require.Equal(t, int64(1000), again, "what is applied is not proposed any more")
	b.Finish(r.ID)
	require.Equal(t, people, b.Count("select count(*) from users where source_system_id = $1", s.ID))
	require.Equal(t, people, b.Count("select count(*) from run_changes where run_id = $1 and status = 'applied'", r.ID))
	require.Equal(t, people, b.Count("select count(*) from audit_entries where object_type = 'user' and action = 'create'"))
	require.Equal(t, []string{fmt.Sprint(people)}, b.Texts("select counters->>'applied' from runs where id = $1", r.ID))
}

func TestLoadReachesTheManagedSystems(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("beta")
	s := b.Source("alpha")
	quiet := b.Source("gamma", func(s *account.System) { s.PropagateChanges = false })
	b.Put("alpha", enginetest.Person, listed("anna", "Berg"))
	b.Put("gamma", enginetest.Person, listed("bert", "Berg"))
	b.Run(s, run.Load)
	b.Run(quiet, run.Load)
	b.Settle()
	require.Equal(t, []string{"anna"}, b.Keys("beta", enginetest.Person), "an agent that does not propagate changes sends nothing on")
}
