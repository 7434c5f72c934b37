package synctask_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/change"
	"provost/internal/connector"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/parameter"
	"provost/internal/script"
	"provost/internal/script/scripttest"
	"provost/internal/testenv/enginetest"
)

// groupMapping writes groups with their parent and members.
func groupMapping(rows ...mapping.Row) mapping.ObjectMapping {
	return mapping.ObjectMapping{
		SystemObject: "unit", ObjectType: mapping.TypeGroup, Properties: map[string]string{"key": "name"},
		Rows: append([]mapping.Row{
			{System: "name", Direction: mapping.DirectionOut, Provost: "name"},
			{System: "parent", Direction: mapping.DirectionOut, Provost: "parent"},
		}, rows...),
	}
}

// withHeld gives a system mappings of roles and groups.
func withHeld(s *account.System) { s.Mappings = append(s.Mappings, roleMapping(), groupMapping()) }

func group(t *testing.T, b *enginetest.Bench, name, parent string) identity.Group {
	t.Helper()
	g, err := b.Groups.Create(b.Ctx, identity.Group{Name: name, Parent: parent})
	require.NoError(t, err)
	return g
}

func states(b *enginetest.Bench, objectType string) int {
	return b.Count("select count(*) from target_states where object_type = $1", objectType)
}

// A role or group that is deleted leaves the systems that have it, through the normal path, and nothing of it is kept afterwards.
func TestDeletedRolesAndGroupsLeaveTheirSystems(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha", withHeld)
	b.System("beta", func(s *account.System) { s.Mappings = append(s.Mappings, groupMapping()) })
	r, kept := b.Role("Reader", "alpha"), b.Role("Writer", "alpha")
	g := group(t, b, "sales", "world")
	_, err := b.Grant(b.Ctx, grantTo(b.User("anna").ID, r.ID))
	require.NoError(t, err)
	b.Settle()
	require.Equal(t, []string{"Reader", "Writer"}, b.Keys("alpha", "group"))
	require.Contains(t, b.Keys("alpha", "unit"), "sales")
	require.Contains(t, b.Keys("beta", "unit"), "sales")

	require.NoError(t, b.Roles.Delete(b.Ctx, r.ID, 0))
	require.NoError(t, b.Groups.Delete(b.Ctx, g.ID, 0))
	require.Contains(t, b.Open(), "role Reader pending")
	require.Contains(t, b.Open(), "group sales pending")
	b.Settle()
	require.Equal(t, []string{"Writer"}, b.Keys("alpha", "group"))
	require.NotContains(t, b.Keys("alpha", "unit"), "sales")
	require.NotContains(t, b.Keys("beta", "unit"), "sales")
	require.Empty(t, b.Open())
	require.Equal(t, []string{"alpha done"}, b.Parts("Reader"))
	require.Equal(t, []string{"alpha done", "beta done"}, b.Parts("sales"))
	require.Equal(t, []string{kept.ID.String()}, b.Texts("select object_id::text from target_states where object_type = 'role'"))
	require.Equal(t, []string{"deleted"}, b.Texts("select after->>'outcome' from audit_entries where action = 'apply' and object_id = $1 order by id desc limit 1", r.ID))
	require.Zero(t, b.Count("select count(*) from target_states where object_id = $1", g.ID))
}

// The wanted state of a deleted role waits for an agent that is away; the state row ends only when the role is out.
func TestDeletionWaitsForTheAgent(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", withHeld)
	r := b.Role("Reader", "alpha")
	b.Settle()
	s = b.Change(s, func(s *account.System) { s.Paused = true })
	require.NoError(t, b.Roles.Delete(b.Ctx, r.ID, 0))
	b.Settle()
	require.Equal(t, []string{"role Reader waiting"}, b.Open())
	require.Equal(t, 1, b.Count("select count(*) from target_states where object_id = $1 and desired is null and desired_version > applied_version", r.ID))
	b.Change(s, func(s *account.System) { s.Paused = false })
	b.Later()
	require.Empty(t, b.Keys("alpha", "group"))
	require.Zero(t, states(b, "role"))
	require.Empty(t, b.Open())
}

// A failed removal is tried again, and the role stays wanted absent until then.
func TestFailedRemovalIsTriedAgain(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha", withHeld)
	r := b.Role("Reader", "alpha")
	b.Settle()
	b.Systems["alpha"].Fail("delete", connector.Errorf(connector.ClassTransient, "delete", "busy"))
	require.NoError(t, b.Roles.Delete(b.Ctx, r.ID, 0))
	b.Settle()
	require.Equal(t, []string{"Reader"}, b.Keys("alpha", "group"))
	require.Equal(t, 1, states(b, "role"))
	b.Systems["alpha"].Up()
	b.Later()
	require.Empty(t, b.Keys("alpha", "group"))
	require.Zero(t, states(b, "role"))
}

