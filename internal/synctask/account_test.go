package synctask_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/change"
	"provost/internal/connector"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/script"
	"provost/internal/script/scripttest"
	"provost/internal/testenv/enginetest"
)

func TestUnmanagedAccountIsAdopted(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	there := b.Put("alpha", enginetest.Person, connector.Attributes{"name": "anna", "full": "From before", "phone": "12"})
	known := b.NewAccount("alpha", "anna", account.Unmanaged)
	u := b.User("anna")
	b.Settle()

	adopted := b.Account("alpha", "anna")
	require.Equal(t, known.ID, adopted.ID)
	require.Equal(t, account.Single, adopted.Type)
	require.Equal(t, u.ID, *adopted.UserID)
	now := b.Objects("alpha", enginetest.Person)["anna"]
	require.Equal(t, there.ID, now.ID, "the object is taken over, not made anew")
	require.Equal(t, "Sample anna", value(now, "full"))
	require.Equal(t, "12", value(now, "phone"), "what the mapping does not name stays")
	require.Zero(t, b.Systems["alpha"].Calls("create"))
}

func TestObjectThatIsThereAlreadyIsTakenOver(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	there := b.Put("alpha", enginetest.Person, connector.Attributes{"name": "anna"})
	b.User("anna")
	b.Settle()
	require.Equal(t, there.ID, b.Objects("alpha", enginetest.Person)["anna"].ID)
	require.Equal(t, there.ID, b.Account("alpha", "anna").ExternalID)
}

// A clash leaves the existing account alone and tells the person what to do (guide page 045).
func TestClashLeavesTheOtherAccountAlone(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{account.Shared, account.Privileged, account.Single} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			b := enginetest.New(t)
			b.System("alpha")
			owner := b.User("owner")
			b.Settle()
			b.NewAccount("alpha", "anna", kind, func(a *account.Account) {
				if kind == account.Single {
					a.User = owner.UserName
				}
			})
			b.Settle()
			before := b.Account("alpha", "anna")
			b.User("anna")
			b.Settle()
			require.Equal(t, before, b.Account("alpha", "anna"))
			require.Equal(t, []string{"user anna failed"}, b.Open())
			require.Equal(t, 1, b.Count("select count(*) from sync_parts where message like '%taken by another account%'"))
		})
	}
}

func TestUnmanagedAccountsAreNeverSent(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	b.NewAccount("alpha", "backup", account.Unmanaged)
	b.Settle()
	require.Empty(t, b.Keys("alpha", enginetest.Person))
	require.Empty(t, b.Open())
}

func TestSharedAccountIsSentByItself(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	b.NewAccount("alpha", "reception", account.Shared)
	require.Equal(t, []string{"account reception pending"}, b.Open())
	b.Settle()
	require.Equal(t, []string{"reception"}, b.Keys("alpha", enginetest.Person))
	b.Status("alpha", "reception", account.Removed)
	b.Settle()
	require.Empty(t, b.Keys("alpha", enginetest.Person))
}

func TestForcedStatesAreKept(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	on, off := b.User("on"), b.User("off")
	b.Settle()
	b.Status("alpha", "on", account.ForcedEnabled)
	b.Status("alpha", "off", account.ForcedDisabled)
	b.Edit(on, func(u *identity.User) { u.Active = false })
	b.Edit(off, func(u *identity.User) { u.LastName = "Changed" })
	b.Settle()
	require.Equal(t, "false", value(b.Objects("alpha", enginetest.Person)["on"], "off"))
	require.Equal(t, "true", value(b.Objects("alpha", enginetest.Person)["off"], "off"))
}

func TestRemovalByProperty(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha", func(s *account.System) { s.Mappings[0].Properties["removeDisabledAccounts"] = "true" })
	u := b.User("anna")
	b.Settle()
	u = b.Edit(u, func(u *identity.User) { u.Active = false })
	b.Settle()
	require.Empty(t, b.Keys("alpha", enginetest.Person), "a disabled account leaves the system")
	require.Equal(t, account.Disabled, b.Account("alpha", "anna").Status)
	b.Edit(u, func(u *identity.User) { u.Active = true })
	b.Settle()
	require.Equal(t, []string{"anna"}, b.Keys("alpha", enginetest.Person))
}

func TestRenameTravelsByExternalID(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	b.User("anna")
	b.Settle()
	id := b.Objects("alpha", enginetest.Person)["anna"].ID
	a := b.Account("alpha", "anna")
	a.Name = "anna.berg"
	_, err := b.Accounts.Update(b.Ctx, a.ID, 0, a)
	require.NoError(t, err)
	b.Settle()
	require.Equal(t, []string{"anna.berg"}, b.Keys("alpha", enginetest.Person))
	require.Equal(t, id, b.Objects("alpha", enginetest.Person)["anna.berg"].ID)
}

