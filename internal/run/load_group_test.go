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

const unit = "unit"

func in(system, ours string) mapping.Row {
	return mapping.Row{System: system, Direction: mapping.DirectionIn, Provost: ours}
}

// organisation gives a source of people and of the groups they belong to.
func organisation(b *enginetest.Bench, name string, change ...func(*account.System)) account.System {
	b.T.Helper()
	return b.Source(name, append([]func(*account.System){func(s *account.System) {
		s.Mappings[0].Rows = append(s.Mappings[0].Rows, in("home", "primaryGroup"), in("teams", "secondaryGroups"))
		s.Mappings = append(s.Mappings, mapping.ObjectMapping{
			SystemObject: unit, ObjectType: mapping.TypeGroup,
			Rows: []mapping.Row{in("name", "name"), in("text", "description"), in("above", "parent"), in("kind", "type"), in("closed", "disabled")},
		})
	}}, change...)...)
}

func (u units) put(b *enginetest.Bench, system string) {
	b.T.Helper()
	for name, above := range u {
		b.Put(system, unit, connector.Attributes{"name": name, "above": above})
	}
}

type units map[string]string

func member(name, home string, teams ...any) connector.Attributes {
	return connector.Attributes{"name": name, "first": "Sample", "last": "Berg", "active": true, "home": home, "teams": teams}
}

func group(b *enginetest.Bench, name string) identity.Group {
	b.T.Helper()
	found, err := b.Tenant.Groups().Named(b.T.Context(), name)
	require.NoError(b.T, err)
	require.Len(b.T, found, 1, name)
	return found[0]
}

func belongs(b *enginetest.Bench) []string {
	b.T.Helper()
	return b.Texts(`select u.user_name || ' in ' || g.name from group_memberships m join users u on u.id = m.user_id
		join groups g on g.id = m.group_id order by 1`)
}

// The tree comes as it is listed, in any order: a group is made after the one above it.
func TestLoadOfATreeOfGroups(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := organisation(b, "alpha")
	units{"pumps": "works", "works": "company", "company": "", "sales": "company", "lab": "LAB"}.put(b, "alpha")
	_, err := b.GroupTypes.Create(b.Ctx, identity.GroupType{Name: "department"})
	require.NoError(t, err)
	b.Put("alpha", unit, connector.Attributes{"name": "sales", "above": "company", "kind": "department", "text": "Sells"})
	b.Put("alpha", enginetest.Person, member("anna", "pumps", "sales", "pumps"))

	preview := b.Run(s, run.ImpactIn)
	require.Len(t, b.Changes(preview), 7)
	require.Zero(t, b.Count("select count(*) from groups where name = 'works'"), "a preview writes nothing")

	id := b.Run(s, run.Load)
	require.Equal(t, []string{
		"create anna applied", "grant anna in sales applied", "create company applied", "create lab applied", "create pumps applied",
		"create sales applied", "create works applied",
	}, b.Changes(id))
	require.Equal(t, "works", group(b, "pumps").Parent)
	require.Equal(t, "world", group(b, "company").Parent)
	require.Equal(t, "world", group(b, "lab").Parent, "its own parent is how some write a root")
	require.Equal(t, "department", group(b, "sales").GroupType)
	require.Equal(t, s.ID, *group(b, "works").SourceSystemID)
	require.Equal(t, "pumps", user(b, "anna").PrimaryGroup)
	require.Equal(t, []string{"anna in sales"}, belongs(b), "the primary group is no secondary one")
	require.Empty(t, b.Changes(b.Run(s, run.Load)), "the same again is nothing")

	b.Put("alpha", unit, connector.Attributes{"name": "pumps", "above": "sales"})
	b.Put("alpha", unit, connector.Attributes{"name": "lab", "closed": "yes"})
	b.Put("alpha", enginetest.Person, member("anna", "sales", "lab"))
	require.Equal(t, []string{"update anna applied", "grant anna in lab applied", "revoke anna in sales applied", "disable lab applied", "update pumps applied"},
		b.Changes(b.Run(s, run.Load)))
	require.Equal(t, "sales", group(b, "pumps").Parent)
}

