package ldapdev_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
	"github.com/stretchr/testify/require"

	"provost/internal/ldapdev"
	"provost/internal/pgdev/child"
)

// parentVariable makes the test program start a server on the named folder and wait to be killed.
const parentVariable = "LDAPDEV_TEST_PARENT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentVariable); dir != "" {
		os.Exit(parent(dir))
	}
	os.Exit(m.Run())
}

// parent is a program that uses a server and never stops it.
func parent(dir string) int {
	server, err := ldapdev.Start(context.Background(), ldapdev.Options{Dir: dir})
	if err != nil {
		fmt.Fprintln(os.Stdout, "error", err)
		return 1
	}
	fmt.Fprintln(os.Stdout, "ready", server.PID())
	<-server.Done()
	return 0
}

func start(t *testing.T, opts ldapdev.Options) *ldapdev.Server {
	t.Helper()
	if opts.Dir == "" {
		opts.Dir = t.TempDir()
	}
	server, err := ldapdev.Start(t.Context(), opts)
	require.NoError(t, err)
	t.Cleanup(func() { stop(t, server) })
	return server
}

func stop(t *testing.T, server *ldapdev.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	require.NoError(t, server.Stop(ctx))
}

// search lists the entries below base as administrator of the data.
func search(t *testing.T, server *ldapdev.Server, base, filter string) []*ldap.Entry {
	t.Helper()
	conn, err := ldap.DialURL(server.URL())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.Bind(server.AdminDN, server.AdminPassword))
	request := ldap.NewSearchRequest(base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false, filter, []string{"*", "memberOf"}, nil)
	found, err := conn.Search(request)
	require.NoError(t, err)
	return found.Entries
}

const people = `version: 1

# sample data
dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: uid=anna,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: anna
cn:: QW5uYSBNw7xsbGVy
sn: Müller
mail: anna@example.org
description: first part,
  second part
`

func TestFirstStartLoadsTheInitialDataOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	opts := ldapdev.Options{Dir: dir, InitialLDIF: []byte(people)}
	first := start(t, opts)
	found := search(t, first, first.Suffix, "(uid=anna)")
	require.Len(t, found, 1)
	require.Equal(t, "Anna Müller", found[0].GetAttributeValue("cn"))
	require.Equal(t, "first part, second part", found[0].GetAttributeValue("description"))
	change := "dn: uid=anna,ou=people,dc=example,dc=org\nchangetype: delete\n"
	require.NoError(t, first.ApplyLDIF(t.Context(), strings.NewReader(change), false, nil))
	stop(t, first)
	<-first.Done()

	second := start(t, opts)

	require.Equal(t, first.AdminPassword, second.AdminPassword)
	require.Equal(t, first.ConfigPassword, second.ConfigPassword)
	require.Empty(t, search(t, second, second.Suffix, "(uid=anna)"), "what was deleted stays deleted")
	require.Len(t, search(t, second, second.Suffix, "(ou=people)"), 1, "what was not stays")
}

func TestGivenOptionsAreUsed(t *testing.T) {
	t.Parallel()
	for _, suffix := range []string{"o=sample", "ou=sample,c=DE", "dc=test"} {
		t.Run(suffix, func(t *testing.T) {
			t.Parallel()
			server := start(t, ldapdev.Options{Suffix: suffix, AdminPassword: "sample-password"})
			require.Equal(t, "cn=admin,"+suffix, server.AdminDN)
			require.Equal(t, "sample-password", server.AdminPassword)
			require.Len(t, search(t, server, suffix, "(objectClass=*)"), 1)
		})
	}
}

func TestGivenAddressIsUsed(t *testing.T) {
	t.Parallel()
	address, err := child.FreeAddress(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	server := start(t, ldapdev.Options{Addr: address.String()})
	require.Equal(t, "ldap://"+address.String(), server.URL())
}

func TestFilesAreClosedToOthers(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "ldap")
	start(t, ldapdev.Options{Dir: dir})
	for path, mode := range map[string]os.FileMode{".": 0o700, "config": 0o700, "data": 0o700, "directory.json": 0o600, "log": 0o600} {
		info, err := os.Stat(filepath.Join(dir, path))
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode().Perm(), path)
	}
}

