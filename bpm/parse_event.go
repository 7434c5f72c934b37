package bpm

import (
	"slices"
	"strings"

	"provost/bpm/xmltree"
)

// eventTypes are the events of the profile, by their BPMN elements.
var eventTypes = map[string]EventType{
	"timerEventDefinition": TimerEvent, "messageEventDefinition": MessageEvent, "signalEventDefinition": SignalEvent, "errorEventDefinition": ErrorEvent,
	"escalationEventDefinition": EscalationEvent, "linkEventDefinition": LinkEvent, "terminateEventDefinition": TerminateEvent,
}

// Where which events may stand, "" for none. A start event is looked up by startTypes.
var eventPlaces = map[NodeType][]EventType{
	EndEvent:      {"", TerminateEvent, ErrorEvent, EscalationEvent, MessageEvent},
	CatchEvent:    {TimerEvent, MessageEvent, SignalEvent, LinkEvent},
	ThrowEvent:    {"", MessageEvent, SignalEvent, EscalationEvent, LinkEvent},
	BoundaryEvent: {TimerEvent, MessageEvent, SignalEvent, ErrorEvent, EscalationEvent},
}

// startTypes are the start events that a process, a sub-process or an event sub-process may have.
func startTypes(parent *element) []EventType {
	switch {
	case parent == nil:
		return []EventType{"", TimerEvent, MessageEvent}
	case parent.triggered:
		return []EventType{TimerEvent, MessageEvent, ErrorEvent, EscalationEvent, SignalEvent}
	}
	return []EventType{""}
}

// event reads what an event waits for or throws.
func (r *reader) event(n *element) {
	definitions := slices.DeleteFunc(n.source.Children(), func(e *xmltree.Element) bool {
		return e.Space != bpmnSpace || !strings.HasSuffix(e.Name, "EventDefinition") && e.Name != "eventDefinitionRef"
	})
	switch n.kind {
	case BoundaryEvent:
		n.interrupting = unlessFalse(n.source, "cancelActivity")
	case StartEvent:
		n.interrupting = n.parent != nil && n.parent.triggered && unlessFalse(n.source, "isInterrupting")
		if n.parent == nil {
			n.detail.Form = formOf(n.source)
		}
	default: // the others interrupt nothing
	}
	if len(definitions) > 1 {
		r.add(SeveralEvents, n.source, "%s has %d event definitions: use one event for each", n.label(), len(definitions))
		return
	}
	if len(definitions) == 1 {
		kind, known := eventTypes[definitions[0].Name]
		if !known {
			r.add(UnsupportedEvent, n.source, "<%s> is not part of what can be run: use a timer, message, signal, error or escalation event", definitions[0].Name)
			return
		}
		n.event = r.eventOf(n, kind, definitions[0])
	}
	r.place(n)
}

// place finds events that may not stand where they do.
func (r *reader) place(n *element) {
	places := eventPlaces[n.kind]
	where := "here"
	if n.kind == StartEvent {
		places = startTypes(n.parent)
		where = startPlace(n.parent)
	}
	if slices.Contains(places, n.eventType()) {
		return
	}
	names := make([]string, len(places))
	for i, p := range places {
		names[i] = eventName(p)
	}
	r.add(UnsupportedEvent, n.source, "a %s event cannot stand %s as <%s>: possible are %s", eventName(n.eventType()), where, n.source.Name, strings.Join(names, ", "))
}

func startPlace(parent *element) string {
	switch {
	case parent == nil:
		return "at the beginning of a process"
	case parent.triggered:
		return "at the beginning of an event sub-process"
	}
	return "at the beginning of a sub-process"
}

func eventName(t EventType) string {
	if t == "" {
		return "none"
	}
	return string(t)
}

// eventOf reads one event definition.
func (r *reader) eventOf(n *element, kind EventType, e *xmltree.Element) *Event {
	event := &Event{Type: kind}
	switch kind {
	case TimerEvent:
		event.Timer = &Timer{Date: childText(e, "timeDate"), Duration: childText(e, "timeDuration"), Cycle: childText(e, "timeCycle")}
		event.Script = bodyOf(n.source, "onFire")
	case MessageEvent:
		event.Name = r.named(e, "messageRef", "name")
		event.Key = correlationOf(n.source)
	case SignalEvent:
		event.Name = r.named(e, "signalRef", "name")
	case ErrorEvent:
		event.Name = r.named(e, "errorRef", "errorCode")
	case EscalationEvent:
		event.Name = r.named(e, "escalationRef", "escalationCode")
	case LinkEvent:
		event.Name = strings.TrimSpace(e.Attr("name"))
	case TerminateEvent: // has no name
	}
	return event
}

// correlationOf gives the key by which an event knows its message; "" when it has none.
func correlationOf(e *xmltree.Element) string {
	for _, x := range extensionElements(e) {
		if x.Name == "correlation" {
			return strings.TrimSpace(x.Attr("key"))
		}
	}
	return ""
}

// named gives the name or code of the message, signal, error or escalation that an event refers to; "" when it refers to none.
func (r *reader) named(e *xmltree.Element, reference, attribute string) string {
	ref := e.Attr(reference)
	if ref == "" {
		return ""
	}
	target := r.declared[ref]
	if target == nil {
		_, local, _ := strings.Cut(ref, ":") // a prefix of the target namespace
		target = r.declared[local]
	}
	if target == nil || target.Name != strings.TrimSuffix(reference, "Ref") {
		r.add(DanglingReference, e, "%s names %.80q, and the document has no <%s> with this id", reference, ref, strings.TrimSuffix(reference, "Ref"))
		return ref
	}
	if name := strings.TrimSpace(target.Attr(attribute)); name != "" {
		return name
	}
	return target.Attr("id")
}
