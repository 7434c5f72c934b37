package bpm

import (
	"fmt"
	"slices"
	"strings"

	"provost/bpm/xmltree"
)

// Change is how two definitions differ in an element.
type Change string

// The changes.
const (
	ElementAdded   Change = "added"
	ElementRemoved Change = "removed"
	ElementChanged Change = "changed"
)

// Difference is one thing in which two definitions differ: an element that only one of them has, or a property of one that both have.
type Difference struct {
	Change   Change `json:"change"`
	Element  string `json:"element"` // id
	Type     string `json:"type"`    // in BPMN's words: userTask, sequenceFlow …
	Name     string `json:"name,omitempty"`
	Property string `json:"property,omitempty"` // of a changed element: name, idm:form/idm:field[days]/required …
	Before   string `json:"before,omitempty"`   // nothing where the property was not there
	After    string `json:"after,omitempty"`
}

// Diff tells what changed from one definition to another: elements by their ids, with every property that differs. Diagrams do not count. The
// differences are in the order of the newer document; what was removed comes last.
func Diff(before, after *Definition) []Difference {
	old, fresh := parts(before), parts(after)
	var all []Difference
	for _, e := range fresh.order {
		was, ok := old.byID[e.Attr("id")]
		if !ok {
			all = append(all, difference(ElementAdded, e))
			continue
		}
		all = append(all, compare(was, e)...)
	}
	for _, e := range old.order {
		if _, ok := fresh.byID[e.Attr("id")]; !ok {
			all = append(all, difference(ElementRemoved, e))
		}
	}
	return all
}

func difference(change Change, e *xmltree.Element) Difference {
	return Difference{Change: change, Element: e.Attr("id"), Type: e.Name, Name: strings.TrimSpace(e.Attr("name"))}
}

// index of the elements that are compared by their ids.
type partIndex struct {
	order []*xmltree.Element
	byID  map[string]*xmltree.Element
}

// parts gathers the process, its steps, flows and lanes, and what is declared beside it.
func parts(d *Definition) partIndex {
	index := partIndex{byID: map[string]*xmltree.Element{}}
	gather := func(e *xmltree.Element) bool {
		if id := e.Attr("id"); id != "" && stands(e) && index.byID[id] == nil {
			index.byID[id] = e
			index.order = append(index.order, e)
		}
		return true
	}
	for _, e := range d.document.Root.Children() {
		if e == d.process {
			e.Walk(gather)
		} else if e.Space == bpmnSpace && e.Name != "process" {
			gather(e)
		}
	}
	return index
}

// standing are the elements with an id of their own that are neither steps nor declared beside the process.
var standing = []string{"process", "sequenceFlow", "lane", "message", "signal", "error", "escalation"}

// stands reports whether an element is compared for itself and not as a part of another.
func stands(e *xmltree.Element) bool {
	return e.Space == bpmnSpace && (nodeTypes[e.Name] != "" || slices.Contains(standing, e.Name))
}

// compare lists the properties in which an element differs.
func compare(before, after *xmltree.Element) []Difference {
	old, fresh := properties{values: map[string]string{}}, properties{values: map[string]string{}}
	old.gather(before, "")
	fresh.gather(after, "")
	var all []Difference
	note := func(property string) {
		d := difference(ElementChanged, after)
		d.Property, d.Before, d.After = property, old.values[property], fresh.values[property]
		all = append(all, d)
	}
	if before.Name != after.Name {
		d := difference(ElementChanged, after)
		d.Property, d.Before, d.After = "type", before.Name, after.Name
		all = append(all, d)
	}
	for _, name := range fresh.order {
		if value, ok := old.values[name]; !ok || value != fresh.values[name] {
			note(name)
		}
	}
	for _, name := range old.order {
		if _, ok := fresh.values[name]; !ok {
			note(name)
		}
	}
	return all
}

// properties are what an element says, flat: attributes and texts by their paths.
type properties struct {
	order  []string
	values map[string]string
}

func (p *properties) set(path, value string) {
	if _, known := p.values[path]; !known {
		p.order = append(p.order, path)
	}
	p.values[path] = value
}

// gather adds what an element and the parts of it say. Ids of parts are made by editors and mean nothing; so do the flows that a step repeats.
func (p *properties) gather(e *xmltree.Element, path string) {
	for _, a := range e.Attrs {
		if a.Name != "id" && a.Prefix != "xmlns" && a.Name != "xmlns" {
			p.set(path+a.Name, a.Value)
		}
	}
	if text := e.Text(); text != "" {
		p.set(strings.TrimSuffix(path+"text", "/text"), text)
	}
	seen := map[string]int{}
	for _, child := range e.Children() {
		if stands(child) || child.Space == bpmnSpace && (child.Name == "incoming" || child.Name == "outgoing") {
			continue
		}
		inner := path
		if !child.Is(bpmnSpace, "extensionElements") {
			inner = path + p.step(child, seen) + "/"
			if len(child.Attrs) == 0 && len(child.Nodes) == 0 {
				p.set(strings.TrimSuffix(inner, "/"), "")
			}
		}
		p.gather(child, inner)
	}
}

// step names a part among its siblings: by its own name or code, or by its number from the second on.
func (p *properties) step(e *xmltree.Element, seen map[string]int) string {
	name := e.Name
	if e.Space == Namespace {
		name = "idm:" + name
	} else if e.Space != bpmnSpace {
		name = e.Prefix + ":" + name
	}
	for _, key := range []string{"name", "code", "on"} {
		if value := e.Attr(key); value != "" && e.Space == Namespace {
			name = fmt.Sprintf("%s[%s]", name, value)
			break
		}
	}
	seen[name]++
	if n := seen[name]; n > 1 {
		return fmt.Sprintf("%s(%d)", name, n)
	}
	return name
}
