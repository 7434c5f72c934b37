package process_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/bpm"
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

// bench is a platform over a database of its own.
type bench struct {
	*platform.Platform
	t      *testing.T
	ctx    context.Context // of the administrator
	ledger process.Ledger
	raw    *pgx.Conn // looks at rows past the services
}

func setup(t *testing.T) *bench {
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
	b := &bench{Platform: platform.New(tenant, platform.Deps{}), t: t, ledger: tenant.Ledger(), raw: raw}
	require.NoError(t, b.Seed(t.Context()))
	b.ctx = b.as(identity.Administrator)
	return b
}

// as gives a context of a user with the permissions of this moment.
func (b *bench) as(user uuid.UUID) context.Context {
	b.t.Helper()
	p, err := b.LoadPrincipal(b.t.Context(), user)
	require.NoError(b.t, err)
	return authz.With(b.t.Context(), p)
}

// user makes a sample person, with the permissions named.
func (b *bench) user(name string, permissions ...authz.Permission) uuid.UUID {
	b.t.Helper()
	u, err := b.Users.Create(b.ctx, identity.User{
		UserName: name, FirstName: "Sample", LastName: strings.ToUpper(name[:1]) + name[1:], UserType: "I", PrimaryGroup: "world", Active: true,
	})
	require.NoError(b.t, err)
	if len(permissions) == 0 {
		return u.ID
	}
	role := b.role("HOLDER_"+name, nil)
	for _, p := range permissions {
		_, err := b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: string(p), RoleID: role.ID, Role: role.Name + "@soffid"})
		require.NoError(b.t, err)
	}
	b.grant(u.ID, role.ID, entitlement.Scope{})
	return u.ID
}

func (b *bench) role(name string, domain *uuid.UUID) entitlement.Role {
	b.t.Helper()
	r, err := b.Roles.Create(b.ctx, entitlement.Role{
		Name: name, SystemID: account.InternalSystem, System: "soffid", InformationSystem: "SOFFID", ScopeDomainID: domain,
	})
	require.NoError(b.t, err)
	return r
}

func (b *bench) grant(user, role uuid.UUID, scope entitlement.Scope) {
	b.t.Helper()
	request := entitlement.GrantRequest{UserID: &user, RoleID: role}
	if scope != (entitlement.Scope{}) {
		request.Scopes = []entitlement.Scope{scope}
	}
	_, err := b.Grant(change.WithOrigin(b.ctx, change.Origin{Kind: change.Person}), request)
	require.NoError(b.t, err)
}

func (b *bench) group(name, parent string) uuid.UUID {
	b.t.Helper()
	g, err := b.Groups.Create(b.ctx, identity.Group{Name: name, Parent: parent})
	require.NoError(b.t, err)
	return g.ID
}

func (b *bench) member(user, group string) {
	b.t.Helper()
	_, err := b.Memberships.Create(b.ctx, identity.Membership{User: user, Group: group})
	require.NoError(b.t, err)
}

// texts reads with a statement of the test's own.
func (b *bench) texts(sql string, args ...any) []string {
	b.t.Helper()
	rows, err := b.raw.Query(b.t.Context(), sql, args...)
	require.NoError(b.t, err)
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(b.t, err)
	return out
}

func (b *bench) exec(sql string, args ...any) {
	b.t.Helper()
	_, err := b.raw.Exec(b.t.Context(), sql, args...)
	require.NoError(b.t, err)
}

// sample is a sample definition: a form, and an approval of its boss.
type sample struct {
	id, name, folder      string
	initiators, managers  string
	observers, approval   string
	attributes, startForm string
	taskForm, task, more  string
}

// source draws the definition.
func (s sample) source() []byte {
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
</definitions>`, s.id, or(s.name, "Sample request"), s.folder, or(s.initiators, "*"), s.managers, s.observers, s.attributes, s.startForm,
		or(s.task, `<idm:task title="Decide about it"/>`), s.approval, s.taskForm, s.more)
}

func (b *bench) deploy(s sample) process.Version {
	b.t.Helper()
	v, err := b.ProcessDefinitions.Deploy(b.ctx, s.id+".bpmn", s.source())
	require.NoError(b.t, err)
	return v
}

// started deploys a definition and starts a process of it.
func (b *bench) started(by uuid.UUID, s sample) process.Process {
	b.t.Helper()
	b.deploy(s)
	p, err := b.Processes.Start(b.as(by), s.id, nil)
	require.NoError(b.t, err)
	return p
}

// principals finds whom names stand for.
func (b *bench) principals(names ...string) []process.Principal {
	b.t.Helper()
	found, unknown, err := b.ledger.Principals(b.t.Context(), names)
	require.NoError(b.t, err)
	require.Empty(b.t, unknown)
	return found
}

func (b *bench) opening(work int64, names ...string) process.Opening {
	b.t.Helper()
	return process.Opening{Work: work, Element: "decide", Name: "Decide", Title: "Decide about it", Candidates: b.principals(names...)}
}

// opened opens a task and gives its id.
func (b *bench) opened(p uuid.UUID, o process.Opening) uuid.UUID {
	b.t.Helper()
	require.NoError(b.t, b.ledger.Open(b.t.Context(), p, []process.Opening{o}))
	return uuid.MustParse(b.texts("select id::text from process_tasks where process_id = $1 and work = $2 order by id", p, o.Work)[0])
}

func refused(t *testing.T, err error, code fault.Code, words ...string) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, fault.CodeOf(err), err.Error())
	for _, w := range words {
		require.Contains(t, err.Error(), w)
	}
}

// at is a moment of the samples.
func at(minute int) time.Time { return time.Date(2031, 5, 4, 12, minute, 0, 0, time.UTC) }

func entry(p uuid.UUID, seq int64) process.Entry {
	return process.Entry{Process: p, Seq: seq, At: at(int(seq)), Status: bpm.Running}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
