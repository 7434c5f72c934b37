package sample

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/connector/csv"
	"provost/internal/connector/ldap"
	"provost/internal/fault"
	"provost/internal/mapping"
)

// Names of the sample systems.
const (
	hrSystem        = "HR file"
	directorySystem = "Directory"
	badgeSystem     = "Badge system"
)

// Folders of the sample directory.
const (
	peopleFolder = "ou=people"
	groupsFolder = "ou=groups"
)

// DirectoryTree is what the sample directory holds before anybody is provisioned, as LDIF below dc=example,dc=org.
func DirectoryTree() []byte {
	return []byte(`dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people
description: Sample data: people who do not exist

dn: ou=groups,dc=example,dc=org
objectClass: organizationalUnit
ou: groups
description: Sample data: roles as groups
`)
}

// systems makes the systems that are missing, and tells those that are there of addresses that changed.
func (o *organisation) systems(ctx context.Context) error {
	group, err := o.platform.Groups.Named(ctx, company)
	if err != nil {
		return fmt.Errorf("find %s: %w", company, err)
	}
	drafts := []account.System{o.hrFile()}
	if o.Directory != nil {
		draft, err := o.directory(group.ID)
		if err != nil {
			return err
		}
		drafts = append(drafts, draft)
	}
	for _, draft := range drafts {
		if err := o.ensureSystem(ctx, draft); err != nil {
			return err
		}
	}
	if err := o.badges(ctx, group.ID); err != nil {
		if _, ok := errors.AsType[*noDatabaseError](err); !ok {
			return err
		}
		o.Logger.Warn().Err(err).Msg("the sample organisation does without its badge system")
	}
	return nil
}

// ensureSystem makes a system, or brings the parameters that depend on this start up to date.
func (o *organisation) ensureSystem(ctx context.Context, draft account.System) error {
	known, err := o.platform.Systems.Named(ctx, draft.Name)
	if fault.Is(err, fault.NotFound) {
		_, err = o.platform.Systems.Create(ctx, draft)
	}
	if err != nil {
		return fmt.Errorf("make %s: %w", draft.Name, err)
	}
	changed := false
	for _, name := range []string{"file", "host", "port"} {
		if value, given := draft.Parameters[name]; given && known.Name != "" && known.Parameters[name] != value {
			known.Parameters[name], changed = value, true
		}
	}
	if !changed {
		return nil
	}
	if _, err := o.platform.Systems.Update(ctx, known.ID, known.Version, known); err != nil {
		return fmt.Errorf("tell %s its new address: %w", draft.Name, err)
	}
	return nil
}

func in(system, ours string) mapping.Row {
	return mapping.Row{System: system, Direction: mapping.DirectionIn, Provost: ours}
}

func out(system, ours string) mapping.Row {
	return mapping.Row{System: system, Direction: mapping.DirectionOut, Provost: ours}
}

func both(system, ours string) mapping.Row {
	return mapping.Row{System: system, Direction: mapping.DirectionBoth, Provost: ours}
}

// hrFile is the authoritative source: it brings people and gets no accounts.
func (o *organisation) hrFile() account.System {
	return account.System{
		Name: hrSystem, Description: "Sample data: the people of the sample organisation. Edit the file and start a load.",
		Connector: csv.Name, Server: o.Server, Threads: 1,
		Parameters:    map[string]string{"file": o.peoplePath(), "key": "userName"},
		Authoritative: true, ReadOnly: true, ManualAccountCreation: true, FullReconciliation: true, PropagateChanges: true, Removal: "disable",
		Mappings: []mapping.ObjectMapping{{
			SystemObject: "person", ObjectType: mapping.TypeUser,
			Rows: []mapping.Row{
				in("userName", "userName"), in("firstName", "firstName"), in("lastName", "lastName"), in("email", "emailAddress"),
				in("userType", "userType"), in("department", "primaryGroup"), in("phone", "phone"), in("active", "active"),
				in("comments", "comments"), in("employeeNumber", `attributes{"employeeNumber"}`), in("manager", `attributes{"manager"}`),
			},
		}},
	}
}

