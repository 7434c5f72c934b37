package run_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/connector"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/run"
	"provost/internal/testenv/enginetest"
)

const team = "team"

// teams adds a class of roles that list their members; with out rows, roles are written there too.
func teams(out bool) func(*account.System) {
	return func(s *account.System) {
		direction := mapping.DirectionIn
		if out {
			direction = mapping.DirectionBoth
		}
		s.Mappings = append(s.Mappings, mapping.ObjectMapping{
			SystemObject: team, ObjectType: mapping.TypeRole, Properties: map[string]string{"key": "name"},
			Rows: []mapping.Row{
				{System: "name", Direction: direction, Provost: "name"},
				{System: "text", Direction: direction, Provost: "description"},
				{System: "members", Direction: direction, Provost: "allGrantedAccountNames"},
			},
		})
	}
}

func crew(name string, members ...any) connector.Attributes {
	return connector.Attributes{"name": name, "text": "The " + name, "members": members}
}

// held gives the direct grants as "account role origin".
func held(b *enginetest.Bench) []string {
	b.T.Helper()
	return b.Texts(`select a.name || ' ' || r.name || ' ' || g.origin from grants g join accounts a on a.id = g.account_id
		join roles r on r.id = g.role_id join systems s on s.id = r.system_id where not s.builtin order by 1`)
}

// Roles that nobody here knows become known with everybody who holds them, in an information system named like the agent.
func TestRolesOfASystemBecomeKnownWithTheirHolders(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", teams(false))
	b.Put("alpha", enginetest.Person, seen("backup", "Backup"))
	b.Put("alpha", enginetest.Person, seen("robot", "Robot"))
	there := b.Put("alpha", team, crew("pumps", "BACKUP", "robot", "backup"))
	b.Put("alpha", team, crew("doors"))

	preview := b.Run(s, run.ImpactIn)
	require.Equal(t, []string{
		"create alpha proposed", "create backup proposed", "grant backup holds pumps proposed", "create doors proposed", "create pumps proposed",
		"create robot proposed", "grant robot holds pumps proposed",
	}, b.Changes(preview))
	require.Empty(t, held(b), "a preview writes nothing")

	b.Run(s, run.Reconcile)
	require.Equal(t, []string{"backup pumps reconciliation", "robot pumps reconciliation"}, held(b))
	require.Equal(t, []string{"alpha The pumps " + there.ID}, b.Texts(`select i.name || ' ' || r.description || ' ' || r.external_id from roles r
		join information_systems i on i.id = r.information_system_id where r.name = 'pumps'`))
	require.Empty(t, b.Changes(b.Run(s, run.Reconcile)), "the same again is nothing")

	b.Put("alpha", team, connector.Attributes{"name": "pumps", "text": "All pumps", "members": []any{"robot"}})
	require.Equal(t, []string{"revoke backup holds pumps applied", "update pumps applied"}, b.Changes(b.Run(s, run.Reconcile)))
	require.Equal(t, []string{"robot pumps reconciliation"}, held(b))
	b.Drop("alpha", team, "pumps")
	require.Equal(t, []string{"delete pumps applied"}, b.Changes(b.Run(s, run.Reconcile)))
	require.Zero(t, b.Count("select count(*) from roles where name = 'pumps'"))
}

// On managed accounts both directions of difference are listed and nothing is taken.
func TestGrantsOfManagedAccountsAreDrift(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", teams(true))
	pumps, doors := b.Role("pumps", "alpha"), b.Role("doors", "alpha")
	for _, name := range []string{"anna", "bert"} {
		b.User(name)
	}
	b.Settle()
	_, err := b.Grants.Create(b.Ctx, entitlement.Grant{AccountID: b.Account("alpha", "anna").ID, RoleID: pumps.ID})
	require.NoError(t, err)
	_, err = b.GroupRoles.Create(b.Ctx, entitlement.GroupRole{Group: "world", RoleID: doors.ID, Mandatory: true})
	require.NoError(t, err)
	b.Settle()
	require.Empty(t, b.Changes(b.Run(s, run.Reconcile)), "what was applied is there")

	b.Put("alpha", team, crew("pumps", "bert"))
	b.Put("alpha", team, crew("doors", "anna"))
	id := b.Run(s, run.Reconcile)
	require.Equal(t, []string{
		"drift anna holds pumps skipped", "drift bert holds doors skipped", "drift bert holds pumps skipped", "drift doors skipped", "drift pumps skipped",
	}, b.Changes(id))
	require.Equal(t, []string{
		"anna holds pumps: Held here (origin person), but not in the system. Revoke it here, or provision it.",
		"bert holds doors: Held here through a group, but not in the system. Provisioning brings it there.",
		"bert holds pumps: Held in the system, but not here. Grant it here to keep it; provisioning takes back what we write.",
	}, b.Texts("select object_key || ': ' || message from run_changes where run_id = $1 and object_type = 'grant' order by 1", id))
	require.Equal(t, []string{"anna pumps person"}, held(b))
}

