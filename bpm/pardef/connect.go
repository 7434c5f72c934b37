package pardef

import (
	"fmt"

	"provost/bpm"
	"provost/bpm/xmltree"
)

// connect draws the flows out of a step.
func (c *converter) connect(s *step) {
	if s.element == nil {
		return
	}
	if s.host != nil {
		c.connectTimer(s)
		return
	}
	automatic := map[string]bool{"start": true, "apply": true, "action": true, "mail": true, "join": true, "timer": true, "system": true}
	from := s.element
	if automatic[s.kind] && len(s.out) > 1 {
		from = c.firstWay(s)
	}
	for _, t := range s.out {
		if t.to.element == nil {
			c.note(bpm.ImportUnknownStep, s.name, "the transition %.80q leads to %q, which was left out", t.name, t.to.name)
			continue
		}
		c.flow(from, c.entry(t.to), t)
	}
}

// entry is the element that a transition to a step leads to: a timer on another step is reached through that step.
func (c *converter) entry(s *step) *xmltree.Element {
	if s.host != nil && s.host.element != nil {
		return s.host.element
	}
	return s.element
}

// firstWay puts a decision behind a step that no person does and that has several ways out: it goes on by the first, as it did.
func (c *converter) firstWay(s *step) *xmltree.Element {
	gate := c.process.Add(element("exclusiveGateway").Set("id", c.id("after_"+s.id, "after")))
	name := orElse(s.out[0].name, s.out[0].id)
	extend(gate, []*xmltree.Element{extension("decision").Write(fmt.Sprintf("return %q", name))})
	c.flow(s.element, gate, transition{})
	c.note(bpm.ImportChoice, s.name, "the step has several transitions and nobody chooses: a decision behind it takes the first, %q, as before; write there what decides", name)
	return gate
}

// flow draws one flow, under the id of the transition or a new one.
func (c *converter) flow(from, to *xmltree.Element, t transition) {
	if t.id == "" {
		t.id = c.id(from.Attr("id")+"_to", "flow")
	}
	f := c.process.Add(element("sequenceFlow").Set("id", t.id))
	setText(f, "name", t.name)
	f.Set("sourceRef", from.Attr("id")).Set("targetRef", to.Attr("id"))
	if t.script != "" {
		extend(f, []*xmltree.Element{extension("onTake").Write(t.script)})
	}
}

// timer writes when a timer fires.
func (c *converter) timer(s *step) {
	text := s.source.text("time")
	when, member, ok := moment(text, s.source.text("repeat"))
	if !ok {
		c.note(bpm.ImportTimer, s.name, "the timer fires after %.80q, which is no time: write a duration such as P3D", text)
	}
	if s.host != nil {
		s.element.Set("attachedToRef", s.host.id)
		if s.source.text("transition") == "" && len(s.out) == 0 {
			s.element.Set("cancelActivity", "false")
		}
	}
	if member != "timeCycle" && s.source.flag("repeat") {
		c.note(bpm.ImportTimer, s.name, "a timer at a date cannot repeat: it fires once")
	}
	formal := element(member)
	formal.Attrs = append(formal.Attrs, xmltree.Attr{Prefix: "xsi", Space: xsiSpace, Name: "type", Value: "bpmn:tFormalExpression"})
	s.element.Add(element("timerEventDefinition").Set("id", c.id(s.id+"_timer", "timer"))).Add(formal).Write(when)
}

// connectTimer draws where a timer on a step leads: along the transition of the step that it names, along its own, or to an end when it only
// runs a script.
func (c *converter) connectTimer(s *step) {
	name := s.source.text("transition")
	switch i := s.host.wayTo(name); {
	case name != "" && i >= 0 && s.host.out[i].to.element != nil:
		t := s.host.out[i]
		t.id = "" // the step has a flow of this id
		c.flow(s.element, c.entry(t.to), t)
	case len(s.out) > 0 && s.out[0].to.element != nil:
		c.flow(s.element, c.entry(s.out[0].to), s.out[0])
		if len(s.out) > 1 {
			c.note(bpm.ImportChoice, s.name, "the timer has several transitions: it takes the first, %q", s.out[0].name)
		}
	default:
		if name != "" {
			c.note(bpm.ImportTimer, s.name, "the timer takes the transition %.80q, which %q does not have: it leads to an end", name, s.host.name)
		}
		end := c.process.Add(element("endEvent").Set("id", c.id(s.id+"_end", "end")))
		c.flow(s.element, end, transition{})
	}
}
