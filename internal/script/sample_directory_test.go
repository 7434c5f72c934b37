package script_test

import "maps"

// Sample people and systems; none of them exists.
var (
	jane = object("User", map[string]any{
		"id": 7, "userName": "jsample", "firstName": "Jane", "lastName": "Sample", "shortName": "jane.sample",
		"mailDomain": "example.com", "userType": "I", "primaryGroup": "world", "active": true, "description": nil,
	})
	janeAccount = object("Account", map[string]any{"id": 71, "name": "jsample", "system": "AD"})
	otherRole   = object("Role", map[string]any{
		"id": 5, "name": "R1", "description": "first", "informationSystemName": "APP", "system": "AD",
	})
	janeGrant = object("RoleAccount", map[string]any{
		"roleName": "R1", "informationSystemName": "APP", "system": "AD", "accountName": "jsample",
	})
)

const (
	findUser     = `UserService.findUserByUserName`
	findUsers    = `UserService.findUsers`
	findAccounts = `AccountService.findAccounts`
	findRoles    = `ApplicationService.findRoles`
	findGrants   = `ApplicationService.findRoleAccountByAccount`
	findUserRole = `UserService.findUserRolesHierachyByUserName`
	findByJSON   = `AccountService.findAccountByJsonQuery`
)

// with answers a copy of a data object with other entries.
func with(o, entries map[string]any) map[string]any {
	made := maps.Clone(o)
	maps.Copy(made, entries)
	return made
}

// first answers its first argument: what create and update do.
func first(args []any) any { return args[0] }

var identitySamples = []sample{
	{
		page: "087", ordinal: 1, title: "recover a user", verdict: asWritten,
		answers: map[string]any{findUser: jane},
		output:  "User: Jane", calls: []string{findUser + `("admin")`},
	},
	{
		page: "087", ordinal: 2, title: "print attributes", verdict: asWritten,
		answers: map[string]any{findUser: jane},
		output:  "UserName: jsample\nName: Jane\nLastName: Sample\n", calls: []string{findUser + `("test")`},
	},
	{
		page: "087", ordinal: 3, title: "print the e-mail", verdict: asWritten,
		answers: map[string]any{findUser: jane},
		output:  "Email: jane.sample@example.com", calls: []string{findUser + `("test")`},
	},
	{
		page: "087", ordinal: 4, title: "print additional data", verdict: asWritten,
		answers: map[string]any{"UserService.findUserDataByUserName": []any{
			object("UserData", map[string]any{"attribute": "company", "value": "Example"}),
			object("UserData", map[string]any{"attribute": "floor", "value": 3}),
		}},
		output: "Atributs company = Example\nAtributs floor = 3\n",
		calls:  []string{`UserService.findUserDataByUserName("test")`},
	},
	{
		page: "087", ordinal: 5, title: "users by filter", verdict: asWritten,
		answers: map[string]any{findUsers: paged(1, jane)},
		output:  "Users whose username contains 'a':\njsample\n",
		calls:   []string{findUsers + `(Query{filter="userName co \"a\""})`},
	},
	{
		page: "087", ordinal: 6, title: "create an identity", verdict: asWritten,
		answers: map[string]any{"UserService.create": first},
		output:  "Created jkepler\n",
		calls: []string{`UserService.create(User{active=true firstName="Johannes" lastName="Kepler" ` +
			`primaryGroup="world" userName="jkepler" userType="I"})`},
	},
	{
		page: "087", ordinal: 7, title: "update an identity", verdict: asWritten,
		answers: map[string]any{findUser: object("User", map[string]any{"userName": "jkepler"}), "UserService.update": first},
		output:  "Updated jkepler\n",
		calls:   []string{findUser + `("jkepler")`, `UserService.update(User{userName="jkepler" userType="E"})`},
	},
	{
		page: "087", ordinal: 8, title: "delete an identity", verdict: asWritten,
		answers: map[string]any{findUser: object("User", map[string]any{"userName": "jkepler"}), "UserService.delete": nil},
		output:  "Deleted jkepler\n",
		calls:   []string{findUser + `("jkepler")`, `UserService.delete(User{userName="jkepler"})`},
	},
}

