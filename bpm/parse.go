package bpm

import (
	"errors"
	"regexp"
	"strings"

	"provost/bpm/xmltree"
)

// bpmnSpace is the namespace of the BPMN 2.0 model.
const bpmnSpace = "http://www.omg.org/spec/BPMN/20100524/MODEL"

// limits of an uploaded document.
var limits = xmltree.Limits{Bytes: 5 << 20, Depth: 200, Elements: 20_000}

// refusals are the codes of documents that cannot be read at all.
var refusals = map[xmltree.Reason]Code{
	xmltree.Malformed: XMLMalformed, xmltree.BadEncoding: XMLEncoding, xmltree.HasDoctype: XMLDoctype,
	xmltree.TooLarge: XMLTooLarge, xmltree.TooDeep: XMLTooDeep, xmltree.TooManyElements: XMLTooManyElements,
}

// Parse reads a BPMN 2.0 document. The findings are what stands in the way of reading it: XML that is none, elements outside of the
// profile, references to nothing, extension elements that are misspelt; they are sorted by place. The definition is nil when no process can
// be made out; otherwise it can be checked, shown and compared, whatever the findings, and compiled when neither Parse nor Check found an
// error.
func Parse(source []byte) (*Definition, []Finding) {
	r := &reader{strangers: map[string]bool{}}
	document, err := xmltree.Parse(source, limits)
	if err != nil {
		r.refuse(err)
		return nil, r.sorted()
	}
	root := document.Root
	if !root.Is(bpmnSpace, "definitions") {
		r.add(NotBPMN, root, "the document begins with <%s> and not with the <definitions> of BPMN 2.0 (%s): export the model as BPMN 2.0 XML", root.Name, bpmnSpace)
		return nil, r.sorted()
	}
	process := r.choose(root)
	if process == nil {
		return nil, r.sorted()
	}
	r.definition = &Definition{ID: process.Attr("id"), Name: process.Attr("name"), document: document, process: process, byID: map[string]*element{}}
	r.collect(root)
	r.identify(root)
	r.head(process)
	r.lanes(process)
	r.scope(process, nil)
	r.connect()
	r.extensions(process)
	return r.definition, r.sorted()
}

// Review reads and checks a document: all findings in the order of their places.
func Review(source []byte) (*Definition, []Finding) {
	definition, findings := Parse(source)
	if definition == nil {
		return nil, findings
	}
	findings = append(findings, definition.Check()...)
	SortFindings(findings)
	return definition, findings
}

// reader builds a definition and notes what is wrong with the document.
type reader struct {
	notes

	definition *Definition
	declared   map[string]*xmltree.Element // messages, signals, errors and escalations by id
	actors     map[string][]string         // those of lanes, by the id of the step
	sequences  []pending
	strangers  map[string]bool // ids of steps outside of the profile
}

// pending is a sequence flow whose ends are not looked up yet.
type pending struct {
	flow  *sequence
	scope *element
}

func (r *reader) refuse(err error) {
	f := Finding{Code: XMLMalformed, Severity: SeverityError, Message: err.Error()}
	if refused, ok := errors.AsType[*xmltree.RefusedError](err); ok {
		f.Code, f.Line, f.Message = refusals[refused.Reason], refused.Line, refused.Message
	}
	r.findings = append(r.findings, f)
}

// choose finds the process to run: the only one, or the only one that is executable.
func (r *reader) choose(root *xmltree.Element) *xmltree.Element {
	var executable []*xmltree.Element
	processes := root.All(bpmnSpace, "process")
	for _, p := range processes {
		if p.Attr("isExecutable") == "true" {
			executable = append(executable, p)
		}
	}
	switch {
	case len(processes) == 0:
		r.add(NoProcess, root, "the document has no process: draw one, with at least a start and an end")
		return nil
	case len(executable) == 1:
		return executable[0]
	case len(processes) == 1:
		r.add(NotExecutable, processes[0], "the process is not marked as executable: it is published nevertheless; set isExecutable to true")
		return processes[0]
	case len(executable) == 0:
		r.add(SeveralProcesses, processes[1], "the document has %d processes and none is marked as executable: mark the one to publish", len(processes))
	default:
		r.add(SeveralProcesses, executable[1], "the document has %d executable processes: publish each in a file of its own", len(executable))
	}
	return nil
}

