package bpm

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"provost/bpm/xmltree"
)

// Severity says how much a finding matters.
type Severity string

// The severities. A definition with an error is refused, one with warnings runs but hardly as it was meant, a hint is advice.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityHint    Severity = "hint"
)

// Finding is one remark about a definition, for the person who drew it.
type Finding struct {
	File     string   `json:"file,omitempty"` // set by who reads files
	Element  string   `json:"element"`        // id of the element, or of the nearest one around it that has an id
	Severity Severity `json:"severity"`
	Code     Code     `json:"code"`
	Message  string   `json:"message"`
	Line     int      `json:"line,omitempty"` // in the document, from 1

	offset int // for sorting
}

// NewFinding makes a finding that has no place in a document, with the severity of its code.
func NewFinding(code Code, element, message string) Finding {
	return Finding{Code: code, Severity: codes[code].severity, Element: element, Message: message}
}

// String gives the finding as one line.
func (f Finding) String() string {
	var place strings.Builder
	if f.File != "" {
		place.WriteString(f.File + ":")
	}
	if f.Line > 0 {
		fmt.Fprintf(&place, "%d:", f.Line)
	}
	if place.Len() > 0 {
		place.WriteByte(' ')
	}
	if f.Element != "" {
		fmt.Fprintf(&place, "%s: ", f.Element)
	}
	return fmt.Sprintf("%s%s: %s [%s]", &place, f.Severity, f.Message, f.Code)
}

// Refused reports whether a definition with these findings may not be published.
func Refused(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == SeverityError })
}

// SortFindings puts findings in the order of their places in the document, and those of one place in that of their codes.
func SortFindings(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.offset, b.offset), strings.Compare(string(a.Code), string(b.Code)), strings.Compare(a.Message, b.Message))
	})
}

// notes gathers findings.
type notes struct{ findings []Finding }

// longestMessage and longestElement bound what a finding repeats of a document: its names may be as long as the document.
const (
	longestMessage = 2000
	longestElement = 200
)

// add notes something about an element, with the severity that the code has; nil stands for the document.
func (n *notes) add(code Code, at *xmltree.Element, format string, args ...any) {
	f := Finding{Code: code, Severity: codes[code].severity, Message: cut(fmt.Sprintf(format, args...), longestMessage)}
	if at != nil {
		f.Element, f.Line, f.offset = cut(nearestID(at), longestElement), at.Line, at.Offset
	}
	n.findings = append(n.findings, f)
}

func (n *notes) sorted() []Finding {
	SortFindings(n.findings)
	return n.findings
}

// nearestID gives the id of the element or of the nearest one around it.
func nearestID(e *xmltree.Element) string {
	for ; e != nil; e = e.Parent {
		if id := e.Attr("id"); id != "" {
			return id
		}
	}
	return ""
}