var accountSamples = []sample{
	{
		page: "087", ordinal: 9, title: "accounts of a user, version 3", verdict: translated,
		answers: map[string]any{findByJSON: []any{janeAccount}},
		output:  "Cuenta: jsample\nID: 71\nSystem: AD\n\n",
		calls:   []string{findByJSON + `("users.user.userName eq \"02\" ")`},
	},
	{
		page: "087", ordinal: 10, title: "accounts by pages", verdict: asWritten,
		sequence: map[string][]any{findAccounts: {
			paged(3, janeAccount, with(janeAccount, map[string]any{"name": "second"})),
			paged(3, with(janeAccount, map[string]any{"name": "third"})),
		}},
		output: "Account: jsample, System: AD\nAccount: second, System: AD\nAccount: third, System: AD\n",
		calls: []string{
			findAccounts + `(Query{filter="users.user.userName co \"a\"" pageSize=2 startIndex=0})`,
			findAccounts + `(Query{filter="users.user.userName co \"a\"" pageSize=2 startIndex=2})`,
		},
	},
	{
		page: "087", ordinal: 11, title: "remove attribute values, version 3", verdict: translated,
		bindings: map[string]any{"accountName": "of the caller"},
		answers: map[string]any{
			findByJSON: []any{janeAccount},
			"AccountService.getAccountAttributes": []any{
				object("UserData", map[string]any{"attribute": "manager", "value": "x"}),
				object("UserData", map[string]any{"attribute": "manager", "value": nil}),
				object("UserData", map[string]any{"attribute": "other", "value": "y"}),
			},
			"AccountService.removeAccountAttribute": nil,
		},
		output: "accountName: of the caller, attribute.value: x ---> removed\n",
		calls: []string{
			findByJSON + `("system eq \"AD\"")`,
			`AccountService.getAccountAttributes(Account{id=71 name="jsample" system="AD"})`,
			`AccountService.removeAccountAttribute(UserData{attribute="manager" value="x"})`,
		},
	},
	{
		page: "087", ordinal: 12, title: "remove attribute values, version 4", verdict: asWritten,
		answers: map[string]any{
			findAccounts: paged(1, janeAccount),
			"AccountService.getAccountAttributes": []any{
				object("UserData", map[string]any{"attribute": "manager", "value": "x"}),
				object("UserData", map[string]any{"attribute": "other", "value": "y"}),
			},
			"AccountService.removeAccountAttribute": nil,
		},
		output: "accountName: jsample, attribute.value: x ---> removed\n",
		calls: []string{
			findAccounts + `(Query{filter="system eq \"AD\""})`,
			`AccountService.getAccountAttributes(Account{id=71 name="jsample" system="AD"})`,
			`AccountService.removeAccountAttribute(UserData{attribute="manager" value="x"})`,
		},
	},
}

// rolesOfAccounts is shared by three samples: users, their accounts, the grants of each.
var rolesOfAccounts = map[string]any{
	findUsers: paged(1, jane), findAccounts: paged(1, janeAccount), findGrants: []any{janeGrant},
}

var rolesOfAccountsCalls = []string{
	findUsers + `(Query{filter="userName eq \"david.gomez\""})`,
	findAccounts + `(Query{filter="users.user.userName eq \"jsample\""})`,
	findGrants + `(71)`,
}

