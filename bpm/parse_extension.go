package bpm

import (
	"slices"
	"strconv"
	"strings"

	"provost/bpm/xmltree"
)

// extensions compares every element of our namespace in the process with the table, so that a misspelt name is found and not ignored.
func (r *reader) extensions(process *xmltree.Element) {
	foreign := map[string]bool{}
	process.Walk(func(e *xmltree.Element) bool {
		if e.Parent != nil && e.Parent.Is(bpmnSpace, "extensionElements") && e.Space != Namespace && e.Space != bpmnSpace && !foreign[e.Space] {
			foreign[e.Space] = true
			r.add(ForeignExtension, e, "elements of %.120q are kept but not run: use those of %s", e.Space, Namespace)
		}
		if e.Space != Namespace {
			return true
		}
		x, known := extensionOf(e.Name)
		switch {
		case !known:
			r.add(UnknownExtension, e, "there is no element idm:%.80s: see the language reference for those that there are", e.Name)
			return false
		case !x.standsWell(e):
			r.add(MisplacedExtension, e, "idm:%s cannot stand here: it belongs to %s", x.name, x.places())
			return false
		}
		r.extension(x, e)
		return true
	})
}

// standsWell reports whether an element is where the table has it.
func (x extension) standsWell(e *xmltree.Element) bool {
	host := e.Parent
	if x.nested {
		return host.Space == Namespace && slices.Contains(x.hosts, host.Name)
	}
	return host.Is(bpmnSpace, "extensionElements") && host.Parent != nil && host.Parent.Space == bpmnSpace && slices.Contains(x.hosts, host.Parent.Name)
}

// extension checks one element that stands well.
func (r *reader) extension(x extension, e *xmltree.Element) {
	if first := e.Parent.First(Namespace, e.Name); !x.many && first != e {
		r.add(RepeatedExtension, e, "idm:%s is there twice: only the first can be meant", x.name)
	}
	for _, a := range e.Attrs {
		if a.Prefix != "" || a.Name == "xmlns" {
			continue
		}
		if !slices.ContainsFunc(x.attributes, func(p property) bool { return p.name == a.Name }) {
			r.add(UnknownAttribute, e, "idm:%s has no attribute %.80s: possible are %s", x.name, a.Name, x.names())
		}
	}
	for _, p := range x.attributes {
		r.property(x, p, e)
	}
}

// places lists where an extension element may stand, for people.
func (x extension) places() string {
	prefix := ""
	if x.nested {
		prefix = "idm:"
	}
	return prefix + strings.Join(x.hosts, ", "+prefix)
}

// names lists the attributes of an extension element for people.
func (x extension) names() string {
	if len(x.attributes) == 0 {
		return "none"
	}
	names := make([]string, len(x.attributes))
	for i, p := range x.attributes {
		names[i] = p.name
	}
	return strings.Join(names, ", ")
}

// property checks one attribute.
func (r *reader) property(x extension, p property, e *xmltree.Element) {
	value := strings.TrimSpace(e.Attr(p.name))
	if value == "" {
		if p.required {
			r.add(MissingAttribute, e, "idm:%s needs the attribute %s", x.name, p.name)
		}
		return
	}
	wrong := func(want string) {
		r.add(BadValue, e, "the attribute %s of idm:%s is %.80q: it must be %s", p.name, x.name, value, want)
	}
	switch {
	case len(p.choices) > 0:
		if !slices.Contains(p.choices, value) {
			wrong("one of " + strings.Join(p.choices, ", "))
		}
	case p.holds == flagValue:
		if !slices.Contains(booleans, value) {
			wrong("true or false")
		}
	case p.holds == numberValue:
		if n, err := strconv.Atoi(value); err != nil || n < 0 {
			wrong("a whole number from 0")
		}
	case p.holds == durationValue:
		if !strings.Contains(value, "#{") && !isDuration(value) {
			wrong("a duration such as P3D or PT8H, or an #{expression}")
		}
	case p.holds == flowValue:
		if !r.leaves(e, value) {
			r.add(DanglingReference, e, "%s of idm:%s names the flow %.80q, which does not go out of this step", p.name, x.name, value)
		}
	}
}

// leaves reports whether the flow goes out of the step that carries the extension element.
func (r *reader) leaves(e *xmltree.Element, flow string) bool {
	n := r.definition.byID[nearestID(e.Parent)]
	return n != nil && slices.ContainsFunc(n.out, func(f *sequence) bool { return f.id == flow })
}
