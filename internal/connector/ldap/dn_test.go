package ldap

import (
	"testing"
	"unicode/utf8"

	goldap "github.com/go-ldap/ldap/v3"
	"github.com/stretchr/testify/require"

	"provost/internal/connector"
)

func TestCanonicalDN(t *testing.T) {
	t.Parallel()
	same := [][]string{
		{"uid=anna,ou=People,dc=example,dc=org", "UID=Anna, OU=people, DC=EXAMPLE,DC=org", `uid=\61nna,ou=People,dc=example,dc=org`},
		{`cn=a\,b,dc=example`, `cn=A\2cB,dc=example`},
		{"cn=a+uid=b,dc=example", "UID=b+CN=a,dc=example"},
		{"cn=Anna  Maria,dc=example", "cn=anna maria,dc=example"},
		{"cn=zoë,dc=example", `cn=zo\c3\ab,dc=example`},
	}
	seen := map[string]bool{}
	for _, spellings := range same {
		canonical := canonicalDN(spellings[0])
		require.False(t, seen[canonical])
		seen[canonical] = true
		for _, spelling := range spellings {
			require.Equal(t, canonical, canonicalDN(spelling), "%s", spelling)
			require.True(t, sameDN(spellings[0], spelling))
		}
	}
	require.False(t, sameDN("cn=a,dc=example", `cn=a\,dc=example`))
	require.Equal(t, "not a dn", canonicalDN(" Not a DN"))
}

func TestBelow(t *testing.T) {
	t.Parallel()
	const base = "dc=example,dc=org"
	for dn, inside := range map[string]bool{
		base: true, "uid=a,DC=Example,DC=org": true, "uid=a,dc=example,dc=com": false, "dc=org": false, "anna": false, "": false,
		`uid=a\,dc=example\,dc=org`: false, "uid=a,ou=b,dc=example,dc=org": true, "dc=myexample,dc=org": false, "a=b": false,
		`uid=a,dc=x\,dc=example,dc=org`: false,
	} {
		require.Equal(t, inside, below(dn, base), "%q", dn)
	}
	require.True(t, below("dc=org", ""))
}

func TestSplitDN(t *testing.T) {
	t.Parallel()
	relative, parent, err := splitDN(`CN=Doe\, Jane+uid=7,OU=Some\20 People,dc=example`)
	require.NoError(t, err)
	require.Equal(t, `CN=Doe\2c Jane+uid=7`, renderRDN(relative))
	require.Equal(t, "OU=Some  People,dc=example", parent)
	_, parent, err = splitDN("dc=example")
	require.NoError(t, err)
	require.Empty(t, parent)
	for _, wrong := range []string{"", "anna", "uid=", "=a", "uid=a,"} {
		_, _, err = splitDN(wrong)
		if wrong != "uid=" {
			require.Error(t, err, "%q", wrong)
		}
	}
}

// A value in a name comes back as it was, is one naming attribute, and changes nothing around it.
func FuzzEscapedValue(f *testing.F) {
	for _, seed := range []string{"anna", " a ", "#a", `a,b=c+d"e\f<g>h;i`, "\x00\n", "zoë", `\2c`, "a\x7f", "名前"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if value == "" || !utf8.ValidString(value) {
			return
		}
		dn := rdn("cn", value) + ",ou=people,dc=example"
		parsed, err := goldap.ParseDN(dn)
		require.NoError(t, err)
		require.Len(t, parsed.RDNs, 3)
		require.Len(t, parsed.RDNs[0].Attributes, 1)
		require.Equal(t, value, parsed.RDNs[0].Attributes[0].Value)
		require.Equal(t, dn, renderDN(parsed))
		require.True(t, below(dn, "dc=example"))
		require.Equal(t, canonicalDN(dn), canonicalDN(canonicalDN(dn)))
	})
}

// No value can widen a filter: the compiled filter has the parts it was built with.
func FuzzExampleFilter(f *testing.F) {
	f.Add("cn", "*)(uid=*")
	f.Add("cn)(|", "x")
	f.Add(`a\`, "\x00")
	f.Fuzz(func(t *testing.T, name, value string) {
		if value == "" || isPseudo(name) {
			return
		}
		s := shape{filter: "(objectClass=person)"}
		filter, err := exampleFilter(s, connector.Attributes{name: value})
		if err != nil {
			require.False(t, isAttributeName(name))
			return
		}
		packet, err := goldap.CompileFilter(filter)
		require.NoError(t, err)
		require.EqualValues(t, goldap.FilterAnd, packet.Tag)
		require.Len(t, packet.Children, 2)
		require.EqualValues(t, goldap.FilterEqualityMatch, packet.Children[1].Tag, "%q %q", name, value)
	})
}

func FuzzParseDefinition(f *testing.F) {
	f.Add("( 2.5.4.3 NAME ( 'cn' 'commonName' ) DESC 'RFC: name(s)' SUP name )")
	f.Add("( 1 NAME 'x' MUST ( a $ b ) MAY c X-ORIGIN 'y' )")
	f.Add("'")
	f.Fuzz(func(t *testing.T, text string) {
		a, names := parseAttributeType(text)
		if len(names) > 0 {
			require.Equal(t, names[0], a.name)
		}
		for _, words := range parseDefinition(text) {
			for _, word := range words {
				require.Contains(t, text, word)
			}
		}
	})
}