var roleSamples = []sample{
	{
		page: "087", ordinal: 13, title: "roles of a user", verdict: translated,
		answers: map[string]any{findUser: jane, findUserRole: []any{otherRole}},
		output:  "Usuari: jsample\n\nNombre: R1\nDescripcion: first\n\n",
		calls:   []string{findUser + `("Ivan")`, findUserRole + `("jsample")`},
	},
	{
		page: "087", ordinal: 14, title: "roles per account", verdict: asWritten,
		answers: rolesOfAccounts, calls: rolesOfAccountsCalls,
		output: "   Cuenta : jsample      Role: R1\n",
	},
	{
		page: "087", ordinal: 15, title: "roles and applications per account", verdict: asWritten,
		answers: rolesOfAccounts, calls: rolesOfAccountsCalls,
		output: "   Cuenta : jsample   ID: 71\n      Role: R1\n          Aplicacion: APP\n",
	},
	{
		page: "087", ordinal: 16, title: "roles of all users", verdict: asWritten,
		answers: map[string]any{findUsers: paged(1, jane), findUserRole: []any{otherRole}},
		output:  "Usuario: jsample\nNombre: Jane\nNombre del Rol: R1\nDescripcion: first\n\n",
		calls:   []string{findUsers + `(Query{filter=""})`, findUserRole + `("jsample")`},
	},
	{
		page: "087", ordinal: 17, title: "create a role", verdict: asWritten,
		answers: map[string]any{"ApplicationService.create": first},
		output:  "Created: Rol_New_Script\n",
		calls: []string{`ApplicationService.create(Role{description="Rol Script" informationSystemName="SOFFID" ` +
			`name="Rol_New_Script" system="soffid"})`},
	},
	{
		page: "087", ordinal: 18, title: "update a role", verdict: asWritten,
		answers: map[string]any{
			findRoles: paged(1, object("Role", map[string]any{"id": 5, "name": "R1"})), "ApplicationService.update": first,
		},
		output: "R1\nROL01\n",
		calls: []string{
			findRoles + `(Query{filter="name eq \"Rol editado por script\" and informationSystemName eq \"APPLICATION01\""})`,
			`ApplicationService.update(Role{id=5 name="ROL01"})`,
		},
	},
	{
		page: "087", ordinal: 19, title: "delete a role", verdict: asWritten,
		answers: map[string]any{
			"ApplicationService.findRoleById": object("Role", map[string]any{"id": 16576}), "ApplicationService.delete": nil,
		},
		calls: []string{`ApplicationService.findRoleById(16576)`, `ApplicationService.delete(Role{id=16576})`},
	},
	{
		page: "087", ordinal: 20, title: "roles of an application", verdict: asWritten,
		answers: map[string]any{findRoles: paged(1, otherRole)},
		output:  "R1\n", calls: []string{findRoles + `(Query{filter="informationSystemName eq \"SOFFID\""})`},
	},
	{
		page: "087", ordinal: 21, title: "send a mail", verdict: asWritten,
		answers: map[string]any{"MailService.sendTextMail": nil},
		output:  "Mail sent!\n",
		calls:   []string{`MailService.sendTextMail("user@domian.com", "Test", "Hello world!")`},
	},
	{
		page: "087", ordinal: 22, title: "mail with files", verdict: refused,
		sentence: "scripts cannot build mail parts or attach local files: use the methods of the mail service",
	},
	{
		page: "087", ordinal: 27, title: "active agents", verdict: asWritten,
		answers: map[string]any{"DispatcherService.findAllActiveDispatchers": []any{
			object("Dispatcher", map[string]any{"name": "AD", "className": "ldap"}),
		}},
		output: "Nom: AD\nClass Name: ldap\n\n", calls: []string{`DispatcherService.findAllActiveDispatchers()`},
	},
	{
		page: "087", ordinal: 28, title: "agents of a user", verdict: asWritten,
		answers: rolesOfAccounts,
		output: "Usuario: jsample\n   Cuenta : jsample   ID: 71\n      Role: R1\n          Aplicacion: APP\n" +
			"             Agente: AD\n",
		calls: []string{findUsers + `(Query{filter="userName eq \"admin\""})`, rolesOfAccountsCalls[1], rolesOfAccountsCalls[2]},
	},
}
