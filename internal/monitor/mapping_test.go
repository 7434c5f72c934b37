package monitor_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/connector"
	"provost/internal/connector/csv"
	"provost/internal/fault"
	"provost/internal/mapping"
	"provost/internal/monitor"
)

func first(object string) monitor.MappingTest {
	return monitor.MappingTest{Index: new(int), Object: object}
}

func TestAMappingIsTriedOnAUser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	system := b.file("Badges", header)
	anna := b.user("anna")
	for _, object := range []string{"anna", "ANNA", anna.ID.String()} {
		out, err := b.Evaluate(b.admin, system.ID, first(object))
		require.NoError(t, err, object)
		require.Equal(t, anna.ID, *out.ObjectID)
		require.True(t, out.Applies)
		require.Equal(t, map[string]any{"login": "anna", "mail": "anna@example.org", "title": "Dr. anna"}, out.Object)
		require.Equal(t, "title of anna\n", out.Log)
		require.Equal(t, []int{0, 1, 3}, []int{out.Rows[0].Row, out.Rows[1].Row, out.Rows[2].Row}, "rows that only come in are left out")
		require.Equal(t, "anna", out.Rows[0].Value)
	}
	account := b.account(&anna, system, func(a *account.Account) { a.Name = "a.sample" })
	out, err := b.Evaluate(b.admin, system.ID, first("a.sample"))
	require.NoError(t, err)
	require.Equal(t, account.ID, *out.ObjectID, "the name of an account will do")
	require.Equal(t, "a.sample", out.Object["login"])
	require.Empty(t, b.texts("select object_name from sync_tasks where status = 'failed'"))
}

func TestADraftIsTriedBeforeItIsSaved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	system := b.file("Badges", header)
	b.user("anna")
	draft := person()
	draft.Condition = `userName == "bert"`
	draft.Rows = []mapping.Row{
		{System: "login", Direction: mapping.DirectionOut, Provost: "accountName"},
		{System: "password", Direction: mapping.DirectionOut, Provost: `"planted-" + "secret"`},
		{System: "title", Direction: mapping.DirectionOut, Provost: `throw new Error("no title today")`},
	}
	out, err := b.Evaluate(b.admin, system.ID, monitor.MappingTest{Mapping: &draft, Index: new(9), Object: "anna"})
	require.NoError(t, err, "the draft wins over the index")
	require.False(t, out.Applies, "the condition is not true")
	draft.Condition = ""
	out, err = b.Evaluate(b.admin, system.ID, monitor.MappingTest{Mapping: &draft, Object: "anna"})
	require.NoError(t, err)
	require.Equal(t, account.Mask, out.Object["password"])
	require.Equal(t, account.Mask, out.Rows[1].Value)
	require.Contains(t, out.Rows[2].Error, "no title today", "a row that fails is told, and the others are shown")
	require.Nil(t, out.Rows[2].Value)
	require.Equal(t, "anna", out.Rows[0].Value)
	after, err := b.own.Systems.Get(b.admin, system.ID)
	require.NoError(t, err)
	require.Equal(t, system.Mappings, after.Mappings, "nothing was saved")
}

func TestWhatCannotBeTriedSaysWhy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	system := b.file("Badges", header)
	b.user("anna")
	broken := person()
	broken.Rows = append(broken.Rows, mapping.Row{System: "mail", Direction: "sideways", Provost: "emailAddress"})
	odd := mapping.ObjectMapping{SystemObject: "list", ObjectType: mapping.ObjectType("mailList")}
	for name, test := range map[string]struct {
		test  monitor.MappingTest
		code  fault.Code
		words string
	}{
		"nobody":           {first("nobody"), fault.NotFound, `no "nobody"`},
		"no filter oracle": {first(`x" or userName pr or userName eq "`), fault.NotFound, "There is no"},
		"no mapping":       {monitor.MappingTest{Object: "anna"}, fault.Invalid, "Send a mapping"},
		"beyond the last":  {monitor.MappingTest{Index: new(1), Object: "anna"}, fault.Invalid, "Badges has 1 mappings"},
		"before the first": {monitor.MappingTest{Index: new(-1), Object: "anna"}, fault.Invalid, "mappings"},
		"a broken row":     {monitor.MappingTest{Mapping: &broken, Object: "anna"}, fault.Invalid, "mapping.rows[4]"},
		"another type":     {monitor.MappingTest{Mapping: &odd, Object: "anna"}, "", ""},
	} {
		_, err := b.Evaluate(b.admin, system.ID, test.test)
		if test.code == "" {
			require.Error(t, err, name)
			require.NotEmpty(t, fault.CodeOf(err), "%s: %v", name, err)
			continue
		}
		require.Error(t, err, name)
		refused(t, err, test.code, test.words)
	}
	_, err := b.Evaluate(b.admin, uuid.New(), first("anna"))
	refused(t, err, fault.NotFound)
}

