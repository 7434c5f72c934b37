package bpm

// paths follows all paths through the definition: forwards from the starts, and backwards from the ends.
func (c *checker) paths() {
	elements := c.definition.elements
	reached := spread(elements, begins, c.next)
	for _, e := range elements {
		if !reached[e] && !(e.parent != nil && !reached[e.parent]) {
			c.add(UnreachableNode, e.source, "no path leads to %s: connect it, or remove it", e.label())
		}
	}
	before := map[*element][]*element{}
	for _, e := range elements {
		for _, to := range c.next(e) {
			if to.parent == e.parent { // what happens inside of a sub-process does not end the scope around it
				before[to] = append(before[to], e)
			}
		}
	}
	ends := spread(elements, ending, func(e *element) []*element { return before[e] })
	for _, e := range elements {
		if reached[e] && !ends[e] {
			c.add(NoWayOut, e.source, "no path leads from %s to an end: add a way out of the circle", e.label())
		}
	}
}

// join checks that a parallel gateway can get a token along each of its flows: not when two of them come from one choice.
func (c *checker) join(e *element) {
	if e.kind != ParallelGateway {
		return
	}
	chosen := map[*element]bool{}
	for _, f := range e.in {
		from := origin(f, len(c.definition.elements))
		if chosen[from] {
			c.add(JoinAfterChoice, e.source, "%s waits for several ways out of %s, which takes only one of them: use an exclusive gateway", e.label(), from.label())
			return
		}
		chosen[from] = from.chooses()
	}
}

// origin follows a flow back to where the way began: to a step with several ways out or in.
func origin(f *sequence, steps int) *element {
	at := f.from
	for range steps { // a circle has no beginning
		if len(at.out) != 1 || len(at.in) != 1 {
			break
		}
		at = at.in[0].from
	}
	return at
}

// chooses reports whether only one of the ways out of the step is taken.
func (e *element) chooses() bool {
	return e.is(ExclusiveGateway, EventGateway) || len(e.decisions()) > 1
}

// spread gathers what can be reached from the elements that begin, by the steps that next gives.
func spread(elements []*element, begin func(*element) bool, next func(*element) []*element) map[*element]bool {
	reached := map[*element]bool{}
	var open []*element
	for _, e := range elements {
		if begin(e) {
			reached[e] = true
			open = append(open, e)
		}
	}
	for len(open) > 0 {
		e := open[len(open)-1]
		open = open[:len(open)-1]
		for _, to := range next(e) {
			if !reached[to] {
				reached[to] = true
				open = append(open, to)
			}
		}
	}
	return reached
}

// begins reports whether the process can begin at the step. What is in a sub-process begins with it.
func begins(e *element) bool {
	return e.parent == nil && (e.kind == StartEvent || e.triggered)
}

// ending reports whether a path may end at the step.
func ending(e *element) bool {
	return len(e.out) == 0 && !(e.kind == ThrowEvent && e.eventType() == LinkEvent)
}

// next lists where a token can get to from a step: along its flows, to its boundary events, into a sub-process, through a link.
func (c *checker) next(e *element) []*element {
	var to []*element
	for _, f := range e.out {
		to = append(to, f.to)
	}
	to = append(to, c.attached[e]...)
	for _, inner := range c.inside[e] {
		if inner.kind == StartEvent || inner.triggered {
			to = append(to, inner)
		}
	}
	if e.kind == ThrowEvent && e.eventType() == LinkEvent {
		to = append(to, c.links[link{e.parent, e.event.Name}]...)
	}
	return to
}

// link is a name of link events within a scope.
type link struct {
	scope *element
	name  string
}

// index notes what is reached without a flow.
func (c *checker) index() {
	c.inside, c.attached, c.links = map[*element][]*element{}, map[*element][]*element{}, map[link][]*element{}
	for _, e := range c.definition.elements {
		c.inside[e.parent] = append(c.inside[e.parent], e)
		if e.attachedTo != nil {
			c.attached[e.attachedTo] = append(c.attached[e.attachedTo], e)
		}
		if e.kind == CatchEvent && e.eventType() == LinkEvent {
			c.links[link{e.parent, e.event.Name}] = append(c.links[link{e.parent, e.event.Name}], e)
		}
	}
}
