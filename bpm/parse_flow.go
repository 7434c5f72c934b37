package bpm

import (
	"fmt"
	"slices"
	"strings"

	"provost/bpm/xmltree"
)

// nodeTypes are the steps of the profile, by their BPMN elements.
var nodeTypes = map[string]NodeType{
	"startEvent": StartEvent, "endEvent": EndEvent, "intermediateCatchEvent": CatchEvent, "intermediateThrowEvent": ThrowEvent, "boundaryEvent": BoundaryEvent,
	"userTask": UserTask, "scriptTask": ScriptTask, "serviceTask": ServiceTask, "sendTask": SendTask, "callActivity": CallActivity, "subProcess": SubProcess,
	"exclusiveGateway": ExclusiveGateway, "parallelGateway": ParallelGateway, "inclusiveGateway": InclusiveGateway, "eventBasedGateway": EventGateway,
}

// drawings are BPMN elements within a process that change nothing about how it runs.
var drawings = map[string]bool{
	"documentation": true, "extensionElements": true, "laneSet": true, "textAnnotation": true, "association": true, "group": true, "dataObject": true,
	"dataObjectReference": true, "dataStoreReference": true, "auditing": true, "monitoring": true, "incoming": true, "outgoing": true,
	"multiInstanceLoopCharacteristics": true, "standardLoopCharacteristics": true, "supportedInterfaceRef": true, "property": true,
}

// instead says what to use in place of elements outside of the profile.
var instead = map[string]string{
	"task": "say what is done: use a user, script, service or send task", "manualTask": "use a user task", "receiveTask": "use a message catch event",
	"businessRuleTask": "use an exclusive gateway, or a script task", "complexGateway": "use an inclusive gateway, or several gateways",
	"transaction": "use a sub-process with an error boundary event", "adHocSubProcess": "draw the order of the steps in a sub-process",
	"choreographyTask": "choreographies are not run", "subChoreography": "choreographies are not run", "callChoreography": "choreographies are not run",
}

// scope reads what a process or sub-process contains.
func (r *reader) scope(container *xmltree.Element, parent *element) {
	for _, e := range container.Children() {
		if e.Space != bpmnSpace {
			continue
		}
		kind, known := nodeTypes[e.Name]
		switch {
		case known:
			r.node(e, kind, parent)
		case e.Name == "sequenceFlow":
			r.flow(e, parent)
		case !drawings[e.Name]:
			advice := instead[e.Name]
			if advice == "" {
				advice = "remove it"
			}
			r.add(UnsupportedElement, e, "<%s> is not part of what can be run: %s", e.Name, advice)
			r.strangers[e.Attr("id")] = true
		}
	}
}

// node reads one step, and what is in it.
func (r *reader) node(e *xmltree.Element, kind NodeType, parent *element) {
	n := &element{id: e.Attr("id"), name: strings.TrimSpace(e.Attr("name")), kind: kind, source: e, parent: parent}
	if n.id == "" {
		r.add(MissingID, e, "a <%s> has no id: every step needs one that stays the same from version to version", e.Name)
		n.id = fmt.Sprintf("%s@%d", e.Name, len(r.definition.elements)+1)
	}
	r.identifier(e)
	d := r.definition
	d.elements = append(d.elements, n)
	if d.byID[n.id] == nil {
		d.byID[n.id] = n
	}
	if e.Attr("isForCompensation") == "true" {
		r.add(UnsupportedElement, e, "compensation is not part of what can be run: model it as an ordinary path")
	}
	r.flags(e)
	n.detail.Description = documentation(e)
	r.loop(n)
	switch kind {
	case StartEvent, EndEvent, CatchEvent, ThrowEvent, BoundaryEvent:
		r.event(n)
	case SubProcess:
		n.triggered = isTrue(e, "triggeredByEvent")
		r.scope(e, n)
	case ExclusiveGateway:
		n.decision = bodyOf(e, "decision")
	case CallActivity:
		r.call(n)
	default:
		r.work(n)
	}
}

// switches are the attributes of BPMN that turn something on or off, by their elements.
var switches = map[string]string{
	"startEvent": "isInterrupting", "boundaryEvent": "cancelActivity", "subProcess": "triggeredByEvent",
	"multiInstanceLoopCharacteristics": "isSequential", "standardLoopCharacteristics": "testBefore",
}

// flags finds switches that are neither on nor off, at a step and at its loop.
func (r *reader) flags(e *xmltree.Element) {
	loops := slices.Concat(e.All(bpmnSpace, "multiInstanceLoopCharacteristics"), e.All(bpmnSpace, "standardLoopCharacteristics"))
	for _, one := range append(loops, e) {
		name := switches[one.Name]
		if value := one.Attr(name); name != "" && value != "" && !slices.Contains(booleans, value) {
			r.add(BadValue, one, "the attribute %s is %.40q: it must be true or false", name, value)
		}
	}
}

// bodyOf gives the text of an extension element, "" when it is not there.
func bodyOf(e *xmltree.Element, name string) string {
	for _, x := range extensionElements(e) {
		if x.Name == name {
			return x.Text()
		}
	}
	return ""
}

