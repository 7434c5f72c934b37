package script_test

import (
	"strings"
	"time"
)

const findAttributes = `UserService.findUserAttributes`

// afterArrow and beforeArrow cut the script out of a mapping row as the guide prints it.
func afterArrow(text string) string {
	_, script, _ := strings.Cut(text, "<=")
	return script
}

func beforeArrow(text string) string {
	script, _, _ := strings.Cut(text, "\n=>")
	return script
}

var eventSamples = []sample{
	{
		page: "087", ordinal: 23, title: "on grant", verdict: asWritten,
		bindings: map[string]any{"grant": map[string]any{"roleName": "RS002", "user": "jsample"}},
		answers:  map[string]any{findUser: jane, findAttributes: nil, "UserService.updateUserAttributes": nil},
		calls: []string{
			findUser + `("jsample")`, findAttributes + `("jsample")`,
			`UserService.updateUserAttributes("jsample", {language="Spanish"})`,
		},
	},
	{
		page: "087", ordinal: 24, title: "on user change, host command", verdict: refused,
		bindings: map[string]any{"user": map[string]any{"id": 7}},
		answers: map[string]any{"ApplicationService.findEffectiveRoleGrantByUser": []any{
			object("RoleGrant", map[string]any{"roleName": "SOFFID_TEST"}),
		}},
		sentence: "scripts cannot run commands of the host: use an agent with the shell connector",
	},
	{
		page: "087", ordinal: 25, title: "full name", verdict: asWritten,
		bindings: map[string]any{"firstName": "Jane", "lastName": "Sample"}, value: "JaneSample",
	},
	{
		page: "087", ordinal: 26, title: "create the mail domain", verdict: asWritten,
		bindings: map[string]any{"email": "jane@example.com"},
		answers:  map[string]any{"MailListsService.findMailDomainByName": nil, "MailListsService.create": first},
		calls: []string{
			`MailListsService.findMailDomainByName("exampledomain")`,
			`MailListsService.create(MailDomain{code="exampledomain" description="exampledomain" obsolete=false})`,
		},
		value: "exampledomain",
	},
}