// directory holds an entry per enabled account and a group per role. An account that is disabled leaves the directory: its class applies
// to enabled ones only.
func (o *organisation) directory(group uuid.UUID) (account.System, error) {
	address, err := url.Parse(o.Directory.URL)
	if err != nil {
		return account.System{}, fmt.Errorf("read address of directory: %w", err)
	}
	people, groups := peopleFolder+","+o.Directory.Suffix, groupsFolder+","+o.Directory.Suffix
	return account.System{
		Name: directorySystem, Description: "Sample data: an OpenLDAP server that dev runs.",
		Connector: ldap.Name, Server: o.Server, Threads: 2,
		Parameters: map[string]string{
			"host": address.Hostname(), "port": address.Port(), "ssl": "none", "bindDN": o.Directory.BindDN, "password": o.Directory.Password,
			"baseDN": o.Directory.Suffix,
		},
		GroupIDs: []uuid.UUID{group}, RemoveRolesFromDisabled: true, FullReconciliation: true, PropagateChanges: true, Removal: "disable",
		Mappings: []mapping.ObjectMapping{personEntry(people), roleEntry(people, groups, o.Directory.BindDN)},
	}, nil
}

func personEntry(people string) mapping.ObjectMapping {
	return mapping.ObjectMapping{
		SystemObject: "inetOrgPerson", ObjectType: mapping.TypeUser, Condition: "!accountDisabled",
		Properties: map[string]string{"key": "uid", "objectClass": "inetOrgPerson", "searchBase": people},
		Rows: []mapping.Row{
			out("dn", `"uid=" + accountName + "`+","+people+`"`), both("uid", "accountName"), out("cn", "fullName"), out("givenName", "firstName"),
			out("sn", "lastName"), out("mail", "emailAddress"), out("telephoneNumber", "phone"), out("departmentNumber", "primaryGroup"),
			out("employeeNumber", `attributes{"employeeNumber"}`), out("employeeType", "userType"),
		},
	}
}

// roleEntry maps a role to a group. groupOfNames must have a member, so the administrator stands in for none.
func roleEntry(people, groups, placeholder string) mapping.ObjectMapping {
	members := `allGrantedAccountNames.map(function (name) { return "uid=" + name + ",` + people + `"; })`
	return mapping.ObjectMapping{
		SystemObject: "groupOfNames", ObjectType: mapping.TypeRole,
		Properties: map[string]string{"key": "cn", "objectClass": "groupOfNames", "searchBase": groups, "placeholderMember": placeholder},
		Rows: []mapping.Row{
			out("dn", `"cn=" + name + "`+","+groups+`"`), both("cn", "name"), out("description", "description"), out("member", members),
		},
	}
}

// databaseName is the database of the badge system, on the server of our own.
const databaseName = "provost_sample"

// badgeDraft is the badge system: one row per account that stays when the account is disabled.
func (o *organisation) badgeDraft(b *badgeDatabase, group uuid.UUID) account.System {
	zones := `allGrantedRoles.map(function (r) { return r.grantedRole; }).filter(function (r, i, all) { return all.indexOf(r) == i; }).sort().join(", ")`
	return account.System{
		Name: badgeSystem, Description: "Sample data: the table " + badgeTable + " in the database " + databaseName + ".",
		Connector: "sql", Server: o.Server, Threads: 2,
		Parameters: map[string]string{
			"host": b.host, "port": b.port, "database": databaseName, "user": b.user, "password": b.password, "sslMode": b.sslMode,
		},
		GroupIDs: []uuid.UUID{group}, FullReconciliation: true, PropagateChanges: true, Removal: "disable",
		Mappings: []mapping.ObjectMapping{{
			SystemObject: badgeTable, ObjectType: mapping.TypeUser, Properties: map[string]string{"table": badgeTable, "key": "user_name"},
			Rows: []mapping.Row{
				both("user_name", "accountName"), out("full_name", "fullName"), out("department", "primaryGroup"),
				out("employee_number", `attributes{"employeeNumber"}`), out("zones", zones), out("active", "!accountDisabled"),
			},
		}},
	}
}

// quoted gives a text as an SQL literal.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
