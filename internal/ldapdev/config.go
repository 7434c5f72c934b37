package ldapdev

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// ErrNoSlapd says that this machine has no OpenLDAP server, and what to do about it.
var ErrNoSlapd = errors.New("no OpenLDAP server found: install it with `apt install slapd`, or put slapd in the PATH")

// databaseBytes is the most a directory may grow to; the file grows as needed.
const databaseBytes = 1 << 30

// schemas are loaded in this order, since they build on each other; nis brings accounts of Unix machines.
var schemas = []string{"core", "cosine", "inetorgperson", "nis"} //nolint:gochecknoglobals // a constant list

// installation is what the machine has of OpenLDAP.
type installation struct {
	slapd   string
	schema  string // folder
	modules string // folder; empty when everything is built in
}

func findInstallation() (installation, error) {
	var found installation
	found.slapd = firstFile(lookPath("slapd"), "/usr/sbin/slapd", "/usr/libexec/slapd", "/usr/lib/openldap/slapd", "/usr/local/libexec/slapd")
	if found.slapd == "" {
		return found, ErrNoSlapd
	}
	core := firstFile("/etc/ldap/schema/core.ldif", "/etc/openldap/schema/core.ldif", "/usr/local/etc/openldap/schema/core.ldif")
	if core == "" {
		return found, errors.New("the schema files of OpenLDAP are missing (looked for /etc/ldap/schema/core.ldif): install slapd again")
	}
	found.schema = filepath.Dir(core)
	if backend := firstFile(append(moduleFiles("/usr/lib/ldap", "back_mdb"), everyModuleFile("back_mdb")...)...); backend != "" {
		found.modules = filepath.Dir(backend)
	}
	return found, nil
}

func lookPath(program string) string {
	path, err := exec.LookPath(program)
	if err != nil {
		return ""
	}
	return path
}

func moduleFiles(folder, module string) []string {
	return []string{filepath.Join(folder, module+".la"), filepath.Join(folder, module+".so")}
}

func everyModuleFile(module string) []string {
	var files []string
	for _, folder := range []string{
		"/usr/lib64/openldap", "/usr/lib/openldap", "/usr/libexec/openldap", "/usr/local/libexec/openldap",
	} {
		files = append(files, moduleFiles(folder, module)...)
	}
	return files
}

// firstFile returns the first of the paths that is a file, or "".
func firstFile(paths ...string) string {
	for _, path := range paths {
		if info, err := os.Stat(path); path != "" && err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	return ""
}

// configuration writes the LDIF of cn=config: schemas, the modules in their order after the backend, and the databases
// {0}config and {1}mdb, whose numbers LDIF files for slapd rely on.
func (s *Server) configuration() (string, error) {
	var b strings.Builder
	b.WriteString("dn: cn=config\nobjectClass: olcGlobal\ncn: config\n\n")
	if err := s.writeModules(&b); err != nil {
		return "", err
	}
	b.WriteString("dn: cn=schema,cn=config\nobjectClass: olcSchemaConfig\ncn: schema\n\n")
	for _, name := range schemas {
		fmt.Fprintf(&b, "include: file://%s\n\n", filepath.Join(s.install.schema, name+".ldif"))
	}
	configRoot, err := hashed(s.state.ConfigPassword)
	if err != nil {
		return "", err
	}
	root, err := hashed(s.state.AdminPassword)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&b, `dn: olcDatabase={0}config,cn=config
objectClass: olcDatabaseConfig
olcDatabase: {0}config
olcRootDN: %s
olcRootPW: %s

dn: olcDatabase={1}mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: {1}mdb
olcSuffix: %s
olcRootDN: %s
olcRootPW: %s
olcDbDirectory: %s
olcDbMaxSize: %d
olcDbIndex: objectClass eq
olcDbIndex: uid,member,entryUUID,entryCSN eq
olcAccess: {0}to attrs=userPassword by self write by anonymous auth by * none
olcAccess: {1}to * by users read by * none
`, ConfigDN, configRoot, s.state.Suffix, s.AdminDN, root, s.data(), databaseBytes)
	return b.String(), nil
}

func (s *Server) writeModules(b *strings.Builder) error {
	if s.install.modules == "" && len(s.options.Modules) == 0 {
		return nil
	}
	for _, module := range s.options.Modules {
		if firstFile(moduleFiles(s.install.modules, module)...) == "" {
			return fmt.Errorf("slapd has no module %s in %s", module, s.install.modules)
		}
	}
	fmt.Fprintf(b, "dn: cn=module{0},cn=config\nobjectClass: olcModuleList\ncn: module{0}\nolcModulePath: %s\n", s.install.modules)
	for i, module := range slices.Concat([]string{"back_mdb"}, s.options.Modules) {
		fmt.Fprintf(b, "olcModuleLoad: {%d}%s\n", i, module)
	}
	b.WriteString("\n")
	return nil
}

// generate makes the configuration folder with the server's own tool.
func (s *Server) generate(ctx context.Context) error {
	text, err := s.configuration()
	if err != nil {
		return err
	}
	for _, folder := range []string{s.config(), s.data()} {
		if err := errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o700)); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
	}
	cmd := exec.CommandContext(ctx, s.install.slapd, "-T", "add", "-n", "0", "-F", s.config())
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("slapadd: %w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}

// hashed returns a password as the directory keeps it (RFC 3112 in the form of OpenLDAP's {SSHA}).
func hashed(password string) (string, error) {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("draw salt: %w", err)
	}
	sum := sha1.Sum(append([]byte(password), salt...))
	return "{SSHA}" + base64.StdEncoding.EncodeToString(append(sum[:], salt...)), nil
}

// root returns the entry of the suffix itself, from the attribute that names it.
func root(suffix string) (Record, error) {
	dn, err := ldap.ParseDN(suffix)
	if err != nil {
		return Record{}, fmt.Errorf("suffix %q: %w", suffix, err)
	}
	if len(dn.RDNs) == 0 || len(dn.RDNs[0].Attributes) != 1 {
		return Record{}, fmt.Errorf("suffix %q: it must begin with one attribute, as dc=example,dc=org does", suffix)
	}
	naming := dn.RDNs[0].Attributes[0]
	record := Record{DN: suffix, Change: Add}
	classes := []string{"top"}
	switch strings.ToLower(naming.Type) {
	case "dc":
		classes = append(classes, "dcObject", "organization")
		record.Attributes = append(record.Attributes, Attribute{"o", []string{naming.Value}})
	case "o":
		classes = append(classes, "organization")
	case "ou":
		classes = append(classes, "organizationalUnit")
	default:
		return Record{}, fmt.Errorf("suffix %q: it must begin with dc, o or ou", suffix)
	}
	record.Attributes = append(record.Attributes,
		Attribute{naming.Type, []string{naming.Value}}, Attribute{"objectClass", classes})
	return record, nil
}
