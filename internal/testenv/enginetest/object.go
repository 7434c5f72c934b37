package enginetest

import (
	"context"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/object"
)

// Person is the class that sample mappings write users to.
const Person = "person"

// Mapping is the sample mapping of users: key, full name, e-mail and whether the account is disabled.
func Mapping(change ...func(*mapping.ObjectMapping)) mapping.ObjectMapping {
	m := mapping.ObjectMapping{
		SystemObject: Person, ObjectType: mapping.TypeUser, Properties: map[string]string{"key": "name"},
		Rows: []mapping.Row{
			{System: "name", Direction: mapping.DirectionBoth, Provost: "accountName"},
			{System: "full", Direction: mapping.DirectionBoth, Provost: "fullName"},
			{System: "mail", Direction: mapping.DirectionBoth, Provost: "emailAddress"},
			{System: "off", Direction: mapping.DirectionBoth, Provost: "accountDisabled"},
		},
	}
	for _, fn := range change {
		fn(&m)
	}
	return m
}

// System makes a managed system with the connector of its name and the sample mapping. What it means for those who are there already is
// forgotten: scenarios are about what comes after.
func (b *Bench) System(name string, change ...func(*account.System)) account.System {
	b.T.Helper()
	s := account.System{
		Name: name, Connector: name, Server: "*", Threads: 2, TaskTimeoutMS: 5000, PropagateChanges: true, FullReconciliation: true,
		Mappings: []mapping.ObjectMapping{Mapping()},
	}
	for _, fn := range change {
		fn(&s)
	}
	s, err := b.Platform.Systems.Create(b.Ctx, s)
	require.NoError(b.T, err)
	b.Forget()
	return s
}

// Forget removes every task and what would wake it.
func (b *Bench) Forget() { b.Exec("with gone as (delete from sync_tasks) delete from outbox") }

// Change changes a system.
func (b *Bench) Change(s account.System, change func(*account.System)) account.System {
	b.T.Helper()
	found, err := b.Platform.Systems.Get(b.Ctx, s.ID)
	require.NoError(b.T, err)
	change(&found)
	changed, err := b.Platform.Systems.Update(b.Ctx, s.ID, 0, found)
	require.NoError(b.T, err)
	return changed
}

// User makes a sample user.
func (b *Bench) User(name string, change ...func(*identity.User)) identity.User {
	b.T.Helper()
	u, err := b.Users.Create(b.Ctx, SampleUser(name, change...))
	require.NoError(b.T, err)
	return u
}

// SampleUser is an internal, active user called Sample.
func SampleUser(name string, change ...func(*identity.User)) identity.User {
	u := identity.User{
		UserName: name, FirstName: "Sample", LastName: name, UserType: "I", PrimaryGroup: "world", Active: true, Email: name + "@example.com",
	}
	for _, fn := range change {
		fn(&u)
	}
	return u
}

// Edit changes a user.
func (b *Bench) Edit(u identity.User, change func(*identity.User)) identity.User {
	return b.EditAs(b.Ctx, u, change)
}

// EditAs changes a user with a context of the test's own.
func (b *Bench) EditAs(ctx context.Context, u identity.User, change func(*identity.User)) identity.User {
	b.T.Helper()
	found, err := b.Users.Get(b.Ctx, u.ID)
	require.NoError(b.T, err)
	change(&found)
	changed, err := b.Users.Update(ctx, u.ID, 0, found)
	require.NoError(b.T, err)
	return changed
}

// UsersAs makes many sample users in one transaction.
func (b *Bench) UsersAs(ctx context.Context, names ...string) {
	b.T.Helper()
	edits := make([]*object.Edit[identity.User], len(names))
	for i, name := range names {
		u := SampleUser(name)
		edits[i] = &object.Edit[identity.User]{After: &u}
	}
	require.NoError(b.T, b.Users.Apply(ctx, edits, true))
}

// NewAccount makes an account.
func (b *Bench) NewAccount(system, name, kind string, change ...func(*account.Account)) account.Account {
	b.T.Helper()
	a := account.Account{System: system, Name: name, Type: kind, Status: account.Enabled, UserType: "I"}
	for _, fn := range change {
		fn(&a)
	}
	a, err := b.Accounts.Create(b.Ctx, a)
	require.NoError(b.T, err)
	return a
}

// Status sets the status of an account.
func (b *Bench) Status(system, name, status string) account.Account {
	b.T.Helper()
	a := b.Account(system, name)
	a.Status = status
	a, err := b.Accounts.Update(b.Ctx, a.ID, 0, a)
	require.NoError(b.T, err)
	return a
}

// Role makes a role of a system, of an information system that processes may deal with.
func (b *Bench) Role(name, system string) entitlement.Role {
	b.T.Helper()
	if len(b.Texts("select id::text from information_systems where name = 'Sample'")) == 0 {
		_, err := b.InformationSystems.Create(b.Ctx, entitlement.InformationSystem{Name: "Sample", BPMEnabled: true})
		require.NoError(b.T, err)
	}
	r, err := b.Roles.Create(b.Ctx, entitlement.Role{Name: name, System: system, InformationSystem: "Sample", BPMEnabled: true})
	require.NoError(b.T, err)
	return r
}
