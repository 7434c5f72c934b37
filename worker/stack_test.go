package worker_test

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"sort"
	"strings"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/change"
	"provost/internal/connector/ldap"
	"provost/internal/ldapdev"
	"provost/internal/mapping"
	"provost/internal/testenv"
	"provost/internal/testenv/enginetest"
)

// stack is a platform with a true directory: the test is the person, worker processes do the work.
type stack struct {
	*enginetest.Bench
	t         *testing.T
	directory *ldapdev.Server
	options   ldapdev.Options
	system    account.System
	engine    childSettings
}

// newStack starts all that is needed but the workers, with the servers that tests share.
func newStack(t *testing.T) *stack {
	t.Helper()
	address, token, namespace := testenv.Temporal(t)
	return stackOn(t, enginetest.NewDatabase(t), childSettings{Address: address, Token: token, Namespace: namespace})
}

// stackOn is newStack on servers of the test's own.
func stackOn(t *testing.T, database string, engine childSettings) *stack {
	t.Helper()
	s := &stack{t: t, engine: engine, options: ldapdev.Options{Dir: t.TempDir()}}
	s.Bench = enginetest.New(t, enginetest.WithDatabase(database), enginetest.WithConnectors(ldap.Kind()))
	s.engine.Database, s.engine.KeyFile, s.engine.Core = database, s.KeyFile, true
	s.startDirectory()
	t.Cleanup(s.stopDirectory)
	unit := goldap.NewAddRequest("ou=people,"+s.directory.Suffix, nil)
	unit.Attribute("objectClass", []string{"organizationalUnit"})
	require.NoError(t, s.bind().Add(unit))
	s.system = s.Bench.System("directory", s.asLDAP)
	return s
}

// asLDAP maps users to entries below ou=people, with short time limits so that a killed server is noticed soon.
func (s *stack) asLDAP(system *account.System) {
	address, err := url.Parse(s.directory.URL())
	require.NoError(s.T, err)
	host, port, err := net.SplitHostPort(address.Host)
	require.NoError(s.T, err)
	s.options.Addr = address.Host // the same one after a restart
	system.Connector, system.TaskTimeoutMS = ldap.Name, 1000
	system.Parameters = map[string]string{
		"host": host, "port": port, "ssl": "none", "bindDN": s.directory.AdminDN, "password": s.directory.AdminPassword, "baseDN": s.directory.Suffix,
	}
	system.Mappings = []mapping.ObjectMapping{{
		SystemObject: "inetOrgPerson", ObjectType: mapping.TypeUser,
		Properties: map[string]string{"key": "uid", "objectClass": "inetOrgPerson", "searchBase": "ou=people," + s.directory.Suffix},
		Rows: []mapping.Row{
			{System: "uid", Direction: mapping.DirectionOut, Provost: "accountName"},
			{System: "cn", Direction: mapping.DirectionOut, Provost: "fullName"},
			{System: "sn", Direction: mapping.DirectionOut, Provost: "lastName"},
			{System: "mail", Direction: mapping.DirectionOut, Provost: "emailAddress"},
		},
	}}
}

func (s *stack) startDirectory() {
	s.T.Helper()
	var err error
	s.directory, err = ldapdev.Start(context.WithoutCancel(s.T.Context()), s.options)
	require.NoError(s.T, err)
}

func (s *stack) stopDirectory() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_ = s.directory.Stop(ctx)
}

func (s *stack) bind() *goldap.Conn {
	s.T.Helper()
	conn, err := goldap.DialURL(s.directory.URL())
	require.NoError(s.T, err)
	s.T.Cleanup(func() { _ = conn.Close() })
	require.NoError(s.T, conn.Bind(s.directory.AdminDN, s.directory.AdminPassword))
	return conn
}

// entry is a person of the directory, or the wanted one.
type entry struct{ uid, cn, mail string }

