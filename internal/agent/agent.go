// Package agent applies wanted states to managed systems through their connectors: read, compare, ask the triggers, write. An agent
// serves one system; calls for the same object run one after the other and always apply the state wanted at that moment.
package agent

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/connector"
	"provost/internal/mapping"
	"provost/internal/scriptservice/site"
	"provost/internal/synctask"
)

// Source gives an agent what it works with. The core reads it from the database; nothing of it goes through a workflow's history.
type Source interface {
	// System gives the system with its parameters' secrets resolved.
	System(ctx context.Context, id uuid.UUID) (account.System, error)
	// Version gives the system's current version, to notice changes cheaply.
	Version(ctx context.Context, id uuid.UUID) (int64, error)
	// Target gives the state wanted at this moment.
	Target(ctx context.Context, system uuid.UUID, t synctask.Target) (Target, error)
}

// Target is the state wanted for an object, and what is known of it in the system.
type Target struct {
	Desired        map[string]any // nil: must not be there
	Origin         map[string]any // our object, for triggers
	DesiredVersion int64
	AppliedVersion int64
	Key            connector.Key
}

// Triggers runs the scripts around an operation.
type Triggers interface {
	Trigger(ctx context.Context, name, text string, source, oldObject, newObject map[string]any) (ok bool, object map[string]any, err error)
}

// Agent is one system with its open connector.
type Agent struct {
	System    account.System
	Kind      connector.Kind
	Connector connector.Connector
	classes   map[string]class
	source    Source
	triggers  Triggers
	locks     *keyedLock
}

// class is one mapping class as the connector takes it.
type class struct {
	connector.Class
	compiled *mapping.Compiled
	key      string // attribute that identifies
}

func newAgent(system account.System, kind connector.Kind, c connector.Connector, p *Pool) (*Agent, error) {
	compiled, findings := mapping.CompileAll(system.Mappings)
	if len(findings) > 0 {
		return nil, connector.Errorf(connector.ClassPolicy, "mapping", "the mapping of %s is not valid: %s", system.Name, findings[0].Message)
	}
	a := &Agent{
		System: system, Kind: kind, Connector: c, classes: map[string]class{}, source: p.source, triggers: p.triggers, locks: p.locks,
	}
	for i, name := range synctask.ClassNames(system.Mappings) {
		m := system.Mappings[i]
		a.classes[name] = class{
			Class:    connector.Class{Name: m.SystemObject, Properties: m.Properties, Attributes: attributesOf(m)},
			compiled: compiled[i], key: keyAttribute(kind, m),
		}
	}
	return a, nil
}

// attributesOf lists the system attributes that a mapping mentions; a script on the system's side may read any, so then all are asked for.
func attributesOf(m mapping.ObjectMapping) []string {
	var names []string
	for _, row := range m.Rows {
		path, err := mapping.ParsePath(row.System)
		if err != nil {
			return nil
		}
		if root := path.Root(); root != "" {
			names = append(names, root)
		}
	}
	return names
}

func keyAttribute(kind connector.Kind, m mapping.ObjectMapping) string {
	if key := m.Properties["key"]; key != "" {
		return key
	}
	for _, p := range kind.Properties {
		if p.Name == "key" {
			return p.Default
		}
	}
	return ""
}

// Budget bounds one call of Apply, so that a person's change is never long behind a batch. Zero means no bound. What belongs to one task
// is never cut: a task is recorded as a whole.
type Budget struct {
	Items int
	Time  time.Duration
}

// Apply brings targets into the system, in order, until the budget is spent: the results say how far it came. When the system cannot be
// reached, all that is left fails for that reason at once.
func (a *Agent) Apply(ctx context.Context, targets []synctask.Target, budget Budget, progress func(done int)) []synctask.Result {
	start := time.Now()
	var results []synctask.Result
	whole := 0 // results up to here are of complete tasks
	for i, t := range targets {
		if i > 0 && t.Task != targets[i-1].Task {
			whole = i
			if (budget.Items > 0 && i >= budget.Items) || (budget.Time > 0 && time.Since(start) > budget.Time) {
				break
			}
		}
		if ctx.Err() != nil {
			return results[:whole]
		}
		r := a.applyOne(ctx, t)
		results = append(results, r)
		if r.ErrorClass == connector.ClassUnavailable || r.ErrorClass == connector.ClassAuth {
			for _, rest := range targets[i+1:] {
				results = append(results, synctask.Result{Target: rest, Outcome: synctask.Errored, ErrorClass: r.ErrorClass, Message: r.Message})
			}
			break
		}
		progress(i + 1)
	}
	return results
}

