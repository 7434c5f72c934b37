package ldap_test

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"
	"github.com/stretchr/testify/require"

	"provost/internal/connector"
	"provost/internal/connector/connectortest"
	"provost/internal/connector/ldap"
	"provost/internal/ldapdev"
	"provost/internal/testenv"
)

// directory is a true slapd.
type directory struct {
	*ldapdev.Server

	address    string
	parameters map[string]string
}

func newDirectory(t *testing.T) directory {
	t.Helper()
	server := testenv.Slapd(t, ldapdev.Options{})
	address, err := url.Parse(server.URL())
	require.NoError(t, err)
	host, port, err := net.SplitHostPort(address.Host)
	require.NoError(t, err)
	return directory{Server: server, address: address.Host, parameters: map[string]string{
		"host": host, "port": port, "ssl": "none", "bindDN": server.AdminDN, "password": server.AdminPassword, "baseDN": server.Suffix,
	}}
}

func (d directory) bind(t connectortest.T) *goldap.Conn {
	conn, err := goldap.DialURL(d.URL())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.Bind(d.AdminDN, d.AdminPassword))
	return conn
}

var units atomic.Int64

// unit creates a new organisational unit and returns its DN.
func (d directory) unit(t connectortest.T) string {
	name := fmt.Sprintf("unit%d", units.Add(1))
	dn := "ou=" + name + "," + d.Suffix
	request := goldap.NewAddRequest(dn, nil)
	request.Attribute("objectClass", []string{"organizationalUnit"})
	request.Attribute("ou", []string{name})
	require.NoError(t, d.bind(t).Add(request))
	return dn
}

func person(searchBase string) connector.Class {
	return connector.Class{
		Name: "inetOrgPerson", Attributes: []string{"uid", "cn", "sn", "description", "mail", "dn"},
		Properties: map[string]string{"key": "uid", "searchBase": searchBase},
	}
}

func TestPeopleConform(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	connectortest.Run(t, connectortest.Subject{
		Kind: ldap.Kind(),
		Fresh: func(c connectortest.T) connectortest.Instance {
			return connectortest.Instance{Parameters: d.parameters, Class: person(d.unit(c)), Address: d.address}
		},
		SecretParameter: "password", HostParameter: "host", PortParameter: "port",
		KeyAttribute: "uid", TextAttribute: "description", MultiAttribute: "mail", StableID: true,
		Value: func(n int) any { return fmt.Sprintf("user%d@example.com", n) },
		New: func(string) connector.Attributes {
			return connector.Attributes{"cn": "Sample Person", "sn": "Person"}
		},
	})
}

func TestGroupsConform(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	connectortest.Run(t, connectortest.Subject{
		Kind: ldap.Kind(),
		Fresh: func(c connectortest.T) connectortest.Instance {
			class := connector.Class{
				Name: "groupOfNames", Attributes: []string{"cn", "member", "description"},
				Properties: map[string]string{
					"key": "cn", "searchBase": d.unit(c), "placeholderMember": "cn=nobody," + d.Suffix, "modifyTimestamp": "modifyTimestamp",
				},
			}
			return connectortest.Instance{Parameters: d.parameters, Class: class, Address: d.address}
		},
		SecretParameter: "password", HostParameter: "host", PortParameter: "port",
		KeyAttribute: "cn", TextAttribute: "description", MultiAttribute: "member", StableID: true,
		Without: []connector.Capability{connector.CanSetPassword},
		Value: func(n int) any {
			dn := fmt.Sprintf("uid=Member %d\\, the other, OU=People,%s", n, d.Suffix)
			if n%2 == 0 {
				return strings.ToUpper(dn)
			}
			return dn
		},
		New: func(string) connector.Attributes { return connector.Attributes{} },
	})
}
