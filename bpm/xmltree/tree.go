// Package xmltree keeps an XML document as it was written: prefixes, order, comments, white space and everything that nobody interprets. So a
// document can be read, looked at, changed in one place and written again without a loss elsewhere.
//
// It reads what strangers upload: document types and entities are refused, and size, depth and number of elements are limited.
package xmltree

import "strings"

// Document is a whole XML document.
type Document struct {
	Before []Node // comments and processing instructions before the root
	Root   *Element
	After  []Node
}

// Kind is what a node is.
type Kind int

// The kinds of nodes.
const (
	ElementNode Kind = iota
	TextNode
	CommentNode
	InstructionNode // Text is all between <? and ?>
)

// Node is a piece of content: an element, or a text.
type Node struct {
	Kind    Kind
	Element *Element
	Text    string
}

// Attr is an attribute. Space is the namespace that the prefix stands for; an attribute without prefix has none.
type Attr struct {
	Prefix, Space, Name, Value string
}

// Element is an element with its content.
type Element struct {
	Prefix, Space, Name string
	Attrs               []Attr
	Nodes               []Node
	Parent              *Element
	Line, Offset        int // place of the start tag in the source: line from 1, byte from 0
}

// New makes an element without a place.
func New(prefix, space, name string) *Element {
	return &Element{Prefix: prefix, Space: space, Name: name}
}

// Is reports whether the element has the name in the namespace.
func (e *Element) Is(space, name string) bool { return e.Space == space && e.Name == name }

// Attr gives the value of an attribute without prefix, "" when there is none.
func (e *Element) Attr(name string) string {
	value, _ := e.Lookup("", name)
	return value
}

// Lookup gives the value of an attribute of a namespace and whether it is there.
func (e *Element) Lookup(space, name string) (string, bool) {
	for _, a := range e.Attrs {
		if a.Space == space && a.Name == name && a.Prefix != "xmlns" {
			return a.Value, true
		}
	}
	return "", false
}

// Set gives an attribute without prefix a value, and answers the element for the next call.
func (e *Element) Set(name, value string) *Element {
	for i := range e.Attrs {
		if a := &e.Attrs[i]; a.Prefix == "" && a.Name == name {
			a.Value = value
			return e
		}
	}
	e.Attrs = append(e.Attrs, Attr{Name: name, Value: value})
	return e
}

// Declare binds a prefix to a namespace at the element; the prefix "" is that of elements without one.
func (e *Element) Declare(prefix, space string) *Element {
	if prefix == "" {
		return e.Set("xmlns", space)
	}
	e.Attrs = append(e.Attrs, Attr{Prefix: "xmlns", Name: prefix, Value: space})
	return e
}

// Children lists the elements directly below.
func (e *Element) Children() []*Element {
	var children []*Element
	for _, n := range e.Nodes {
		if n.Kind == ElementNode {
			children = append(children, n.Element)
		}
	}
	return children
}

// All lists the children of a name.
func (e *Element) All(space, name string) []*Element {
	var found []*Element
	for _, n := range e.Nodes {
		if n.Kind == ElementNode && n.Element.Is(space, name) {
			found = append(found, n.Element)
		}
	}
	return found
}

// First gives the first child of a name, or nil.
func (e *Element) First(space, name string) *Element {
	for _, n := range e.Nodes {
		if n.Kind == ElementNode && n.Element.Is(space, name) {
			return n.Element
		}
	}
	return nil
}

// Text gives the text directly in the element, without white space around it.
func (e *Element) Text() string {
	var text strings.Builder
	for _, n := range e.Nodes {
		if n.Kind == TextNode {
			text.WriteString(n.Text)
		}
	}
	return strings.TrimSpace(text.String())
}

// Add appends a child and answers it.
func (e *Element) Add(child *Element) *Element {
	child.Parent = e
	e.Nodes = append(e.Nodes, Node{Kind: ElementNode, Element: child})
	return child
}

// Write appends text and answers the element.
func (e *Element) Write(text string) *Element {
	if text != "" {
		e.Nodes = append(e.Nodes, Node{Kind: TextNode, Text: text})
	}
	return e
}

// Walk visits the element and everything below it in document order, down to where visit answers false.
func (e *Element) Walk(visit func(*Element) bool) {
	if !visit(e) {
		return
	}
	for _, n := range e.Nodes {
		if n.Kind == ElementNode {
			n.Element.Walk(visit)
		}
	}
}
