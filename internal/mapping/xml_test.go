package mapping_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"provost/internal/mapping"
)

const sampleExport = `<?xml version="1.0" encoding="UTF-8"?>
<mappings xmlns="urn:provost:mapping:1">
  <mapping systemObject="inetOrgPerson" objectType="user">
    <condition><![CDATA[userType == "E" && active]]></condition>
    <property name="key">dn</property>
    <property name="rename">true</property>
    <row direction="&lt;=&gt;">
      <system>cn</system>
      <provost>accountName</provost>
    </row>
    <row direction="&lt;=">
      <system>displayName</system>
      <provost>// full name
return firstName + " " + lastName;</provost>
    </row>
    <trigger kind="preDelete">return false;</trigger>
  </mapping>
  <mapping systemObject="group" objectType="role">
  </mapping>
</mappings>
`

func sampleMappings() []mapping.ObjectMapping {
	return []mapping.ObjectMapping{
		{
			SystemObject: "inetOrgPerson", ObjectType: mapping.TypeUser,
			Condition:  `userType == "E" && active`,
			Properties: map[string]string{"rename": "true", "key": "dn"},
			Rows: []mapping.Row{
				{System: "cn", Direction: mapping.DirectionBoth, Provost: "accountName"},
				{System: "displayName", Direction: mapping.DirectionOut, Provost: "// full name\nreturn firstName + \" \" + lastName;"},
			},
			Triggers: []mapping.Trigger{{Kind: mapping.TriggerPreDelete, Script: "return false;"}},
		},
		{SystemObject: "group", ObjectType: mapping.TypeRole},
	}
}

func TestExportIsReadable(t *testing.T) {
	t.Parallel()
	require.Equal(t, sampleExport, string(mapping.Export(sampleMappings())))
}

func TestImport(t *testing.T) {
	t.Parallel()
	read, err := mapping.Import([]byte(sampleExport))
	require.NoError(t, err)
	require.Equal(t, sampleMappings(), read)

	read, err = mapping.Import(mapping.Export(nil))
	require.NoError(t, err)
	require.Empty(t, read)
}

func TestImportRefuses(t *testing.T) {
	t.Parallel()
	const open, end = `<mappings xmlns="urn:provost:mapping:1">`, `</mappings>`
	const user = open + `<mapping systemObject="x" objectType="user">`
	for text, message := range map[string]string{
		"":                                   "EOF",
		"{}":                                 "text outside",
		"<a>":                                "namespace",
		`<x xmlns="urn:provost:mapping:1"/>`: "root element",
		`<!DOCTYPE m [<!ENTITY a "b">]>` + open + end:                                     "DTD",
		open + `<!DOCTYPE m>` + end:                                                       "DTD",
		open + "\n\n<other/>" + end:                                                       "line 3: unexpected element <other>",
		open + end + open + end:                                                           "unexpected element <mappings>",
		open + `<mapping systemObject="x"/>` + end:                                        `needs the attribute "objectType"`,
		open + `<mapping systemObject="x" objectType="user" a=""/>` + end:                 `no attribute "a"`,
		open + `<mapping systemObject="x" objectType="person"/>` + end:                    "not an object type",
		user + `<row direction="=="/></mapping>` + end:                                    "not an arrow",
		user + `<row direction="=&gt;"><system>a</system><system/></row></mapping>` + end: "two <system>",
		user + `<row direction="=&gt;"><system a="">a</system></row></mapping>` + end:     `no attribute "a"`,
		user + `<row direction="=&gt;"><system><b/></system></row></mapping>` + end:       "unexpected element <b>",
		user + `<row direction="=&gt;"><other/></row></mapping>` + end:                    "unexpected element <other>",
		user + `<row/></mapping>` + end:                                                   `needs the attribute "direction"`,
		user + `<trigger kind="never">x</trigger></mapping>` + end:                        "not a trigger",
		user + `<trigger>x</trigger></mapping>` + end:                                     `needs the attribute "kind"`,
		user + `<property>x</property></mapping>` + end:                                   `needs the attribute "name"`,
		user + `<property name="a"/><property name="a"/></mapping>` + end:                 "exists twice",
		user + `<condition>a</condition><condition>b</condition></mapping>` + end:         "two conditions",
		user + `<condition><!DOCTYPE x></condition></mapping>` + end:                      "DTD",
		user + `<condition>&unknown;</condition></mapping>` + end:                         "entity",
		user + `text</mapping>` + end:                                                     "text outside",
		user + `</mapping>`:                                                               "unexpected EOF",
		`<?xml version="1.0" encoding="ISO-8859-1"?>` + open + end:                        "encoding",
		open + "<!--" + strings.Repeat("x", mapping.MaxXMLSize) + "-->" + end:             "larger than",
	} {
		_, err := mapping.Import([]byte(text))
		require.ErrorIs(t, err, mapping.ErrXML, "%.200s", text)
		require.ErrorContains(t, err, message, "%.200s", text)
	}
}

func TestExportImportKeepsEverything(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(
		rapid.StringMatching(`[ -~\n\t]{1,20}`),
		rapid.SampledFrom([]string{"]]>", "a\r\nb", "<![CDATA[x]]>", "&amp;", " padded ", "\"quoted\"", "größe 💡", "\n"}),
	)
	row := rapid.Custom(func(t *rapid.T) mapping.Row {
		return mapping.Row{
			System: text.Draw(t, "system"), Provost: text.Draw(t, "provost"),
			Direction: rapid.SampledFrom([]mapping.Direction{"<=", "=>", "<=>"}).Draw(t, "direction"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		m := mapping.ObjectMapping{
			SystemObject: text.Draw(t, "object"),
			ObjectType:   rapid.SampledFrom(mapping.ObjectTypes()).Draw(t, "type"),
			Condition:    text.Draw(t, "condition"),
			Properties:   rapid.MapOfN(text, text, 1, 3).Draw(t, "properties"),
			Rows:         rapid.SliceOfN(row, 1, 3).Draw(t, "rows"),
			Triggers: []mapping.Trigger{{
				Kind: rapid.SampledFrom(mapping.TriggerKinds()).Draw(t, "kind"), Script: text.Draw(t, "script"),
			}},
		}
		read, err := mapping.Import(mapping.Export([]mapping.ObjectMapping{m}))
		require.NoError(t, err)
		require.Equal(t, []mapping.ObjectMapping{m}, read)
	})
}

func FuzzImport(f *testing.F) {
	f.Add([]byte(sampleExport))
	f.Add([]byte(`<mappings xmlns="urn:provost:mapping:1"/>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := mapping.Import(data)
		if err != nil {
			require.ErrorIs(t, err, mapping.ErrXML)
			return
		}
		again, err := mapping.Import(mapping.Export(read))
		require.NoError(t, err)
		require.Equal(t, read, again)
	})
}