func TestRoleBasedAgent(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha", func(s *account.System) { s.RoleBased = true })
	u := b.User("anna")
	b.Settle()
	require.Empty(t, b.Keys("alpha", enginetest.Person), "no role, no account")
	r := b.Role("Reader", "alpha")
	grants, err := b.Grant(b.Ctx, grantTo(u.ID, r.ID))
	require.NoError(t, err)
	b.Settle()
	require.Equal(t, []string{"anna"}, b.Keys("alpha", enginetest.Person))
	require.NoError(t, b.Revoke(b.Ctx, grants[0].ID))
	b.Settle()
	require.Equal(t, account.Disabled, b.Account("alpha", "anna").Status)
	require.Equal(t, "true", value(b.Objects("alpha", enginetest.Person)["anna"], "off"))
}

// roleMapping writes roles with the names of the accounts that hold them.
func roleMapping() mapping.ObjectMapping {
	return mapping.ObjectMapping{
		SystemObject: "group", ObjectType: mapping.TypeRole, Properties: map[string]string{"key": "name"},
		Rows: []mapping.Row{
			{System: "name", Direction: mapping.DirectionOut, Provost: "name"},
			{System: "members", Direction: mapping.DirectionOut, Provost: "allGrantedAccountNames"},
		},
	}
}

func TestRolesCarryTheirHolders(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha", func(s *account.System) { s.Mappings = append(s.Mappings, roleMapping()) })
	r := b.Role("Reader", "alpha")
	b.Settle()
	require.Equal(t, []string{"Reader"}, b.Keys("alpha", "group"))
	for _, name := range []string{"anna", "bert"} {
		_, err := b.Grant(b.Ctx, grantTo(b.User(name).ID, r.ID))
		require.NoError(t, err)
	}
	b.Settle()
	require.ElementsMatch(t, []any{"anna", "bert"}, b.Objects("alpha", "group")["Reader"].Attributes["members"])
}

func TestGroupsCarryTheirMembers(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha", func(s *account.System) {
		s.Mappings = append(s.Mappings, mapping.ObjectMapping{
			SystemObject: "unit", ObjectType: mapping.TypeGroup, Properties: map[string]string{"key": "name"},
			Rows: []mapping.Row{
				{System: "name", Direction: mapping.DirectionOut, Provost: "name"},
				{System: "members", Direction: mapping.DirectionOut, Provost: "userNames"},
			},
		})
	})
	g, err := b.Groups.Create(b.Ctx, identity.Group{Name: "sales", Parent: "world"})
	require.NoError(t, err)
	b.User("anna", func(u *identity.User) { u.PrimaryGroup = g.Name })
	_, err = b.Groups.Update(b.Ctx, g.ID, 0, identity.Group{Name: "sales", Parent: "world", Description: "Sample"})
	require.NoError(t, err)
	b.Settle()
	require.Equal(t, []any{"anna"}, b.Objects("alpha", "unit")["sales"].Attributes["members"])
}

// Several mappings of one type each make an object of their own; a condition that no longer holds removes its object.
func TestSeveralMappingsOfAUser(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t, enginetest.WithScripts(scripttest.New(t, script.Options{})))
	b.System("alpha", func(s *account.System) {
		s.Mappings = append(s.Mappings, enginetest.Mapping(func(m *mapping.ObjectMapping) {
			m.SystemObject, m.Condition = "mailbox", `emailAddress != null && emailAddress != ""`
		}))
	})
	u := b.User("anna")
	b.Settle()
	require.Equal(t, []string{"anna"}, b.Keys("alpha", enginetest.Person))
	require.Equal(t, []string{"anna"}, b.Keys("alpha", "mailbox"))
	b.Edit(u, func(u *identity.User) { u.Email = "" })
	b.Settle()
	require.Empty(t, b.Keys("alpha", "mailbox"))
	require.Equal(t, []string{"anna"}, b.Keys("alpha", enginetest.Person))
	require.Empty(t, b.Open())
}

// A mapping that fails makes its part fail, even when another mapping of the same system succeeds.
func TestMappingErrorFailsThePart(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t, enginetest.WithScripts(scripttest.New(t, script.Options{})))
	b.System("alpha", func(s *account.System) {
		s.Mappings = append(s.Mappings, enginetest.Mapping(func(m *mapping.ObjectMapping) {
			m.SystemObject = "mailbox"
			m.Rows = append(m.Rows, mapping.Row{System: "quota", Direction: mapping.DirectionOut, Provost: `throw new Error("no quota for " + userName)`})
		}))
	})
	b.System("beta")
	b.User("anna")
	b.Settle()
	require.Equal(t, []string{"alpha failed", "beta done"}, b.Parts("anna"))
	require.Equal(t, []string{"user anna failed"}, b.Open())
	require.Equal(t, 1, b.Count("select count(*) from sync_parts where message like '%no quota for anna%'"))
	require.Empty(t, b.Keys("alpha", "mailbox"), "an object whose mapping failed is not sent")
	require.Equal(t, []string{"anna"}, b.Keys("alpha", enginetest.Person))
}