func (a *Agent) applyOne(ctx context.Context, t synctask.Target) synctask.Result {
	unlock := a.locks.lock(a.System.ID.String() + t.Object.String() + t.Class)
	defer unlock()
	result, err := a.bring(ctx, t, 0)
	if err == nil {
		result, err = a.catchUp(ctx, t, result)
	}
	result.Target = t
	if err != nil {
		result.Outcome, result.ErrorClass = synctask.Errored, connector.ClassOf(err)
		result.Message, result.RetryAfter = err.Error(), connector.RetryAfter(err)
	}
	return result
}

// catchUpRounds bounds how often a state that changes under our hands is brought again in one call.
const catchUpRounds = 3

// catchUp looks again after a write. A write that was held up, by a hanging system or a stopped process, may have come after that of a
// newer state, whose server believes its own in place: so whoever wrote last brings what is wanted now, even when nobody waits for the
// result any more.
func (a *Agent) catchUp(ctx context.Context, t synctask.Target, r synctask.Result) (synctask.Result, error) {
	ctx = context.WithoutCancel(ctx)
	for range catchUpRounds {
		switch r.Outcome {
		case synctask.Created, synctask.Updated, synctask.Deleted:
		default:
			return r, nil
		}
		now, err := a.wanted(ctx, t)
		if err != nil || now.DesiredVersion == r.Version {
			return r, err
		}
		if r, err = a.bring(ctx, t, now.DesiredVersion); err != nil {
			return r, err
		}
	}
	return r, nil
}

// wanted reads the state wanted at this moment.
func (a *Agent) wanted(ctx context.Context, t synctask.Target) (Target, error) {
	want, err := a.source.Target(ctx, a.System.ID, t)
	if err != nil {
		return want, ours("read wanted state", err)
	}
	return want, nil
}

// bring reads, compares and writes one object, within the agent's time limit. A version from which on it is written even when it is noted
// as applied already is given by overwritten; zero for none.
func (a *Agent) bring(ctx context.Context, t synctask.Target, overwritten int64) (synctask.Result, error) {
	ctx, cancel := context.WithTimeout(site.With(ctx, a.System.ID), time.Duration(a.System.TaskTimeoutMS)*time.Millisecond)
	defer cancel()
	var r synctask.Result
	c, ok := a.classes[t.Class]
	if !ok {
		return r, connector.Errorf(connector.ClassPolicy, "apply", "the agent has no mapping %s any more", t.Class)
	}
	want, err := a.wanted(ctx, t)
	if err != nil {
		return r, err
	}
	r.Version, r.Key, r.ExternalID = want.DesiredVersion, want.Key.Name, want.Key.ID
	if want.AppliedVersion >= want.DesiredVersion && (overwritten == 0 || want.DesiredVersion < overwritten) {
		r.Outcome = synctask.Unchanged
		return r, nil
	}
	if a.System.ReadOnly {
		return r, connector.Errorf(connector.ClassPolicy, "apply", "the agent %s is read-only", a.System.Name)
	}
	current, err := a.find(ctx, &c, want)
	if err != nil {
		return r, err
	}
	switch {
	case want.Desired == nil:
		return a.remove(ctx, &c, want, current, r)
	case current == nil:
		return a.create(ctx, &c, want, r)
	default:
		return a.update(ctx, &c, want, *current, r)
	}
}

// find reads the object by what it was last known by, and by what it should be called: an object that is there already is taken over.
func (a *Agent) find(ctx context.Context, c *class, want Target) (*connector.Object, error) {
	getter, ok := a.Connector.(connector.Getter)
	if !ok {
		return nil, connector.Errorf(connector.ClassUnsupported, "get", "the connector %s cannot read single objects", a.Kind.Label)
	}
	keys := []connector.Key{want.Key}
	if name := c.name(want.Desired); name != "" && name != want.Key.Name {
		keys = append(keys, connector.Key{Name: name})
	}
	for _, key := range keys {
		if key == (connector.Key{}) {
			continue
		}
		found, err := getter.Get(ctx, c.Class, key)
		if err == nil {
			return &found, nil
		}
		if !errors.Is(err, connector.ErrNotFound) {
			return nil, err
		}
	}
	return nil, nil //nolint:nilnil // not being there is an answer
}

// name is how an object with these attributes is addressed: by its DN where the mapping computes one, else by the key attribute.
func (c *class) name(attributes map[string]any) string {
	for _, attribute := range []string{"dn", c.key} {
		for name, value := range attributes {
			if attribute != "" && strings.EqualFold(name, attribute) {
				if values := connector.Values(value); len(values) > 0 {
					return connector.Text(values[0])
				}
			}
		}
	}
	return ""
}

