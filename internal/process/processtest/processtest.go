// Package processtest gives tests a platform over a database of its own, with sample people, definitions and processes.
package processtest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/platform"
	"provost/internal/process"
	"provost/internal/store"
	"provost/internal/testenv"
)

// Bench is a platform over a database of its own.
type Bench struct {
	*platform.Platform
	T      *testing.T
	Ctx    context.Context // of the administrator
	Ledger process.Ledger
	Raw    *pgx.Conn // looks at rows past the services
}

// New gives a platform that ends with the test.
func New(t *testing.T) *Bench {
	t.Helper()
	fingerprint, err := store.Fingerprint()
	require.NoError(t, err)
	migrate := func(ctx context.Context, url string) error { return store.Migrate(ctx, url, "master") }
	url := testenv.Database(t, migrate, "process "+fingerprint)
	database, err := store.Open(t.Context(), url, 8)
	require.NoError(t, err)
	t.Cleanup(database.Close)
	raw, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, raw.Close(context.WithoutCancel(t.Context()))) })
	_, err = raw.Exec(t.Context(), "set search_path = t_master, provost")
	require.NoError(t, err)
	tenant := database.Tenant("master")
	b := &Bench{Platform: platform.New(tenant, platform.Deps{}), T: t, Ledger: tenant.Ledger(), Raw: raw}
	require.NoError(t, b.Seed(t.Context()))
	b.Ctx = b.As(identity.Administrator)
	return b
}

// As gives a context of a user with the permissions of this moment.
func (b *Bench) As(user uuid.UUID) context.Context {
	b.T.Helper()
	p, err := b.LoadPrincipal(b.T.Context(), user)
	require.NoError(b.T, err)
	return authz.With(b.T.Context(), p)
}

// User makes a sample person, with the permissions named.
func (b *Bench) User(name string, permissions ...authz.Permission) uuid.UUID {
	b.T.Helper()
	u, err := b.Users.Create(b.Ctx, identity.User{
		UserName: name, FirstName: "Sample", LastName: strings.ToUpper(name[:1]) + name[1:], UserType: "I", PrimaryGroup: "world", Active: true,
	})
	require.NoError(b.T, err)
	if len(permissions) == 0 {
		return u.ID
	}
	role := b.Role("HOLDER_"+name, nil)
	for _, p := range permissions {
		_, err := b.Authorizations.Create(b.Ctx, entitlement.Authorization{Permission: string(p), RoleID: role.ID, Role: role.Name + "@soffid"})
		require.NoError(b.T, err)
	}
	b.Give(u.ID, role.ID, entitlement.Scope{})
	return u.ID
}

// Role makes a sample role of the platform itself, within a scope domain when one is given.
func (b *Bench) Role(name string, domain *uuid.UUID) entitlement.Role {
	b.T.Helper()
	r, err := b.Roles.Create(b.Ctx, entitlement.Role{
		Name: name, SystemID: account.InternalSystem, System: "soffid", InformationSystem: "SOFFID", ScopeDomainID: domain,
	})
	require.NoError(b.T, err)
	return r
}

// Give gives a person a role.
func (b *Bench) Give(user, role uuid.UUID, scope entitlement.Scope) {
	b.T.Helper()
	request := entitlement.GrantRequest{UserID: &user, RoleID: role}
	if scope != (entitlement.Scope{}) {
		request.Scopes = []entitlement.Scope{scope}
	}
	_, err := b.Grant(change.WithOrigin(b.Ctx, change.Origin{Kind: change.Person}), request)
	require.NoError(b.T, err)
}

// Group makes a sample group.
func (b *Bench) Group(name, parent string) uuid.UUID {
	b.T.Helper()
	g, err := b.Groups.Create(b.Ctx, identity.Group{Name: name, Parent: parent})
	require.NoError(b.T, err)
	return g.ID
}

// Member makes a person a member of a group.
func (b *Bench) Member(user, group string) {
	b.T.Helper()
	_, err := b.Memberships.Create(b.Ctx, identity.Membership{User: user, Group: group})
	require.NoError(b.T, err)
}