var mappingSamples = []sample{
	{
		page: "045", ordinal: 1, title: "group from a distinguished name", verdict: asWritten,
		bindings: map[string]any{"distinguishedName": "CN=Jane,OU=Sales,OU=Europe,DC=example,DC=com"},
		answers:  map[string]any{"GroupService.findGroupByGroupName": nil, "GroupService.create": first},
		calls: []string{
			`GroupService.findGroupByGroupName("sales/europe")`,
			`GroupService.create(Group{description="OU=Europe" name="sales/europe" parentGroup="world"})`,
		},
		value: "sales/europe",
	},
	{
		page: "045", ordinal: 2, title: "description of the primary group", verdict: translated,
		bindings: map[string]any{
			"primaryGroup": "sales",
			"secondaryGroups": []any{
				map[string]any{"name": "world", "description": "All"}, map[string]any{"name": "sales", "description": "Sales"},
			},
		},
		value: "Sales",
	},
	{
		page: "045", ordinal: 3, title: "full name", verdict: asWritten,
		bindings: map[string]any{"firstName": "Jane", "lastName": "Sample"}, value: "Jane Sample",
	},
	{
		page: "045", ordinal: 4, title: "user attribute", verdict: asWritten,
		bindings: map[string]any{"userName": "jsample"},
		answers:  map[string]any{findAttributes: map[string]any{"position": "clerk"}},
		calls:    []string{findAttributes + `("jsample")`}, value: "clerk",
	},
	{
		page: "045", ordinal: 5, title: "attribute of the source", verdict: translated,
		bindings: map[string]any{"source": map[string]any{"attributes": map[string]any{"company": "Example"}}},
		value:    "Example",
	},
	{
		page: "045", ordinal: 6, title: "attribute by service", verdict: translated,
		bindings: map[string]any{"source": map[string]any{"userName": "jsample"}},
		answers:  map[string]any{findAttributes: map[string]any{"company": "Example"}},
		calls:    []string{findAttributes + `("jsample")`}, value: "Example",
	},
	{
		page: "045", ordinal: 7, title: "owned roles of a new object", verdict: translated,
		bindings: map[string]any{"newObject": map[string]any{"name": "G"}},
		answers: map[string]any{
			"ApplicationService.findRoleByNameAndSystem": object("Role", map[string]any{"id": 12}),
		},
		calls:   []string{`ApplicationService.findRoleByNameAndSystem("Domain Users", "AcitveDirectory")`},
		changed: map[string]any{"newObject": map[string]any{"name": "G", "ownedRoles": []any{map[string]any{"grantedRoleId": int64(12)}}}},
		value:   true,
	},
	{
		page: "045", ordinal: 8, title: "keep a group type", verdict: translated,
		bindings: map[string]any{
			"oldObject": map[string]any{"userPrincipalName": "a@example.com", "groupType": "2"},
			"newObject": map[string]any{"userPrincipalName": "b@example.com", "cn": "x"},
		},
		changed: map[string]any{"newObject": map[string]any{"cn": "x", "groupType": "2"}},
	},
	{
		page: "045", ordinal: 9, title: "load trigger with parts left out", verdict: refused,
		sentence: "Unexpected token",
	},
	{
		page: "045", ordinal: 10, title: "load trigger with parts left out", verdict: refused,
		sentence: "Unexpected token",
	},
	{
		page: "045", ordinal: 11, title: "mapping row with an entry", verdict: translated, edit: afterArrow,
		bindings: map[string]any{"accountAttributes": map[string]any{"att_name": "v"}}, value: "v",
	},
	{
		page: "045", ordinal: 12, title: "trigger with parts left out", verdict: refused, sentence: "Unexpected token",
	},
	{
		page: "045", ordinal: 13, title: "mapping row with a script", verdict: asWritten, edit: afterArrow,
		bindings: map[string]any{"firstName": "Jane", "lastName": "Sample"}, value: "JaneSample",
	},
	{
		page: "045", ordinal: 14, title: "mail domain, old spelling", verdict: translated, edit: beforeArrow,
		bindings: map[string]any{"email": "jane@example.com"},
		answers:  map[string]any{"MailListsService.findMailDomainByName": nil, "MailListsService.create": first},
		calls: []string{
			`MailListsService.findMailDomainByName("example.com")`,
			`MailListsService.create(MailDomain{code="example.com" description="example.com" obsolete=false})`,
		},
		value: "example.com",
	},
	{
		page: "047", ordinal: 1, title: "condition by mail domain", verdict: asWritten,
		bindings: map[string]any{"user": jane}, value: false,
	},
	{
		page: "047", ordinal: 2, title: "condition by attribute", verdict: asWritten,
		bindings: map[string]any{"attributes": map[string]any{"userCode": "u1"}}, value: true,
	},
	{
		page: "047", ordinal: 3, title: "name from the mail address", verdict: asWritten,
		bindings: map[string]any{"user": jane}, value: "jane.sample@example.com",
	},
	{
		page: "047", ordinal: 4, title: "name in upper case", verdict: asWritten,
		bindings: map[string]any{"user": jane}, value: "JSAMPLE",
	},
	{
		page: "047", ordinal: 5, title: "name from an attribute", verdict: asWritten,
		bindings: map[string]any{"attributes": map[string]any{"userCode": "u1"}}, value: "u1",
	},
}

const (
	invoke     = `dispatcherService.invoke`
	serviceNow = `"https://arxusdev.service-now.com/api/now/table/sys_group_has_role?sysparm_exclude_reference_link=true` +
		`&sysparm_display_value=all&sysparm_fields=role%2Cgroup&sysparm_query=group=g1"`
)