func (a *Agent) remove(ctx context.Context, c *class, want Target, current *connector.Object, r synctask.Result) (synctask.Result, error) {
	if current == nil {
		r.Outcome = synctask.Absent
		return r, nil
	}
	deleter, ok := a.Connector.(connector.Deleter)
	if !ok {
		return r, connector.Errorf(connector.ClassUnsupported, "delete", "the connector %s cannot delete", a.Kind.Label)
	}
	if _, vetoed, err := a.ask(ctx, c, mapping.TriggerPreDelete, want.Origin, current.Attributes, nil); vetoed || err != nil {
		return veto(r, mapping.TriggerPreDelete, err)
	}
	if err := deleter.Delete(ctx, c.Class, current.Ref()); err != nil && !errors.Is(err, connector.ErrNotFound) {
		return r, err
	}
	r.Outcome, r.Key, r.ExternalID = synctask.Deleted, current.Key, current.ID
	_, _, err := a.ask(ctx, c, mapping.TriggerPostDelete, want.Origin, current.Attributes, nil)
	return r, err
}

func (a *Agent) create(ctx context.Context, c *class, want Target, r synctask.Result) (synctask.Result, error) {
	creator, ok := a.Connector.(connector.Creator)
	if !ok {
		return r, connector.Errorf(connector.ClassUnsupported, "create", "the connector %s cannot create", a.Kind.Label)
	}
	desired, vetoed, err := a.ask(ctx, c, mapping.TriggerPreInsert, want.Origin, nil, want.Desired)
	if vetoed || err != nil {
		return veto(r, mapping.TriggerPreInsert, err)
	}
	created, err := creator.Create(ctx, c.Class, desired)
	if errors.Is(err, connector.ErrExists) { // somebody was faster: it is taken over
		if found, again := a.find(ctx, c, want); again == nil && found != nil {
			return a.update(ctx, c, want, *found, r)
		}
	}
	if err != nil {
		return r, err
	}
	r.Outcome, r.Key, r.ExternalID = synctask.Created, created.Key, created.ID
	for name := range desired {
		r.Attributes = append(r.Attributes, name)
	}
	_, _, err = a.ask(ctx, c, mapping.TriggerPostInsert, want.Origin, nil, created.Attributes)
	return r, err
}

func (a *Agent) update(ctx context.Context, c *class, want Target, current connector.Object, r synctask.Result) (synctask.Result, error) {
	desired, vetoed, err := a.ask(ctx, c, mapping.TriggerPreUpdate, want.Origin, current.Attributes, want.Desired)
	if vetoed || err != nil {
		return veto(r, mapping.TriggerPreUpdate, err)
	}
	r.Key, r.ExternalID = current.Key, current.ID
	changes := connector.DiffFor(a.Connector, c.Class, current, desired)
	if len(changes) == 0 {
		r.Outcome = synctask.Unchanged
		return r, nil
	}
	updater, ok := a.Connector.(connector.Updater)
	if !ok {
		return r, connector.Errorf(connector.ClassUnsupported, "update", "the connector %s cannot update", a.Kind.Label)
	}
	updated, err := updater.Update(ctx, c.Class, current, desired)
	if err != nil {
		return r, err
	}
	r.Outcome, r.Key, r.ExternalID = synctask.Updated, updated.Key, updated.ID
	for _, change := range changes {
		r.Attributes = append(r.Attributes, change.Attribute)
	}
	_, _, err = a.ask(ctx, c, mapping.TriggerPostUpdate, want.Origin, current.Attributes, updated.Attributes)
	return r, err
}

// ask runs the trigger of a kind, if the mapping has one, and gives the new object as the trigger left it.
func (a *Agent) ask(
	ctx context.Context, c *class, kind mapping.TriggerKind, source, before, after map[string]any,
) (object map[string]any, vetoed bool, err error) {
	text, ok := c.compiled.Trigger(kind)
	if !ok || a.triggers == nil {
		return after, false, nil
	}
	accepted, object, err := a.triggers.Trigger(ctx, string(kind), text, source, before, after)
	if err != nil {
		return nil, false, &connector.Error{Class: connector.ClassData, Op: string(kind), Message: "the trigger failed", Err: err}
	}
	return object, !accepted, nil
}

func veto(r synctask.Result, kind mapping.TriggerKind, err error) (synctask.Result, error) {
	if err != nil {
		return r, err
	}
	r.Outcome, r.Message = synctask.Vetoed, "The trigger "+string(kind)+" refused the change."
	return r, nil
}

// Class gives a mapping class, by its name, as the connector takes it.
func (a *Agent) Class(name string) connector.Class { return a.classes[name].Class }

// Address gives how an object with these attributes of a mapping class is addressed.
func (a *Agent) Address(className string, attributes map[string]any) string {
	c := a.classes[className]
	return c.name(attributes)
}
