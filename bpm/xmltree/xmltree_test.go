package xmltree_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm/xmltree"
)

var limits = xmltree.Limits{Bytes: 1000, Depth: 5, Elements: 8}

func TestADocumentComesBackAsItWas(t *testing.T) {
	t.Parallel()
	const head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	for _, text := range []string{
		`<a/>`,
		`<a b="1" c=""/>`,
		`<x:a xmlns:x="urn:x" x:b="1"><y xmlns="urn:y"><z/></y></x:a>`,
		"<a>\n  <b>text &lt; &amp; > \"quoted\" 'too'</b>\n</a>",
		`<a b="&lt;&quot;&amp;>&#xA;&#x9;&#xD;"/>`,
		`<a>]]&gt; and &gt;</a>`,
		`<a><!-- a comment --><?program do?></a>`,
		"<a>Señal €</a>",
		`<a xml:lang="es"/>`,
	} {
		document, err := xmltree.Parse([]byte(head+text), limits)
		require.NoError(t, err, text)
		want := strings.Replace(text, " and &gt;", " and >", 1)
		require.Equal(t, head+want+"\n", string(document.Bytes()))
	}
	document, err := xmltree.Parse([]byte("<!--before--><?p q?><a/><!--after-->"), limits)
	require.NoError(t, err)
	require.Equal(t, head+"<!--before-->\n<?p q?>\n<a/>\n<!--after-->\n", string(document.Bytes()))
}

func TestSectionsBecomeText(t *testing.T) {
	t.Parallel()
	document, err := xmltree.Parse([]byte(`<a><![CDATA[1 < 2 ]]]]><![CDATA[> 3]]></a>`), limits)
	require.NoError(t, err)
	require.Equal(t, "1 < 2 ]]> 3", document.Root.Text())
	again, err := xmltree.Parse(document.Bytes(), limits)
	require.NoError(t, err, string(document.Bytes()))
	require.Equal(t, "1 < 2 ]]> 3", again.Root.Text())
}

func TestNamespaces(t *testing.T) {
	t.Parallel()
	document, err := xmltree.Parse([]byte(`<a xmlns="urn:1" xmlns:p="urn:2"><p:b p:c="x" d="y"/><b xmlns="urn:3" xmlns:p="urn:4"><p:c/></b><p:e/><f xmlns=""/></a>`), limits)
	require.NoError(t, err)
	root := document.Root
	require.True(t, root.Is("urn:1", "a"))
	b := root.First("urn:2", "b")
	require.NotNil(t, b)
	value, ok := b.Lookup("urn:2", "c")
	require.True(t, ok)
	require.Equal(t, "x", value)
	require.Equal(t, "y", b.Attr("d"))
	require.Empty(t, b.Attr("c"), "an attribute with a prefix is another")
	require.NotNil(t, root.First("urn:3", "b").First("urn:4", "c"))
	require.NotNil(t, root.First("urn:2", "e"), "what an element declares ends with it")
	require.NotNil(t, root.First("", "f"))
	require.Nil(t, root.First("urn:1", "b"))
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source string
		reason xmltree.Reason
		line   int
	}{
		"nothing":            {"", xmltree.Malformed, 1},
		"only a comment":     {"<!-- -->", xmltree.Malformed, 1},
		"text before":        {"x<a/>", xmltree.Malformed, 1},
		"text behind":        {"<a/>x", xmltree.Malformed, 1},
		"unclosed":           {"<a>\n<b>", xmltree.Malformed, 2},
		"closed too often":   {"<a/></a>", xmltree.Malformed, 1},
		"closed by another":  {"<a>\n\n</b>", xmltree.Malformed, 3},
		"other prefix":       {`<x:a xmlns:x="urn:x" xmlns:y="urn:x"></y:a>`, xmltree.Malformed, 1},
		"two roots":          {"<a/><a/>", xmltree.Malformed, 1},
		"attribute twice":    {`<a b="" b=""/>`, xmltree.Malformed, 1},
		"undeclared prefix":  {`<x:a/>`, xmltree.Malformed, 1},
		"undeclared in attr": {`<a x:b=""/>`, xmltree.Malformed, 1},
		"out of scope":       {`<a><b xmlns:x="urn:x"/><x:c/></a>`, xmltree.Malformed, 1},
		"entity":             {`<a>&nbsp;</a>`, xmltree.Malformed, 1},
		"doctype":            {"\n<!DOCTYPE html>\n<a/>", xmltree.HasDoctype, 2},
		"entity bomb":        {`<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>`, xmltree.HasDoctype, 1},
		"external entity":    {`<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>`, xmltree.HasDoctype, 1},
		"NUL":                {"<a b=\"\x00\"/>", xmltree.Malformed, 1},
		"not UTF-8":          {"<a>\xc3\x28</a>", xmltree.Malformed, 1},
		"UTF-16":             {"\xff\xfe<\x00", xmltree.BadEncoding, 1},
		"unknown encoding":   {`<?xml version="1.0" encoding="shift-jis"?><a/>`, xmltree.BadEncoding, 1},
		"XML 1.1":            {`<?xml version="1.1"?><a/>`, xmltree.Malformed, 1},
		"too large":          {"<a>" + strings.Repeat(" ", 1000) + "</a>", xmltree.TooLarge, 0},
		"too deep":           {strings.Repeat("<a>", 6), xmltree.TooDeep, 1},
		"too many":           {"<a>" + strings.Repeat("<b/>", 8) + "</a>", xmltree.TooManyElements, 1},
		"cut within a name":  {"<a><bc", xmltree.Malformed, 1},
		"cut within a value": {`<a b="`, xmltree.Malformed, 1},
		"attribute unquoted": {`<a b=c/>`, xmltree.Malformed, 1},
		"comment not closed": {`<a><!-- </a>`, xmltree.Malformed, 1},
		"end of section":     {`<a>]]></a>`, xmltree.Malformed, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := xmltree.Parse([]byte(c.source), limits)
			refused, ok := errors.AsType[*xmltree.RefusedError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, c.reason, refused.Reason, refused.Message)
			require.Equal(t, c.line, refused.Line, refused.Message)
			require.NotEmpty(t, err.Error())
		})
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	document, err := xmltree.Parse([]byte("<a>\n  <b/>\n\n  <c>\n</c></a>"), limits)
	require.NoError(t, err)
	var lines []int
	last := -1
	document.Root.Walk(func(e *xmltree.Element) bool {
		lines = append(lines, e.Line)
		require.Greater(t, e.Offset, last)
		last = e.Offset
		return e.Name != "c"
	})
	require.Equal(t, []int{1, 2, 4}, lines)
}

