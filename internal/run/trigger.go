package run

import (
	"context"
	"fmt"
	"strings"

	"provost/internal/account"
	"provost/internal/mapping"
)

// Triggers runs a load trigger over many objects in one round trip.
type Triggers interface {
	TriggerAll(ctx context.Context, name, text string, calls []mapping.TriggerCall) ([]mapping.TriggerResult, error)
}

// Moments at which load triggers run (guide 045, "Load triggers").
const (
	preTrigger  = "pre"
	postTrigger = "post"
)

// event names the trigger of an entry. What the listing no longer names is asked about as a removal, even where it is only disabled.
func (e *entry[T]) event(moment string) string {
	switch {
	case e.after == nil || e.change.Action == Delete || e.change.Action == Revoke || e.change.Object["absent"] == true:
		return moment + "Delete"
	case e.before == nil:
		return moment + "Insert"
	default:
		return moment + "Update"
	}
}

// triggersOf gives the scripts of an agent for a kind of object and an event, in their order.
func triggersOf(system *account.System, objectType, event string) []string {
	var scripts []string
	for _, t := range system.LoadTriggers {
		if t.ObjectType == objectType && t.Event == event {
			scripts = append(scripts, t.Script)
		}
	}
	return scripts
}

// ask runs the triggers of a moment. Before the write, one may change the new object or veto; one that fails stops its object only.
func (b *batch[T, P]) ask(ctx context.Context, moment string) error {
	byEvent := map[string][]*entry[T]{}
	for i := range b.entries {
		e := &b.entries[i]
		if e.written() == (moment == postTrigger) && !e.stopped {
			byEvent[e.event(moment)] = append(byEvent[e.event(moment)], e)
		}
	}
	for event, entries := range byEvent {
		for _, script := range triggersOf(b.system, b.name, event) {
			if err := b.askOne(ctx, event, script, moment, entries); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *batch[T, P]) askOne(ctx context.Context, event, script, moment string, entries []*entry[T]) error {
	calls := make([]mapping.TriggerCall, 0, len(entries))
	asked := make([]*entry[T], 0, len(entries))
	for _, e := range entries {
		if e.stopped {
			continue
		}
		asked = append(asked, e)
		calls = append(calls, mapping.TriggerCall{Old: b.soffid(e.before), New: b.soffid(e.current())})
	}
	if len(calls) == 0 {
		return nil
	}
	results, err := b.service.Triggers.TriggerAll(ctx, event, script, calls)
	if err != nil {
		return err
	}
	for i, e := range asked {
		if moment == postTrigger {
			e.afterwards(event, results[i])
		} else {
			b.answered(e, event, results[i])
		}
	}
	return nil
}

// soffid gives an object as triggers see it, or nil.
func (b *batch[T, P]) soffid(object *T) map[string]any {
	if object == nil {
		return nil
	}
	return nested(b.state(object))
}

// answered takes what a trigger before the write said.
func (b *batch[T, P]) answered(e *entry[T], event string, r mapping.TriggerResult) {
	switch {
	case r.Err != nil:
		e.stop("failed", fmt.Sprintf("The load trigger %s failed, so the object was left as it is: %s", event, r.Err))
	case !r.OK:
		e.stop("skipped", fmt.Sprintf("The load trigger %s refused the change.", event))
	case e.after != nil && r.New != nil:
		b.merge(e.after, r.New)
	}
}

// afterwards notes that a trigger after the write failed: the object is written, and somebody has to look.
func (e *entry[T]) afterwards(event string, r mapping.TriggerResult) {
	if r.Err != nil {
		e.stop("failed", fmt.Sprintf("The change was written, but the load trigger %s failed afterwards: %s", event, r.Err))
	}
}

// nested gives a state the form of the guide's objects (page 086): custom attributes in a map of their own.
func nested(state map[string]any) map[string]any {
	out, custom := map[string]any{}, map[string]any{}
	for name, value := range state {
		if code, ok := strings.CutPrefix(name, "attributes."); ok {
			custom[code] = value
			continue
		}
		out[name] = value
	}
	out["attributes"] = custom
	return out
}