func TestAccessNeedsAnAccount(t *testing.T) {
	t.Parallel()
	server := start(t, ldapdev.Options{InitialLDIF: []byte(people)})
	conn, err := ldap.DialURL(server.URL())
	require.NoError(t, err)
	defer conn.Close()
	require.True(t, ldap.IsErrorWithCode(conn.Bind(server.AdminDN, "guess"), ldap.LDAPResultInvalidCredentials))
	request := ldap.NewSearchRequest(server.Suffix, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false, "(uid=*)", nil, nil)
	found, err := conn.Search(request)
	require.True(t, err != nil || len(found.Entries) == 0, "nothing is shown to strangers")
}

func TestApplyModifiesEntriesAndConfiguration(t *testing.T) {
	t.Parallel()
	server := start(t, ldapdev.Options{InitialLDIF: []byte(people), Modules: []string{"memberof"}})
	overlay := `dn: olcOverlay=memberof,olcDatabase={1}mdb,cn=config
changetype: add
objectClass: olcOverlayConfig
objectClass: olcMemberOf
olcOverlay: memberof
`
	require.NoError(t, server.ApplyLDIF(t.Context(), strings.NewReader(overlay), true, nil))
	changes := `dn: uid=anna,ou=people,{{ BASE }}
changetype: modify
replace: mail
mail: anna.mueller@example.org
-
add: title
title: Controller
title;lang-de: Controllerin
-
delete: description
-

dn: cn=payroll,{{BASE}}
objectClass: groupOfNames
cn: payroll
member: uid=anna,ou=people,{{ BASE }}
`
	split := strings.Replace(changes, "title;lang-de: Controllerin\n", "-\nadd: title;lang-de\ntitle;lang-de: Controllerin\n", 1)
	require.ErrorContains(t, server.ApplyLDIF(t.Context(), strings.NewReader(changes), false, map[string]string{"BASE": server.Suffix}),
		"another attribute")

	require.NoError(t, server.ApplyLDIF(t.Context(), strings.NewReader(split), false, map[string]string{"BASE": server.Suffix}))

	anna := search(t, server, server.Suffix, "(uid=anna)")[0]
	require.Equal(t, "anna.mueller@example.org", anna.GetAttributeValue("mail"))
	require.Equal(t, "Controller", anna.GetAttributeValue("title"))
	require.Equal(t, "Controllerin", anna.GetAttributeValue("title;lang-de"))
	require.Empty(t, anna.GetAttributeValue("description"))
	require.Equal(t, []string{"cn=payroll,dc=example,dc=org"}, anna.GetAttributeValues("memberOf"))
}

func TestApplySaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	server := start(t, ldapdev.Options{})
	for name, c := range map[string]struct{ ldif, expected string }{
		"syntax":      {"dn: ou=a,dc=example,dc=org\nno colon\n", "LDIF line 2"},
		"placeholder": {"dn: ou=a,{{ BASE }}\nou: a\n", "placeholder BASE"},
		"refused":     {"\ndn: ou=a,ou=missing,dc=example,dc=org\nobjectClass: organizationalUnit\nou: a\n", "LDIF line 2, add of ou=a,ou=missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := server.ApplyLDIF(t.Context(), strings.NewReader(c.ldif), false, nil)
			require.ErrorContains(t, err, c.expected)
		})
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	entry := "dn: ou=a,dc=example,dc=org\nobjectClass: organizationalUnit\nou: a\n"
	require.ErrorIs(t, server.ApplyLDIF(ended, strings.NewReader(entry), false, nil), context.Canceled)
	require.Empty(t, search(t, server, server.Suffix, "(ou=a)"))
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		opts     ldapdev.Options
		expected string
	}{
		"no folder":         {ldapdev.Options{}, "no folder"},
		"unknown module":    {ldapdev.Options{Dir: "x", Modules: []string{"no_such_module"}}, "no module no_such_module"},
		"impossible suffix": {ldapdev.Options{Dir: "x", Suffix: "cn=people"}, "must begin with dc, o or ou"},
		"broken suffix":     {ldapdev.Options{Dir: "x", Suffix: "people"}, `suffix "people"`},
		"broken data":       {ldapdev.Options{Dir: "x", InitialLDIF: []byte("ou: people\n")}, "must begin with dn:"},
		"taken address":     {ldapdev.Options{Dir: "x", Addr: "256.0.0.1:0"}, "find a free port"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.opts.Dir != "" {
				c.opts.Dir = t.TempDir()
			}
			_, err := ldapdev.Start(t.Context(), c.opts)
			require.ErrorContains(t, err, c.expected)
		})
	}
}

