package bpm

import (
	"strconv"
	"strings"

	"provost/bpm/xmltree"
)

// extensionElements lists the elements of our namespace that an element carries.
func extensionElements(e *xmltree.Element) []*xmltree.Element {
	var found []*xmltree.Element
	for _, holder := range e.All(bpmnSpace, "extensionElements") {
		for _, child := range holder.Children() {
			if child.Space == Namespace {
				found = append(found, child)
			}
		}
	}
	return found
}

// documentation gives the text that BPMN has for descriptions.
func documentation(e *xmltree.Element) string {
	if d := e.First(bpmnSpace, "documentation"); d != nil {
		return d.Text()
	}
	return ""
}

// booleans are the booleans of XML.
var booleans = []string{"true", "false", "1", "0"}

// isTrue reads a boolean of XML.
func isTrue(e *xmltree.Element, name string) bool {
	value := e.Attr(name)
	return value == "true" || value == "1"
}

// unlessFalse reads a boolean of XML that is true when it is left out.
func unlessFalse(e *xmltree.Element, name string) bool {
	value := e.Attr(name)
	return value != "false" && value != "0"
}

// whole reads a number; what is none is found by the table of extensions, or by Check.
func whole(e *xmltree.Element, name string) int {
	n, err := strconv.Atoi(strings.TrimSpace(e.Attr(name)))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// list reads principals, separated by commas, semicolons or line ends. Commas within #{expressions} do not separate.
func list(text string) []string {
	var found []string
	var item strings.Builder
	flush := func() {
		if s := strings.TrimSpace(item.String()); s != "" {
			found = append(found, s)
		}
		item.Reset()
	}
	parts, err := pieces(text)
	if err != nil {
		parts = []piece{{text: text}}
	}
	for _, p := range parts {
		if p.script {
			item.WriteString("#{" + p.text + "}")
			continue
		}
		for _, c := range p.text {
			if c == ',' || c == ';' || c == '\n' {
				flush()
			} else {
				item.WriteRune(c)
			}
		}
	}
	flush()
	return found
}
