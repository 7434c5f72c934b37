package xmltree

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Reason says why a document was refused.
type Reason string

// The reasons.
const (
	Malformed       Reason = "malformed"
	BadEncoding     Reason = "encoding"
	HasDoctype      Reason = "doctype"
	TooLarge        Reason = "too-large"
	TooDeep         Reason = "too-deep"
	TooManyElements Reason = "too-many-elements"
)

// Limits bound what Parse reads; zero is no limit.
type Limits struct {
	Bytes, Depth, Elements int
}

// RefusedError is why a document cannot be read, with the line, from 1, or 0 where there is none.
type RefusedError struct {
	Reason  Reason
	Line    int
	Message string
}

// Error gives the sentence.
func (e *RefusedError) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Message)
}

const (
	xmlSpace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsSpace = "http://www.w3.org/2000/xmlns/"
)

// Parse reads a document. The error is a *RefusedError.
func Parse(source []byte, limits Limits) (*Document, error) {
	if limits.Bytes > 0 && len(source) > limits.Bytes {
		return nil, &RefusedError{Reason: TooLarge, Message: fmt.Sprintf("the document has %d bytes, more than %d", len(source), limits.Bytes)}
	}
	if bytes.HasPrefix(source, []byte{0xFE, 0xFF}) || bytes.HasPrefix(source, []byte{0xFF, 0xFE}) {
		return nil, &RefusedError{Reason: BadEncoding, Line: 1, Message: "the document is UTF-16: save it as UTF-8"}
	}
	source = bytes.TrimPrefix(source, []byte("\xEF\xBB\xBF"))
	p := &parser{limits: limits, document: &Document{}, spaces: map[string][]string{}}
	p.decoder = xml.NewDecoder(bytes.NewReader(source))
	p.decoder.CharsetReader = p.charset
	for {
		p.offset = int(p.decoder.InputOffset())
		p.line, _ = p.decoder.InputPos()
		token, err := p.decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return p.finish()
		}
		if err == nil {
			err = p.take(token)
		}
		if err != nil {
			return nil, p.explain(err)
		}
	}
}

// parser builds the tree from raw tokens: those keep the prefixes, and leave matching and namespaces to us.
type parser struct {
	limits       Limits
	decoder      *xml.Decoder
	document     *Document
	open         []*Element
	elements     int
	spaces       map[string][]string // namespaces by prefix, the innermost last
	line, offset int
}

func (p *parser) refuse(reason Reason, format string, args ...any) error {
	return &RefusedError{Reason: reason, Line: p.line, Message: fmt.Sprintf(format, args...)}
}

// explain makes an error of the decoder ours.
func (p *parser) explain(err error) error {
	if refused, ok := errors.AsType[*RefusedError](err); ok {
		return refused
	}
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		p.line = syntax.Line
		return p.refuse(Malformed, "this is not well-formed XML: %s", syntax.Msg)
	}
	return p.refuse(Malformed, "this is not well-formed XML: %s", err)
}

func (p *parser) finish() (*Document, error) {
	if n := len(p.open); n > 0 {
		return nil, p.refuse(Malformed, "this is not well-formed XML: the document ends before <%s> of line %d is closed", p.open[n-1].tag(), p.open[n-1].Line)
	}
	if p.document.Root == nil {
		return nil, p.refuse(Malformed, "this is not well-formed XML: the document has no element")
	}
	return p.document, nil
}

func (p *parser) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return p.start(t)
	case xml.EndElement:
		return p.end(t)
	case xml.CharData:
		return p.text(string(t))
	case xml.Comment:
		p.append(Node{Kind: CommentNode, Text: string(t)})
	case xml.ProcInst:
		if t.Target != "xml" {
			p.append(Node{Kind: InstructionNode, Text: strings.TrimSpace(t.Target + " " + string(t.Inst))})
		}
	case xml.Directive:
		return p.refuse(HasDoctype, "document types and entities are not accepted: remove <!%.20s…>", string(t))
	}
	return nil
}

// append puts content where the parser is: into the open element, or around the root.
func (p *parser) append(n Node) {
	switch {
	case len(p.open) > 0:
		top := p.open[len(p.open)-1]
		top.Nodes = append(top.Nodes, n)
	case p.document.Root == nil:
		p.document.Before = append(p.document.Before, n)
	default:
		p.document.After = append(p.document.After, n)
	}
}

