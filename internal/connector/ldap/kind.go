// Package ldap connects to LDAP v3 directories (RFC 4511), first of all OpenLDAP.
//
// An object's ID is its entryUUID, so it is found again after a rename; its Key is its DN. Two pseudo attributes place an entry: dn, the
// whole name, and baseDN, the parent under which the naming attribute is put. A [connector.Key] may name an entry by its DN or by the value
// of the key attribute.
//
// Writes are minimal: only attributes that differ are modified, value by value where several values are held, so that members somebody
// else adds to a group at the same time stay. Object classes are only ever added.
package ldap

import (
	"context"
	"net"
	"strconv"
	"strings"

	"provost/internal/connector"
)

// Name is the name of the kind.
const Name = "ldap"

// Names of the parameters.
const (
	paramHost              = "host"
	paramPort              = "port"
	paramSSL               = "ssl"
	paramBindDN            = "bindDN"
	paramPassword          = "password"
	paramBaseDN            = "baseDN"
	paramPageSize          = "pageSize"
	paramPasswordAttribute = "passwordAttribute"
	paramPasswordHash      = "passwordHash"
	paramCACertificate     = "caCertificate"
	paramIDAttribute       = "idAttribute"
)

// Values of the parameter ssl.
const (
	sslNone     = "none"
	sslLDAPS    = "ldaps"
	sslStartTLS = "starttls"
)

// Values of the parameter passwordHash.
const (
	hashServer  = "server"
	hashSSHA    = "ssha"
	hashSSHA512 = "ssha512"
	hashPlain   = "plain"
)

// Names of the mapping properties.
const (
	propKey             = "key"
	propRDN             = "rdn"
	propObjectClass     = "objectClass"
	propSearchBase      = "searchBase"
	propLDAPFilter      = "ldapFilter"
	propRename          = "rename"
	propModifyTimestamp = "modifyTimestamp"
	propPlaceholder     = "placeholderMember"
	propMemberAttribute = "memberAttribute"
)

// Kind describes the connector.
func Kind() connector.Kind {
	return connector.Kind{
		Name:        Name,
		Label:       "LDAP directory",
		Description: "Entries of an LDAP v3 directory such as OpenLDAP: people, groups, organisational units.",
		Parameters:  parameters(),
		Properties:  properties(),
		Templates:   templates(),
		Capabilities: []connector.Capability{
			connector.CanList, connector.CanGet, connector.CanFind, connector.CanCreate, connector.CanUpdate, connector.CanDelete,
			connector.CanSetPassword, connector.CanValidatePassword, connector.CanReadSchema,
		},
		Open: open,
	}
}

func parameters() []connector.Parameter {
	return []connector.Parameter{
		{Name: paramHost, Label: "Host", Type: connector.TypeString, Required: true, Help: "Name or address of the directory server."},
		{
			Name: paramPort, Label: "Port", Type: connector.TypeNumber, Minimum: 1, Maximum: 65535,
			Help: "389, or 636 for ldaps, if left empty.",
		},
		{
			Name: paramSSL, Label: "Encryption", Type: connector.TypeChoice, Choices: []string{sslNone, sslLDAPS, sslStartTLS}, Default: sslLDAPS,
			Help: "Passwords travel in clear text without encryption.",
		},
		{Name: paramBindDN, Label: "Bind DN", Type: connector.TypeString, Required: true, Help: "The entry we log in as."},
		{Name: paramPassword, Label: "Password", Type: connector.TypeSecret, Required: true, Help: "The bind DN's password."},
		{Name: paramBaseDN, Label: "Base DN", Type: connector.TypeString, Required: true, Help: "Nothing outside this tree is read or written."},
		{
			Name: paramPageSize, Label: "Page size", Type: connector.TypeNumber, Minimum: 1, Maximum: maxPageSize,
			Help: "Entries per page of a search; the engine's own page size if left empty.",
		},
		{Name: paramPasswordAttribute, Label: "Password attribute", Type: connector.TypeString, Default: "userPassword"},
		{
			Name: paramPasswordHash, Label: "Password hash", Type: connector.TypeChoice, Default: hashServer,
			Choices: []string{hashServer, hashSSHA, hashSSHA512, hashPlain},
			Help: "server: the directory hashes and applies its policy (RFC 3062). ssha, ssha512: we hash. plain: the attribute is set as it is; " +
				"choose it only if an overlay hashes.",
		},
		{
			Name: paramCACertificate, Label: "CA certificate", Type: connector.TypeMultiline,
			Help: "PEM certificate of the authority that signed the server's certificate, if the machine does not trust it.",
		},
		{
			Name: paramIDAttribute, Label: "Id attribute", Type: connector.TypeString, Default: "entryUUID",
			Help: "The operational attribute that never changes during an entry's life.",
		},
	}
}

