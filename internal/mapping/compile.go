package mapping

import (
	"errors"
	"fmt"
	"strings"
)

// Side is the part of a mapping a finding is about.
type Side string

// The sides.
const (
	SideSystem    Side = "system"
	SideProvost   Side = "provost"
	SideDirection Side = "direction"
	SideObject    Side = "object" // system object and type
	SideTrigger   Side = "trigger"
)

// Reason is the machine code of a finding.
type Reason string

// The reasons.
const (
	ReasonEmpty           Reason = "empty"
	ReasonDirection       Reason = "unknown-direction"
	ReasonScriptTarget    Reason = "script-as-target"
	ReasonScriptBothWays  Reason = "script-both-ways"
	ReasonConstantTarget  Reason = "constant-as-target"
	ReasonDuplicateTarget Reason = "duplicate-target"
	ReasonObjectType      Reason = "unknown-object-type"
	ReasonTrigger         Reason = "unknown-trigger"
	ReasonTriggerTwice    Reason = "duplicate-trigger"
)

// Finding is one fault of a mapping.
type Finding struct {
	Mapping int    `json:"mapping"` // index in the list given to CompileAll, else 0
	Row     int    `json:"row"`     // index in Rows, or in Triggers for SideTrigger; -1 for the mapping itself
	Side    Side   `json:"side"`
	Reason  Reason `json:"reason"`
	Message string `json:"message"` // a sentence for the person who edits the mapping
}

// Compiled is a checked mapping, ready to translate. It is immutable and safe for concurrent use.
type Compiled struct {
	mapping   ObjectMapping
	condition source
	out, in   flow
}

// flow is what a mapping does in one direction.
type flow struct {
	rows    []flowRow
	scripts []Script // of the rows, in their order
}

type flowRow struct {
	row    int // index in ObjectMapping.Rows
	target Path
	source source
}

// source yields a value: by a path, or by the script with this index in its flow.
type source struct {
	path     Path
	isScript bool
	script   int
}

// Compile checks a mapping and prepares it. With findings there is no mapping, and all of them are reported.
func Compile(m ObjectMapping) (*Compiled, []Finding) {
	c := &compilation{compiled: &Compiled{mapping: m}, outTargets: map[string]int{}, inTargets: map[string]int{}}
	c.object(m)
	for i, row := range m.Rows {
		c.row(i, row)
	}
	c.triggers(m.Triggers)
	if len(c.findings) > 0 {
		return nil, c.findings
	}
	return c.compiled, nil
}

// CompileAll compiles the mappings of a system in their order. With findings there are no mappings.
func CompileAll(mappings []ObjectMapping) ([]*Compiled, []Finding) {
	all := make([]*Compiled, 0, len(mappings))
	var findings []Finding
	for i, m := range mappings {
		compiled, found := Compile(m)
		for _, f := range found {
			f.Mapping = i
			findings = append(findings, f)
		}
		all = append(all, compiled)
	}
	if len(findings) > 0 {
		return nil, findings
	}
	return all, nil
}

// Mapping returns what was compiled; it must not be changed.
func (c *Compiled) Mapping() ObjectMapping { return c.mapping }

// Trigger returns the script of a trigger, if the mapping has one.
func (c *Compiled) Trigger(kind TriggerKind) (string, bool) {
	for _, t := range c.mapping.Triggers {
		if t.Kind == kind {
			return t.Script, true
		}
	}
	return "", false
}

// OutScripts lists the scripts [Compiled.Out] hands to its evaluator, the condition first; empty if it needs none.
func (c *Compiled) OutScripts() []Script { return c.outScripts() }

// InScripts lists the scripts [Compiled.In] hands to its evaluator; empty if it needs none.
func (c *Compiled) InScripts() []Script { return c.in.scripts }

type compilation struct {
	compiled              *Compiled
	findings              []Finding
	outTargets, inTargets map[string]int // canonical path → row
}

func (c *compilation) findf(row int, side Side, reason Reason, format string, args ...any) {
	c.findings = append(c.findings, Finding{Row: row, Side: side, Reason: reason, Message: fmt.Sprintf(format, args...)})
}