func TestCircleOfGroupsIsRefused(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := organisation(b, "alpha")
	units{"a": "b", "b": "c", "c": "a", "below": "a", "fine": ""}.put(b, "alpha")
	id := b.Run(s, run.Load)
	require.Equal(t, []string{"reject a skipped", "reject b skipped", "reject below skipped", "reject c skipped", "create fine applied"}, b.Changes(id))
	require.Equal(t, []string{"a: The parents of this group form a circle: going up from b never reaches a root."},
		b.Texts("select message from run_changes where run_id = $1 and object_key = 'a'", id))

	units{"a": "", "b": "a"}.put(b, "alpha")
	b.Drop("alpha", unit, "c")
	b.Drop("alpha", unit, "below")
	b.Run(s, run.Load)
	b.Change(s, func(s *account.System) { s.FullReconciliation = false })
	b.Drop("alpha", unit, "b")
	units{"a": "b"}.put(b, "alpha")
	id = b.Run(s, run.Load)
	require.Equal(t, []string{"update a failed"}, b.Changes(id), "a circle with groups that were known before fails alone")
	require.Contains(t, b.Texts("select message from run_changes where run_id = $1", id)[0], "cannot hang below itself")
}

func TestGroupsThatAreNoLongerListed(t *testing.T) {
	t.Parallel()
	for removal, c := range map[string]struct {
		changes []string
		check   func(*testing.T, *enginetest.Bench)
	}{
		"disable": {[]string{"disable pumps applied", "disable works applied"}, func(t *testing.T, b *enginetest.Bench) {
			t.Helper()
			require.True(t, group(b, "works").Disabled)
			require.Equal(t, "works", group(b, "pumps").Parent)
		}},
		"delete": {[]string{"delete pumps applied", "delete works applied"}, func(t *testing.T, b *enginetest.Bench) {
			t.Helper()
			require.Zero(t, b.Count("select count(*) from groups where name in ('works', 'pumps')"))
		}},
		"detach": {[]string{"update pumps applied", "update works applied"}, func(t *testing.T, b *enginetest.Bench) {
			t.Helper()
			require.Nil(t, group(b, "works").SourceSystemID)
			require.False(t, group(b, "works").Disabled)
		}},
	} {
		t.Run(removal, func(t *testing.T) {
			t.Parallel()
			b := enginetest.New(t)
			s := organisation(b, "alpha", func(s *account.System) { s.Removal = removal })
			units{"company": "", "works": "company", "pumps": "works"}.put(b, "alpha")
			b.Put("alpha", enginetest.Person, member("anna", "company"))
			b.Run(s, run.Load)
			_, err := b.Groups.Create(b.Ctx, identity.Group{Name: "local", Parent: "company"})
			require.NoError(t, err)
			b.Drop("alpha", unit, "works")
			b.Drop("alpha", unit, "pumps")
			require.Equal(t, c.changes, b.Changes(b.Run(s, run.Load)), "local groups are not concerned")
			c.check(t, b)
			require.Empty(t, b.Changes(b.Run(s, run.Load)), "the next load has nothing to do")
		})
	}
}

func TestEmptyListOfGroupsIsBlocked(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := organisation(b, "alpha")
	units{"company": ""}.put(b, "alpha")
	b.Put("alpha", enginetest.Person, member("anna", "company"))
	b.Run(s, run.Load)
	b.Drop("alpha", unit, "company")
	verdict := b.Prepare(b.Start(s, run.Load).ID)
	require.True(t, verdict.Blocked)
	require.Contains(t, verdict.Reasons[0], "listed no groups at all, but 1 are known")
}

// A membership belongs to the source that listed it. Those that people gave stay, dangling ones are told of.
func TestMembershipsOfASource(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := organisation(b, "alpha")
	units{"company": "", "sales": "company", "works": "company"}.put(b, "alpha")
	b.Put("alpha", enginetest.Person, member("anna", "company", "sales", "no such group"))
	b.Put("alpha", enginetest.Person, member("bert", "company", "sales"))
	id := b.Run(s, run.Load)
	require.Contains(t, b.Changes(id), "reject anna in no such group skipped")
	require.Equal(t, []string{"There is no group no such group, and none that can be used is listed."},
		b.Texts("select message from run_changes where run_id = $1 and action = 'reject'", id))
	_, err := b.Memberships.Create(b.Ctx, identity.Membership{User: "anna", Group: "works"})
	require.NoError(t, err)
	require.Equal(t, []string{"anna in sales", "anna in works", "bert in sales"}, belongs(b))

	b.Put("alpha", enginetest.Person, connector.Attributes{"name": "anna", "teams": []any{}})
	require.Equal(t, []string{"revoke anna in sales applied"}, b.Changes(b.Run(s, run.Load)))
	require.Equal(t, []string{"anna in works", "bert in sales"}, belongs(b), "what a person gave is no business of the source")

	other := organisation(b, "beta", func(s *account.System) { s.Precedence = 500 })
	units{"sales": "company"}.put(b, "beta")
	b.Put("beta", enginetest.Person, member("anna", "company", "sales"))
	require.Equal(t, []string{"conflict anna skipped", "conflict anna in sales skipped", "conflict sales skipped"}, b.Changes(b.Run(other, run.Load)))
}

