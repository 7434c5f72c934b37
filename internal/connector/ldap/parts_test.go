package ldap

import (
	"context"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"
	"github.com/stretchr/testify/require"

	"provost/internal/connector"
)

var schemaOfTests = buildSchema([]string{
	"( 2.5.4.41 NAME 'name' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} )",
	"( 2.5.4.3 NAME ( 'cn' 'commonName' ) DESC 'common (known) name' SUP name )",
	"( 2.5.4.31 NAME 'member' SUP distinguishedName )",
	"( 2.5.4.49 NAME 'distinguishedName' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 )",
	"( 0.9 NAME 'jpegPhoto' SYNTAX 1.3.6.1.4.1.1466.115.121.1.28 )",
	"( 1.1 NAME 'flag' EQUALITY booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE )",
	"( 1.2 NAME 'count' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )",
	"( 1.3 NAME 'moment' EQUALITY generalizedTimeMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 NO-USER-MODIFICATION USAGE directoryOperation )",
	"( 1.4 NAME 'loop' SUP loop )",
}, []string{
	"( 2.5.6.0 NAME 'top' ABSTRACT MUST objectClass )",
	"( 2.5.6.6 NAME 'person' DESC 'a person' SUP top STRUCTURAL MUST ( sn $ cn ) MAY ( description $ member ) )",
	"( 2.5.6.7 NAME ( 'worker' 'employee' ) SUP person MAY flag )",
	"( 1.9 NAME 'photographed' SUP top AUXILIARY MAY jpegPhoto )",
})

func TestSchema(t *testing.T) {
	t.Parallel()
	k := schemaOfTests
	require.Equal(t, attributeType{
		name: "cn", description: "common (known) name", superior: "name", syntax: "1.3.6.1.4.1.1466.115.121.1.15", equality: "caseIgnoreMatch",
	}, k.attribute("COMMONNAME;lang-en"))
	require.True(t, k.holdsDN("member"))
	require.True(t, (*schema)(nil).holdsDN("uniqueMember"))
	require.False(t, k.comparable("jpegPhoto"))
	require.True(t, k.comparable("unheardOf"))
	require.True(t, k.allows([]string{"employee"}, "commonName"))
	require.False(t, k.allows([]string{"worker"}, "jpegPhoto"))
	require.True(t, k.allows([]string{"worker", "Photographed"}, "jpegphoto"))
	worker := k.describe(k.classes["worker"])
	require.Equal(t, "worker", worker.Name)
	byName := map[string]connector.AttributeSchema{}
	for _, a := range worker.Attributes {
		byName[a.Name] = a
	}
	require.True(t, byName["cn"].Required)
	require.Equal(t, "reference", byName["member"].Type)
	require.Equal(t, "boolean", byName["flag"].Type)
	require.False(t, byName["flag"].MultiValued)
}

func TestDecodeAndEncode(t *testing.T) {
	t.Parallel()
	moment := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		attribute, raw string
		value          any
	}{
		{"flag", "TRUE", true},
		{"flag", "maybe", "maybe"},
		{"count", "42", int64(42)},
		{"count", "99999999999999999999", "99999999999999999999"},
		{"moment", "20260301120000Z", moment},
		{"cn", "Zoë", "Zoë"},
		{"cn", "\xff", []byte{0xff}},
		{"jpegPhoto", "abc", []byte("abc")},
		{"certificate;binary", "abc", []byte("abc")},
		{"unheardOf", "abc", "abc"},
	} {
		decoded := schemaOfTests.decode(c.attribute, []byte(c.raw))
		require.Equal(t, c.value, decoded, "%s", c.attribute)
		require.Equal(t, c.raw, encode(decoded))
	}
}

func TestClassify(t *testing.T) {
	t.Parallel()
	for code, class := range map[uint16]connector.ErrorClass{
		goldap.LDAPResultInvalidCredentials: connector.ClassAuth, goldap.LDAPResultBusy: connector.ClassThrottled,
		goldap.LDAPResultUnavailable: connector.ClassUnavailable, goldap.LDAPResultConstraintViolation: connector.ClassPolicy,
		goldap.LDAPResultUnwillingToPerform: connector.ClassPolicy, goldap.LDAPResultObjectClassViolation: connector.ClassData,
		goldap.LDAPResultInsufficientAccessRights: connector.ClassPolicy, goldap.LDAPResultProtocolError: connector.ClassUnsupported,
		goldap.ErrorNetwork: connector.ClassUnavailable, goldap.LDAPResultOther: connector.ClassTransient,
	} {
		err := classify(t.Context(), "update", fmt.Errorf("wrapped: %w", goldap.NewError(code, errors.New("why"))))
		require.Equal(t, class, connector.ClassOf(err), "%d", code)
		require.ErrorContains(t, err, "why")
	}
	require.ErrorIs(t, classify(t.Context(), "get", goldap.NewError(goldap.LDAPResultNoSuchObject, nil)), connector.ErrNotFound)
	require.ErrorIs(t, classify(t.Context(), "get", goldap.NewError(goldap.LDAPResultEntryAlreadyExists, nil)), connector.ErrExists)
	require.Equal(t, connector.ClassUnavailable, connector.ClassOf(classify(t.Context(), "get", io.EOF)))
	require.Equal(t, connector.ClassUnavailable, connector.ClassOf(classify(t.Context(), "get", &net.OpError{Op: "dial", Err: io.EOF})))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, classify(ended, "get", io.EOF), context.Canceled)
	require.NoError(t, classify(t.Context(), "get", nil))
	for code, v := range verdicts {
		require.NotEmpty(t, v.message, "%d", code)
	}
}

