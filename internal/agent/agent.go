// Package agent applies wanted states to managed systems through their connectors: read, compare, ask the triggers, write. An agent
// serves one system; calls for the same object run one after the other and always apply the state wanted at that moment.
package agent

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/connector"
	"provost/internal/mapping"
	"provost/internal/synctask"
)

// Source gives an agent what it works with. The core reads it from the database; nothing of it goes through a workflow's history.
type Source interface {
	// System gives the system with its parameters' secrets resolved.
	System(ctx context.Context, id uuid.UUID) (account.System, error)
	// Version gives the system's current version, to notice changes cheaply.
	Version(ctx context.Context, id uuid.UUID) (int64, error)
	// Targets gives the states wanted at this moment, in the order of the targets. One that has no state any more, because
	// it was deleted and is out of the system, is zero.
	Targets(ctx context.Context, system uuid.UUID, targets []synctask.Target) ([]Target, error)
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