// The holders of a role that a run finds come in part by part, and nothing of it is sent back to where it came from.
func TestFindingRolesTakesNobodyOutOfThem(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", teams(true))
	b.System("beta", func(s *account.System) { s.RoleBased = true })
	wing := b.Role("wing", "beta")
	for _, name := range []string{"anna", "bert"} {
		b.User(name)
	}
	b.Settle()
	b.Put("alpha", team, crew("pumps", "anna", "bert"))
	id := b.Run(s, run.Reconcile)
	require.Equal(t, []string{"create alpha applied", "grant anna holds pumps applied", "grant bert holds pumps applied", "create pumps applied"}, b.Changes(id))
	b.Settle()
	require.Equal(t, []any{"anna", "bert"}, b.Objects("alpha", team)["pumps"].Attributes["members"])
	require.Empty(t, b.Keys("beta", enginetest.Person))

	pumps, err := b.Roles.Named(b.Ctx, `alpha\pumps`)
	require.NoError(t, err)
	_, err = b.RoleContents.Create(b.Ctx, entitlement.Content{RoleID: pumps.ID, ContainedRoleID: wing.ID, Mandatory: true})
	require.NoError(t, err)
	b.Settle()
	require.Equal(t, []string{"anna", "bert"}, b.Keys("beta", enginetest.Person), "roles of other systems follow")
}

// A role that a read-only system grants may contain roles of other systems: once everything is written, they are sent there.
func TestFoundGrantsReachOtherSystems(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", teams(false), func(s *account.System) { s.ReadOnly = true })
	b.System("beta", func(s *account.System) { s.RoleBased = true })
	wing, pumps := b.Role("wing", "beta"), b.Role("pumps", "alpha")
	_, err := b.RoleContents.Create(b.Ctx, entitlement.Content{RoleID: pumps.ID, ContainedRoleID: wing.ID, Mandatory: true})
	require.NoError(t, err)
	u := b.User("anna")
	b.NewAccount("alpha", "anna", account.Single, func(a *account.Account) { a.User = u.UserName })
	b.Settle()
	require.Empty(t, b.Keys("beta", enginetest.Person))
	b.Put("alpha", enginetest.Person, seen("anna", "Anna"))
	b.Put("alpha", team, crew("pumps", "anna"))
	b.Run(s, run.Reconcile)
	require.Equal(t, []string{"anna pumps reconciliation"}, held(b))
	b.Settle()
	require.Equal(t, []string{"anna"}, b.Keys("beta", enginetest.Person))
}

// What a read-only system grants is granted here, whoever gave it; what depends on something else here is only told of.
func TestGrantsOfAReadOnlySystemFollowIt(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", teams(false), func(s *account.System) { s.ReadOnly = true })
	pumps, doors := b.Role("pumps", "alpha"), b.Role("doors", "alpha")
	u := b.User("anna")
	a := b.NewAccount("alpha", "anna", account.Single, func(a *account.Account) { a.User = u.UserName })
	_, err := b.Grants.Create(b.Ctx, entitlement.Grant{AccountID: a.ID, RoleID: pumps.ID})
	require.NoError(t, err)
	_, err = b.GroupRoles.Create(b.Ctx, entitlement.GroupRole{Group: "world", RoleID: doors.ID, Mandatory: true})
	require.NoError(t, err)
	b.Put("alpha", enginetest.Person, seen("anna", "Anna"))
	b.Put("alpha", team, crew("pumps"))
	b.Put("alpha", team, crew("doors", "anna"))
	b.Put("alpha", team, crew("gates", "anna"))
	changes := b.Changes(b.Run(s, run.Reconcile))
	require.Subset(t, changes, []string{"grant anna holds gates applied", "revoke anna holds pumps applied"})
	require.NotContains(t, changes, "grant anna holds doors applied", "she holds it through her group")
	require.Equal(t, []string{"anna gates reconciliation"}, held(b))
	b.Put("alpha", team, crew("doors"))
	require.Contains(t, b.Changes(b.Run(s, run.Reconcile)), "drift anna holds doors skipped")

	b.Drop("alpha", team, "doors")
	id := b.Run(s, run.Reconcile)
	require.Contains(t, b.Changes(id), "conflict doors skipped", "a role that is used here stays")
	require.Contains(t, b.Texts("select message from run_changes where run_id = $1 and action = 'conflict'", id)[0], "Delete doors by hand")
}