// collect gathers what steps refer to by id: what stands beside the processes.
func (r *reader) collect(root *xmltree.Element) {
	r.declared = map[string]*xmltree.Element{}
	for _, e := range root.Children() {
		if e.Space == bpmnSpace && e.Attr("id") != "" {
			r.declared[e.Attr("id")] = e
		}
	}
	for _, c := range root.All(bpmnSpace, "collaboration") {
		for _, m := range c.All(bpmnSpace, "messageFlow") {
			r.add(MessageFlow, m, "message flows between pools are drawings: messages are sent by message events")
		}
	}
}

// identify finds ids that are there twice. Diagrams count: designers find shapes by their ids.
func (r *reader) identify(root *xmltree.Element) {
	seen := map[string]bool{}
	root.Walk(func(e *xmltree.Element) bool {
		id, ok := e.Lookup("", "id")
		if !ok || e.Space == Namespace {
			return true
		}
		if seen[id] {
			r.add(DuplicateID, e, "the id %.80q is used twice: every element needs its own", id)
		}
		seen[id] = true
		return true
	})
}

// identifierForm is what ids of processes, steps and flows must be like: they stand in addresses, logs and workflow ids.
var identifierForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,199}$`)

// identifier checks the id of a process, step or flow.
func (r *reader) identifier(e *xmltree.Element) {
	if id := e.Attr("id"); id != "" && !identifierForm.MatchString(id) {
		r.add(BadID, e, "the id %.80q cannot be used: begin with a letter, use letters, digits, underscores, hyphens and dots", id)
	}
}

// head reads what the process says about itself.
func (r *reader) head(process *xmltree.Element) {
	d := r.definition
	d.Description = documentation(process)
	if d.ID == "" {
		r.add(MissingID, process, "the process has no id: it is the code by which it is known")
	}
	r.identifier(process)
	for _, e := range extensionElements(process) {
		switch e.Name {
		case "process":
			d.Kind, d.Folder = Kind(e.Attr("type")), strings.Trim(e.Attr("folder"), "/ ")
		case "acl":
			d.Access = Access{Initiators: list(e.Attr("initiators")), Managers: list(e.Attr("managers")), Observers: list(e.Attr("observers"))}
		case "attribute":
			d.Attributes = append(d.Attributes, attributeOf(e))
		case "resource":
			r.resource(e)
		}
	}
}

func attributeOf(e *xmltree.Element) Attribute {
	a := Attribute{
		Name: e.Attr("name"), Label: e.Attr("label"), Type: e.Attr("type"), ObjectType: e.Attr("objectType"),
		Multiple: isTrue(e, "multiple"), Size: whole(e, "size"), Default: e.Attr("default"),
	}
	if a.Label == "" {
		a.Label = a.Name
	}
	for _, v := range e.All(Namespace, "value") {
		choice := Value{Code: v.Attr("code"), Label: v.Attr("label")}
		if choice.Label == "" {
			choice.Label = choice.Code
		}
		a.Values = append(a.Values, choice)
	}
	return a
}

// lanes notes who stands for the steps of each lane: the innermost lane that says so.
func (r *reader) lanes(process *xmltree.Element) {
	r.actors = map[string][]string{}
	process.Walk(func(e *xmltree.Element) bool {
		if !e.Is(bpmnSpace, "lane") {
			return true
		}
		for _, x := range extensionElements(e) {
			if x.Name != "lane" {
				continue
			}
			actors := list(x.Attr("actors"))
			e.Walk(func(ref *xmltree.Element) bool { // inner lanes are visited later, and win
				if ref.Is(bpmnSpace, "flowNodeRef") {
					r.actors[ref.Text()] = actors
				}
				return true
			})
		}
		return true
	})
}