func TestBuiltDocuments(t *testing.T) {
	t.Parallel()
	root := xmltree.New("p", "urn:p", "a").Declare("p", "urn:p").Declare("", "urn:q").Set("b", "1").Set("b", "2")
	child := root.Add(xmltree.New("p", "urn:p", "c"))
	child.Write("text").Write("")
	root.Add(xmltree.New("", "urn:q", "d")).Add(xmltree.New("", "urn:q", "e"))
	document := &xmltree.Document{Root: root}
	document.Indent()
	want := "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<p:a xmlns:p=\"urn:p\" xmlns=\"urn:q\" b=\"2\">\n  <p:c>text</p:c>\n  <d>\n    <e/>\n  </d>\n</p:a>\n"
	require.Equal(t, want, string(document.Bytes()))
	document.Indent()
	require.Equal(t, want, string(document.Bytes()), "a second time changes nothing")
	require.Same(t, root, child.Parent)
	require.Len(t, root.Children(), 2)
	require.Len(t, root.All("urn:p", "c"), 1)
}

func TestIllegalCharactersAreReplaced(t *testing.T) {
	t.Parallel()
	root := xmltree.New("", "", "a").Set("b", "x\x00y\xff").Write("\x1b\uFFFE ok\n")
	again, err := xmltree.Parse((&xmltree.Document{Root: root}).Bytes(), limits)
	require.NoError(t, err)
	require.Equal(t, "x\uFFFDy\uFFFD", again.Root.Attr("b"))
	require.Equal(t, "\uFFFD\uFFFD ok", again.Root.Text())
}

func FuzzTree(f *testing.F) {
	for _, seed := range []string{`<a b="1"><!-- c --><d>x</d><?e f?></a>`, `<a><![CDATA[]]]]><![CDATA[>]]></a>`, `<x:a xmlns:x="u"/>`, "<a>\r\n&#13;</a>"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		document, err := xmltree.Parse(source, xmltree.Limits{Bytes: 1 << 16, Depth: 50, Elements: 1000})
		if err != nil {
			return
		}
		first := document.Bytes()
		again, err := xmltree.Parse(first, xmltree.Limits{})
		require.NoError(t, err, "%q", first)
		require.Equal(t, string(first), string(again.Bytes()))
	})
}
