package bpm

import (
	"fmt"
	"slices"
	"strings"

	"provost/bpm/xmltree"
)

// Source is a script or expression of a definition, with its place.
type Source struct {
	What string // the condition of the flow, the trigger onLoad …
	Text string // JavaScript

	at *xmltree.Element
}

// Unreadable is the finding about a script that is none; line is that in the script, 0 when it is not known.
func (s Source) Unreadable(line int, reason string) Finding {
	var n notes
	if line > 0 {
		reason = fmt.Sprintf("line %d: %s", line, reason)
	}
	n.add(ScriptSyntax, s.at, "%s cannot be read as JavaScript: %s", s.What, reason)
	return n.findings[0]
}

// keep notes a script for those who ask for all of them.
func (c *checker) keep(at *xmltree.Element, text, what string) {
	if text != "" {
		c.scripts = append(c.scripts, Source{What: what, Text: text, at: at})
	}
}

// scriptLimit bounds each script and text: longer ones are tables that belong elsewhere.
const scriptLimit = 64 << 10

// script checks a script or condition: JavaScript, or one whole expression.
func (c *checker) script(at *xmltree.Element, text, what string) {
	if len(text) > scriptLimit {
		c.add(ScriptTooLong, at, "%s has %d bytes, more than %d: move texts and tables out of it", what, len(text), scriptLimit)
	}
	trimmed := strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(trimmed, "#{"):
		c.expressions(at, trimmed, what)
		if parts, err := pieces(trimmed); err == nil && len(parts) > 1 {
			c.add(BadExpression, at, "%s is more than one expression: write one #{expression}, or plain JavaScript", what)
		}
	case strings.HasPrefix(trimmed, "${"):
		c.foreign(at, what)
	default:
		c.keep(at, text, what)
	}
}

// literal checks a text that may hold expressions.
func (c *checker) literal(at *xmltree.Element, text, what string) {
	if len(text) > scriptLimit {
		c.add(LiteralTooLong, at, "%s has %d bytes, more than %d: shorten it", what, len(text), scriptLimit)
	}
	if strings.Contains(text, "${") {
		c.foreign(at, what)
	}
	c.expressions(at, text, what)
}

func (c *checker) foreign(at *xmltree.Element, what string) {
	c.add(BadExpression, at, "%s has an expression that begins with ${: write #{JavaScript}", what)
}

func (c *checker) expressions(at *xmltree.Element, text, what string) {
	parts, err := pieces(text)
	switch {
	case err != nil:
		c.add(BadExpression, at, "%s: %s", what, err)
	case slices.ContainsFunc(parts, func(p piece) bool { return p.script && p.text == "" }):
		c.add(BadExpression, at, "%s has an empty expression #{}", what)
	default:
		for _, p := range parts {
			if p.script {
				c.keep(at, parenthesised(p.text), what)
			}
		}
	}
}

// formats are the names of the language of scripts. Nothing is JavaScript too.
var formats = []string{"", "javascript", "js", "ecmascript", "text/javascript", "application/javascript", "application/ecmascript", "text/ecmascript"}

// languages finds scripts and conditions that say they are written in something else.
func (c *checker) languages() {
	for _, e := range c.definition.elements {
		if e.kind == ScriptTask {
			c.language(e.source, e.source.Attr("scriptFormat"))
		}
	}
	for _, f := range c.definition.flows {
		if condition := f.source.First(bpmnSpace, "conditionExpression"); condition != nil {
			c.language(f.source, condition.Attr("language"))
		}
	}
}

func (c *checker) language(at *xmltree.Element, format string) {
	if !slices.Contains(formats, strings.ToLower(strings.TrimSpace(format))) {
		c.add(ScriptLanguage, at, "the script is in %.80q: write JavaScript", format)
	}
}