func TestHashPassword(t *testing.T) {
	t.Parallel()
	plain, err := hashPassword(hashPlain, "secret")
	require.NoError(t, err)
	require.Equal(t, "secret", plain)
	one, err := hashPassword(hashSSHA, "secret")
	require.NoError(t, err)
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(one, "{SSHA}"))
	require.NoError(t, err)
	sum := sha1.Sum(append([]byte("secret"), raw[sha1.Size:]...))
	require.Equal(t, sum[:], raw[:sha1.Size])
	other, err := hashPassword(hashSSHA, "secret")
	require.NoError(t, err)
	require.NotEqual(t, one, other, "salted")
	long, err := hashPassword(hashSSHA512, "secret")
	require.NoError(t, err)
	raw, err = base64.StdEncoding.DecodeString(strings.TrimPrefix(long, "{SSHA512}"))
	require.NoError(t, err)
	sum512 := sha512.Sum512(append([]byte("secret"), raw[sha512.Size:]...))
	require.Equal(t, sum512[:], raw[:sha512.Size])
}

func TestWantedDN(t *testing.T) {
	t.Parallel()
	const dn = "uid=Anna,ou=a,dc=example"
	for name, c := range map[string]struct {
		desired connector.Attributes
		want    string
	}{
		"nothing":         {connector.Attributes{"sn": "x"}, dn},
		"same name":       {connector.Attributes{"uid": "Anna"}, dn},
		"other case":      {connector.Attributes{"UID": "anna"}, "uid=anna,ou=a,dc=example"},
		"other name":      {connector.Attributes{"uid": "a,b"}, `uid=a\2cb,ou=a,dc=example`},
		"name among many": {connector.Attributes{"uid": []any{"x", "Anna"}}, dn},
		"cleared name":    {connector.Attributes{"uid": ""}, dn},
		"other parent":    {connector.Attributes{"baseDN": "ou=b,dc=example"}, "uid=Anna,ou=b,dc=example"},
		"whole name":      {connector.Attributes{"dn": "cn=x,dc=example", "uid": "y"}, "cn=x,dc=example"},
	} {
		got, err := wantedDN(dn, c.desired)
		require.NoError(t, err)
		require.Equal(t, c.want, got, name)
	}
	require.True(t, renderedSame("uid=a b,OU=A,dc=example", `UID=a\20b,ou=a,dc=example`))
	require.False(t, renderedSame("uid=A,dc=example", "uid=a,dc=example"))
}

func TestShapeRefuses(t *testing.T) {
	t.Parallel()
	d := &Directory{baseDN: "dc=example,dc=org"}
	for name, properties := range map[string]map[string]string{
		"filter": {"ldapFilter": "(uid=*"}, "foreign base": {"searchBase": "dc=example,dc=com"}, "odd base": {"searchBase": "people"},
		"key": {"key": "uid=*)(cn"}, "changed": {"modifyTimestamp": "!x"}, "rdn": {"rdn": "a,b"}, "member": {"memberAttribute": "m m"},
	} {
		_, err := d.shape(connector.Class{Name: "person", Properties: properties})
		require.Equal(t, connector.ClassPolicy, connector.ClassOf(err), name)
	}
	s, err := d.shape(connector.Class{Name: "a)(b", Properties: map[string]string{"objectClass": " person , top "}})
	require.NoError(t, err)
	require.Equal(t, `(objectClass=a\29\28b)`, s.filter)
	require.Equal(t, []string{"person", "top"}, s.classes)
}

func TestNewest(t *testing.T) {
	t.Parallel()
	require.Equal(t, "20260301120000Z", newest("", "20260301120000Z"))
	require.Equal(t, "20260301120001Z", newest("20260301120001Z", "20260301120000.9Z"))
	require.Equal(t, "20260301120002Z", newest("20260301120001Z", "20260301120002.5Z"))
	require.Equal(t, "20260301120001Z", newest("20260301120001Z", ""))
}
