package pardef

import (
	"strconv"
	"strings"

	"provost/bpm"
	"provost/bpm/xmltree"
)

// people brings over a task for people.
func (c *converter) people(s *step) []*xmltree.Element {
	var all []*xmltree.Element
	task := extension("task")
	setText(task, "title", s.source.text("taskName"))
	setFlag(task, "uploads", s.source.flag("uploadDocuments"))
	if len(task.Attrs) > 0 {
		all = append(all, task)
	}
	all = append(all, c.assignment(s))
	switch s.kind {
	case "grant-screen":
		all = append(all, c.approval(s))
	case "match-screen":
		all = append(all, match(s))
	}
	all = append(all, c.form(s)...)
	if s.source.text("mailSubject", "mailMessage", "mailMesage") != "" {
		notice := mail(s)
		notice.Attrs = nil // it goes to those who are asked
		setText(notice, "subject", s.source.text("mailSubject"))
		setFlag(notice, "shortcut", s.source.flag("mailShortcut"))
		all = append(all, notice)
	}
	return all
}

// assignment says who does the task: a script, a list, or else the requester.
func (c *converter) assignment(s *step) *xmltree.Element {
	x := extension("assignment")
	actors := s.source.text("mailActor", "actor")
	if script := s.source.text("customScript", "assignmentScript"); script != "" {
		return x.Write(script)
	}
	if strings.Contains(actors, "auth:") {
		c.note(bpm.ImportActors, s.name, "the step is done by whoever holds a permission (%.80q): see that it is one of this platform", actors)
	}
	if actors == "" {
		actors = "#{requesterName}"
		c.note(bpm.ImportActors, s.name, "the step does not say who does it: it was given to the requester")
	}
	return x.Set("expression", actors)
}

// modes are the modes of grant screens, as files name them.
var modes = map[string]string{
	"request": "request", "enter": "enter", "displaypending": "displayPending", "displayapproved": "displayApproved",
	"displayrejected": "displayRejected", "displayall": "displayAll",
}

func (c *converter) approval(s *step) *xmltree.Element {
	text := s.source.text("grantScreenType")
	mode := modes[plain(text)]
	if mode == "" {
		mode = "displayPending"
		c.note(bpm.ImportIgnored, s.name, "the grant screen has the type %.40q, which is none: the lines are decided there", text)
	}
	x := extension("approval").Set("mode", mode)
	setText(x, "roleFilter", s.source.text("roleFilter"))
	setText(x, "applicationFilter", s.source.text("applicationFilter"))
	approve, deny := s.wayTo(s.source.text("approveTransition")), s.wayTo(s.source.text("denyTransition"))
	if approve >= 0 && deny >= 0 && approve != deny {
		x.Set("approveFlow", s.out[approve].id).Set("denyFlow", s.out[deny].id)
	} else if s.source.text("approveTransition", "denyTransition") != "" {
		c.note(bpm.ImportIgnored, s.name, "the transitions for approval and denial were not both found: whoever decides chooses the way out")
	}
	return x
}

// wayTo finds a transition by its name, -1 for none.
func (s *step) wayTo(name string) int {
	for i, t := range s.out {
		if name != "" && t.name == name {
			return i
		}
	}
	return -1
}

func match(s *step) *xmltree.Element {
	x := extension("match")
	if threshold := s.source.number("matchThreshold"); threshold > 0 {
		x.Set("threshold", strconv.Itoa(threshold))
	}
	for _, f := range s.source.list("filters") {
		q := x.Add(extension("query").Set("type", orElse(strings.ToLower(f.text("type")), "text")))
		if weight := f.number("weight"); weight > 0 {
			q.Set("weight", strconv.Itoa(weight))
		}
		q.Write(f.text("query"))
	}
	return x
}

// occasions are those on which triggers run, as files name them.
var occasions = map[string]string{"onload": "onLoad", "onchange": "onChange", "onpreparetransition": "onPrepareTransition"}

// form brings over fields and triggers; nothing when there are none.
func (c *converter) form(s *step) []*xmltree.Element {
	fields, triggers := s.source.list("fields"), s.source.list("triggers")
	if len(fields)+len(triggers) == 0 {
		return nil
	}
	form := extension("form")
	for _, f := range fields {
		c.declare(f.text("name"), s.name)
		x := form.Add(extension("field").Set("name", f.text("name")))
		setText(x, "label", f.text("label"))
		setFlag(x, "readOnly", f.flag("readOnly"))
		setFlag(x, "required", f.flag("required"))
		setText(x, "filter", f.text("filterExpression"))
		if script := f.text("validationScript"); script != "" {
			x.Add(extension("validation")).Write(script)
		}
		if script := f.text("visibilityScript"); script != "" {
			x.Add(extension("visibility")).Write(script)
		}
		if len(f.lines("allowedValues")) > 0 {
			c.note(bpm.ImportIgnored, s.name, "the values of the field %.80s alone were left out: list them at the attribute", f.text("name"))
		}
	}
	for _, t := range triggers {
		on := occasions[plain(t.text("name", "trigger"))]
		if on == "" {
			c.note(bpm.ImportIgnored, s.name, "the trigger %.40q runs on no known occasion: it was left out", t.text("name", "trigger"))
			continue
		}
		x := form.Add(extension("trigger").Set("on", on))
		setText(x, "field", t.text("field"))
		x.Write(t.text("action", "script"))
	}
	return []*xmltree.Element{form}
}