// A role that is deleted while its creation is under way does not stay in the system.
func TestDeletionOvertakesCreation(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", withHeld)
	r := b.Role("Reader", "alpha")
	plan, err := b.Sync.PlanObject(t.Context(), change.Role, r.ID)
	require.NoError(t, err)
	results := b.Apply(plan.Work[0], plan.Work[0].Targets, budgetless)
	require.NoError(t, b.Roles.Delete(b.Ctx, r.ID, 0))
	progress, err := b.Sync.Record(t.Context(), s.ID, plan.Tasks, results)
	require.NoError(t, err)
	require.True(t, progress.Again, "the deletion is a newer generation")
	b.Settle()
	require.Empty(t, b.Keys("alpha", "group"))
	require.Zero(t, states(b, "role"))
}

// A role deleted before any system had it leaves nothing to do.
func TestDeletedBeforeItWasSent(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha", withHeld)
	r := b.Role("Reader", "alpha")
	require.NoError(t, b.Roles.Delete(b.Ctx, r.ID, 0))
	b.Settle()
	require.Empty(t, b.Keys("alpha", "group"))
	require.Empty(t, b.Open())
	require.Zero(t, b.Systems["alpha"].Calls("create"))
}

// What no system maps gets no task, and does not count towards the task limit.
func TestUnmappedRolesAndGroupsGetNoTask(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	r, g := b.Role("Reader", "alpha"), group(t, b, "sales", "world")
	require.NoError(t, b.Roles.Delete(b.Ctx, r.ID, 0))
	require.NoError(t, b.Groups.Delete(b.Ctx, g.ID, 0))
	require.Empty(t, b.Open())
	b.Set(parameter.TaskLimit, "21")
	for range 30 {
		name := "role" + time.Now().Format("150405.000000000")
		_, err := b.Roles.Create(b.As(change.Origin{Kind: change.Import}), entitlement.Role{Name: name, System: "alpha", InformationSystem: "Sample"})
		require.NoError(t, err)
	}
	require.Empty(t, b.Open())
}

// A read-only agent keeps what it has.
func TestReadOnlyAgentKeepsDeletedRoles(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", withHeld)
	r := b.Role("Reader", "alpha")
	b.Settle()
	b.Change(s, func(s *account.System) { s.ReadOnly = true })
	require.NoError(t, b.Roles.Delete(b.Ctx, r.ID, 0))
	b.Settle()
	require.Equal(t, []string{"Reader"}, b.Keys("alpha", "group"))
	require.Empty(t, b.Open())
}

// A rename is one in the system too, and whoever is called after the renamed one is sent again.
func TestRenamedRolesAndGroupsAreRenamedThere(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha", withHeld, func(s *account.System) {
		s.Mappings[0].Rows = append(s.Mappings[0].Rows,
			mapping.Row{System: "department", Direction: mapping.DirectionOut, Provost: "primaryGroup"},
			mapping.Row{System: "roles", Direction: mapping.DirectionOut, Provost: "granted"})
	})
	r, g := b.Role("Reader", "alpha"), group(t, b, "sales", "world")
	group(t, b, "export", "sales")
	u := b.User("anna", func(u *identity.User) { u.PrimaryGroup = "sales" })
	_, err := b.Grant(b.Ctx, grantTo(u.ID, r.ID))
	require.NoError(t, err)
	b.Settle()
	role, unit := b.Objects("alpha", "group")["Reader"].ID, b.Objects("alpha", "unit")["sales"].ID

	r.Name, g.Name = "Viewer", "marketing"
	_, err = b.Roles.Update(b.Ctx, r.ID, 0, r)
	require.NoError(t, err)
	_, err = b.Groups.Update(b.Ctx, g.ID, 0, g)
	require.NoError(t, err)
	b.Settle()
	require.Equal(t, []string{"Viewer"}, b.Keys("alpha", "group"))
	require.Equal(t, role, b.Objects("alpha", "group")["Viewer"].ID)
	require.Equal(t, unit, b.Objects("alpha", "unit")["marketing"].ID)
	require.NotContains(t, b.Keys("alpha", "unit"), "sales")
	require.Equal(t, "marketing", value(b.Objects("alpha", "unit")["export"], "parent"))
	anna := b.Objects("alpha", enginetest.Person)["anna"]
	require.Equal(t, "marketing", value(anna, "department"))
	require.ElementsMatch(t, []any{"marketing", "Viewer"}, anna.Attributes["roles"])
	require.Empty(t, b.Open())
}

