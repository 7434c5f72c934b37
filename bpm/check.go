package bpm

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
)

// planLimit is how large a plan may be, compressed: it is in the history of every running process.
const planLimit = 512 << 10

// Check finds everything that keeps the definition from running as it was meant, beyond what Parse found: sorted by place. Attributes are
// names of attributes that users have beside the built-in ones; forms of processes for users may name those too.
func (d *Definition) Check(attributes ...string) []Finding {
	return d.review(attributes).sorted()
}

// Scripts gives every script and expression of the definition, in the order in which they are checked: for those who can read JavaScript.
func (d *Definition) Scripts() []Source { return d.review(nil).scripts }

func (d *Definition) review(attributes []string) *checker {
	c := &checker{definition: d, known: map[string]bool{}}
	for _, v := range BuiltIn(d.Kind) {
		c.known[v.Name] = true
	}
	for _, a := range d.Attributes {
		c.known[a.Name] = true
	}
	for _, name := range attributes {
		c.known[name] = c.known[name] || d.Kind == UserManagement
	}
	c.index()
	c.process()
	c.resources()
	c.scope(nil)
	for _, e := range d.elements {
		c.element(e)
	}
	for _, f := range d.flows {
		c.script(f.source, f.condition, "the condition of the flow")
		c.script(f.source, f.onTake, "the action of the flow")
	}
	if !d.incomplete {
		c.paths()
	}
	c.languages()
	c.size()
	return c
}

// checker gathers findings about a definition.
type checker struct {
	notes

	definition *Definition
	known      map[string]bool // variables
	inside     map[*element][]*element
	attached   map[*element][]*element // boundary events
	links      map[link][]*element     // that catch
	scripts    []Source
}

// element checks one step by what it is.
func (c *checker) element(e *element) {
	c.flowNames(e)
	switch e.kind {
	case StartEvent, EndEvent, CatchEvent, ThrowEvent, BoundaryEvent:
		c.event(e)
	case SubProcess:
		c.scope(e)
	case ExclusiveGateway, InclusiveGateway, ParallelGateway, EventGateway:
		c.gateway(e)
	case UserTask:
		c.userTask(e)
	case ScriptTask, ServiceTask, SendTask:
		c.automatic(e)
	case CallActivity:
		c.call(e)
	}
	if e.activity() || e.is(CatchEvent, ThrowEvent, StartEvent) || e.kind == BoundaryEvent && len(e.out) > 0 {
		c.waysOut(e)
	}
	c.loop(e)
}

// variableName is what a name must be like to be a variable of scripts.
var variableName = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)

// process checks what the process says about itself.
func (c *checker) process() {
	d := c.definition
	if d.Kind == "" {
		c.add(MissingType, d.process, "the process does not say what it is for: add idm:process with a type")
	}
	if d.Name == "" {
		c.add(MissingName, d.process, "the process has no name: people choose it by its name")
	}
	c.initiators()
	seen := map[string]bool{}
	for _, a := range d.Attributes {
		if a.Name == "" {
			continue // Parse says so
		}
		if seen[a.Name] {
			c.add(DuplicateAttribute, d.process, "the attribute %.80s is declared twice", a.Name)
		}
		seen[a.Name] = true
		if !variableName.MatchString(a.Name) {
			c.add(BadVariableName, d.process, "the attribute %.80q cannot be a variable: begin with a letter, use letters, digits and underscores", a.Name)
		}
		choices := map[string]bool{}
		for _, v := range a.Values {
			if choices[v.Code] {
				c.add(DuplicateAttribute, d.process, "the attribute %.80s has the value %.80s twice", a.Name, v.Code)
			}
			choices[v.Code] = true
		}
	}
}

// initiators checks who may start the process.
func (c *checker) initiators() {
	d := c.definition
	nobody := slices.Equal(d.Access.Initiators, []string{"-nobody-"})
	if d.Kind == AccountReservation {
		if !nobody {
			c.add(ReservationInitiators, d.process, "an account reservation begins with the use of an account: set its initiators to -nobody-")
		}
		return
	}
	byHand, byItself := false, false
	for _, e := range c.inside[nil] {
		byHand = byHand || e.kind == StartEvent && e.event == nil
		byItself = byItself || e.kind == StartEvent && e.event != nil
	}
	switch people := len(d.Access.Initiators) > 0 && !nobody; {
	case !people && !byItself && !nobody:
		c.add(NoInitiators, d.process, "nobody may start the process: name initiators in idm:acl, * for everybody")
	case people && byItself && !byHand:
		c.add(NoManualStart, d.process, "people may start the process, and it has no start event for them: draw one, or remove the initiators")
	}
}

// size compares the compiled plan with the limit.
func (c *checker) size() {
	plan, _ := c.definition.Compile()
	n, err := packed(plan)
	if err != nil {
		c.add(PlanTooLarge, c.definition.process, "the plan cannot be written: %s", err)
		return
	}
	if n > planLimit {
		c.add(PlanTooLarge, c.definition.process, "the compiled definition has %d bytes, more than %d: split it with call activities", n, planLimit)
	}
}

// packed gives the size of a plan as compressed JSON.
func packed(plan Plan) (int, error) {
	text, err := json.Marshal(plan)
	if err != nil {
		return 0, fmt.Errorf("encode plan: %w", err)
	}
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	if _, err = writer.Write(text); err == nil {
		err = writer.Close()
	}
	if err != nil {
		return 0, fmt.Errorf("compress plan: %w", err)
	}
	return out.Len(), nil
}