var agentSamples = []sample{
	{
		page: "086", ordinal: 1, title: "search by example", verdict: translated,
		bindings: map[string]any{"ownerRoleName": "R1"},
		answers: map[string]any{"dispatcherService.search": func(args []any) any {
			found, _ := args[0].(map[string]any)
			return with(found, map[string]any{"sys_id": "s-1"})
		}},
		output: "Searching id for R1\nFOUND s-1\n",
		calls:  []string{`dispatcherService.search(ExtensibleObject{name="R1" objectType="ROLE"})`},
		value:  "s-1",
	},
	{
		page: "086", ordinal: 2, title: "REST query", verdict: translated,
		bindings: map[string]any{"sys_id": "g1", "name": "G"},
		answers: map[string]any{invoke: []any{map[string]any{"result": []any{
			map[string]any{"role": map[string]any{"display_value": "admin"}},
		}}}},
		calls: []string{invoke + `("GET", ` + serviceNow + `, <nil>)`},
		value: []any{map[string]any{
			"grantedRole": "admin", "grantedRoleSystem": "ServiceNow", "ownerRoleName": "G", "ownerSystem": "ServiceNow",
		}},
	},
	{
		page: "086", ordinal: 3, title: "relational database", verdict: translated,
		bindings: map[string]any{"source": map[string]any{
			"granted": []any{"Receptores PR"}, "accountName": "jsample", "userType": "T", "userName": "T0042",
			"attributes": map[string]any{},
		}},
		answers: map[string]any{invoke: []any{}},
		output:  "************** ROLE Receptores PR\n************** COST CENTER 42\n",
		calls: []string{
			invoke + `("select", "* from ITREPRT where IDUSER=:user", {user="JSAMPLE"})`,
			invoke + `("insert", "into ITREPRT(IDUSER,NOMECO) values (:user, 1)", {user="JSAMPLE"})`,
			invoke + `("SELECT", "* from MRGEUCT where IDUSER=:user and MOARPR=:cc", {cc="42" user="JSAMPLE"})`,
			invoke + `("INSERT", "into MRGEUCT(MOARPR,CENTRA, IDUSER, NOTIFI ) values ('II', :cc, :user, 'S')", {cc="42" user="JSAMPLE"})`,
			invoke + `("INSERT", "into MRGEUCT(MOARPR,CENTRA, IDUSER, NOTIFI ) values ('BM', :cc, :user, 'S')", {cc="42" user="JSAMPLE"})`,
			invoke + `("DELETE", "FROM MRGEUCT WHERE CENTRA!=:cc AND IDUSER=:user", {cc="42" user="JSAMPLE"})`,
		},
		value: true,
	},
	{
		page: "086", ordinal: 4, title: "directory query by service", verdict: asWritten,
		answers: map[string]any{"DispatcherService.invoke": []any{map[string]any{"cn": "a"}}},
		output:  "** list.size -- 1\n",
		calls:   []string{`DispatcherService.invoke("AD soffid.pat", "select", "(&(objectClass=user))", {})`},
	},
	{
		page: "086", ordinal: 5, title: "directory query by agent", verdict: translated,
		bindings: map[string]any{"source": map[string]any{"accountName": "jsample"}},
		answers:  map[string]any{invoke: []any{}},
		calls:    []string{invoke + `("AD soffid.pat", "(&(objectClass=user)(sAMAccountName=userName))", {})`},
	},
}

var metadataSamples = []sample{
	{
		page: "039", ordinal: 1, title: "visibility", verdict: translated,
		bindings: map[string]any{"object": map[string]any{"userType": "E"}}, value: true,
	},
	{
		page: "039", ordinal: 2, title: "validation, a parenthesis is missing", verdict: refused,
		sentence: "Unexpected token",
	},
	{
		page: "039", ordinal: 3, title: "read-only on load", verdict: asWritten,
		bindings: map[string]any{
			"ownerObject": map[string]any{"attributes": map[string]any{"company": " "}},
			"inputField":  object("InputField", map[string]any{"name": "contractNumber"}),
		},
		changed: map[string]any{"inputField": map[string]any{"name": "contractNumber", "readonly": true}},
	},
	{
		page: "039", ordinal: 4, title: "read-only on change", verdict: asWritten,
		bindings: map[string]any{
			"value":       "x",
			"inputFields": map[string]any{"contractNumber": object("InputField", map[string]any{"value": "c"})},
		},
		changed: map[string]any{"inputFields": map[string]any{"contractNumber": map[string]any{"value": "c", "readonly": false}}},
	},
	{page: "039", ordinal: 5, title: "parts left out", verdict: refused, sentence: "Unexpected token"},
}

const (
	findGroup   = `GroupService.findUserGroupByUserNameAndGroupName`
	findExample = `AttributeTranslationService.findByExample`
)