// Groups follow their members, whichever way these come and go, and the groups above them too.
func TestGroupsFollowTheirMembers(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha", func(s *account.System) {
		s.Mappings = append(s.Mappings, groupMapping(
			mapping.Row{System: "members", Direction: mapping.DirectionOut, Provost: "userNames"},
			mapping.Row{System: "everybody", Direction: mapping.DirectionOut, Provost: "allUserNames"}))
	})
	group(t, b, "sales", "world")
	export := group(t, b, "export", "sales")
	group(t, b, "chess", "world")
	expect := func(of string, members, everybody []any) {
		t.Helper()
		b.Settle()
		unit := b.Objects("alpha", "unit")[of]
		require.ElementsMatch(t, members, connector.Values(unit.Attributes["members"]), "members of %s", of)
		require.ElementsMatch(t, everybody, connector.Values(unit.Attributes["everybody"]), "everybody of %s", of)
	}
	anna := b.User("anna", func(u *identity.User) { u.PrimaryGroup = "export" })
	expect("sales", nil, []any{"anna"})
	expect("export", []any{"anna"}, []any{"anna"})

	m, err := b.Memberships.Create(b.Ctx, identity.Membership{User: "anna", Group: "chess"})
	require.NoError(t, err)
	expect("chess", []any{"anna"}, []any{"anna"})
	anna = b.Edit(anna, func(u *identity.User) { u.UserName = "anna.berg" })
	expect("chess", []any{"anna.berg"}, []any{"anna.berg"})
	expect("sales", nil, []any{"anna.berg"})
	require.NoError(t, b.Memberships.Delete(b.Ctx, m.ID, 0))
	expect("chess", nil, nil)

	export.Parent = "chess"
	_, err = b.Groups.Update(b.Ctx, export.ID, 0, export)
	require.NoError(t, err)
	expect("sales", nil, nil)
	expect("chess", nil, []any{"anna.berg"})
	anna = b.Edit(anna, func(u *identity.User) { u.PrimaryGroup = "sales" })
	expect("export", nil, nil)
	expect("sales", []any{"anna.berg"}, []any{"anna.berg"})
	require.NoError(t, b.Users.Delete(b.Ctx, anna.ID, 0))
	expect("sales", nil, nil)
}

// A membership that ends by its date leaves the group in the system at that date.
func TestGroupsFollowDatesOfMembers(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha", func(s *account.System) {
		s.Mappings = append(s.Mappings, groupMapping(mapping.Row{System: "members", Direction: mapping.DirectionOut, Provost: "userNames"}))
	})
	group(t, b, "sales", "world")
	b.User("anna")
	end := time.Now().Add(time.Hour)
	m, err := b.Memberships.Create(b.Ctx, identity.Membership{User: "anna", Group: "sales", EndAt: &end})
	require.NoError(t, err)
	b.Settle()
	require.Equal(t, []any{"anna"}, connector.Values(b.Objects("alpha", "unit")["sales"].Attributes["members"]))
	passed := time.Now().Add(-time.Minute)
	b.Exec("update group_memberships set end_at = $1 where id = $2", passed, m.ID)
	_, err = b.HonourDates(b.Ctx)
	require.NoError(t, err)
	b.Settle()
	require.Empty(t, connector.Values(b.Objects("alpha", "unit")["sales"].Attributes["members"]))
}

// A trigger of the removal still sees the object as we knew it.
func TestRemovalTriggerSeesTheDeletedRole(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t, enginetest.WithScripts(scripttest.New(t, script.Options{})))
	b.System("alpha", func(s *account.System) {
		m := roleMapping()
		m.Triggers = []mapping.Trigger{{Kind: mapping.TriggerPreDelete, Script: `source.get("category") != "keep"`}}
		s.Mappings = append(s.Mappings, m)
	})
	kept, gone := b.Role("Keeper", "alpha"), b.Role("Reader", "alpha")
	kept.Category = "keep"
	_, err := b.Roles.Update(b.Ctx, kept.ID, 0, kept)
	require.NoError(t, err)
	b.Settle()
	err = b.Tenant.Do(b.Ctx, func(ctx context.Context) error {
		if err := b.Roles.Delete(ctx, kept.ID, 0); err != nil {
			return err
		}
		return b.Roles.Delete(ctx, gone.ID, 0)
	})
	require.NoError(t, err)
	b.Settle()
	require.Equal(t, []string{"Keeper"}, b.Keys("alpha", "group"), "the trigger vetoed by what the role was")
}

// The limit of a transaction counts however small it is.
func TestTaskLimitHoldsAFewTasksToo(t *testing.T) {
	t.Parallel()
	for limit, open := range map[string][]string{
		"2": {"user anna held", "user bert held", "user cleo held"},
		"3": {},
	} {
		t.Run("limit "+limit, func(t *testing.T) {
			t.Parallel()
			b := enginetest.New(t)
			b.System("alpha")
			b.Set(parameter.TaskLimit, limit)
			b.UsersAs(b.As(change.Origin{Kind: change.Import}), "anna", "bert", "cleo")
			b.Settle()
			require.ElementsMatch(t, open, b.Open())
			_, err := b.Tenant.Release(b.Ctx, nil, true)
			require.NoError(t, err)
			b.Settle()
			require.Equal(t, []string{"anna", "bert", "cleo"}, b.Keys("alpha", enginetest.Person))
		})
	}
}
