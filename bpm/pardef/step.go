package pardef

import (
	"fmt"
	"strings"

	"provost/bpm"
	"provost/bpm/xmltree"
)

// elements are what the types of steps become.
var elements = map[string]string{
	"start": "startEvent", "end": "endEvent", "screen": "userTask", "grant-screen": "userTask", "match-screen": "userTask",
	"apply": "serviceTask", "custom": "exclusiveGateway", "action": "scriptTask", "mail": "sendTask", "fork": "parallelGateway", "join": "parallelGateway",
	"timer": "intermediateCatchEvent", "system": "serviceTask",
}

// read gathers the steps and their transitions.
func (c *converter) read(data object) {
	byDrawing := map[string]*step{}
	for _, n := range data.list("nodes") {
		s := &step{source: n, name: n.text("name"), kind: strings.ReplaceAll(strings.ToLower(n.text("type")), "_", "-")}
		s.id = c.id(orElse(s.name, s.kind), "step")
		if elements[s.kind] == "" {
			c.note(bpm.ImportUnknownStep, s.name, "the step has the type %.40q, which is not known: it was left out, draw it anew", n.text("type"))
			continue
		}
		if c.byName[s.name] != nil {
			c.note(bpm.ImportAmbiguous, s.name, "two steps have the name %.80q: transitions to it lead to the first", s.name)
		} else {
			c.byName[s.name] = s
		}
		if id := n.text("diagramId"); id != "" && byDrawing[id] == nil {
			byDrawing[id] = s
		}
		c.steps = append(c.steps, s)
	}
	for _, s := range c.steps {
		if parent := byDrawing[s.source.text("diagramParentId")]; s.kind == "timer" && parent != nil && parent != s {
			s.host = parent
		}
		for _, t := range s.source.list("outTransitions") {
			to := c.byName[t.text("target")]
			if to == nil {
				c.note(bpm.ImportUnknownStep, s.name, "the transition %.80q leads to %.80q, which was not found: it was left out", t.text("name", "action"), t.text("target"))
				continue
			}
			id := c.id(fmt.Sprintf("%s_to_%d", s.id, len(s.out)+1), "flow")
			s.out = append(s.out, transition{id: id, name: t.text("name", "action"), script: t.text("script"), to: to})
		}
	}
}

// build makes the BPMN element of a step.
func (c *converter) build(s *step) {
	tag := elements[s.kind]
	if s.kind == "start" && len(s.out) > 1 {
		c.startScreen(s)
		return
	}
	if s.host != nil && !hosts[elements[s.host.kind]] {
		c.note(bpm.ImportTimer, s.name, "the timer is attached to %q, at which no time passes: it was left out", s.host.name)
		return
	}
	if s.host != nil {
		tag = "boundaryEvent"
	}
	s.element = c.process.Add(element(tag).Set("id", s.id).Set("name", s.name))
	c.describe(s.element, s.source.text("description"))
	var more []*xmltree.Element
	switch s.kind {
	case "start":
		more = c.form(s)
	case "screen", "grant-screen", "match-screen":
		more = c.people(s)
	case "apply":
		more = []*xmltree.Element{c.apply(s)}
	case "custom":
		more = []*xmltree.Element{extension("decision").Write(s.source.text("customScript", "script"))}
	case "action":
		more = job(s)
	case "mail":
		more = append(job(s), mail(s))
	case "system":
		more = append(job(s), invoke(s))
	case "timer":
		if script := s.source.text("customScript", "script"); script != "" {
			more = []*xmltree.Element{extension("onFire").Write(script)}
		}
	}
	extend(s.element, more)
	switch s.kind {
	case "action":
		s.element.Add(element("script")).Write(s.source.text("customScript", "script"))
	case "timer":
		c.timer(s)
	}
}

// hosts are the elements that time passes at.
var hosts = map[string]bool{"userTask": true, "serviceTask": true, "scriptTask": true, "sendTask": true}

// extend adds extension elements, where BPMN wants them: behind the documentation.
func extend(e *xmltree.Element, more []*xmltree.Element) {
	if len(more) == 0 {
		return
	}
	holder := e.Add(element("extensionElements"))
	for _, x := range more {
		holder.Add(x)
	}
}

// startScreen makes a start with several ways out a start and a screen behind it, whose buttons the ways are.
func (c *converter) startScreen(s *step) {
	begin := c.process.Add(element("startEvent").Set("id", c.id("start_"+s.id, "start")))
	s.kind = "screen"
	c.build(s)
	c.flow(begin, s.element, transition{})
	c.note(bpm.ImportChoice, s.name, "the start has several transitions: a screen for the requester was put behind it, whose buttons they are")
}

// job says how work is done that nobody waits for.
func job(s *step) []*xmltree.Element {
	if !s.source.flag("async") {
		return nil
	}
	return []*xmltree.Element{extension("job").Set("async", "true")}
}

func mail(s *step) *xmltree.Element {
	x := extension("mail")
	setText(x, "actors", s.source.text("mailActor"))
	setText(x, "address", s.source.text("mailAddress"))
	setText(x, "subject", s.source.text("mailSubject"))
	setFlag(x, "shortcut", s.source.flag("mailShortcut"))
	return x.Write(s.source.text("mailMessage", "mailMesage"))
}

func invoke(s *step) *xmltree.Element {
	x := extension("invoke").Set("system", s.source.text("system")).Set("method", s.source.text("method"))
	setText(x, "path", s.source.text("path"))
	setText(x, "result", s.source.text("returnVariable"))
	for _, f := range s.source.list("invocationFields") {
		x.Add(extension("argument").Set("name", f.text("field", "name"))).Write(f.text("expression"))
	}
	return x
}

// apply ticks what the step ticks, and what a reservation or delegation applies without a box.
func (c *converter) apply(s *step) *xmltree.Element {
	x := extension("apply")
	setFlag(x, "userChanges", s.source.flag("applyUserChanges"))
	setFlag(x, "entitlements", s.source.flag("applyEntitlements"))
	setFlag(x, "account", c.kind == bpm.AccountReservation)
	setFlag(x, "delegation", c.kind == bpm.Delegation)
	return x
}
