package acceptance

import (
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/ldapdev"
	"provost/internal/mapping"
	"provost/internal/run"
)

// loadDirectory brings the outside LDIF files into slapd in their order; those that speak about the server itself go in as its
// administrator.
func loadDirectory(tb testing.TB, slapd *ldapdev.Server, folder string) {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.ldif"))
	require.NoError(tb, err)
	sort.Slice(files, func(i, j int) bool { return number(files[i]) < number(files[j]) })
	for _, name := range files {
		text, err := os.Open(name)
		require.NoError(tb, err)
		asConfig := number(name) < 100 || number(name) >= 300
		require.NoError(tb, slapd.ApplyLDIF(tb.Context(), text, asConfig,
			map[string]string{"LDAP_BASE_DN": slapd.Suffix, "LDAP_BACKEND": "mdb"}), name)
		require.NoError(tb, text.Close())
	}
}

func number(path string) int {
	n := 0
	for _, c := range filepath.Base(path) {
		if c < '0' || c > '9' {
			break
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// TestOnboarding walks the outside demo: a directory that has grown without a plan is reconciled, the HR export is loaded, accounts find
// their people by employee number, the deliberate differences show before anything is written, then they are applied, and the same load
// again changes nothing.
func TestOnboarding(t *testing.T) {
	folder := outside(t, "midpoint-samples", "onboarding")
	w := begin(t, "manual")
	for _, code := range []string{"employeeNumber", "job", "locality", "employeeType", "title"} {
		w.attribute(code)
	}
	slapd, parameters := directory(t, ldapdev.Options{Suffix: "dc=example,dc=org", Modules: []string{"memberof"}})
	loadDirectory(t, slapd, folder)

	target := w.system(account.System{
		Name: "LDAP", Connector: "ldap", Parameters: parameters,
		Correlation: []account.CorrelationRule{{Kind: "filter", Expression: `attributes.employeeNumber eq ${employeeNumber}`}},
		Mappings: []mapping.ObjectMapping{{
			SystemObject: "inetOrgPerson", ObjectType: mapping.TypeUser,
			Properties: map[string]string{"key": "uid", "objectClass": "inetOrgPerson", "searchBase": "ou=users,dc=example,dc=org", "removeDisabledAccounts": "false"},
			Rows: []mapping.Row{
				{System: "dn", Direction: mapping.DirectionOut, Provost: `"uid=" + accountName + ",ou=users,dc=example,dc=org"`},
				{System: "uid", Direction: mapping.DirectionBoth, Provost: "accountName"},
				{System: "cn", Direction: mapping.DirectionOut, Provost: "fullName"},
				{System: "displayName", Direction: mapping.DirectionOut, Provost: "fullName"},
				{System: "givenName", Direction: mapping.DirectionOut, Provost: "firstName"},
				{System: "sn", Direction: mapping.DirectionOut, Provost: "lastName"},
				{System: "employeeNumber", Direction: mapping.DirectionOut, Provost: "attributes.employeeNumber"},
				{System: "l", Direction: mapping.DirectionOut, Provost: "attributes.locality"},
				{System: "title", Direction: mapping.DirectionOut, Provost: `attributes.get("title") == null ? null : attributes.get("title") + " (Example, Inc.)"`},
				{System: "cn", Direction: mapping.DirectionIn, Provost: "accountDescription"},
			},
		}},
	})
	first := w.start(target, run.Reconcile, run.Completed)
	unmanaged := w.value("select count(*)::text from accounts where type = 'unmanaged'")
	t.Logf("first reconciliation: %s accounts, none with a person", unmanaged)
	require.Equal(t, unmanaged, w.value("select count(*)::text from run_changes where run_id = $1 and action = 'create'", first.ID))
	require.NotEqual(t, "0", unmanaged)

	export, err := os.ReadFile(filepath.Join(folder, "hr-export-initial.csv"))
	require.NoError(t, err)
	source := w.hr(w.file("hr.csv", string(export)), "empnum",
		mapping.Row{System: "empnum", Direction: mapping.DirectionIn, Provost: "attributes.employeeNumber"},
		mapping.Row{System: "empnum", Direction: mapping.DirectionIn, Provost: "userName"}, // names repeat in the export, numbers do not
		mapping.Row{System: "firstname", Direction: mapping.DirectionIn, Provost: "firstName"},
		mapping.Row{System: "surname", Direction: mapping.DirectionIn, Provost: "lastName"},
		mapping.Row{System: "emptype", Direction: mapping.DirectionIn, Provost: "attributes.employeeType"},
		mapping.Row{System: `job.split("#")[1]`, Direction: mapping.DirectionIn, Provost: "attributes.title"},
		mapping.Row{System: `status != "Former employee"`, Direction: mapping.DirectionIn, Provost: "active"},
		mapping.Row{System: "locality", Direction: mapping.DirectionIn, Provost: "attributes.locality"},
	)
	loaded := w.start(source, run.Load, run.Completed)
	require.Equal(t, "50", w.value("select count(*)::text from users where source_system_id = $1", source.ID), "people of the HR export: %v", w.changes(loaded.ID))

	// Linking nearly all accounts at once is more than the guard lets pass: a reviewer looks at the list and resumes.
	linking := w.start(target, run.Reconcile, run.Blocked)
	require.Equal(t, []string{"38 of 39 accounts would be changed; the limit is 30 %."}, linking.Verdict.Reasons)
	require.Equal(t, "0", w.value("select count(*)::text from accounts where type = 'single' and system_id = $1", target.ID), "nothing is written before")
	require.NoError(t, w.Runs.Resume(w.ctx, linking.ID))
	linking = w.await(linking.ID, run.Completed)
	linked := w.value("select count(*)::text from accounts where type = 'single' and system_id = $1", target.ID)
	t.Logf("second reconciliation: %s accounts linked by employee number", linked)
	require.Equal(t, linked, w.value("select count(*)::text from run_changes where run_id = $1 and action = 'link'", linking.ID))

	before := entries(t, slapd, "ou=users,dc=example,dc=org", "(objectClass=inetOrgPerson)", "uid")
	impact := w.start(target, run.Impact, run.Completed)
	lines := w.changes(impact.ID)
	t.Logf("impact report:\n%s", strings.Join(only(lines, "update "), "\n"))
	// The differences that the authors of the data planted, and nobody else's.
	require.Equal(t, []string{
		"update account afreeman: cn Alex Freeman → Alexander Freeman",
		"update account afreeman: displayName Alex Freeman → Alexander Freeman",
		"update account afreeman: givenName Alex → Alexander",
		"update account afreeman: title Sales Rep. → Sales Representative (Example, Inc.)",
		"update account ejones27: cn Ema Jones → Emma Jones",
		"update account jsmith2: cn Joe Smith → Joseph Smith",
		"update account jsmith2: displayName Joe Smith → Joseph Smith",
		"update account jsmith2: givenName Joe → Joseph",
		"update account jsmithwa: cn Jack Smith-Walker → John Smith-Walker",
		"update account jsmithwa: displayName Jack Smith-Walker → John Smith-Walker",
		"update account jsmithwa: givenName Jack → John",
		"update account jzimmer: cn Joseph Zimmer → Josef Zimmer",
	}, only(lines, "update "))
	require.Len(t, only(lines, "create account 80"), 90, "the ten contractors without an entry, nine attributes each")
	require.Len(t, lines, 102)
	require.Equal(t, before, entries(t, slapd, "ou=users,dc=example,dc=org", "(objectClass=inetOrgPerson)", "uid"), "an impact report writes nothing")

	w.start(target, run.Provision, run.Completed)
	w.settled()
	after := entries(t, slapd, "ou=users,dc=example,dc=org", "(objectClass=inetOrgPerson)", "uid")
	require.Equal(t, "Alexander", after["afreeman"].GetAttributeValue("givenName"))
	require.Empty(t, w.changes(w.start(target, run.Impact, run.Completed).ID), "after provisioning nothing differs any more")
	again := w.start(source, run.Load, run.Completed)
	require.Empty(t, w.changes(again.ID), "the same load again changes nothing")
}

// only gives the lines that begin in a way.
func only(lines []string, prefix string) []string {
	var out []string
	for _, line := range lines {
		if strings.HasPrefix(line, prefix) {
			out = append(out, line)
		}
	}
	return out
}

// TestGuard refuses an HR file that was emptied, and a directory that suddenly shows nothing.
func TestGuard(t *testing.T) {
	w := begin(t, "auto")
	slapd, parameters := directory(t, ldapdev.Options{Suffix: suffix, InitialLDIF: []byte(
		"dn: ou=people," + suffix + "\nobjectClass: organizationalUnit\nou: people\n")})
	target := w.system(account.System{
		Name: "Directory", Connector: "ldap", Parameters: parameters, Mappings: []mapping.ObjectMapping{people()},
	})
	const header = "userName,firstName,lastName\n"
	rows := ""
	for _, name := range []string{"ada", "bob", "cyd", "dee", "eli", "fay", "gus", "hal"} {
		rows += name + "," + strings.ToUpper(name[:1]) + name[1:] + ",Sample\n"
	}
	path := w.file("hr.csv", header+rows)
	source := w.hr(path, "userName",
		mapping.Row{System: "userName", Direction: mapping.DirectionIn, Provost: "userName"},
		mapping.Row{System: "firstName", Direction: mapping.DirectionIn, Provost: "firstName"},
		mapping.Row{System: "lastName", Direction: mapping.DirectionIn, Provost: "lastName"},
	)
	w.start(source, run.Load, run.Completed)
	w.settled()
	require.Len(t, entries(t, slapd, "ou=people,"+suffix, "(objectClass=inetOrgPerson)", "uid"), 8)

	w.file("hr.csv", header)
	blocked := w.start(source, run.Load, run.Blocked)
	t.Logf("the guard says: %s", strings.Join(blocked.Verdict.Reasons, " "))
	require.Equal(t, []string{"The system listed no users at all, but 8 are known: applying this would have removed or disabled 8 users. " +
		"Check the source before you resume."}, blocked.Verdict.Reasons)
	require.Equal(t, "8", w.value("select count(*)::text from users where active and source_system_id = $1", source.ID), "nothing was written")
	require.NoError(t, w.Runs.Cancel(w.ctx, blocked.ID))
	require.Eventually(t, func() bool {
		r, err := w.Tenant.Runs().Get(w.ctx, blocked.ID)
		return err == nil && r.Status == run.Cancelled
	}, patience, 20_000_000)

	require.NoError(t, slapd.ApplyLDIF(t.Context(), strings.NewReader(
		"dn: uid=ada,ou=people,"+suffix+"\nchangetype: delete\n"), false, nil))
	reconciled := w.start(target, run.Reconcile, run.Completed)
	require.Equal(t, []string{"drift account ada"}, w.changes(reconciled.ID))

	conn := connect(t, w.url)
	defer conn.Close(w.ctx)
	_, err := conn.Exec(w.ctx, "update t_"+"master.accounts set type = 'unmanaged', user_id = null where system_id = $1", target.ID)
	require.NoError(t, err)
	for uid := range entries(t, slapd, "ou=people,"+suffix, "(objectClass=inetOrgPerson)", "uid") {
		require.NoError(t, slapd.ApplyLDIF(t.Context(), strings.NewReader("dn: uid="+uid+",ou=people,"+suffix+"\nchangetype: delete\n"), false, nil))
	}
	empty := w.start(target, run.Reconcile, run.Blocked)
	t.Logf("the guard says: %s", strings.Join(empty.Verdict.Reasons, " "))
	require.Contains(t, empty.Verdict.Reasons[0], "The system listed no accounts at all, but 8 are known")
}