func TestOnlyDifferencesGetAVersion(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	u := b.User("anna")
	b.Settle()
	version := b.Count("select desired_version from target_states")
	b.Systems["alpha"].Forget()
	b.Edit(u, func(u *identity.User) { u.Phone = "not mapped" })
	b.Settle()
	require.Equal(t, version, b.Count("select desired_version from target_states"))
	require.Zero(t, b.Systems["alpha"].Calls("get"), "nothing differs, so nobody is asked")
	b.Edit(u, func(u *identity.User) { u.Email = "other@example.com" })
	b.Settle()
	require.Greater(t, b.Count("select desired_version from target_states"), version)
	require.Equal(t, b.Count("select desired_version from target_states"), b.Count("select applied_version from target_states"))
}

// A version that is older than one noted before may have overwritten it: the state then counts as not applied at all.
func TestStaleRecordIsAppliedAgain(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha")
	u := b.User("anna")
	plan, err := b.Sync.PlanObject(t.Context(), change.User, u.ID)
	require.NoError(t, err)
	stale := b.Apply(plan.Work[0], plan.Work[0].Targets, budgetless)
	b.Edit(u, func(u *identity.User) { u.LastName = "Newer" })
	b.Settle()
	require.Equal(t, "Sample Newer", value(b.Objects("alpha", enginetest.Person)["anna"], "full"))

	_, err = b.Sync.Record(t.Context(), s.ID, plan.Tasks, stale)
	require.NoError(t, err)
	require.Zero(t, b.Count("select applied_version from target_states"))
	b.Put("alpha", enginetest.Person, connector.Attributes{"name": "anna", "full": "Sample anna"}) // what the stale write left
	b.Edit(u, func(u *identity.User) { u.Phone = "1" })
	b.Settle()
	require.Equal(t, "Sample Newer", value(b.Objects("alpha", enginetest.Person)["anna"], "full"))
}

// Two agents that end at the same moment must not both leave the closing of the task to the other: while the first has not committed, the
// second waits for it.
func TestAgentsThatEndTogetherCloseTheTask(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	b.System("beta")
	u := b.User("anna")
	plan, err := b.Sync.PlanObject(t.Context(), change.User, u.ID)
	require.NoError(t, err)
	require.Len(t, plan.Work, 2)
	first, second := plan.Work[0], plan.Work[1]
	one, two := b.Apply(first, first.Targets, budgetless), b.Apply(second, second.Targets, budgetless)

	ended := make(chan error, 1)
	err = b.Tenant.Do(b.Ctx, func(ctx context.Context) error {
		if _, err := b.Tenant.SyncTasks().Record(ctx, first.System, plan.Tasks, one); err != nil {
			return err
		}
		go func() {
			_, err := b.Sync.Record(b.Ctx, second.System, plan.Tasks, two)
			ended <- err
		}()
		require.Eventually(t, func() bool {
			return len(ended) == 1 || b.Count("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 1
		}, 10*time.Second, 5*time.Millisecond)
		return nil
	})
	require.NoError(t, err)
	require.NoError(t, <-ended)
	require.Empty(t, b.Open())
}

func TestAuditTellsWhatWasAppliedWithoutValues(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	u := b.User("anna", func(u *identity.User) { u.Email = "hidden-value@example.com" })
	b.Settle()
	b.Edit(u, func(u *identity.User) { u.LastName = "Berg" })
	b.Settle()
	entries := b.Texts("select (after->>'outcome') || ' ' || (after->>'attributes') from audit_entries where action = 'apply' order by id")
	require.Len(t, entries, 2)
	require.Regexp(t, `^created \[.*"mail".*\]$`, entries[0])
	require.Equal(t, `updated ["full"]`, entries[1])
	require.Zero(t, b.Count("select count(*) from audit_entries where action = 'apply' and after::text like '%hidden-value%'"))
}

func TestPreviewWritesNothing(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.Mode("manual")
	s := b.System("alpha")
	u := b.User("anna")
	previews, err := b.Tasks.Preview(b.Ctx, change.User, []uuid.UUID{u.ID}, s.ID)
	require.NoError(t, err)
	require.Len(t, previews, 1)
	require.Equal(t, "anna", previews[0].Name)
	require.Equal(t, "Sample anna", previews[0].Desired["full"])
	require.Zero(t, b.Count("select count(*) from target_states"))
	require.Zero(t, b.Count("select count(*) from accounts where name = 'anna'"))
}