// A member nobody knows may be the one who seems to be missing: nobody loses that role then.
func TestMemberNobodyKnowsKeepsTheOthers(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", teams(false))
	for _, name := range []string{"backup", "robot"} {
		b.Put("alpha", enginetest.Person, seen(name, name))
	}
	b.Put("alpha", team, crew("pumps", "backup", "robot"))
	b.Put("alpha", team, crew("doors", "backup", "robot"))
	b.Run(s, run.Reconcile)
	b.Put("alpha", team, crew("pumps", "backup", "cn=robot, ou=elsewhere"))
	b.Put("alpha", team, crew("doors", "backup"))
	id := b.Run(s, run.Reconcile)
	require.Equal(t, []string{"reject cn=robot,ou=elsewhere holds pumps skipped", "revoke robot holds doors applied"}, b.Changes(id))
	require.Contains(t, b.Texts("select message from run_changes where run_id = $1 and action = 'reject'", id)[0], "Nobody loses it in this run.")
	require.Contains(t, held(b), "robot pumps reconciliation")
}

// A table of grants names roles that nobody lists: they become known, bare. Scopes are found by name.
func TestGrantsFromATableOfTheirOwn(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", func(s *account.System) {
		s.Mappings = append(s.Mappings, mapping.ObjectMapping{
			SystemObject: "holding", ObjectType: mapping.TypeGrant,
			Rows: []mapping.Row{in("who", "ownerAccount"), in("what", "grantedRole"), in("area", "domainValue")},
		})
	})
	scoped := b.Role("scoped", "alpha")
	scoped.ScopeDomainID = &entitlement.GroupsScope
	_, err := b.Roles.Update(b.Ctx, scoped.ID, 0, scoped)
	require.NoError(t, err)
	_, err = b.Groups.Create(b.Ctx, identity.Group{Name: "works"})
	require.NoError(t, err)
	b.Put("alpha", enginetest.Person, seen("robot", "Robot"))
	for name, row := range map[string]connector.Attributes{
		"1": {"who": "robot", "what": "pumps"}, "2": {"who": "robot", "what": "scoped", "area": "works"},
		"3": {"who": "robot", "what": "scoped", "area": "nowhere"}, "4": {"who": "robot"},
	} {
		row["name"] = name
		b.Put("alpha", "holding", row)
	}
	id := b.Run(s, run.Reconcile)
	require.Equal(t, []string{
		"unidentified 4 failed", "create alpha applied", "create pumps applied", "create robot applied", "grant robot holds pumps applied",
		"grant robot holds scoped (nowhere) skipped", "grant robot holds scoped (works) applied",
	}, b.Changes(id))
	require.Equal(t, []string{"The scope domain Groups of the role scoped has no value nowhere. Add it first."},
		b.Texts("select message from run_changes where run_id = $1 and object_key like '%nowhere%'", id))
	require.Equal(t, []string{"robot pumps reconciliation", "robot scoped reconciliation"}, held(b))

	b.Drop("alpha", "holding", "1")
	r := b.Start(s, run.Reconcile)
	verdict := b.Prepare(r.ID)
	require.True(t, verdict.Blocked)
	require.Contains(t, verdict.Reasons[0], "so the 1 grants that seem to be missing")
	require.NoError(t, b.Runs.Finish(t.Context(), r.ID, run.Cancelled, ""))
	b.Drop("alpha", "holding", "4")
	require.Contains(t, b.Changes(b.Run(s, run.Reconcile)), "revoke robot holds pumps applied")
}

// Accounts may list what they hold.
func TestGrantsListedByTheirAccount(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", func(s *account.System) { s.Mappings[0].Rows = append(s.Mappings[0].Rows, in("roles", "granted")) })
	robot := seen("robot", "Robot")
	robot["roles"] = []any{"pumps", "doors"}
	b.Put("alpha", enginetest.Person, robot)
	b.Run(s, run.Reconcile)
	require.Equal(t, []string{"robot doors reconciliation", "robot pumps reconciliation"}, held(b))
	robot["roles"] = []any{"doors"}
	b.Put("alpha", enginetest.Person, robot)
	require.Equal(t, []string{"revoke robot holds pumps applied"}, b.Changes(b.Run(s, run.Reconcile)))
}

// Without full reconciliation nothing that came in is taken away (guide 045, Incoming data).
func TestWithoutFullReconciliationNothingIsTaken(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", teams(false), func(s *account.System) { s.FullReconciliation = false })
	b.Put("alpha", enginetest.Person, seen("robot", "Robot"))
	b.Put("alpha", team, crew("pumps", "robot"))
	b.Put("alpha", team, crew("doors"))
	b.Run(s, run.Reconcile)
	b.Put("alpha", team, crew("pumps"))
	b.Drop("alpha", team, "doors")
	b.Drop("alpha", enginetest.Person, "robot")
	b.Put("alpha", enginetest.Person, seen("other", "Other"))
	require.Equal(t, []string{"create other applied"}, b.Changes(b.Run(s, run.Reconcile)))
	require.Equal(t, []string{"robot pumps reconciliation"}, held(b))
}