func properties() []connector.Property {
	return []connector.Property{
		{Name: propKey, Label: "Key attribute", Type: connector.TypeString, Default: "uid", Help: "Attribute that identifies the entry, such as uid or cn."},
		{Name: propRDN, Label: "Naming attribute", Type: connector.TypeString, Help: "Attribute that names new entries; the key attribute if left empty."},
		{
			Name: propObjectClass, Label: "Object classes", Type: connector.TypeString,
			Help: "Object classes of new entries, separated by commas; also added to existing entries when an attribute needs them.",
		},
		{Name: propSearchBase, Label: "Search base", Type: connector.TypeString, Help: "Tree that holds these entries; the agent's base DN if left empty."},
		{
			Name: propLDAPFilter, Label: "Filter", Type: connector.TypeString,
			Help: "LDAP filter the entries must match; the class's name as object class if left empty.",
		},
		{
			Name: propRename, Label: "Rename", Type: connector.TypeBoolean, Default: "true",
			Help: "Whether a new name moves the entry. If false, the name of an existing entry is left as it is.",
		},
		{
			Name: propModifyTimestamp, Label: "Change attribute", Type: connector.TypeString,
			Help: "Attribute holding the time of the last change (modifyTimestamp), for differential loads. Deletions are seen by full loads only.",
		},
		{
			Name: propPlaceholder, Label: "Placeholder member", Type: connector.TypeString,
			Help: "DN put into a group that would lose its last member, since groupOfNames must have one; it is hidden when the group is read.",
		},
		{Name: propMemberAttribute, Label: "Member attribute", Type: connector.TypeString, Default: "member", Help: "Attribute the placeholder goes into."},
	}
}

func templates() []connector.ClassTemplate {
	return []connector.ClassTemplate{
		{
			SystemObject: "inetOrgPerson", ObjectType: "account",
			Properties: map[string]string{propKey: "uid", propObjectClass: "inetOrgPerson", propRename: "true"},
			Rows: []connector.TemplateRow{
				{System: "uid", Direction: connector.Both, Provost: "accountName"},
				{System: "cn", Direction: connector.Both, Provost: "accountDescription"},
				{System: "givenName", Direction: connector.Out, Provost: "firstName"},
				{System: "sn", Direction: connector.Out, Provost: "lastName"},
				{System: "mail", Direction: connector.Out, Provost: "emailAddress"},
			},
		},
		{
			SystemObject: "groupOfNames", ObjectType: "role",
			Properties: map[string]string{propKey: "cn", propObjectClass: "groupOfNames", propRename: "true"},
			Rows: []connector.TemplateRow{
				{System: "cn", Direction: connector.Both, Provost: "name"},
				{System: "description", Direction: connector.Both, Provost: "description"},
			},
		},
		{
			SystemObject: "organizationalUnit", ObjectType: "group",
			Properties: map[string]string{propKey: "ou", propObjectClass: "organizationalUnit", propRename: "true"},
			Rows: []connector.TemplateRow{
				{System: "ou", Direction: connector.Both, Provost: "name"},
				{System: "description", Direction: connector.Both, Provost: "description"},
			},
		},
	}
}

// Directory is a connector to one directory.
type Directory struct {
	pool         *pool
	limits       connector.Limits
	baseDN       string
	pageSize     int
	passwordAttr string
	passwordHash string
	idAttribute  string
	schemas      schemaCache
}

func open(_ context.Context, config connector.Config) (connector.Connector, error) {
	params := config.Parameters
	host := strings.TrimSpace(params[paramHost])
	tlsConfig, err := newTLSConfig(host, params[paramCACertificate])
	if err != nil {
		return nil, err
	}
	if _, err := parseDN(params[paramBaseDN]); err != nil {
		return nil, &connector.Error{Class: connector.ClassPolicy, Op: "open", Message: "correct the parameter baseDN", Err: err}
	}
	if id := params[paramIDAttribute]; !isAttributeName(id) {
		return nil, connector.Errorf(connector.ClassPolicy, "open", "idAttribute: %q is not the name of an attribute", id)
	}
	pageSize, _ := strconv.Atoi(params[paramPageSize])
	d := &dialer{
		address: net.JoinHostPort(host, port(params)), ssl: params[paramSSL], tls: tlsConfig,
		bindDN: params[paramBindDN], password: params[paramPassword],
	}
	return &Directory{
		pool: newPool(d), limits: config.Limits, baseDN: params[paramBaseDN], pageSize: pageSize,
		passwordAttr: params[paramPasswordAttribute], passwordHash: params[paramPasswordHash], idAttribute: params[paramIDAttribute],
	}, nil
}

func port(params map[string]string) string {
	switch {
	case params[paramPort] != "":
		return strings.TrimSpace(params[paramPort])
	case params[paramSSL] == sslLDAPS:
		return "636"
	default:
		return "389"
	}
}

// Test binds and reads the base entry.
func (d *Directory) Test(ctx context.Context) error {
	ctx, cancel := d.limits.Task(ctx)
	defer cancel()
	return d.pool.with(ctx, "test", true, func(l *link) error {
		_, err := baseSearch(l, d.baseDN, []string{"1.1"})
		return err
	})
}

// Close closes the connections.
func (d *Directory) Close() error {
	d.pool.close()
	return nil
}

var (
	_ connector.Connector         = (*Directory)(nil)
	_ connector.Lister            = (*Directory)(nil)
	_ connector.Getter            = (*Directory)(nil)
	_ connector.Finder            = (*Directory)(nil)
	_ connector.Creator           = (*Directory)(nil)
	_ connector.Updater           = (*Directory)(nil)
	_ connector.Deleter           = (*Directory)(nil)
	_ connector.PasswordSetter    = (*Directory)(nil)
	_ connector.PasswordValidator = (*Directory)(nil)
	_ connector.SchemaReader      = (*Directory)(nil)
	_ connector.Comparer          = (*Directory)(nil)
)