// Texts reads with a statement of the test's own.
func (b *Bench) Texts(sql string, args ...any) []string {
	b.T.Helper()
	rows, err := b.Raw.Query(b.T.Context(), sql, args...)
	require.NoError(b.T, err)
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(b.T, err)
	return out
}

// Exec changes rows past the services.
func (b *Bench) Exec(sql string, args ...any) {
	b.T.Helper()
	_, err := b.Raw.Exec(b.T.Context(), sql, args...)
	require.NoError(b.T, err)
}

// Sample is a sample definition: a form, and an approval of its boss.
type Sample struct {
	ID, Name, Folder      string
	Initiators, Managers  string
	Observers, Approval   string
	Attributes, StartForm string
	TaskForm, Task, More  string
}

// Source draws the definition.
func (s Sample) Source() []byte {
	or := func(text, other string) string {
		if text == "" {
			return other
		}
		return text
	}
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" id="d" targetNamespace="urn:provost:sample">
  <process id="%s" name="%s" isExecutable="true">
    <documentation>A sample process.</documentation>
    <extensionElements><idm:process type="request" folder="%s"/><idm:acl initiators="%s" managers="%s" observers="%s"/>%s</extensionElements>
    <startEvent id="start" name="Ask"><extensionElements><idm:form>%s</idm:form></extensionElements></startEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="decide"/>
    <userTask id="decide" name="Decide"><extensionElements>%s<idm:assignment expression="*"/>%s%s</extensionElements></userTask>
    <sequenceFlow id="yes" name="Approve" sourceRef="decide" targetRef="done"/>
    <sequenceFlow id="no" name="Refuse" sourceRef="decide" targetRef="refused"/>
    <endEvent id="done" name="Done"/>
    <endEvent id="refused" name="Refused"/>
    %s
  </process>
</definitions>`, s.ID, or(s.Name, "Sample request"), s.Folder, or(s.Initiators, "*"), s.Managers, s.Observers, s.Attributes, s.StartForm,
		or(s.Task, `<idm:task title="Decide about it"/>`), s.Approval, s.TaskForm, s.More)
}

// Deploy makes a sample the current version of its definition.
func (b *Bench) Deploy(s Sample) process.Version {
	b.T.Helper()
	v, err := b.ProcessDefinitions.Deploy(b.Ctx, s.ID+".bpmn", s.Source())
	require.NoError(b.T, err)
	return v
}

// Started deploys a definition and starts a process of it.
func (b *Bench) Started(by uuid.UUID, s Sample) process.Process {
	b.T.Helper()
	b.Deploy(s)
	p, err := b.Processes.Start(b.As(by), s.ID, nil)
	require.NoError(b.T, err)
	return p
}

// Principals finds whom names stand for.
func (b *Bench) Principals(names ...string) []process.Principal {
	b.T.Helper()
	found, unknown, err := b.Ledger.Principals(b.T.Context(), names)
	require.NoError(b.T, err)
	require.Empty(b.T, unknown)
	return found
}

// Opening asks the people named for the task of the sample.
func (b *Bench) Opening(work int64, names ...string) process.Opening {
	b.T.Helper()
	return process.Opening{Work: work, Element: "decide", Name: "Decide", Title: "Decide about it", Candidates: b.Principals(names...)}
}

// Opened opens a task and gives its id.
func (b *Bench) Opened(p uuid.UUID, o process.Opening) uuid.UUID {
	b.T.Helper()
	require.NoError(b.T, b.Ledger.Open(b.T.Context(), p, []process.Opening{o}))
	return uuid.MustParse(b.Texts("select id::text from process_tasks where process_id = $1 and work = $2 order by id", p, o.Work)[0])
}

// Refused checks that an error is a refusal of a kind, with words that it contains.
func Refused(t *testing.T, err error, code fault.Code, words ...string) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, fault.CodeOf(err), err.Error())
	for _, w := range words {
		require.Contains(t, err.Error(), w)
	}
}
