package bpm

import (
	"strings"
)

// event checks a start, end, catching, throwing or boundary event.
func (c *checker) event(e *element) {
	switch e.kind {
	case StartEvent:
		c.incoming(e, StartWithIncoming, "is where everything begins: lead it to the step behind")
		c.startForm(e)
	case EndEvent:
		for _, f := range e.out {
			c.add(EndWithOutgoing, f.source, "the flow leads out of %s: use an intermediate throw event", e.label())
		}
	case BoundaryEvent:
		c.incoming(e, BoundaryWithIncoming, "begins by itself: remove the flow")
		if len(e.out) != 1 {
			c.add(BoundaryWithoutFlow, e.source, "%d flows lead out of %s: connect it with the one step that follows", len(e.out), e.label())
		}
	case CatchEvent:
		if e.eventType() == LinkEvent {
			c.incoming(e, BoundaryWithIncoming, "begins where its link is thrown: remove the flow")
		}
	case ThrowEvent:
		for _, f := range e.out {
			if e.eventType() == LinkEvent {
				c.add(EndWithOutgoing, f.source, "the flow leads out of %s: go on behind the catching link event", e.label())
			}
		}
	default: // nothing else is an event
	}
	c.correlation(e)
	if e.event == nil {
		return
	}
	errorStart := e.kind == StartEvent && e.parent != nil && e.parent.triggered
	if e.eventType() == ErrorEvent && (e.kind == BoundaryEvent || errorStart) && !e.interrupting {
		c.add(ErrorNotInterrupting, e.source, "%s does not interrupt: an error always does", e.label())
	}
	if e.event.Timer != nil {
		c.timer(e)
		c.script(e.source, e.event.Script, "the script of the timer")
		return
	}
	if e.event.Script == "" && bodyOf(e.source, "onFire") != "" {
		c.add(MisplacedExtension, e.source, "idm:onFire belongs to timers, and %s is none", e.label())
	}
	catchesAll := e.is(StartEvent, BoundaryEvent) && (e.event.Type == ErrorEvent || e.event.Type == EscalationEvent)
	if e.event.Name == "" && e.event.Type != TerminateEvent && !catchesAll {
		c.add(EventWithoutName, e.source, "%s does not say which %s it is", e.label(), e.event.Type)
	}
}

// correlation checks the key of a message.
func (c *checker) correlation(e *element) {
	key := correlationOf(e.source)
	switch {
	case key == "":
	case e.eventType() != MessageEvent:
		c.add(MisplacedExtension, e.source, "idm:correlation belongs to messages, and %s is none", e.label())
	case e.kind == StartEvent && e.parent == nil:
		c.add(MisplacedExtension, e.source, "a process begins with every message of the name: %s has no key to wait with, remove idm:correlation", e.label())
	default:
		c.literal(e.source, key, "the key of the message of "+e.label())
	}
}

// startForm checks what the initiator fills in: only where people begin the process.
func (c *checker) startForm(e *element) {
	if e.event != nil || e.parent != nil {
		if formOf(e.source) != nil {
			c.add(MisplacedExtension, e.source, "nobody fills in the form of %s: it belongs to the start of the process that has no event", e.label())
		}
		return
	}
	c.form(e)
}

// timer checks when an event fires.
func (c *checker) timer(e *element) {
	t := e.event.Timer
	set := 0
	for _, when := range []struct {
		text, example string
		fits          func(string) bool
	}{
		{t.Date, "2026-01-31T08:00:00Z", isDate},
		{t.Duration, "P3D, PT8H, PT30M", isDuration},
		{t.Cycle, "R3/PT1H, R/P1D", isCycle},
	} {
		if when.text == "" {
			continue
		}
		set++
		c.literal(e.source, when.text, "the timer")
		if !strings.Contains(when.text, "#{") && !when.fits(when.text) {
			c.add(BadTimer, e.source, "the timer of %s is %.80q: write ISO 8601 (%s) or an #{expression}", e.label(), when.text, when.example)
		}
	}
	if set != 1 {
		c.add(BadTimer, e.source, "the timer of %s says %d times when: set exactly one of date, duration and cycle", e.label(), set)
	}
}

// loop checks how often a step is done.
func (c *checker) loop(e *element) {
	l := e.loop
	if l == nil {
		return
	}
	if !e.activity() || e.triggered {
		c.add(MisplacedLoop, e.source, "%s cannot be repeated: put it into a sub-process", e.label())
	}
	for _, script := range []string{l.While, l.Complete, l.Count} {
		c.script(e.source, script, "the condition of the loop")
	}
	if l.Type == StandardLoop {
		if turns := e.source.First(bpmnSpace, "standardLoopCharacteristics").Attr("loopMaximum"); turns != "" && l.Maximum == 0 {
			c.add(LoopBounds, e.source, "the maximum of the loop of %s is %.40q: write a number from 1", e.label(), turns)
			return
		}
		if l.While == "" && l.Maximum == 0 {
			c.add(LoopBounds, e.source, "the loop of %s has neither a condition nor a maximum: it would not end", e.label())
		}
		return
	}
	switch {
	case l.Count == "" && l.Collection == "":
		c.add(LoopBounds, e.source, "the instances of %s are not counted: add a loopCardinality, or idm:loop with a collection", e.label())
	case l.Count != "" && l.Collection != "":
		c.add(LoopBounds, e.source, "the instances of %s are counted twice: keep the loopCardinality or the collection", e.label())
	case l.Collection != "":
		c.variable(e, l.Collection, "the loop")
	}
	if l.Element != "" && !variableName.MatchString(l.Element) {
		c.add(BadVariableName, e.source, "the element variable %.80q of the loop cannot be a variable", l.Element)
	}
}