func TestMappingsOfEveryTypeAreTried(t *testing.T) {
	t.Parallel()
	b := setup(t)
	system := b.file("Badges", header)
	anna := b.user("anna")
	hers, shared := b.account(&anna, system), b.account(nil, system)
	team, role := b.group("team"), b.role("keeper", system)
	for _, test := range []struct {
		kind   mapping.ObjectType
		path   string
		object string
		id     uuid.UUID
		value  any
	}{
		{mapping.TypeAccount, "accountName", "anna", hers.ID, "anna"},
		{mapping.TypeAccount, "accountName", "shared", shared.ID, "shared"},
		{mapping.TypeUser, "accountName", "shared", shared.ID, "shared"},
		{mapping.TypeGroup, "name", "team", team.ID, "team"},
		{mapping.TypeRole, "name", "keeper", role.ID, "keeper"},
	} {
		draft := mapping.ObjectMapping{SystemObject: "line", ObjectType: test.kind, Rows: []mapping.Row{
			{System: "login", Direction: mapping.DirectionOut, Provost: test.path},
		}}
		out, err := b.Evaluate(b.admin, system.ID, monitor.MappingTest{Mapping: &draft, Object: test.object})
		require.NoError(t, err, "%s %s", test.kind, test.object)
		require.Equal(t, test.id, *out.ObjectID, "%s %s", test.kind, test.object)
		require.Equal(t, test.value, out.Object["login"], "%s %s", test.kind, test.object)
		_, err = b.Evaluate(b.admin, system.ID, monitor.MappingTest{Mapping: &draft, Object: "nothing"})
		refused(t, err, fault.NotFound)
	}
}

func TestAnObjectIsFetchedAsItsSystemHoldsIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	system := b.file("Badges", "login,mail,title,password\nanna,anna@example.com,Dr.,planted-secret\n")
	raw, err := b.FetchRaw(b.admin, system.ID, first("anna"))
	require.NoError(t, err)
	require.Equal(t, "anna", raw.Key)
	require.Equal(t, "anna@example.com", raw.Attributes["mail"])
	require.Equal(t, account.Mask, raw.Attributes["password"])

	mapped, err := b.FetchMapped(b.admin, system.ID, first("anna"))
	require.NoError(t, err)
	require.Equal(t, map[string]any{"accountName": "anna", "emailAddress": "anna@example.com"}, mapped.Object)
	require.Equal(t, []int{0, 2}, []int{mapped.Rows[0].Row, mapped.Rows[1].Row}, "rows that only go out are left out")
	_, err = b.FetchRaw(b.admin, system.ID, first("bert"))
	refused(t, err, fault.NotFound, `no person called "bert"`)
	_, err = b.FetchRaw(b.admin, account.InternalSystem, first("anna"))
	refused(t, err, fault.Conflict, "this platform itself")

	b.exec(`update systems set parameters = parameters || '{"file": "/nowhere/at/all.csv"}', version = version + 1 where id = $1`, system.ID)
	_, err = b.FetchRaw(b.admin, system.ID, first("anna"))
	require.Error(t, err)
	require.NotEmpty(t, fault.CodeOf(err), "a person reads why: %v", err)
	test, err := b.TestConnection(b.admin, system.ID)
	require.NoError(t, err)
	require.False(t, test.OK)
	require.NotEmpty(t, test.Message)
}

func TestASystemIsLookedAt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	system := b.file("Badges", header)
	good, err := b.TestConnection(b.admin, system.ID)
	require.NoError(t, err)
	require.True(t, good.OK)
	require.Empty(t, good.ErrorClass)
	kinds, err := b.ConnectorKinds(b.admin)
	require.NoError(t, err)
	require.Equal(t, csv.Name, kinds[0].Name)
	require.Contains(t, kinds[0].Capabilities, connector.CanList)
	defaults, err := b.DefaultMappings(b.admin, system.ID)
	require.NoError(t, err)
	require.NotNil(t, defaults)
	_, err = b.DefaultMappings(b.admin, account.InternalSystem)
	require.Error(t, err)

	blind := setup(t, func(d *monitor.Deps) { d.Pool, d.Connectors, d.Scripts = nil, nil, nil })
	system = blind.file("Badges", header)
	blind.user("anna")
	_, err = blind.TestConnection(blind.admin, system.ID)
	refused(t, err, fault.Unavailable, "opens no connections")
	_, err = blind.FetchRaw(blind.admin, system.ID, first("anna"))
	refused(t, err, fault.Unavailable, "opens no connections")
	kinds, err = blind.ConnectorKinds(blind.admin)
	require.NoError(t, err)
	require.Empty(t, kinds)
}

