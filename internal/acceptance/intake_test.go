package acceptance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/ldapdev"
	"provost/internal/mapping"
	"provost/internal/run"
	"provost/internal/testenv"
)

func in(system, ours string) mapping.Row {
	return mapping.Row{System: system, Direction: mapping.DirectionIn, Provost: ours}
}

// sampleGroups is a directory of sample data with people, groups of them, a group in a group and one without a member.
const sampleGroups = `dn: ou=people,dc=example,dc=com
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=example,dc=com
objectClass: organizationalUnit
ou: groups

dn: uid=anna,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
uid: anna
cn: Anna Sample
sn: Sample

dn: cn=Bert\, the other,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
uid: bert
cn: Bert, the other
sn: Sample

dn: cn=pumps,ou=groups,dc=example,dc=com
objectClass: groupOfNames
cn: pumps
description: Runs the pumps
member: uid=anna,ou=people,dc=example,dc=com
member: cn=Bert\, the other,ou=people,dc=example,dc=com

dn: cn=all,ou=groups,dc=example,dc=com
objectClass: groupOfNames
cn: all
member: cn=pumps,ou=groups,dc=example,dc=com
member: uid=anna,ou=people,dc=example,dc=com

dn: cn=empty,ou=groups,dc=example,dc=com
objectClass: groupOfNames
cn: empty
member: cn=nobody,dc=example,dc=com
`

// TestGroupsOfADirectoryComeInAsRoles reconciles a true directory: its groups become roles, their members, by DN, the holders.
func TestGroupsOfADirectoryComeInAsRoles(t *testing.T) {
	w := begin(t, "manual")
	slapd, parameters := directory(t, ldapdev.Options{Suffix: suffix, InitialLDIF: []byte(sampleGroups)})
	target := w.system(account.System{
		Name: "Directory", Connector: "ldap", Parameters: parameters,
		Mappings: []mapping.ObjectMapping{
			{
				SystemObject: "inetOrgPerson", ObjectType: mapping.TypeUser,
				Properties: map[string]string{"key": "uid", "searchBase": "ou=people," + suffix}, Rows: []mapping.Row{in("uid", "accountName")},
			},
			{
				SystemObject: "groupOfNames", ObjectType: mapping.TypeRole,
				Properties: map[string]string{"key": "cn", "searchBase": "ou=groups," + suffix, "placeholderMember": "cn=nobody," + suffix},
				Rows:       []mapping.Row{in("cn", "name"), in("description", "description"), in("member", "grantedAccountNames")},
			},
		},
	})
	first := w.start(target, run.Reconcile, run.Completed)
	require.Equal(t, []string{
		"create account anna", "create account bert", "create informationSystem Directory", "create role all", "create role empty", "create role pumps",
		"grant grant anna holds all", "grant grant anna holds pumps", "grant grant bert holds pumps", //nolint:dupword // the operation and the kind of object
		"reject grant cn=pumps,ou=groups,dc=example,dc=com holds all",
	}, briefly(w.changes(first.ID)))

	require.NoError(t, slapd.ApplyLDIF(t.Context(), strings.NewReader("dn: cn=pumps,ou=groups,"+suffix+
		"\nchangetype: modify\ndelete: member\nmember: uid=anna,ou=people,"+suffix+"\n"), false, nil))
	second := w.start(target, run.Reconcile, run.Completed)
	require.Equal(t, []string{"reject grant cn=pumps,ou=groups,dc=example,dc=com holds all", "revoke grant anna holds pumps"}, briefly(w.changes(second.ID)))
	require.Equal(t, "anna all, bert pumps", w.holders())
}

// holders gives who holds which role of the managed systems directly.
func (w *world) holders() string {
	w.t.Helper()
	return w.value(`select coalesce(string_agg(a.name || ' ' || r.name, ', ' order by a.name, r.name), '') from grants g
		join accounts a on a.id = g.account_id join roles r on r.id = g.role_id join systems s on s.id = r.system_id where not s.builtin`)
}

// briefly leaves the attributes of a change list out.
func briefly(changes []string) []string {
	for i := range changes {
		changes[i], _, _ = strings.Cut(changes[i], ": ")
	}
	return slices.Compact(changes)
}

