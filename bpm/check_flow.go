package bpm

// scope checks the starts and ends of the process (nil) or of a sub-process, and its links.
func (c *checker) scope(parent *element) {
	source := c.definition.process
	if parent != nil {
		source = parent.source
		if parent.triggered {
			c.eventSubProcess(parent)
		}
	}
	var plain, starts, ends int
	for _, e := range c.inside[parent] {
		switch {
		case e.kind == EndEvent:
			ends++
		case e.kind == StartEvent:
			starts++
			if e.event == nil {
				plain++
			}
		}
	}
	triggered := parent != nil && parent.triggered
	if starts == 0 && !triggered {
		c.add(NoStart, source, "there is no start event: draw one")
	}
	if plain > 1 && !triggered {
		c.add(SeveralStarts, source, "there are %d start events without a timer or message: keep one and branch behind it", plain)
	}
	if triggered && starts != 1 {
		c.add(EventSubProcessStart, source, "the event sub-process has %d start events: it needs exactly one", starts)
	}
	if ends == 0 {
		c.add(NoEnd, source, "there is no end event: draw one")
	}
	c.pairLinks(parent)
}

// eventSubProcess checks what leads to and from an event sub-process: nothing.
func (c *checker) eventSubProcess(e *element) {
	if len(e.in)+len(e.out) > 0 {
		c.add(EventSubProcessFlow, e.source, "a flow leads to or from %s: an event sub-process begins by its event and ends by itself", e.label())
	}
}

// pairLinks pairs the link events of a scope.
func (c *checker) pairLinks(parent *element) {
	thrown := map[string]bool{}
	for _, e := range c.inside[parent] {
		if e.kind == ThrowEvent && e.eventType() == LinkEvent {
			thrown[e.event.Name] = true
		}
	}
	for _, e := range c.inside[parent] {
		if e.eventType() != LinkEvent || e.event.Name == "" {
			continue
		}
		name := e.event.Name
		catching := c.links[link{parent, name}]
		switch {
		case e.kind == ThrowEvent && len(catching) == 0:
			c.add(LinkUnpaired, e.source, "nothing catches the link %.80q: add a catching link event of this name in the same scope", name)
		case e.kind == CatchEvent && !thrown[name]:
			c.add(LinkUnpaired, e.source, "nothing throws the link %.80q: add a throwing link event of this name in the same scope", name)
		case e.kind == CatchEvent && catching[0] != e:
			c.add(LinkRepeated, e.source, "the link %.80q is caught twice in the same scope: keep one", name)
		}
	}
}

// flowNames finds names that would not tell flows apart.
func (c *checker) flowNames(e *element) {
	if len(e.out) < 2 {
		return
	}
	seen := map[string]bool{}
	chosen := e.decision != "" || len(e.decisions()) > 0
	for _, f := range e.out {
		switch {
		case f.name == "" && chosen:
			c.add(UnnamedFlow, f.source, "a flow out of %s has no name: it is chosen by its name", e.label())
		case f.name != "" && seen[f.name]:
			c.add(DuplicateFlowName, f.source, "two flows out of %s have the name %.80q", e.label(), f.name)
		}
		seen[f.name] = true
	}
}

// gateway checks how a gateway decides.
func (c *checker) gateway(e *element) {
	c.join(e)
	if len(e.out) == 0 {
		c.deadEnd(e)
		return
	}
	switch {
	case e.kind == EventGateway:
		c.eventGateway(e)
	case e.kind == ParallelGateway:
		c.ignored(e, "all flows out of a parallel gateway are taken")
	case e.decision != "":
		c.script(e.source, e.decision, "the decision script")
		c.ignored(e, "the decision script chooses the flow")
	default:
		c.conditions(e)
	}
}

// conditions checks the flows out of an exclusive or inclusive gateway. A single one is taken without a condition.
func (c *checker) conditions(e *element) {
	conditional := 0
	for _, f := range e.out {
		switch {
		case f == e.byDefault && f.condition != "":
			c.add(IgnoredCondition, f.source, "the condition of a default flow is never looked at: remove it")
		case f != e.byDefault && f.condition != "":
			conditional++
		case f != e.byDefault && len(e.out) > 1:
			c.add(FlowWithoutCondition, f.source, "the flow out of %s has no condition: add one, or mark it as default", e.label())
		}
	}
	if e.byDefault == nil && (conditional > 0 || len(e.out) > 1) {
		c.add(NoDefault, e.source, "when no condition of %s holds, the process stops: mark one flow as default", e.label())
	}
}

// ignored finds conditions where nobody looks at them.
func (c *checker) ignored(e *element, why string) {
	for _, f := range e.out {
		if f.condition != "" {
			c.add(IgnoredCondition, f.source, "the condition is never looked at: %s", why)
		}
	}
}

// eventGateway checks that one of several events is waited for.
func (c *checker) eventGateway(e *element) {
	if len(e.out) < 2 {
		c.add(EventGatewayTarget, e.source, "%s leads to one event only: let it lead to at least two", e.label())
	}
	for _, f := range e.out {
		to := f.to
		waits := to.kind == CatchEvent && (to.eventType() == TimerEvent || to.eventType() == MessageEvent || to.eventType() == SignalEvent)
		if !waits || len(to.in) > 1 {
			c.add(EventGatewayTarget, f.source, "%s leads to %s: it must be a timer, message or signal catch event without other incoming flows", e.label(), to.label())
		}
	}
	c.ignored(e, "the first event chooses the flow")
}

// waysOut checks the flows out of a step that is no gateway.
func (c *checker) waysOut(e *element) {
	var conditional, open int
	for _, f := range e.out {
		switch {
		case f.condition != "":
			conditional++
		case f != e.byDefault:
			open++
		}
	}
	switch {
	case len(e.out) == 0:
		c.deadEnd(e)
	case e.people() && conditional > 0 && open > 0:
		c.add(MixedDecisions, e.source, "%s has %d flows with and %d without a condition: let either people choose or the definition", e.label(), conditional, open)
	case conditional > 0 && open == 0 && e.byDefault == nil:
		c.add(NoDefault, e.source, "when no condition of the flows out of %s holds, the process stops: mark one flow as default", e.label())
	}
}

// deadEnd finds a path that ends unseen.
func (c *checker) deadEnd(e *element) {
	throwsLink := e.kind == ThrowEvent && e.eventType() == LinkEvent
	if !throwsLink && !e.triggered && !e.loose {
		c.add(DeadEnd, e.source, "no flow leads out of %s: lead it to an end event", e.label())
	}
}

// incoming finds flows into something that begins by itself.
func (c *checker) incoming(e *element, code Code, what string) {
	for _, f := range e.in {
		c.add(code, f.source, "the flow leads into %s, which %s", e.label(), what)
	}
}