// entries lists the people of the whole directory, wherever they are.
func (s *stack) entries() []entry {
	s.T.Helper()
	conn, err := goldap.DialURL(s.directory.URL())
	if err != nil {
		return nil // it is down at this moment
	}
	defer conn.Close()
	if conn.Bind(s.directory.AdminDN, s.directory.AdminPassword) != nil {
		return nil
	}
	found, err := conn.Search(goldap.NewSearchRequest(s.directory.Suffix, goldap.ScopeWholeSubtree, goldap.NeverDerefAliases, 0, 0, false,
		"(objectClass=inetOrgPerson)", []string{"uid", "cn", "mail"}, nil))
	if err != nil {
		return nil
	}
	out := make([]entry, len(found.Entries))
	for i, e := range found.Entries {
		out[i] = entry{e.GetAttributeValue("uid"), e.GetAttributeValue("cn"), e.GetAttributeValue("mail")}
	}
	return out
}

// wanted is what the directory has to hold: every active sample user, once, as it is now.
func (s *stack) wanted() []entry {
	s.T.Helper()
	var out []entry
	for _, line := range s.Texts(`select user_name || '|' || full_name || '|' || email from users where active and not builtin`) {
		parts := strings.Split(line, "|")
		out = append(out, entry{parts[0], parts[1], parts[2]})
	}
	return out
}

// compare is the oracle: nothing lost, nothing doubled (by uid), nothing stale, nothing that nobody wants.
func compare(wanted, found []entry) []string {
	var findings []string
	by := map[string][]entry{}
	for _, e := range found {
		by[e.uid] = append(by[e.uid], e)
	}
	for _, w := range wanted {
		switch there := by[w.uid]; {
		case len(there) == 0:
			findings = append(findings, w.uid+" is lost")
		case len(there) > 1:
			findings = append(findings, fmt.Sprintf("%s is there %d times", w.uid, len(there)))
		case there[0] != w:
			findings = append(findings, fmt.Sprintf("%s is stale: %v instead of %v", w.uid, there[0], w))
		}
		delete(by, w.uid)
	}
	for uid := range by {
		findings = append(findings, uid+" is not wanted")
	}
	sort.Strings(findings)
	return findings
}

// through waits until nothing is left to do, and asks the oracle about the directory and our own tables. A call that comes back late may
// have its objects brought once more after all tasks were closed: that is waited for too.
func (s *stack) through(limit time.Duration) {
	s.T.Helper()
	if within(limit, s.settled) {
		return
	}
	require.Empty(s.T, s.Open(), "tasks are still open: %v",
		s.Texts("select p.status || ' ' || p.error_class || ' ' || p.attempts || ' ' || p.message from sync_parts p join sync_tasks t on t.id = p.task_id where t.finished_at is null limit 10"))
	require.Empty(s.T, compare(s.wanted(), s.entries()))
	require.Zero(s.T, s.unapplied(), "what is wanted is noted as applied")
	require.Empty(s.T, s.Texts("select status || ' ' || object_name from sync_tasks where status <> 'done'"), "every task came to a good end")
}

// settled reports whether the directory and our own tables agree with what is wanted, and every task came to a good end.
func (s *stack) settled() bool {
	var unfinished int
	if err := s.Try(&unfinished, "select count(*) from sync_tasks where status <> 'done'"); err != nil || unfinished > 0 {
		return false
	}
	return s.unapplied() == 0 && len(compare(s.wanted(), s.entries())) == 0
}

func (s *stack) unapplied() int {
	s.T.Helper()
	return s.Count("select count(*) from target_states where applied_version <> desired_version")
}

// within polls until the condition holds or the time is over.
func within(limit time.Duration, condition func() bool) bool {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for end := time.Now().Add(limit); time.Now().Before(end); <-ticker.C {
		if condition() {
			return true
		}
	}
	return condition()
}

// reaches waits until the directory holds that many people.
func (s *stack) reaches(count int) {
	s.T.Helper()
	require.True(s.T, within(60*time.Second, func() bool { return len(s.entries()) >= count }), "%d people", count)
}

// hire makes users in one transaction of a load.
func (s *stack) hire(prefix string, count int) {
	s.T.Helper()
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf("%s%04d", prefix, i)
	}
	s.UsersAs(s.As(released), names...)
}

func (s *stack) worker(name string) *child {
	s.T.Helper()
	settings := s.engine
	settings.Server = name
	return startChild(s.t, settings)
}

// released is the origin of a load that passed its guard.
var released = change.Origin{Kind: change.Load, Released: true}
