package bpm

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// Compile makes what a running process needs (the plan) and all else that the definition says (the library). It is meant for definitions
// without an error; flows whose ends are unknown are left out. The result depends on nothing but the definition.
func (d *Definition) Compile() (Plan, Library) {
	c := &compiler{definition: d, index: map[*element]int{}, flows: map[*sequence]int{}}
	c.library = Library{
		ID: d.ID, Name: d.Name, Folder: d.Folder, Description: d.Description, Kind: d.Kind, Access: d.Access,
		Attributes: d.Attributes, Resources: d.files(), Scripts: map[string]string{}, Steps: map[string]*Step{},
	}
	c.plan = Plan{Format: PlanFormat, ID: d.ID, Name: d.Name, Kind: d.Kind, Variables: d.variables(), Nodes: []Node{}, Flows: []Flow{}}
	c.number()
	for _, f := range d.flows {
		if i, ok := c.flows[f]; ok {
			c.plan.Flows[i] = Flow{
				ID: f.id, Name: f.name, From: c.index[f.from], To: c.index[f.to],
				Condition: c.key(scriptText(f.condition)), OnTake: c.key(scriptText(f.onTake)),
			}
		}
	}
	for i, e := range d.elements {
		c.plan.Nodes[i] = c.node(e)
		c.step(e)
	}
	return c.plan, c.library
}

// compiler numbers the nodes and flows and gathers the scripts.
type compiler struct {
	definition *Definition
	index      map[*element]int
	flows      map[*sequence]int
	plan       Plan
	library    Library
}

// number gives nodes and flows their indexes: their order in the document.
func (c *compiler) number() {
	for i, e := range c.definition.elements {
		c.index[e] = i
	}
	c.plan.Nodes = make([]Node, len(c.definition.elements))
	for _, f := range c.definition.flows {
		if f.from != nil && f.to != nil {
			c.flows[f] = len(c.flows)
		}
	}
	c.plan.Flows = make([]Flow, len(c.flows))
}

// key puts a script into the library and gives its key; nothing for no script.
func (c *compiler) key(script string) string {
	if script == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(script))
	key := hex.EncodeToString(sum[:])[:16]
	c.library.Scripts[key] = script
	return key
}

func (c *compiler) place(e *element) int {
	if e == nil {
		return None
	}
	return c.index[e]
}

func (c *compiler) indexes(flows []*sequence) []int {
	var found []int
	for _, f := range flows {
		found = append(found, c.flows[f])
	}
	return found
}

func (c *compiler) node(e *element) Node {
	n := Node{
		ID: e.id, Name: e.name, Type: e.kind, Parent: c.place(e.parent), In: c.indexes(e.in), Out: c.indexes(e.out), Default: None,
		Attached: c.place(e.attachedTo), Interrupting: e.interrupting, Triggered: e.triggered,
		Event: c.event(e.event), Loop: c.loop(e.loop), Decision: c.key(scriptText(e.decision)), Called: e.called,
		Inputs: c.copies(e.inputs), Outputs: c.copies(e.outputs),
	}
	if e.byDefault != nil {
		n.Default = c.flows[e.byDefault]
	}
	if e.work != nil {
		w := *e.work
		w.Script = c.key(scriptText(w.Script))
		n.Work = &w
	}
	return n
}

func (c *compiler) event(e *Event) *Event {
	if e == nil {
		return nil
	}
	compiled := *e
	compiled.Script = c.key(scriptText(e.Script))
	if e.Key != "" {
		compiled.Key = c.key(valueScript(e.Key))
	}
	if e.Timer != nil {
		compiled.Timer = c.timer(*e.Timer)
	}
	return &compiled
}

func (c *compiler) timer(t Timer) *Timer {
	for _, when := range []*string{&t.Date, &t.Duration, &t.Cycle} {
		if strings.Contains(*when, "#{") {
			*when, t.Scripted = c.key(valueScript(*when)), true
		}
	}
	return &t
}

func (c *compiler) loop(l *Loop) *Loop {
	if l == nil {
		return nil
	}
	compiled := *l
	compiled.Count, compiled.Complete, compiled.While = c.key(scriptText(l.Count)), c.key(scriptText(l.Complete)), c.key(scriptText(l.While))
	return &compiled
}

func (c *compiler) copies(all []Copy) []Copy {
	var compiled []Copy
	for _, one := range all {
		compiled = append(compiled, Copy{Name: one.Name, Script: c.key(valueScript(one.Script))})
	}
	return compiled
}

// step puts what a step says beyond its place in the flow into the library.
func (c *compiler) step(e *element) {
	s := e.detail
	s.Form = c.form(s.Form)
	if e.kind == StartEvent && e.parent == nil && e.eventType() == MessageEvent {
		c.library.Messages = append(c.library.Messages, e.event.Name)
	}
	if e.kind == StartEvent {
		if s.Form != nil && e.event == nil { // nobody fills in another
			c.library.Start = s.Form
		}
		s.Form = nil
	}
	for _, f := range e.decisions() {
		s.Decisions = append(s.Decisions, Decision{Flow: f.id, Name: f.label()})
	}
	if s.Actors != nil {
		actors := *s.Actors
		actors.Script = c.key(scriptText(actors.Script))
		s.Actors = &actors
	}
	if empty, err := json.Marshal(s); err == nil && string(empty) == "{}" {
		return
	}
	s.Name = cmp.Or(e.name, e.id)
	c.library.Steps[e.id] = &s
}

func (c *compiler) form(f *Form) *Form {
	if f == nil {
		return nil
	}
	form := &Form{Fields: slices.Clone(f.Fields), Triggers: slices.Clone(f.Triggers)}
	for i := range form.Fields {
		field := &form.Fields[i]
		field.Validation, field.Visibility = c.key(scriptText(field.Validation)), c.key(scriptText(field.Visibility))
	}
	for i := range form.Triggers {
		form.Triggers[i].Script = c.key(scriptText(form.Triggers[i].Script))
	}
	return form
}

// label is what a button for the flow reads.
func (f *sequence) label() string {
	if f.name == "" && len(f.from.out) > 1 {
		return f.to.name
	}
	return f.name
}
