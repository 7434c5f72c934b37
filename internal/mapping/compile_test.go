package mapping_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/mapping"
)

type found struct {
	row    int
	side   mapping.Side
	reason mapping.Reason
}

func brief(findings []mapping.Finding) []found {
	short := make([]found, 0, len(findings))
	for _, f := range findings {
		short = append(short, found{f.Row, f.Side, f.Reason})
	}
	return short
}

func TestCompileReportsAllFindingsAtOnce(t *testing.T) {
	t.Parallel()
	compiled, findings := mapping.Compile(mapping.ObjectMapping{
		SystemObject: " ",
		ObjectType:   "person",
		Rows: []mapping.Row{
			{System: "cn", Direction: "<=>", Provost: "accountName"},
			{System: `"ou=" + x`, Direction: "<=", Provost: "primaryGroup"},
			{System: "sn", Direction: "=>", Provost: "lastName + 1"},
			{System: "mail", Direction: "<=>", Provost: `shortName + "@example.com"`},
			{System: "upper(mail)", Direction: "<=>", Provost: "shortName"},
			{System: "", Direction: "<=", Provost: " "},
			{System: "a", Direction: "<>", Provost: "b"},
			{System: "cn", Direction: "<=", Provost: "fullName"},
			{System: "uid", Direction: "=>", Provost: "accountName"},
			{System: `"x"`, Direction: "<=", Provost: "userName"},
			{System: "x", Direction: "=>", Provost: "THIS"},
			{System: `THIS{"a"}.b`, Direction: "<=", Provost: "userName"},
			{System: `a{"b"}`, Direction: "<=", Provost: "userName"},
		},
		Triggers: []mapping.Trigger{
			{Kind: "preInsert", Script: "true"},
			{Kind: "preInsert", Script: "false"},
			{Kind: "beforeLunch", Script: "true"},
			{Kind: "postInsert", Script: "\n"},
		},
	})
	require.Nil(t, compiled)
	require.Equal(t, []found{
		{-1, mapping.SideObject, mapping.ReasonEmpty},
		{-1, mapping.SideObject, mapping.ReasonObjectType},
		{1, mapping.SideSystem, mapping.ReasonScriptTarget},
		{2, mapping.SideProvost, mapping.ReasonScriptTarget},
		{3, mapping.SideProvost, mapping.ReasonScriptBothWays},
		{4, mapping.SideSystem, mapping.ReasonScriptBothWays},
		{5, mapping.SideSystem, mapping.ReasonEmpty},
		{5, mapping.SideProvost, mapping.ReasonEmpty},
		{6, mapping.SideDirection, mapping.ReasonDirection},
		{7, mapping.SideSystem, mapping.ReasonDuplicateTarget},
		{8, mapping.SideProvost, mapping.ReasonDuplicateTarget},
		{9, mapping.SideSystem, mapping.ReasonConstantTarget},
		{10, mapping.SideProvost, mapping.ReasonConstantTarget},
		{12, mapping.SideSystem, mapping.ReasonDuplicateTarget},
		{1, mapping.SideTrigger, mapping.ReasonTriggerTwice},
		{2, mapping.SideTrigger, mapping.ReasonTrigger},
		{3, mapping.SideTrigger, mapping.ReasonEmpty},
	}, brief(findings))
	require.Equal(t, "Row 8 writes cn, as row 1 does.", findings[9].Message)
	require.Contains(t, findings[2].Message, `THIS{"name"}`)
	require.Contains(t, findings[4].Message, "a script works one way only")
}

func TestCompileAllNamesTheMapping(t *testing.T) {
	t.Parallel()
	good := mapping.ObjectMapping{SystemObject: "inetOrgPerson", ObjectType: mapping.TypeUser}
	bad := mapping.ObjectMapping{SystemObject: "group", ObjectType: "nothing"}
	all, findings := mapping.CompileAll([]mapping.ObjectMapping{good, good, bad})
	require.Nil(t, all)
	require.Len(t, findings, 1)
	require.Equal(t, 2, findings[0].Mapping)
	require.EqualError(t, mapping.FindingsError(findings), `mapping 3: "nothing" is not an object type.`)

	all, findings = mapping.CompileAll([]mapping.ObjectMapping{good, good})
	require.Empty(t, findings)
	require.NoError(t, mapping.FindingsError(findings))
	require.Len(t, all, 2)
	require.Equal(t, "inetOrgPerson", all[1].Mapping().SystemObject)
}

func TestCompiledTrigger(t *testing.T) {
	t.Parallel()
	compiled, findings := mapping.Compile(mapping.ObjectMapping{
		SystemObject: "user", ObjectType: mapping.TypeUser,
		Triggers: []mapping.Trigger{{Kind: mapping.TriggerPreDelete, Script: "return false;"}},
	})
	require.Empty(t, findings)
	script, ok := compiled.Trigger(mapping.TriggerPreDelete)
	require.True(t, ok)
	require.Equal(t, "return false;", script)
	_, ok = compiled.Trigger(mapping.TriggerPostDelete)
	require.False(t, ok)
}