func TestFailedFirstStartCanBeRepeated(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := ldapdev.Start(t.Context(), ldapdev.Options{Dir: dir, InitialLDIF: []byte(people + "\ndn: ou=b,ou=none,dc=example,dc=org\nou: b\n")})
	require.Error(t, err)
	server := start(t, ldapdev.Options{Dir: dir, InitialLDIF: []byte(people)})
	require.Len(t, search(t, server, server.Suffix, "(uid=anna)"), 1)
}

func TestFolderOfAnotherSuffixIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stop(t, start(t, ldapdev.Options{Dir: dir}))
	_, err := ldapdev.Start(t.Context(), ldapdev.Options{Dir: dir, Suffix: "dc=other"})
	require.ErrorContains(t, err, "holds the directory dc=example,dc=org")
}

func TestSecondStartOnTheSameFolderIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	start(t, ldapdev.Options{Dir: dir})
	_, err := ldapdev.Start(t.Context(), ldapdev.Options{Dir: dir})
	var inUse *child.InUseError
	require.ErrorAs(t, err, &inUse)
	require.Equal(t, os.Getpid(), inUse.PID)
}

func TestKilledParentLeavesNoServerAndTheNextStartWorks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), parentVariable+"="+dir)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	var pid int
	_, err = fmt.Sscanf(line, "ready %d", &pid)
	require.NoError(t, err, line)

	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())

	server := start(t, ldapdev.Options{Dir: dir})
	gone := func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
	require.Eventually(t, gone, 10*time.Second, 10*time.Millisecond, "the old server is gone, up to its reaping by init")
	require.Len(t, search(t, server, server.Suffix, "(objectClass=*)"), 1)
}

func TestMissingProgramIsExplained(t *testing.T) {
	require.ErrorContains(t, ldapdev.ErrNoSlapd, "apt install slapd")
}

// TestForeignDirectory loads a directory that others wrote, with changes of cn=config, as they load it: in the order of the
// numbers. Its people have deliberate differences from its HR data; see the README beside it.
func TestForeignDirectory(t *testing.T) {
	t.Parallel()
	folder := "../../../shared/testdata/midpoint-samples/onboarding"
	files, err := filepath.Glob(filepath.Join(folder, "*.ldif"))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("the outside test data is not here")
	}
	slices.SortStableFunc(files, func(a, b string) int { return numberOf(t, a) - numberOf(t, b) })
	server := start(t, ldapdev.Options{Modules: []string{"memberof"}})
	replacements := map[string]string{"LDAP_BASE_DN": server.Suffix, "LDAP_BACKEND": "mdb"}

	for _, file := range files {
		content, err := os.Open(file)
		require.NoError(t, err)
		number := numberOf(t, file)
		asConfigAdmin := number < 100 || number >= 300
		require.NoError(t, server.ApplyLDIF(t.Context(), content, asConfigAdmin, replacements), file)
		require.NoError(t, content.Close())
	}

	found := search(t, server, "ou=users,"+server.Suffix, "(objectClass=inetOrgPerson)")
	require.GreaterOrEqual(t, len(found), 39)
	geena := search(t, server, server.Suffix, "(uid=geena)")
	require.Len(t, geena, 1)
	require.Contains(t, geena[0].GetAttributeValues("memberOf"), "cn=all-users,ou=groups,"+server.Suffix)
}

func numberOf(t *testing.T, file string) int {
	t.Helper()
	prefix, _, _ := strings.Cut(filepath.Base(file), "-")
	number, err := strconv.Atoi(prefix)
	require.NoError(t, err)
	return number
}
