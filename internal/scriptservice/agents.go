package scriptservice

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/authz"
	"provost/internal/connector"
	"provost/internal/fault"
	"provost/internal/mapping"
	"provost/internal/query"
	"provost/internal/script"
	"provost/internal/scriptservice/site"
	"provost/internal/synctask"
)

// objectTypeName is the entry of an ExtensibleObject that names its object mapping.
const objectTypeName = "objectType"

func agentMethods() map[string]method {
	return map[string]method{
		"findAllActiveDispatchers": {reads, activeAgents},
		"findDispatcherByName":     systems.byName(),
		"findSystems":              systems.search(),
		"findDispatchers":          systems.search(),
		"invoke":                   {outside, invokeNamed},
	}
}

// ownAgentMethods are those of dispatcherService, the interface of the agent that a mapping or trigger belongs to (guide page 086).
func ownAgentMethods() map[string]method {
	return map[string]method{
		"search":         {outside, searchObject},
		"invoke":         {outside, invokeOwn},
		"soffidToSystem": {outside, soffidToSystem},
		"systemToSoffid": {outside, systemToSoffid},
	}
}

// activeAgents lists the agents that a server runs, by name.
func activeAgents(ctx context.Context, c *call) (any, error) {
	all, err := systems.every(ctx, c, query.List{})
	if err != nil {
		return nil, err
	}
	return systems.showAll(ctx, c, slices.DeleteFunc(all, func(s account.System) bool { return !s.Serviced() }))
}

// invokeNamed runs an operation of a managed system's own: system, verb, path, parameters. Whoever may change an agent may say what it
// does, so that is the permission it asks for.
func invokeNamed(ctx context.Context, c *call) (any, error) {
	if _, err := authz.Check(ctx, authz.SystemUpdate); err != nil {
		return nil, err
	}
	name, err := c.text(0, "the system")
	if err != nil {
		return nil, err
	}
	found, err := systems.named(ctx, c, name)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, c.wrong("there is no agent %s", name)
	}
	a, err := c.open(ctx, found.ID)
	if err != nil {
		return nil, err
	}
	return c.invoke(ctx, a, 1)
}

func invokeOwn(ctx context.Context, c *call) (any, error) {
	a, err := c.agent(ctx)
	if err != nil {
		return nil, err
	}
	return c.invoke(ctx, a, 0)
}

// readingVerbs change nothing, whatever their path: a read-only agent runs them.
var readingVerbs = []string{"select", "search", "get"}

// invoke runs an operation whose verb is the argument at i, followed by path and parameters.
func (c *call) invoke(ctx context.Context, a *agent.Agent, i int) (any, error) {
	verb, err := c.text(i, "the verb")
	if err != nil {
		return nil, err
	}
	path := ""
	if c.args.at(i+1) != nil {
		if path, err = c.text(i+1, "the path"); err != nil {
			return nil, err
		}
	}
	params, ok := c.args.at(i + 2).(map[string]any)
	if !ok && c.args.at(i+2) != nil {
		return nil, c.wrong("the parameters must be a map (argument %d)", i+3)
	}
	delete(params, script.ClassKey)
	invoker, ok := a.Connector.(connector.Invoker)
	if !ok {
		return nil, c.wrong("the connector %s of %s runs no operations for scripts", a.Kind.Label, a.System.Name)
	}
	if a.System.ReadOnly && !slices.Contains(readingVerbs, strings.ToLower(strings.TrimSpace(verb))) {
		return nil, c.wrong("the agent %s is read-only: only %s are run", a.System.Name, strings.Join(readingVerbs, ", "))
	}
	if !c.own {
		if err := c.note(ctx); err != nil {
			return nil, err
		}
	}
	rows, err := invoker.Invoke(ctx, verb, path, params)
	if err != nil {
		return nil, err
	}
	out := make([]any, len(rows))
	for n, row := range rows {
		out[n] = row
	}
	return out, nil
}

// agent opens the agent that the script runs for. A script of the installation belongs to the agent's mapping, which only people who may
// change the agent write; a published script needs that permission itself.
func (c *call) agent(ctx context.Context) (*agent.Agent, error) {
	id, ok := site.From(ctx)
	if !ok {
		return nil, fault.New(fault.Unavailable,
			"dispatcherService is there only where a script runs for an agent, in its mappings and triggers: elsewhere use the DispatcherService with the agent's name.")
	}
	if !c.own {
		if _, err := authz.Check(ctx, authz.SystemUpdate); err != nil {
			return nil, err
		}
	}
	return c.open(ctx, id)
}