func TestOursBesideTheirs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	system := b.file("Badges", "login,mail,title,badge\nanna,old@example.org,Dr. anna,7\n")
	anna, bert := b.user("anna"), b.user("bert")
	hers, his := b.account(&anna, system), b.account(&bert, system)
	actual, err := b.Actual(b.admin, hers.ID)
	require.NoError(t, err)
	require.Equal(t, []any{"anna", "Badges"}, []any{actual.Account, actual.System})
	side := actual.Objects[0]
	require.True(t, side.Found && side.Wanted)
	differing := []string{}
	for _, a := range side.Attributes {
		if a.Differs {
			differing = append(differing, a.Attribute)
		}
	}
	require.Equal(t, []string{"mail"}, differing)

	actual, err = b.Actual(b.admin, his.ID)
	require.NoError(t, err)
	require.False(t, actual.Objects[0].Found)
	require.True(t, actual.Objects[0].Wanted)
	b.exec("update accounts set status = 'removed' where id = $1", hers.ID)
	actual, err = b.Actual(b.admin, hers.ID)
	require.NoError(t, err)
	require.True(t, actual.Objects[0].Found)
	require.False(t, actual.Objects[0].Wanted)
	require.Contains(t, actual.Objects[0].Message, "must not be there")
	_, err = b.Actual(b.admin, uuid.New())
	refused(t, err, fault.NotFound)

	bare := b.file("Bare", header, func(s *account.System) { s.Mappings = nil })
	other := b.account(nil, bare)
	_, err = b.Actual(b.admin, other.ID)
	refused(t, err, fault.Conflict, "maps neither users nor accounts")
	own := b.texts("select a.id::text from accounts a join systems s on s.id = a.system_id where s.builtin limit 1")
	_, err = b.Actual(b.admin, uuid.MustParse(own[0]))
	refused(t, err, fault.Conflict, "this platform itself")
}

func TestMappingsTravelAsAFile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	source := b.file("Source", header)
	target := b.file("Target", header, func(s *account.System) {
		s.Mappings = []mapping.ObjectMapping{{SystemObject: "team", ObjectType: mapping.TypeGroup, Rows: []mapping.Row{
			{System: "name", Direction: mapping.DirectionOut, Provost: "name"},
		}}}
	})
	xml, name, err := b.ExportMappings(b.admin, source.ID)
	require.NoError(t, err)
	require.Equal(t, "source", name)

	plan, err := b.ImportMappings(b.admin, target.ID, 0, xml, true)
	require.NoError(t, err)
	require.True(t, plan.DryRun)
	require.Equal(t, []monitor.MappingLine{{SystemObject: "team", ObjectType: "group", Rows: 1}}, plan.Deleted)
	require.Equal(t, []monitor.MappingLine{{SystemObject: "person", ObjectType: "user", Rows: 4}}, plan.Added)
	unchanged, err := b.own.Systems.Get(b.admin, target.ID)
	require.NoError(t, err)
	require.Equal(t, target.Version, unchanged.Version, "a dry run writes nothing")

	done, err := b.ImportMappings(b.admin, target.ID, target.Version, xml, false)
	require.NoError(t, err)
	require.Greater(t, done.Version, target.Version)
	after, err := b.own.Systems.Get(b.admin, target.ID)
	require.NoError(t, err)
	require.Equal(t, source.Mappings[0].Rows, after.Mappings[0].Rows)
	again, err := b.ImportMappings(b.admin, target.ID, 0, xml, true)
	require.NoError(t, err)
	require.Len(t, again.Unchanged, 1)
	require.Empty(t, again.Changed)

	_, err = b.ImportMappings(b.admin, target.ID, target.Version, xml, false)
	refused(t, err, fault.Stale)
	for _, file := range []string{"", "no xml", "<html></html>", strings.Replace(string(xml), "person", "per&son", 1)} {
		_, err = b.ImportMappings(b.admin, target.ID, 0, []byte(file), false)
		refused(t, err, fault.Invalid, "cannot be used")
	}
}