// call reads a call activity.
func (r *reader) call(n *element) {
	n.called = strings.TrimSpace(n.source.Attr("calledElement"))
	for _, x := range extensionElements(n.source) {
		c := Copy{Name: x.Attr("name"), Script: x.Text()}
		switch x.Name {
		case "input":
			n.inputs = append(n.inputs, c)
		case "output":
			n.outputs = append(n.outputs, c)
		}
	}
}

// loop reads how often an activity is done.
func (r *reader) loop(n *element) {
	if e := n.source.First(bpmnSpace, "standardLoopCharacteristics"); e != nil {
		n.loop = &Loop{Type: StandardLoop, While: childText(e, "loopCondition"), Before: isTrue(e, "testBefore"), Maximum: whole(e, "loopMaximum")}
	}
	e := n.source.First(bpmnSpace, "multiInstanceLoopCharacteristics")
	if e == nil {
		return
	}
	n.loop = &Loop{Type: ParallelLoop, Count: childText(e, "loopCardinality"), Complete: childText(e, "completionCondition")}
	if isTrue(e, "isSequential") {
		n.loop.Type = SequentialLoop
	}
	for _, x := range extensionElements(e) {
		if x.Name == "loop" {
			n.loop.Collection, n.loop.Element = x.Attr("collection"), x.Attr("element")
		}
	}
}

func childText(e *xmltree.Element, name string) string {
	if child := e.First(bpmnSpace, name); child != nil {
		return child.Text()
	}
	return ""
}

// flow reads a sequence flow; its ends are looked up when all steps are known.
func (r *reader) flow(e *xmltree.Element, scope *element) {
	f := &sequence{
		id: e.Attr("id"), name: strings.TrimSpace(e.Attr("name")), source: e,
		condition: childText(e, "conditionExpression"), onTake: bodyOf(e, "onTake"),
	}
	if f.id == "" {
		r.add(MissingID, e, "a <sequenceFlow> has no id: every flow needs one")
		f.id = fmt.Sprintf("sequenceFlow@%d", len(r.definition.flows)+1)
	}
	r.identifier(e)
	r.definition.flows = append(r.definition.flows, f)
	r.sequences = append(r.sequences, pending{f, scope})
}

// connect looks up what flows, defaults, boundary events and lanes refer to.
func (r *reader) connect() {
	d := r.definition
	for _, p := range r.sequences {
		f := p.flow
		f.from, f.to = r.end(p, "sourceRef"), r.end(p, "targetRef")
		if f.from == nil || f.to == nil {
			r.leaveOut(f)
			continue
		}
		if f.from.parent != p.scope || f.to.parent != p.scope {
			r.add(FlowCrossesScope, f.source, "the flow leads from %s to %s across the border of a sub-process: end there, and go on behind it", f.from.label(), f.to.label())
			r.leaveOut(f)
			continue
		}
		f.from.out, f.to.in = append(f.from.out, f), append(f.to.in, f)
	}
	for _, n := range d.elements {
		n.detail.laneOf(r.actors[n.id])
		r.setDefault(n)
		if n.kind == BoundaryEvent {
			r.attach(n)
		}
	}
}

// leaveOut takes a flow out of the model, so that one mistake is not found again and again.
func (r *reader) leaveOut(f *sequence) {
	if f.from != nil {
		f.from.loose = true
	}
	f.from, f.to = nil, nil
	r.definition.incomplete = true
}

// end looks up one end of a flow.
func (r *reader) end(p pending, side string) *element {
	ref := p.flow.source.Attr(side)
	if n := r.definition.byID[ref]; n != nil {
		return n
	}
	switch {
	case ref == "":
		r.add(DanglingReference, p.flow.source, "the flow has no %s: connect both of its ends", side)
	case !r.strangers[ref]: // those are refused already
		r.add(DanglingReference, p.flow.source, "the %s %.80q of the flow is no step that can be run: connect it to one", side, ref)
	}
	return nil
}

// setDefault looks up the flow that is taken when no condition holds.
func (r *reader) setDefault(n *element) {
	ref := n.source.Attr("default")
	if ref == "" {
		return
	}
	for _, f := range n.out {
		if f.id == ref {
			n.byDefault = f
			return
		}
	}
	r.add(DanglingReference, n.source, "the default flow %.80q does not go out of %s", ref, n.label())
}

// attach looks up the activity of a boundary event.
func (r *reader) attach(n *element) {
	ref := n.source.Attr("attachedToRef")
	host := r.definition.byID[ref]
	switch {
	case host == nil:
		r.add(DanglingReference, n.source, "the boundary event is attached to %.80q, which is no step", ref)
	case !host.activity() || host.triggered || host.parent != n.parent:
		r.add(BoundaryNotOnActivity, n.source, "the boundary event is attached to %s: attach it to a task, a call activity or a sub-process beside it", host.label())
	default:
		n.attachedTo = host
	}
}

// laneOf makes the actors of a lane the fallback of a task for people.
func (s *Step) laneOf(actors []string) {
	if s.Actors != nil && s.Actors.Expression == "" && s.Actors.Script == "" {
		s.Actors.Lane = actors
	}
}