func (c *call) open(ctx context.Context, id uuid.UUID) (*agent.Agent, error) {
	if c.pool == nil {
		return nil, fault.New(fault.Unavailable, "This process runs no agents, so scripts cannot reach managed systems from here.")
	}
	return c.pool.Get(ctx, id)
}

// searchObject finds an object of the managed system by example: the attributes are the system's, objectType names the object mapping.
func searchObject(ctx context.Context, c *call) (any, error) {
	a, err := c.agent(ctx)
	if err != nil {
		return nil, err
	}
	example, at, err := c.extensible(a)
	if err != nil {
		return nil, err
	}
	name := synctask.ClassNames(a.System.Mappings)[at]
	found, err := lookUp(ctx, a, name, example)
	if err != nil || found == nil {
		return nil, err
	}
	return extensible(found.Attributes, a.System.Mappings[at].SystemObject), nil
}

// lookUp asks by example where the connector can, and otherwise by the key that the example holds.
func lookUp(ctx context.Context, a *agent.Agent, class string, example map[string]any) (*connector.Object, error) {
	if finder, ok := a.Connector.(connector.Finder); ok {
		found, err := finder.Find(ctx, a.Class(class), example, 1)
		if err != nil || len(found) == 0 {
			return nil, err
		}
		return &found[0], nil
	}
	getter, ok := a.Connector.(connector.Getter)
	address := a.Address(class, example)
	if !ok || address == "" {
		return nil, fault.New(fault.Invalid, "The connector %s finds objects by their key only: fill it in.", a.Kind.Label)
	}
	found, err := getter.Get(ctx, a.Class(class), connector.Key{Name: address})
	if errors.Is(err, connector.ErrNotFound) {
		return nil, nil //nolint:nilnil // null is the answer
	}
	return &found, err
}

// extensible reads the ExtensibleObject in the first argument: its entries, and the place of its object mapping in the agent's list.
func (c *call) extensible(a *agent.Agent) (map[string]any, int, error) {
	given, err := c.object("ExtensibleObject")
	if err != nil {
		return nil, 0, err
	}
	wanted, _ := given[objectTypeName].(string)
	entries := make(map[string]any, len(given))
	for name, value := range given {
		if name != objectTypeName && name != script.ClassKey {
			entries[name] = value
		}
	}
	var offered []string
	for i, m := range a.System.Mappings {
		if strings.EqualFold(m.SystemObject, wanted) || strings.EqualFold(string(m.ObjectType), wanted) {
			return entries, i, nil
		}
		offered = append(offered, m.SystemObject)
	}
	return nil, 0, c.wrong("objectType %q is none of the agent's objects (%s)", wanted, strings.Join(offered, ", "))
}

func extensible(entries map[string]any, objectType string) map[string]any {
	out := map[string]any{script.ClassKey: "ExtensibleObject", objectTypeName: objectType}
	maps.Copy(out, entries)
	return out
}

// soffidToSystem gives an object as the agent's mapping makes it for the system, or null where the mapping's condition is not true.
func soffidToSystem(ctx context.Context, c *call) (any, error) {
	return c.translated(ctx, (*mapping.Compiled).Out, func(m *mapping.ObjectMapping) string { return m.SystemObject })
}

// systemToSoffid gives an object of the system as the agent's mapping reads it.
func systemToSoffid(ctx context.Context, c *call) (any, error) {
	return c.translated(ctx, (*mapping.Compiled).In, func(m *mapping.ObjectMapping) string { return string(m.ObjectType) })
}

// flow is one direction of a mapping.
type flow func(m *mapping.Compiled, ctx context.Context, batch []map[string]any, scripts mapping.Evaluator) ([]mapping.Result, error)

// translated runs one object through a mapping; made names the type of what comes out.
func (c *call) translated(ctx context.Context, run flow, made func(*mapping.ObjectMapping) string) (any, error) {
	a, err := c.agent(ctx)
	if err != nil {
		return nil, err
	}
	object, at, err := c.extensible(a)
	if err != nil {
		return nil, err
	}
	m := &a.System.Mappings[at]
	compiled, findings := mapping.Compile(*m)
	if len(findings) > 0 {
		return nil, c.wrong("the mapping of %s is not valid: %s", m.SystemObject, findings[0].Message)
	}
	results, err := run(compiled, ctx, []map[string]any{object}, c.mappings)
	switch {
	case errors.Is(err, mapping.ErrNoEvaluator):
		return nil, c.wrong("the mapping of %s has scripts, which this process does not run", m.SystemObject)
	case err != nil:
		return nil, err
	case results[0].Err() != nil:
		return nil, c.wrong("%s", results[0].Err())
	case !results[0].Applies:
		return nil, nil
	}
	return extensible(results[0].Object, made(m)), nil
}
