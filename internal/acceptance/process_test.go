package acceptance

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/bpm/template"
	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/ldapdev"
	"provost/internal/process"
	"provost/internal/query"
	"provost/internal/task"
)

// TestPermissionRequest has somebody ask for a role by the template as it comes, the owner of the information system approve it, and the
// account arrive in a directory.
func TestPermissionRequest(t *testing.T) {
	t.Parallel()
	w := begin(t, "auto")
	slapd, parameters := directory(t, ldapdev.Options{Suffix: suffix, InitialLDIF: []byte("dn: ou=people," + suffix + "\nobjectClass: organizationalUnit\nou: people\n")})
	system := account.System{Name: "Directory", Connector: "ldap", Parameters: parameters, RoleBased: true}
	system.Mappings = append(system.Mappings, people())
	w.system(system)
	ada, bob := w.person("ada"), w.person("bob")
	_, err := w.Platform.InformationSystems.Create(w.ctx, entitlement.InformationSystem{Name: "Shop", OwnerID: &bob.ID, BPMEnabled: true})
	require.NoError(t, err)
	_, err = w.Platform.Roles.Create(w.ctx, entitlement.Role{Name: "Reader", System: "Directory", InformationSystem: "Shop", BPMEnabled: true})
	require.NoError(t, err)
	w.deploy(bpm.PermissionsRequest)

	started, err := w.Platform.Processes.Start(w.as(ada), "request", nil)
	require.NoError(t, err)
	request := w.task(ada, "choose")
	_, err = w.Platform.Tasks.Complete(w.as(ada), request.ID, task.Completion{Values: bpm.Values{
		"user":   json.RawMessage(`"ada"`),
		"grants": json.RawMessage(`[{"key":"1","action":"grant","user":"ada","role":"Reader@Directory"}]`),
	}})
	require.NoError(t, err)

	approval := w.task(bob, "approve")
	require.Len(t, approval.Lines, 1)
	require.Empty(t, entries(t, slapd, "ou=people,"+suffix, "(objectClass=inetOrgPerson)", "uid"))
	_, err = w.Platform.Tasks.Complete(w.as(bob), approval.ID, task.Completion{
		Lines: []task.Line{{ID: approval.Lines[0].ID, Approve: true, Comment: "fine"}},
	})
	require.NoError(t, err)
	w.eventually("the process ends", func() bool { return w.process(ada, started.ID).Status == string(bpm.Completed) })
	w.eventually("the account is in the directory", func() bool {
		return entries(t, slapd, "ou=people,"+suffix, "(uid=ada)", "uid")["ada"] != nil
	})
}

// deploy publishes the template of a kind.
func (w *world) deploy(kind bpm.Kind) {
	w.t.Helper()
	for _, of := range template.All() {
		if of.Kind == kind {
			_, err := w.Platform.ProcessDefinitions.Deploy(w.ctx, of.Name+".bpmn", of.Source)
			require.NoError(w.t, err)
		}
	}
}

// person makes a user.
func (w *world) person(name string) identity.User {
	w.t.Helper()
	u, err := w.Platform.Users.Create(w.ctx, sampleUser(name))
	require.NoError(w.t, err)
	return u
}

// as gives the context of somebody who is signed in, with what they may do now.
func (w *world) as(u identity.User) context.Context {
	w.t.Helper()
	p, err := w.Platform.LoadPrincipal(w.ctx, u.ID)
	require.NoError(w.t, err)
	return authz.With(context.WithoutCancel(w.t.Context()), p)
}

// task waits until a task of an element is in somebody's inbox.
func (w *world) task(of identity.User, element string) task.Detail {
	w.t.Helper()
	var id uuid.UUID
	w.eventually(of.UserName+" has the task "+element, func() bool {
		page, err := w.Platform.Tasks.List(w.as(of), task.Inbox, query.List{})
		require.NoError(w.t, err)
		for _, t := range page.Items {
			if t.Element == element {
				id = t.ID
				return true
			}
		}
		return false
	})
	detail, err := w.Platform.Tasks.Get(w.as(of), id)
	require.NoError(w.t, err)
	return detail
}

// process gives a process as somebody sees it.
func (w *world) process(by identity.User, id uuid.UUID) process.Process {
	w.t.Helper()
	found, err := w.Platform.Processes.Get(w.as(by), id)
	require.NoError(w.t, err)
	return found.Process
}

func (w *world) eventually(what string, is func() bool) {
	w.t.Helper()
	require.Eventually(w.t, is, patience, 50*time.Millisecond, what)
}