var otherSamples = []sample{
	{page: "019", ordinal: 1, title: "rule by status", verdict: asWritten, bindings: map[string]any{"user": jane}, value: true},
	{page: "019", ordinal: 2, title: "rule by group", verdict: asWritten, bindings: map[string]any{"user": jane}, value: false},
	{
		page: "019", ordinal: 3, title: "rule by attribute", verdict: asWritten,
		bindings: map[string]any{"user": map[string]any{"attributes": map[string]any{"employee": "1002"}}}, value: true,
	},
	{
		page: "029", ordinal: 1, title: "names of custom objects", verdict: asWritten,
		answers: map[string]any{"CustomObjectService.findCustomObjectNames": []any{"ES"}},
		calls:   []string{`CustomObjectService.findCustomObjectNames("Country")`}, value: []any{"ES"},
	},
	{
		page: "029", ordinal: 2, title: "custom object", verdict: asWritten,
		answers: map[string]any{"CustomObjectService.findCustomObjectByTypeAndName": map[string]any{"name": "ES"}},
		calls:   []string{`CustomObjectService.findCustomObjectByTypeAndName("Country", "ES")`},
	},
	{
		// The sample reads lCustomObj where it means lCusObj: it runs as far as the list is empty.
		page: "029", ordinal: 3, title: "custom objects by filter", verdict: asWritten,
		answers: map[string]any{"CustomObjectService.findCustomObjectByJsonQuery": []any{}},
		calls:   []string{`CustomObjectService.findCustomObjectByJsonQuery("Country", "name sw \"A\"")`},
	},
	{
		page: "048", ordinal: 1, title: "translation by column", verdict: asWritten,
		answers: map[string]any{"AttributeTranslationService.findByColumn1": []any{
			nil, map[string]any{"column1": "a", "column2": "b", "column3": "c", "column4": "d"},
		}},
		output: "** Centro - a - b - c - d\n", calls: []string{`AttributeTranslationService.findByColumn1("CENTROS", "Madrid")`},
	},
	{
		page: "048", ordinal: 2, title: "translation by example", verdict: asWritten,
		answers: map[string]any{findExample: []any{map[string]any{"column1": "a"}}},
		output:  "** SERVER_COPIAS - {column1=a}\n", calls: []string{findExample + `("SERVER_COPIAS", <nil>, <nil>)`},
	},
	{
		page: "048", ordinal: 3, title: "rename tables", verdict: translated,
		sequence: map[string][]any{findExample: {
			[]any{map[string]any{"column1": "a", "column2": "b", "column3": "c", "domain": "COUNTRY"}}, []any{},
		}},
		answers: map[string]any{"AttributeTranslationService.update": first},
		output:  "Renamed: COUNTRY_COMPANY, a, b, c\n",
		calls: []string{
			findExample + `("COUNTRY", <nil>, <nil>)`,
			`AttributeTranslationService.update({column1="a" column2="b" column3="c" domain="COUNTRY_COMPANY"})`,
			findExample + `("TEST", <nil>, <nil>)`,
		},
	},
	{
		page: "048", ordinal: 4, title: "list a table", verdict: asWritten,
		answers: map[string]any{findExample: []any{map[string]any{"column1": "ES", "column2": "Spain", "column3": "E"}}},
		output:  "ES is Spain or E\n", calls: []string{findExample + `("COUNTRY", <nil>, <nil>)`},
	},
	{
		page: "055", ordinal: 1, title: "password validation", verdict: asWritten,
		bindings: map[string]any{"user": jane, "passwordT": "jsaPassword"}, value: false,
	},
	{
		page: "065", ordinal: 1, title: "upper case", verdict: asWritten,
		bindings: map[string]any{"fullName": "Jane"}, value: "JANE",
	},
	{
		page: "065", ordinal: 2, title: "default", verdict: translated,
		bindings: map[string]any{"attributes": map[string]any{"company": ""}}, value: "Soffid",
	},
	{
		page: "065", ordinal: 3, title: "first account's attribute", verdict: translated,
		bindings: map[string]any{"id": 7},
		answers: map[string]any{"serverService.getUserAccounts": []any{
			map[string]any{"attributes": map[string]any{"ou": "Sales"}},
		}},
		calls: []string{`serverService.getUserAccounts(7, "ad")`}, value: "Sales",
	},
	{
		page: "065", ordinal: 4, title: "group list", verdict: asWritten,
		bindings: map[string]any{"userName": "jsample"},
		answers: map[string]any{"GroupService.findUsersGroupByUserName": []any{
			map[string]any{"group": "sales"}, map[string]any{"group": "world"},
		}},
		calls: []string{`GroupService.findUsersGroupByUserName("jsample")`}, value: "sales,world",
	},
	{
		page: "065", ordinal: 5, title: "membership attribute", verdict: translated,
		bindings: map[string]any{"userName": "jsample", "holderGroup": "sales"},
		answers:  map[string]any{findGroup: map[string]any{"attributes": map[string]any{"customAttribute": "c"}}},
		calls:    []string{findGroup + `("jsample", "sales")`}, value: "c",
	},
	{page: "088", ordinal: 1, title: "list of methods, no script", verdict: refused, sentence: "Java cannot be translated"},
	{page: "088", ordinal: 2, title: "hash and verify", verdict: translated},
	{page: "088", ordinal: 3, title: "list of methods, no script", verdict: refused, sentence: "Java cannot be translated"},
	{
		page: "088", ordinal: 4, title: "date as text", verdict: asWritten,
		bindings: map[string]any{"date": time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}, output: "2026-03-01T00:00:00.000Z\n",
	},
	{
		page: "089", ordinal: 1, title: "list users", verdict: asWritten,
		answers: map[string]any{findUsers: paged(1, jane)}, output: "jsample\n", calls: []string{findUsers + `(Query{})`},
	},
	{
		page: "089", ordinal: 2, title: "list users by pages", verdict: asWritten,
		sequence: map[string][]any{findUsers: {paged(3, jane, jane), paged(3, jane)}},
		output:   "Searching...\n   jsample\n   jsample\nSearching...\n   jsample\n",
		calls:    []string{findUsers + `(Query{pageSize=2 startIndex=0})`, findUsers + `(Query{pageSize=2 startIndex=2})`},
	},
}
