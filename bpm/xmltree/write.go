package xmltree

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Bytes writes the document in UTF-8.
func (d *Document) Bytes() []byte {
	var out bytes.Buffer
	out.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	for _, n := range d.Before {
		n.write(&out)
		out.WriteByte('\n')
	}
	Node{Element: d.Root}.write(&out)
	for _, n := range d.After {
		out.WriteByte('\n')
		n.write(&out)
	}
	out.WriteByte('\n')
	return out.Bytes()
}

// Indent puts every element that has no text beside it on a line of its own. White space between elements is not kept.
func (d *Document) Indent() { d.Root.indent("\n") }

func (e *Element) indent(line string) {
	elements := 0
	for _, n := range e.Nodes {
		if n.Kind == TextNode && strings.TrimSpace(n.Text) != "" {
			return
		}
		if n.Kind == ElementNode {
			elements++
		}
	}
	if elements == 0 {
		return
	}
	nodes := make([]Node, 0, 2*len(e.Nodes)+1)
	for _, n := range e.Nodes {
		if n.Kind == TextNode {
			continue
		}
		if n.Kind == ElementNode {
			n.Element.indent(line + "  ")
		}
		nodes = append(nodes, Node{Kind: TextNode, Text: line + "  "}, n)
	}
	e.Nodes = append(nodes, Node{Kind: TextNode, Text: line}) //nolint:gocritic // the new list takes the place of the old one
}

// Texts and attribute values are escaped such that they are read as they were, with their line ends. A > stays readable where it may: not
// behind a bracket, nor where a bracket may stand in the text before.
var (
	escapeText  = strings.NewReplacer("&", "&amp;", "<", "&lt;", "]>", "]&gt;", "\r", "&#xD;")
	escapeValue = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\n", "&#xA;", "\r", "&#xD;", "\t", "&#x9;")
)

func escape(text string) string {
	text = legal(text)
	if rest, found := strings.CutPrefix(text, ">"); found {
		return "&gt;" + escapeText.Replace(rest)
	}
	return escapeText.Replace(text)
}

// legal replaces what no XML document may hold, such as NUL; it cannot come from one either.
func legal(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 {
			return r
		}
		return utf8.RuneError
	}, text)
}

func (n Node) write(out *bytes.Buffer) {
	switch n.Kind {
	case TextNode:
		out.WriteString(escape(n.Text))
	case CommentNode:
		out.WriteString("<!--" + n.Text + "-->")
	case InstructionNode:
		out.WriteString("<?" + n.Text + "?>")
	case ElementNode:
		n.Element.write(out)
	}
}

func (e *Element) write(out *bytes.Buffer) {
	out.WriteString("<" + e.tag())
	for _, a := range e.Attrs {
		name := a.Name
		if a.Prefix != "" {
			name = a.Prefix + ":" + name
		}
		out.WriteString(" " + name + `="` + escapeValue.Replace(legal(a.Value)) + `"`)
	}
	if len(e.Nodes) == 0 {
		out.WriteString("/>")
		return
	}
	out.WriteByte('>')
	for _, n := range e.Nodes {
		n.write(out)
	}
	out.WriteString("</" + e.tag() + ">")
}
