package ldapdev_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"provost/internal/ldapdev"
)

func TestParseLDIF(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text     string
		expected []ldapdev.Record
	}{
		"nothing":           {"", nil},
		"only comments":     {"# one\n  folded comment\n\n# two\n", nil},
		"version line":      {"version: 1\ndn: a=b\na: b\n", []ldapdev.Record{entry(2, "a=b", "a", "b")}},
		"version paragraph": {"version: 1\n\ndn: a=b\na: b\n", []ldapdev.Record{entry(3, "a=b", "a", "b")}},
		"no final newline":  {"dn: a=b\na: b", []ldapdev.Record{entry(1, "a=b", "a", "b")}},
		"windows lines":     {"dn: a=b\r\na: b\r\n\r\ndn: c=d\r\nc: d\r\n", []ldapdev.Record{entry(1, "a=b", "a", "b"), entry(4, "c=d", "c", "d")}},
		"folded value":      {"dn: a=b,\n c=d\na: long\n er\n  text\n", []ldapdev.Record{entry(1, "a=b,c=d", "a", "longer text")}},
		"comment inside":    {"dn: a=b\n# why\n  folded\na: b\n", []ldapdev.Record{entry(1, "a=b", "a", "b")}},
		"base64":            {"dn:: Y249TcO8bGxlcg==\ncn:: TcO8bGxlcg==\n", []ldapdev.Record{entry(1, "cn=Müller", "cn", "Müller")}},
		"many spaces":       {"dn:   a=b\na:    b \n", []ldapdev.Record{entry(1, "a=b", "a", "b ")}},
		"no space":          {"dn:a=b\na:b\n", []ldapdev.Record{entry(1, "a=b", "a", "b")}},
		"empty value":       {"dn: a=b\na:\n", []ldapdev.Record{entry(1, "a=b", "a", "")}},
		"colon in value":    {"dn: a=b\na: b:c\n", []ldapdev.Record{entry(1, "a=b", "a", "b:c")}},
		"explicit add":      {"dn: a=b\nchangetype: add\na: b\n", []ldapdev.Record{entry(1, "a=b", "a", "b")}},
		"delete":            {"dn: a=b\nchangetype: delete\n", []ldapdev.Record{{Line: 1, DN: "a=b", Change: ldapdev.Delete}}},
		"values are gathered by name": {
			"dn: a=b\nmail: 1\ncn: x\nMail: 2\nmail;lang-de: 3\n",
			[]ldapdev.Record{{Line: 1, DN: "a=b", Change: ldapdev.Add, Attributes: []ldapdev.Attribute{
				{Name: "mail", Values: []string{"1", "2"}}, {Name: "cn", Values: []string{"x"}}, {Name: "mail;lang-de", Values: []string{"3"}},
			}}},
		},
		"modify": {
			"dn: a=b\nchangetype: modify\nadd: mail\nmail: 1\nmail: 2\n-\ndelete: cn\n-\nreplace: sn\nsn: x",
			[]ldapdev.Record{{Line: 1, DN: "a=b", Change: ldapdev.Modify, Modifications: []ldapdev.Modification{
				{Operation: "add", Attribute: ldapdev.Attribute{Name: "mail", Values: []string{"1", "2"}}},
				{Operation: "delete", Attribute: ldapdev.Attribute{Name: "cn"}},
				{Operation: "replace", Attribute: ldapdev.Attribute{Name: "sn", Values: []string{"x"}}},
			}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			records, err := ldapdev.ParseLDIF(strings.NewReader(c.text))
			require.NoError(t, err)
			require.Equal(t, c.expected, records)
		})
	}
}

func entry(line int, dn, name, value string) ldapdev.Record {
	return ldapdev.Record{Line: line, DN: dn, Change: ldapdev.Add, Attributes: []ldapdev.Attribute{{Name: name, Values: []string{value}}}}
}

func TestParseLDIFNamesTheLineThatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text   string
		line   int
		reason string
	}{
		"no dn":               {"\n\ncn: a\n", 3, "must begin with dn:"},
		"no colon":            {"dn: a=b\njust text\n", 2, "not of the form"},
		"space in name":       {"dn: a=b\ncommon name: x\n", 2, "not of the form"},
		"broken base64":       {"dn: a=b\na:: %%%\n", 2, "no base64"},
		"broken base64 in dn": {"dn:: %%%\na: b\n", 1, "no base64"},
		"value by URL":        {"dn: a=b\nphoto:< file:///etc/passwd\n", 2, "URL"},
		"control":             {"dn: a=b\ncontrol: 1.2.3 true\nchangetype: delete\n", 2, "controls"},
		"rename":              {"dn: a=b\nchangetype: modrdn\nnewrdn: a=c\n", 1, "modrdn"},
		"entry without body":  {"dn: a=b\n", 1, "no attributes"},
		"delete with body":    {"dn: a=b\nchangetype: delete\na: b\n", 3, "nothing after"},
		"unknown operation":   {"dn: a=b\nchangetype: modify\nincrement: n\nn: 1\n", 3, "no modification"},
		"foreign value":       {"dn: a=b\nchangetype: modify\nadd: mail\ncn: x\n", 3, "another attribute"},
		"folded lines count":  {"dn: a=b\na: b\n c\n d\nwrong\n", 5, "not of the form"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ldapdev.ParseLDIF(strings.NewReader(c.text))
			var syntax *ldapdev.SyntaxError
			require.ErrorAs(t, err, &syntax)
			require.Equal(t, c.line, syntax.Line)
			require.Contains(t, syntax.Reason, c.reason)
		})
	}
}

func TestParseLDIFPassesOnErrorsOfTheReader(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	_, err := ldapdev.ParseLDIF(iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
}

// FuzzParseLDIF checks that nothing makes the reader panic, that errors name an existing line, and that entries survive
// being written out and read again.
func FuzzParseLDIF(f *testing.F) {
	f.Add("version: 1\n\ndn: a=b\n# c\na:: Yg==\n d\n\ndn: c=d\nchangetype: modify\nadd: x\nx: 1\n-\n")
	f.Add("dn: a=b\nchangetype: delete\n")
	f.Add(" \n:\n::\ndn:<\n")
	f.Fuzz(func(t *testing.T, text string) {
		records, err := ldapdev.ParseLDIF(strings.NewReader(text))
		if syntax, ok := errors.AsType[*ldapdev.SyntaxError](err); ok {
			require.Positive(t, syntax.Line)
			require.LessOrEqual(t, syntax.Line, strings.Count(text, "\n")+1)
			return
		}
		require.NoError(t, err)
		again, err := ldapdev.ParseLDIF(strings.NewReader(write(records)))
		require.NoError(t, err)
		require.Equal(t, withoutLines(records), withoutLines(again))
	})
}

// write is the reverse of ParseLDIF, with every value in base64.
func write(records []ldapdev.Record) string {
	var b strings.Builder
	values := func(a ldapdev.Attribute) {
		for _, value := range a.Values {
			fmt.Fprintf(&b, "%s:: %s\n", a.Name, base64.StdEncoding.EncodeToString([]byte(value)))
		}
	}
	for _, record := range records {
		fmt.Fprintf(&b, "dn:: %s\nchangetype: %s\n", base64.StdEncoding.EncodeToString([]byte(record.DN)), record.Change)
		for _, attribute := range record.Attributes {
			values(attribute)
		}
		for _, one := range record.Modifications {
			fmt.Fprintf(&b, "%s:: %s\n", one.Operation, base64.StdEncoding.EncodeToString([]byte(one.Name)))
			values(one.Attribute)
			b.WriteString("-\n")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func withoutLines(records []ldapdev.Record) []ldapdev.Record {
	stripped := make([]ldapdev.Record, len(records))
	for i, record := range records {
		record.Line = 0
		stripped[i] = record
	}
	return stripped
}