// A table of memberships says the same as an attribute: user and group per row.
func TestMembershipsFromATableOfTheirOwn(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.Source("alpha", func(s *account.System) {
		s.Mappings = append(s.Mappings, mapping.ObjectMapping{
			SystemObject: "membership", ObjectType: mapping.TypeGrantedGroup, Rows: []mapping.Row{in("who", "userName"), in("where", "groupName")},
		})
	})
	for _, name := range []string{"sales", "works"} {
		_, err := b.Groups.Create(b.Ctx, identity.Group{Name: name})
		require.NoError(t, err)
	}
	b.Put("alpha", enginetest.Person, listed("anna", "Berg"))
	b.Put("alpha", "membership", connector.Attributes{"name": "1", "who": "ANNA", "where": "sales"})
	b.Put("alpha", "membership", connector.Attributes{"name": "2", "who": "anna", "where": "works"})
	b.Put("alpha", "membership", connector.Attributes{"name": "3", "who": "anna", "where": "WORKS"})
	b.Run(s, run.Load)
	require.Equal(t, []string{"anna in sales", "anna in works"}, belongs(b), "each once")

	b.Drop("alpha", "membership", "2")
	b.Drop("alpha", "membership", "3")
	b.Put("alpha", "membership", connector.Attributes{"name": "4", "where": "works"})
	r := b.Start(s, run.Load)
	verdict := b.Prepare(r.ID)
	require.True(t, verdict.Blocked, "the record without a user may be the one that seems to be missing")
	require.Contains(t, verdict.Reasons[0], "so the 1 memberships that seem to be missing")
	require.Contains(t, b.Changes(r.ID), "unidentified 4 failed")
	b.Finish(r.ID)
	require.Equal(t, []string{"anna in sales"}, belongs(b))
}

func TestMembersListedByTheirGroup(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := organisation(b, "alpha", func(s *account.System) {
		s.Mappings[0].Rows = s.Mappings[0].Rows[:4]
		s.Mappings[1].Rows = append(s.Mappings[1].Rows, in("people", "userNames"))
	})
	for _, name := range []string{"anna", "bert"} {
		b.Put("alpha", enginetest.Person, listed(name, "Berg"))
	}
	b.Put("alpha", unit, connector.Attributes{"name": "works", "people": []any{"anna", "bert"}})
	b.Run(s, run.Load)
	require.Equal(t, []string{"anna in works", "bert in works"}, belongs(b))
	b.Put("alpha", unit, connector.Attributes{"name": "works", "people": []any{"bert"}})
	require.Equal(t, []string{"revoke anna in works applied"}, b.Changes(b.Run(s, run.Load)))
}

func TestRolesOfLoadedGroupsReachTheirMembers(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("beta", func(s *account.System) { s.RoleBased = true })
	role := b.Role("operator", "beta")
	s := organisation(b, "alpha")
	units{"company": "", "works": "company"}.put(b, "alpha")
	b.Put("alpha", enginetest.Person, member("anna", "company"))
	b.Run(s, run.Load)
	_, err := b.GroupRoles.Create(b.Ctx, entitlement.GroupRole{Group: "works", RoleID: role.ID, Role: "operator@beta", Mandatory: true})
	require.NoError(t, err)
	b.Settle()
	require.Empty(t, b.Keys("beta", enginetest.Person))
	b.Put("alpha", enginetest.Person, member("anna", "company", "works"))
	b.Run(s, run.Load)
	b.Settle()
	require.Equal(t, []string{"anna"}, b.Keys("beta", enginetest.Person))
}