func (p *parser) text(text string) error {
	if len(p.open) > 0 {
		if text != "" { // an empty section
			p.append(Node{Kind: TextNode, Text: text})
		}
		return nil
	}
	if strings.TrimSpace(text) != "" {
		return p.refuse(Malformed, "this is not well-formed XML: text outside of the root element")
	}
	return nil
}

func (p *parser) start(t xml.StartElement) error {
	p.elements++
	if p.limits.Elements > 0 && p.elements > p.limits.Elements {
		return p.refuse(TooManyElements, "the document has more than %d elements", p.limits.Elements)
	}
	if p.limits.Depth > 0 && len(p.open) >= p.limits.Depth {
		return p.refuse(TooDeep, "the elements are nested more than %d deep", p.limits.Depth)
	}
	if len(p.open) == 0 && p.document.Root != nil {
		return p.refuse(Malformed, "this is not well-formed XML: a second root element <%s>", t.Name.Local)
	}
	e := &Element{Prefix: t.Name.Space, Name: t.Name.Local, Line: p.line, Offset: p.offset}
	seen := make(map[xml.Name]bool, len(t.Attr))
	for _, a := range t.Attr {
		if seen[a.Name] {
			return p.refuse(Malformed, "this is not well-formed XML: <%s> has the attribute %s twice", e.tag(), a.Name.Local)
		}
		seen[a.Name] = true
		e.Attrs = append(e.Attrs, Attr{Prefix: a.Name.Space, Name: a.Name.Local, Value: a.Value})
	}
	if len(p.open) == 0 {
		p.document.Root = e
	} else {
		e.Parent = p.open[len(p.open)-1]
		p.append(Node{Kind: ElementNode, Element: e})
	}
	p.open = append(p.open, e)
	return p.resolve(e)
}

func (p *parser) end(t xml.EndElement) error {
	n := len(p.open)
	if n == 0 {
		return p.refuse(Malformed, "this is not well-formed XML: </%s> closes nothing", t.Name.Local)
	}
	if top := p.open[n-1]; top.Prefix != t.Name.Space || top.Name != t.Name.Local {
		return p.refuse(Malformed, "this is not well-formed XML: <%s> of line %d is closed by </%s>", top.tag(), top.Line, t.Name.Local)
	}
	p.leave(p.open[n-1])
	p.open = p.open[:n-1]
	return nil
}

// resolve finds the namespaces of the element and its attributes.
func (p *parser) resolve(e *Element) error {
	for _, a := range e.Attrs {
		if prefix, declares := a.declares(); declares {
			p.spaces[prefix] = append(p.spaces[prefix], a.Value)
		}
	}
	space, found := p.namespace(e.Prefix)
	if !found {
		return p.refuse(Malformed, "the prefix %s of <%s> is not declared: add xmlns:%s", e.Prefix, e.tag(), e.Prefix)
	}
	e.Space = space
	for i := range e.Attrs {
		a := &e.Attrs[i]
		if a.Prefix == "" {
			continue
		}
		if a.Space, found = p.namespace(a.Prefix); !found {
			return p.refuse(Malformed, "the prefix %s of the attribute %s is not declared: add xmlns:%s", a.Prefix, a.Name, a.Prefix)
		}
	}
	return nil
}

// leave forgets what the element declared.
func (p *parser) leave(e *Element) {
	for _, a := range e.Attrs {
		if prefix, declares := a.declares(); declares {
			p.spaces[prefix] = p.spaces[prefix][:len(p.spaces[prefix])-1]
		}
	}
}

// declares gives the prefix that the attribute binds, if it is a declaration of a namespace.
func (a Attr) declares() (prefix string, yes bool) {
	if a.Prefix == "xmlns" {
		return a.Name, true
	}
	return "", a.Prefix == "" && a.Name == "xmlns"
}

// namespace gives what a prefix stands for where the parser is. No prefix and no declaration is no namespace.
func (p *parser) namespace(prefix string) (string, bool) {
	switch prefix {
	case "xml":
		return xmlSpace, true
	case "xmlns":
		return xmlnsSpace, true
	}
	if bound := p.spaces[prefix]; len(bound) > 0 {
		return bound[len(bound)-1], true
	}
	return "", prefix == ""
}

// tag is the name as it is written.
func (e *Element) tag() string {
	if e.Prefix == "" {
		return e.Name
	}
	return e.Prefix + ":" + e.Name
}