func (c *compilation) object(m ObjectMapping) {
	if strings.TrimSpace(m.SystemObject) == "" {
		c.findf(-1, SideObject, ReasonEmpty, "The mapping has no system object.")
	}
	if !m.ObjectType.Valid() {
		c.findf(-1, SideObject, ReasonObjectType, "%q is not an object type.", m.ObjectType)
	}
	if strings.TrimSpace(m.Condition) == "" {
		c.compiled.condition = source{path: Path{literal: true, value: true}}
		return
	}
	c.compiled.condition = sourceOf(m.Condition)
}

func sourceOf(text string) source {
	path, err := ParsePath(text)
	return source{path: path, isScript: err != nil}
}

func (c *compilation) row(i int, row Row) {
	complete := c.filled(i, row.System, SideSystem)
	complete = c.filled(i, row.Provost, SideProvost) && complete
	if !row.Direction.Valid() {
		c.findf(i, SideDirection, ReasonDirection, "%q is not an arrow: use <=, => or <=>.", row.Direction)
		return
	}
	if !complete {
		return
	}
	if row.Direction.Out() {
		if target, ok := c.target(i, row, row.System, SideSystem, c.outTargets); ok {
			c.add(&c.compiled.out, i, target, row.Provost)
		}
	}
	if row.Direction.In() {
		if target, ok := c.target(i, row, row.Provost, SideProvost, c.inTargets); ok {
			c.add(&c.compiled.in, i, target, row.System)
		}
	}
}

func (c *compilation) filled(i int, text string, side Side) bool {
	if strings.TrimSpace(text) != "" {
		return true
	}
	c.findf(i, side, ReasonEmpty, "The %s side of row %d is empty.", side, i+1)
	return false
}

// target checks the side that is written to.
func (c *compilation) target(i int, row Row, text string, side Side, taken map[string]int) (Path, bool) {
	path, err := ParsePath(text)
	if err != nil {
		reason, rule := ReasonScriptTarget, "is written to, so it must be a path and not a script"
		if row.Direction == DirectionBoth {
			reason, rule = ReasonScriptBothWays, "must be a path, because a script works one way only"
		}
		c.findf(i, side, reason, "The %s side of row %d (%s) %s: %s. For a name that is no identifier write THIS{\"name\"}.",
			side, i+1, row.Direction, rule, strings.TrimPrefix(err.Error(), ErrNotPath.Error()+": "))
		return Path{}, false
	}
	if _, constant := path.Literal(); constant || len(path.steps) == 0 {
		c.findf(i, side, ReasonConstantTarget, "The %s side of row %d is written to; %s is not an attribute.", side, i+1, path)
		return Path{}, false
	}
	if first, twice := taken[path.String()]; twice {
		c.findf(i, side, ReasonDuplicateTarget, "Row %d writes %s, as row %d does.", i+1, path, first+1)
		return Path{}, false
	}
	taken[path.String()] = i
	return path, true
}

func (c *compilation) add(f *flow, i int, target Path, text string) {
	row := flowRow{row: i, target: target, source: sourceOf(text)}
	if row.source.isScript {
		row.source.script = len(f.scripts)
		f.scripts = append(f.scripts, Script{Name: fmt.Sprintf("row %d: %s", i+1, target), Source: text})
	}
	f.rows = append(f.rows, row)
}

func (c *compilation) triggers(triggers []Trigger) {
	seen := map[TriggerKind]bool{}
	for i, t := range triggers {
		switch {
		case !t.Kind.Valid():
			c.findf(i, SideTrigger, ReasonTrigger, "%q is not a trigger.", t.Kind)
		case seen[t.Kind]:
			c.findf(i, SideTrigger, ReasonTriggerTwice, "The trigger %s exists twice.", t.Kind)
		case strings.TrimSpace(t.Script) == "":
			c.findf(i, SideTrigger, ReasonEmpty, "The trigger %s has no script.", t.Kind)
		}
		seen[t.Kind] = true
	}
}

// FindingsError turns findings into one error, nil for none.
func FindingsError(findings []Finding) error {
	errs := make([]error, len(findings))
	for i, f := range findings {
		errs[i] = fmt.Errorf("mapping %d: %s", f.Mapping+1, f.Message)
	}
	return errors.Join(errs...)
}
