package ldapdev

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
)

// ChangeType says what a record of an LDIF file does.
type ChangeType string

// The change types that are understood. A record without one adds an entry.
const (
	Add    ChangeType = "add"
	Modify ChangeType = "modify"
	Delete ChangeType = "delete"
)

// Attribute is the description of an attribute, options included (`userCertificate;binary`), with its values.
type Attribute struct {
	Name   string
	Values []string
}

// Modification is one part of a modify record.
type Modification struct {
	Operation string // add, replace or delete
	Attribute
}

// Record is one entry or change of an LDIF file.
type Record struct {
	Line          int // where it begins, from 1
	DN            string
	Change        ChangeType
	Attributes    []Attribute    // of Add
	Modifications []Modification // of Modify
}

// SyntaxError says where an LDIF file is wrong.
type SyntaxError struct {
	Line   int
	Reason string
}

// Error names the line and the reason.
func (e *SyntaxError) Error() string { return fmt.Sprintf("LDIF line %d: %s", e.Line, e.Reason) }

// ParseLDIF reads an LDIF file as RFC 2849 defines it: entries and add, modify and delete records, with comments, folded
// lines, base64 values and attribute options. Values by URL, controls and renames are refused. Errors are *SyntaxError,
// or come from r.
func ParseLDIF(r io.Reader) ([]Record, error) {
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read LDIF: %w", err)
	}
	var records []Record
	for _, group := range groups(unfold(content)) {
		record, err := parseRecord(group)
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
	return records, nil
}

// line is a logical line: folded ones joined.
type line struct {
	number int
	text   string
}

// unfold joins each line that begins with a space to the one before. Comments can be folded too, so they go afterwards.
func unfold(content []byte) []line {
	var lines []line
	for i, raw := range bytes.Split(content, []byte("\n")) {
		text := strings.TrimSuffix(string(raw), "\r")
		if rest, folded := strings.CutPrefix(text, " "); folded && len(lines) > 0 && lines[len(lines)-1].text != "" {
			lines[len(lines)-1].text += rest
			continue
		}
		lines = append(lines, line{number: i + 1, text: text})
	}
	return lines
}

// groups splits the lines into records at empty lines, without comments and without the version line.
func groups(lines []line) [][]line {
	var all [][]line
	var current []line
	end := func() {
		if len(current) > 0 {
			all = append(all, current)
			current = nil
		}
	}
	for _, one := range lines {
		switch {
		case strings.TrimSpace(one.text) == "":
			end()
		case strings.HasPrefix(one.text, "#"):
		case len(all) == 0 && len(current) == 0 && hasName(one.text, "version"):
		default:
			current = append(current, one)
		}
	}
	end()
	return all
}

func hasName(text, name string) bool {
	before, _, found := strings.Cut(text, ":")
	return found && strings.EqualFold(before, name)
}

func parseRecord(lines []line) (Record, error) {
	name, dn, err := parseLine(lines[0])
	if err != nil {
		return Record{}, err
	}
	if !strings.EqualFold(name, "dn") {
		return Record{}, &SyntaxError{lines[0].number, fmt.Sprintf("a record must begin with dn:, not with %s:", name)}
	}
	record := Record{Line: lines[0].number, DN: dn, Change: Add}
	rest := lines[1:]
	if len(rest) > 0 && hasName(rest[0].text, "control") {
		return Record{}, &SyntaxError{rest[0].number, "controls are not supported"}
	}
	if len(rest) > 0 && hasName(rest[0].text, "changetype") {
		_, change, err := parseLine(rest[0])
		if err != nil {
			return Record{}, err
		}
		record.Change = ChangeType(strings.ToLower(change))
		rest = rest[1:]
	}
	return record, record.parseBody(rest)
}

func (r *Record) parseBody(lines []line) (err error) {
	switch r.Change {
	case Add:
		r.Attributes, err = parseAttributes(lines)
		if err == nil && len(r.Attributes) == 0 {
			err = &SyntaxError{r.Line, "the entry has no attributes"}
		}
		return err
	case Modify:
		r.Modifications, err = parseModifications(lines)
		return err
	case Delete:
		if len(lines) > 0 {
			return &SyntaxError{lines[0].number, "a delete record has nothing after its changetype"}
		}
		return nil
	default:
		return &SyntaxError{r.Line, fmt.Sprintf("changetype %q is not supported (add, modify and delete are)", r.Change)}
	}
}

// parseAttributes gathers the values of each attribute, in the order in which the attributes first appear.
func parseAttributes(lines []line) ([]Attribute, error) {
	var attributes []Attribute
	index := map[string]int{}
	for _, one := range lines {
		name, value, err := parseLine(one)
		if err != nil {
			return nil, err
		}
		key := strings.ToLower(name)
		at, known := index[key]
		if !known {
			at = len(attributes)
			index[key] = at
			attributes = append(attributes, Attribute{Name: name})
		}
		attributes[at].Values = append(attributes[at].Values, value)
	}
	return attributes, nil
}

// parseModifications reads blocks that begin with `add: name` (or replace, delete), go on with values of that attribute and
// end with a line `-`, which may be missing at the end of the record.
func parseModifications(lines []line) ([]Modification, error) {
	var all []Modification
	for len(lines) > 0 {
		operation, name, err := parseLine(lines[0])
		if err != nil {
			return nil, err
		}
		operation = strings.ToLower(operation)
		if operation != "add" && operation != "replace" && operation != "delete" {
			return nil, &SyntaxError{lines[0].number, fmt.Sprintf("%q is no modification (add, replace and delete are)", operation)}
		}
		end := 1
		for end < len(lines) && lines[end].text != "-" {
			end++
		}
		values, err := parseAttributes(lines[1:end])
		if err != nil {
			return nil, err
		}
		one := Modification{Operation: operation, Attribute: Attribute{Name: name}}
		if len(values) > 1 || len(values) == 1 && !strings.EqualFold(values[0].Name, name) {
			return nil, &SyntaxError{lines[0].number, fmt.Sprintf("the block %s: %s has values of another attribute", operation, name)}
		}
		if len(values) == 1 {
			one.Values = values[0].Values
		}
		all = append(all, one)
		lines = lines[min(end+1, len(lines)):]
	}
	return all, nil
}

// parseLine reads `name: value` and `name:: base64`.
func parseLine(one line) (name, value string, err error) {
	name, rest, found := strings.Cut(one.text, ":")
	if !found || name == "" || strings.ContainsAny(name, " \t") {
		return "", "", &SyntaxError{one.number, fmt.Sprintf("%.60q is not of the form name: value", one.text)}
	}
	if encoded, isBase64 := strings.CutPrefix(rest, ":"); isBase64 {
		decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
		if err != nil {
			return "", "", &SyntaxError{one.number, fmt.Sprintf("the value of %s is no base64: %v", name, err)}
		}
		return name, string(decoded), nil
	}
	if strings.HasPrefix(rest, "<") {
		return "", "", &SyntaxError{one.number, fmt.Sprintf("the value of %s is a URL, which is not supported", name)}
	}
	return name, strings.TrimLeft(rest, " "), nil
}