// TestRolesAndGrantsOfADatabase reconciles tables of accounts, roles and who holds them, first all, then what changed.
func TestRolesAndGrantsOfADatabase(t *testing.T) {
	w := begin(t, "manual")
	address := testenv.Database(t, nil, "")
	config, err := pgx.ParseConfig(address)
	require.NoError(t, err)
	db := connect(t, address)
	defer db.Close(w.ctx)
	exec := func(sql string) {
		t.Helper()
		_, err := db.Exec(w.ctx, sql, pgx.QueryExecModeSimpleProtocol)
		require.NoError(t, err)
	}
	exec(`create table logins (name text primary key, changed bigint not null);
		create table permits (name text primary key, what text, changed bigint not null);
		create table holdings (login text, permit text, changed bigint not null, primary key (login, permit));
		insert into logins values ('robot', 1), ('backup', 2);
		insert into permits values ('read', 'May read', 3), ('write', 'May write', 4);
		insert into holdings values ('robot', 'read', 5), ('backup', 'read', 6), ('backup', 'write', 7)`)
	target := w.system(account.System{
		Name: "Database", Connector: "sql",
		Parameters: map[string]string{
			"host": config.Host, "port": fmt.Sprint(config.Port), "database": config.Database, "user": config.User, "password": config.Password, "sslMode": "disable",
		},
		Mappings: []mapping.ObjectMapping{
			{
				SystemObject: "login", ObjectType: mapping.TypeAccount, Properties: map[string]string{"table": "logins", "key": "name", "since": "changed"},
				Rows: []mapping.Row{in("name", "accountName")},
			},
			{
				SystemObject: "permit", ObjectType: mapping.TypeRole, Properties: map[string]string{"table": "permits", "key": "name", "since": "changed"},
				Rows: []mapping.Row{in("name", "name"), in("what", "description")},
			},
			{
				SystemObject: "holding", ObjectType: mapping.TypeGrant, Properties: map[string]string{
					"selectAll": "select login || '/' || permit as id, login, permit, changed from holdings", "key": "id", "since": "changed",
				},
				Rows: []mapping.Row{in("login", "ownerAccount"), in("permit", "grantedRole")},
			},
		},
	})
	w.start(target, run.Reconcile, run.Completed)
	require.Equal(t, "backup read, backup write, robot read", w.holders())

	exec(`delete from holdings where permit = 'write'; insert into holdings values ('robot', 'write', 8); update permits set what = 'Everything', changed = 9 where name = 'write'`)
	r, err := w.Runs.Start(w.ctx, target.ID, run.Reconcile, run.Options{Mode: run.Differential})
	require.NoError(t, err)
	r = w.await(r.ID, run.Completed)
	require.Equal(t, []string{"grant grant robot holds write", "update role write"}, briefly(w.changes(r.ID)), "what is gone only a full listing tells") //nolint:dupword // the operation and the kind of object
	require.Less(t, r.Counters["listed"], int64(7), "unchanged rows are not read")
	full := w.start(target, run.Reconcile, run.Completed)
	require.Equal(t, []string{"revoke grant backup holds write"}, briefly(w.changes(full.ID)))
	require.Equal(t, "backup read, robot read, robot write", w.holders())
}

// TestOrganisationFromFiles loads groups and people from a folder of files: the tree, memberships, and then a file with a broken line, on
// account of which nobody is taken for missing.
func TestOrganisationFromFiles(t *testing.T) {
	w := begin(t, "manual")
	w.file("groups.csv", "name,parent,closed\nworks,company,no\ncompany,,no\nsales,company,no\nround,trip,no\ntrip,round,no\n")
	w.file("people.csv", "login,first,last,home,teams\nanna,Anna,Sample,works,sales|company\nbert,Bert,Sample,sales,\n")
	source := w.system(account.System{
		Name: "HR", Connector: "csv", Parameters: map[string]string{"file": w.dir}, Authoritative: true, ReadOnly: true, ManualAccountCreation: true,
		Mappings: []mapping.ObjectMapping{
			{
				SystemObject: "unit", ObjectType: mapping.TypeGroup, Properties: map[string]string{"file": "groups.csv", "key": "name"},
				Rows: []mapping.Row{in("name", "name"), in("parent", "parent"), in("closed", "disabled")},
			},
			{
				SystemObject: "person", ObjectType: mapping.TypeUser,
				Properties: map[string]string{"file": "people.csv", "key": "login", "multiValued": "teams"},
				Rows: []mapping.Row{
					in("login", "userName"), in("first", "firstName"), in("last", "lastName"), in("home", "primaryGroup"), in("teams", "secondaryGroups"),
				},
			},
		},
	})
	first := w.start(source, run.Load, run.Completed)
	require.Equal(t, []string{
		"create group company", "create group sales", "create group works", "create user anna", "create user bert",
		"grant membership anna in company", "grant membership anna in sales", "reject group round", "reject group trip",
	}, briefly(w.changes(first.ID)))
	require.Equal(t, "works below company", w.value("select g.name || ' below ' || p.name from groups g join groups p on p.id = g.parent_id where g.name = 'works'"))

	w.file("people.csv", "login,first,last,home,teams\nanna,Anna,Sample,works,sales\nber\n")
	blocked := w.start(source, run.Load, run.Blocked)
	require.Len(t, blocked.Verdict.Reasons, 1)
	require.Contains(t, blocked.Verdict.Reasons[0], "1 records could not be identified (line 3), so the 1 users that seem to be missing may be among them.")
	require.True(t, w.user("bert").Active)
	require.NoError(t, w.Runs.Cancel(w.ctx, blocked.ID))
	w.await(blocked.ID, run.Cancelled)
	require.True(t, w.user("bert").Active)

	w.file("people.csv", "login,first,last,home,teams\nanna,Anna,Sample,works,sales\n")
	last := w.start(source, run.Load, run.Completed)
	require.Equal(t, []string{"disable user bert", "reject group round", "reject group trip", "revoke membership anna in company"}, briefly(w.changes(last.ID)))
	require.False(t, w.user("bert").Active)
}
