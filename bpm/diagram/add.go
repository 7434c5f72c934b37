package diagram

import (
	"slices"
	"strconv"
	"strings"

	"provost/bpm/xmltree"
)

// Namespaces of BPMN and its diagrams.
const (
	model   = "http://www.omg.org/spec/BPMN/20100524/MODEL"
	shapes  = "http://www.omg.org/spec/BPMN/20100524/DI"
	bounds  = "http://www.omg.org/spec/DD/20100524/DC"
	drawing = "http://www.omg.org/spec/DD/20100524/DI"
)

// Add gives a BPMN document a drawing of each of its processes, in place of those that it has. Pools, lanes and notes are not drawn.
func Add(document *xmltree.Document) {
	root := document.Root
	root.Nodes = slices.DeleteFunc(root.Nodes, func(n xmltree.Node) bool {
		return n.Kind == xmltree.ElementNode && n.Element.Is(shapes, "BPMNDiagram")
	})
	used := names{}
	root.Walk(func(e *xmltree.Element) bool {
		used[e.Attr("id")] = true
		return true
	})
	for _, process := range root.All(model, "process") {
		root.Add(used.diagramOf(process))
	}
}

// names are the ids of a document.
type names map[string]bool

// of makes an id that is not in use.
func (n names) of(base string) string {
	id := base
	for i := 2; n[id]; i++ {
		id = base + "_" + strconv.Itoa(i)
	}
	n[id] = true
	return id
}

func (n names) diagramOf(process *xmltree.Element) *xmltree.Element {
	name := process.Attr("id")
	d := xmltree.New("bpmndi", shapes, "BPMNDiagram").Set("id", n.of(name+"_diagram"))
	d.Declare("bpmndi", shapes).Declare("dc", bounds).Declare("di", drawing)
	plane := d.Add(xmltree.New("bpmndi", shapes, "BPMNPlane").Set("id", n.of(name+"_plane")).Set("bpmnElement", name))
	all := Lay(graphOf(process))
	process.Walk(func(e *xmltree.Element) bool {
		if box, ok := all.Boxes[e.Attr("id")]; ok && e.Space == model {
			plane.Add(n.shape(e, box))
		}
		return true
	})
	process.Walk(func(e *xmltree.Element) bool {
		if line, ok := all.Lines[e.Attr("id")]; ok && e.Is(model, "sequenceFlow") {
			plane.Add(n.edge(e, line))
		}
		return true
	})
	return d
}

// graphOf gathers the steps and flows of a process or sub-process.
func graphOf(scope *xmltree.Element) Graph {
	var g Graph
	for _, e := range scope.Children() {
		id := e.Attr("id")
		if e.Space != model || id == "" {
			continue
		}
		if e.Name == "sequenceFlow" {
			g.Edges = append(g.Edges, Edge{id, e.Attr("sourceRef"), e.Attr("targetRef")})
			continue
		}
		width, height := sizeOf(e.Name)
		if width == 0 {
			continue
		}
		n := Node{ID: id, Width: width, Height: height}
		if e.Name == "boundaryEvent" {
			n.Host = e.Attr("attachedToRef")
		}
		if inside := graphOf(e); len(inside.Nodes) > 0 {
			n.Inside = &inside
		}
		g.Nodes = append(g.Nodes, n)
	}
	return g
}

// sizeOf gives the usual size of a step; 0 for what is none.
func sizeOf(name string) (width, height int) {
	switch {
	case strings.HasSuffix(name, "Event"):
		return event, event
	case strings.HasSuffix(name, "Gateway"):
		return 50, 50
	case strings.HasSuffix(name, "Task"), name == "task", name == "callActivity", name == "subProcess":
		return 100, 80
	}
	return 0, 0
}

func (n names) shape(e *xmltree.Element, box Box) *xmltree.Element {
	s := xmltree.New("bpmndi", shapes, "BPMNShape").Set("id", n.of(e.Attr("id")+"_shape")).Set("bpmnElement", e.Attr("id"))
	if e.Name == "subProcess" {
		s.Set("isExpanded", "true")
	}
	if e.Name == "exclusiveGateway" {
		s.Set("isMarkerVisible", "true")
	}
	s.Add(boundsOf(box))
	if name := e.Attr("name"); name != "" && (strings.HasSuffix(e.Name, "Event") || strings.HasSuffix(e.Name, "Gateway")) {
		s.Add(xmltree.New("bpmndi", shapes, "BPMNLabel")).Add(boundsOf(labelBelow(name, box)))
	}
	return s
}

// labelBelow is a place for the name of an event or gateway, below it.
func labelBelow(name string, box Box) Box {
	width := min(7*len([]rune(name))+4, 90)
	return Box{box.center().X - width/2, box.Y + box.Height + 4, width, 14}
}

func boundsOf(box Box) *xmltree.Element {
	b := xmltree.New("dc", bounds, "Bounds")
	return b.Set("x", strconv.Itoa(box.X)).Set("y", strconv.Itoa(box.Y)).Set("width", strconv.Itoa(box.Width)).Set("height", strconv.Itoa(box.Height))
}

func (n names) edge(e *xmltree.Element, line []Point) *xmltree.Element {
	d := xmltree.New("bpmndi", shapes, "BPMNEdge").Set("id", n.of(e.Attr("id")+"_edge")).Set("bpmnElement", e.Attr("id"))
	for _, p := range line {
		d.Add(xmltree.New("di", drawing, "waypoint")).Set("x", strconv.Itoa(p.X)).Set("y", strconv.Itoa(p.Y))
	}
	return d
}