// The rows of the guide's tables: 045 "Directions", 086 "Grant", "GrantedRole", "AllGrantedRoles".
func TestGuideRows(t *testing.T) {
	t.Parallel()
	const groupDescription = "for (group: secondaryGroups) { if (group.get(\"name\").equals(primaryGroup)) " +
		"{ return group.get(\"description\"); } } return null;"
	for _, row := range []struct {
		name    string
		row     mapping.Row
		scripts int // in the direction of the arrow
		reason  mapping.Reason
	}{
		{"045 cn", mapping.Row{System: "cn", Direction: "<=>", Provost: "accountName"}, 0, ""},
		{"045 departmentNumber", mapping.Row{System: "departmentNumber", Direction: "<=", Provost: groupDescription}, 1, ""},
		{
			"045 baseDN as printed, its arrow being a misprint",
			mapping.Row{System: "baseDN", Direction: "=>", Provost: `"ou="+primaryGroup+",dc=soffid,dc=org"`},
			0,
			mapping.ReasonScriptTarget,
		},
		{
			"045 baseDN as meant",
			mapping.Row{System: "baseDN", Direction: "<=", Provost: `"ou="+primaryGroup+",dc=soffid,dc=org"`},
			1, "",
		},
		{"045 name", mapping.Row{System: "displayName", Direction: "<=", Provost: `firstName + " " + lastName`}, 1, ""},
		{
			"045 position",
			mapping.Row{System: "title", Direction: "<=", Provost: `attributes = serviceLocator.getUserService()` +
				`.findUserAttributes(userName); return attributes.get("position");`},
			1, "",
		},
		{"045 company", mapping.Row{System: "o", Direction: "<=", Provost: `attributes{"company"}`}, 0, ""},
		{"045 group from a name", mapping.Row{System: "/*js*/\nvar name = distinguishedName;", Direction: "=>", Provost: "primaryGroup"}, 1, ""},
		{"086 grant role", mapping.Row{System: "role_name", Direction: "=>", Provost: "grantedRole"}, 0, ""},
		{"086 grant account", mapping.Row{System: "account_name", Direction: "=>", Provost: "ownerAccount"}, 0, ""},
		{"086 granted role parent", mapping.Row{System: "parent_role_name", Direction: "=>", Provost: "ownerRoleName"}, 0, ""},
		{"086 holder group", mapping.Row{System: "group_code", Direction: "=>", Provost: "holderGroup"}, 0, ""},
		{"086 nested map", mapping.Row{System: "sys_role", Direction: "<=", Provost: "grantedRoleObject.attributes.code"}, 0, ""},
		{"086 search", mapping.Row{System: "sys_id", Direction: "<=", Provost: `eo = dispatcherService.search(eo); return eo{"sys_id"};`}, 1, ""},
	} {
		compiled, findings := mapping.Compile(mapping.ObjectMapping{
			SystemObject: "object", ObjectType: mapping.TypeUser, Rows: []mapping.Row{row.row},
		})
		if row.reason != "" {
			require.Len(t, findings, 1, row.name)
			require.Equal(t, row.reason, findings[0].Reason, row.name)
			continue
		}
		require.Empty(t, findings, row.name)
		require.Len(t, append(compiled.OutScripts(), compiled.InScripts()...), row.scripts, row.name)
	}
}

// One system attribute may feed two of Provost's, as group_code does in 086 "AllGrantedRoles".
func TestOneSourceManyTargets(t *testing.T) {
	t.Parallel()
	compiled, findings := mapping.Compile(mapping.ObjectMapping{
		SystemObject: "grants", ObjectType: mapping.TypeAllGrantedRoles,
		Rows: []mapping.Row{
			{System: "role_name", Direction: "=>", Provost: "grantedRole"},
			{System: "parent_role_name", Direction: "=>", Provost: "ownerRoleName"},
			{System: "group_code", Direction: "=>", Provost: "domainValue"},
			{System: "group_code", Direction: "=>", Provost: "holderGroup"},
			{System: "userName", Direction: "=>", Provost: "ownerUser"},
		},
	})
	require.Empty(t, findings)
	results, err := compiled.In(t.Context(), []map[string]any{
		{"role_name": "buyer", "group_code": "sales", "userName": "jsample"},
	}, nil)
	require.NoError(t, err)
	require.Equal(t, map[string]any{
		"grantedRole": "buyer", "ownerRoleName": nil, "domainValue": "sales", "holderGroup": "sales", "ownerUser": "jsample",
	}, results[0].Object)
}
