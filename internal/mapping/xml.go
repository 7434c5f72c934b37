package mapping

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxXMLSize limits what [Import] reads, in bytes.
const MaxXMLSize = 4 << 20

// xmlNamespace names the format and its version.
const xmlNamespace = "urn:provost:mapping:1"

// ErrXML says that a text is not an export of mappings; its message has the line.
var ErrXML = errors.New("not a mapping export")

// Export writes mappings as XML: a person can read and compare it, [Import] reads it back. Properties are sorted, so that
// equal mappings give equal texts. Characters XML cannot hold (control characters) are replaced with U+FFFD.
func Export(mappings []ObjectMapping) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	fmt.Fprintf(&b, "<mappings xmlns=%q>\n", xmlNamespace)
	for _, m := range mappings {
		fmt.Fprintf(&b, "  <mapping systemObject=\"%s\" objectType=\"%s\">\n", attr(m.SystemObject), attr(string(m.ObjectType)))
		if m.Condition != "" {
			fmt.Fprintf(&b, "    <condition>%s</condition>\n", content(m.Condition))
		}
		for _, name := range slices.Sorted(maps.Keys(m.Properties)) {
			fmt.Fprintf(&b, "    <property name=\"%s\">%s</property>\n", attr(name), content(m.Properties[name]))
		}
		for _, r := range m.Rows {
			fmt.Fprintf(&b, "    <row direction=\"%s\">\n      <system>%s</system>\n      <provost>%s</provost>\n    </row>\n",
				attr(string(r.Direction)), content(r.System), content(r.Provost))
		}
		for _, t := range m.Triggers {
			fmt.Fprintf(&b, "    <trigger kind=\"%s\">%s</trigger>\n", attr(string(t.Kind)), content(t.Script))
		}
		b.WriteString("  </mapping>\n")
	}
	b.WriteString("</mappings>\n")
	return b.Bytes()
}

func attr(text string) string {
	var b strings.Builder
	// A strings.Builder never fails.
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}

// content keeps scripts readable: as they are in CDATA where that is exact, escaped otherwise.
func content(text string) string {
	if strings.ContainsAny(text, "<>&") && !strings.ContainsRune(text, '\r') && !strings.Contains(text, "]]>") && cleanXML(text) {
		return "<![CDATA[" + text + "]]>"
	}
	return strings.NewReplacer("&#xA;", "\n", "&#x9;", "\t", "&#34;", `"`, "&#39;", "'").Replace(attr(text))
}

// cleanXML tells whether XML 1.0 can hold every character.
func cleanXML(text string) bool {
	for _, r := range text {
		if r < 0x20 && r != '\t' && r != '\n' || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF {
			return false
		}
	}
	return true
}

// Import reads an export. It refuses anything it does not know (elements, attributes, directions, types, a DTD, more than
// [MaxXMLSize] bytes) with [ErrXML] and the line; whether the mappings make sense is for [CompileAll] to say.
func Import(data []byte) ([]ObjectMapping, error) {
	if len(data) > MaxXMLSize {
		return nil, fmt.Errorf("%w: larger than %d bytes", ErrXML, MaxXMLSize)
	}
	r := &xmlReader{decoder: xml.NewDecoder(bytes.NewReader(data))}
	mappings, err := r.document()
	if err != nil {
		line, _ := r.decoder.InputPos()
		return nil, fmt.Errorf("%w: line %d: %w", ErrXML, line, err)
	}
	return mappings, nil
}

type xmlReader struct {
	decoder *xml.Decoder
}

func (r *xmlReader) document() ([]ObjectMapping, error) {
	root, ok, err := r.next()
	if err != nil {
		return nil, err
	}
	if !ok || root.Name.Local != "mappings" {
		return nil, errors.New("the root element must be <mappings>")
	}
	mappings := []ObjectMapping{}
	err = r.children(func(e xml.StartElement) error {
		if e.Name.Local != "mapping" {
			return unknownElement(e)
		}
		m, err := r.mapping(e)
		mappings = append(mappings, m)
		return err
	})
	if err != nil {
		return nil, err
	}
	switch extra, _, err := r.next(); {
	case errors.Is(err, io.EOF):
		return mappings, nil
	case err != nil:
		return nil, err
	default:
		return nil, unknownElement(extra)
	}
}

// next returns the next child element; ok is false at the end of its parent.
func (r *xmlReader) next() (e xml.StartElement, ok bool, err error) {
	for {
		token, err := r.decoder.Token()
		if err != nil {
			return e, false, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Space != xmlNamespace {
				return e, false, fmt.Errorf("<%s> is not of the namespace %s", t.Name.Local, xmlNamespace)
			}
			return t, true, nil
		case xml.EndElement:
			return e, false, nil
		case xml.Directive:
			return e, false, errors.New("a DTD is not allowed")
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				return e, false, errors.New("text outside of an element that holds text")
			}
		}
	}
}

func (r *xmlReader) children(read func(xml.StartElement) error) error {
	for {
		e, ok, err := r.next()
		if err != nil || !ok {
			return err
		}
		if err := read(e); err != nil {
			return err
		}
	}
}

func (r *xmlReader) mapping(e xml.StartElement) (ObjectMapping, error) {
	values, err := attributes(e, "systemObject", "objectType")
	if err != nil {
		return ObjectMapping{}, err
	}
	m := ObjectMapping{SystemObject: values["systemObject"], ObjectType: ObjectType(values["objectType"])}
	if !m.ObjectType.Valid() {
		return m, fmt.Errorf("%q is not an object type", m.ObjectType)
	}
	err = r.children(func(e xml.StartElement) error { return r.part(&m, e) })
	return m, err
}

func (r *xmlReader) part(m *ObjectMapping, e xml.StartElement) error {
	switch e.Name.Local {
	case "condition":
		if m.Condition != "" {
			return errors.New("the mapping has two conditions")
		}
		return r.text(e, &m.Condition)
	case "property":
		return r.property(m, e)
	case "row":
		row, err := r.row(e)
		m.Rows = append(m.Rows, row)
		return err
	case "trigger":
		return r.trigger(m, e)
	}
	return unknownElement(e)
}

func (r *xmlReader) property(m *ObjectMapping, e xml.StartElement) error {
	values, err := attributes(e, "name")
	if err != nil {
		return err
	}
	name := values["name"]
	if _, twice := m.Properties[name]; twice {
		return fmt.Errorf("the property %q exists twice", name)
	}
	var value string
	if err := r.content(&value); err != nil {
		return err
	}
	if m.Properties == nil {
		m.Properties = map[string]string{}
	}
	m.Properties[name] = value
	return nil
}

func (r *xmlReader) row(e xml.StartElement) (Row, error) {
	values, err := attributes(e, "direction")
	if err != nil {
		return Row{}, err
	}
	row := Row{Direction: Direction(values["direction"])}
	if !row.Direction.Valid() {
		return row, fmt.Errorf("%q is not an arrow", row.Direction)
	}
	seen := map[string]bool{}
	err = r.children(func(e xml.StartElement) error {
		if seen[e.Name.Local] {
			return fmt.Errorf("the row has two <%s>", e.Name.Local)
		}
		seen[e.Name.Local] = true
		switch e.Name.Local {
		case "system":
			return r.text(e, &row.System)
		case "provost":
			return r.text(e, &row.Provost)
		}
		return unknownElement(e)
	})
	return row, err
}

func (r *xmlReader) trigger(m *ObjectMapping, e xml.StartElement) error {
	values, err := attributes(e, "kind")
	if err != nil {
		return err
	}
	t := Trigger{Kind: TriggerKind(values["kind"])}
	if !t.Kind.Valid() {
		return fmt.Errorf("%q is not a trigger", t.Kind)
	}
	err = r.content(&t.Script)
	m.Triggers = append(m.Triggers, t)
	return err
}

// text reads an element that holds text and has no attributes.
func (r *xmlReader) text(e xml.StartElement, into *string) error {
	if _, err := attributes(e); err != nil {
		return err
	}
	return r.content(into)
}

// content reads text up to the end of the current element.
func (r *xmlReader) content(into *string) error {
	var b strings.Builder
	for {
		token, err := r.decoder.Token()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.EndElement:
			*into = b.String()
			return nil
		case xml.StartElement:
			return unknownElement(t)
		case xml.Directive:
			return errors.New("a DTD is not allowed")
		}
	}
}

// attributes returns the named attributes, all of which must be there, and refuses others.
func attributes(e xml.StartElement, names ...string) (map[string]string, error) {
	values := make(map[string]string, len(names))
	for _, a := range e.Attr {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			continue
		}
		if !slices.Contains(names, a.Name.Local) {
			return nil, fmt.Errorf("<%s> has no attribute %q", e.Name.Local, a.Name.Local)
		}
		values[a.Name.Local] = a.Value
	}
	for _, name := range names {
		if _, ok := values[name]; !ok {
			return nil, fmt.Errorf("<%s> needs the attribute %q", e.Name.Local, name)
		}
	}
	return values, nil
}

func unknownElement(e xml.StartElement) error {
	return fmt.Errorf("unexpected element <%s>", e.Name.Local)
}
