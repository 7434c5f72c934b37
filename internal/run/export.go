package run

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/google/uuid"

	"provost/internal/agent"
	"provost/internal/connector"
	"provost/internal/mapping"
	"provost/internal/synctask"
)

// incoming says which object types a kind of run reads, and keyOf under which attribute they are known here.
var (
	incoming = map[string][]mapping.ObjectType{
		Load: {mapping.TypeGroup, mapping.TypeUser, mapping.TypeGrantedGroup, mapping.TypeAllGrantedGroups},
		Reconcile: {
			mapping.TypeUser, mapping.TypeAccount, mapping.TypeRole, mapping.TypeGrant, mapping.TypeAllGrantedRoles,
		},
		Impact: {mapping.TypeUser, mapping.TypeAccount},
	}
	keyOf = map[string]map[mapping.ObjectType]string{
		Load: {mapping.TypeUser: "userName", mapping.TypeGroup: "name"},
		Reconcile: {
			mapping.TypeUser: "accountName", mapping.TypeAccount: "accountName", mapping.TypeRole: "name",
		},
	}
)

// source is what a run does, with previews resolved to what they preview.
func (r *Run) source() string {
	if r.Kind == ImpactIn {
		return r.Options.Of
	}
	return r.Kind
}

// Export streams the system's objects, mapped to ours, into the staging tables: page by page, in bounded memory. It may be called again
// after a crash and starts over. heartbeat is called with the number of objects so far.
func (s *Service) Export(ctx context.Context, id uuid.UUID, heartbeat func(objects int64)) (int64, error) {
	ctx, r, system, err := s.begin(ctx, id)
	if err != nil {
		return 0, err
	}
	if err := s.Store.Advance(ctx, id, Running, PhaseExport, map[string]int64{"listed": 0}); err != nil {
		return 0, err
	}
	if err := s.Store.ClearObjects(ctx, id); err != nil {
		return 0, err
	}
	opened, lister, err := s.agentOf(ctx, system.ID)
	if err != nil {
		return 0, err
	}
	e := &export{service: s, run: &r, heartbeat: heartbeat, lister: lister, parameters: system.Parameters}
	if err := e.plan(ctx, opened); err != nil {
		return 0, err
	}
	for i := range e.classes {
		if err := e.list(ctx, &e.classes[i]); err != nil {
			return 0, fmt.Errorf("list %s of %s: %w", e.classes[i].compiled.Mapping().SystemObject, system.Name, err)
		}
	}
	if err := s.Store.KeepListing(ctx, id, e.listing); err != nil {
		return 0, err
	}
	r.Listing = e.listing
	if err := s.Store.Arrange(ctx, r); err != nil {
		return 0, err
	}
	return e.seq, s.Store.Advance(ctx, id, Running, PhaseExport, map[string]int64{"listed": e.seq})
}

// export is one listing under way.
type export struct {
	service    *Service
	run        *Run
	lister     connector.Lister
	parameters map[string]string // of the agent, with references to secrets
	classes    []exported
	listing    Listing
	seq        int64
	links      int64
	heartbeat  func(int64)
}

// exported is one mapping class that a run lists.
type exported struct {
	connector.Class
	name     string // of the mapping class
	compiled *mapping.Compiled
	address  string // under which its token is kept
	token    string // to go on from; empty to list everything
}

// plan chooses the classes to list, and from where. A class that an earlier one lists in the same way already is left out: several
// mappings of one type differ in what they send.
func (e *export) plan(ctx context.Context, opened *agent.Agent) error {
	source, system := e.run.source(), &opened.System
	tokens := map[string]string{}
	if e.differential(system.FullReconciliation) {
		var err error
		if tokens, err = e.service.Store.Tokens(ctx, system.ID); err != nil {
			return err
		}
		e.listing.Partial = true
	}
	e.listing.Tokens = map[string]string{}
	names := synctask.ClassNames(system.Mappings)
	for i, m := range system.Mappings {
		if !slices.Contains(incoming[source], m.ObjectType) || (source != Impact && !brings(m)) || e.listed(m) {
			continue
		}
		compiled, findings := mapping.Compile(m)
		if len(findings) > 0 {
			return connector.Errorf(connector.ClassPolicy, "mapping", "the mapping of %s is not valid: %s", system.Name, findings[0].Message)
		}
		c := exported{Class: opened.Class(names[i]), name: names[i], compiled: compiled, address: address(source, e.parameters, m)}
		c.token = tokens[c.address]
		e.classes = append(e.classes, c)
		e.cover(m)
	}
	if len(e.classes) == 0 {
		return connector.Errorf(connector.ClassPolicy, "list", "the agent %s maps nothing that a %s reads", system.Name, source)
	}
	return nil
}

// differential reports whether only what changed is to be listed. Only runs that write move on from where they were.
func (e *export) differential(full bool) bool {
	if source := e.run.source(); source != Load && source != Reconcile {
		return false
	}
	switch e.run.Options.Mode {
	case Full:
		return false
	case Differential:
		return true
	}
	return !full
}

// brings reports whether a mapping brings anything in.
func brings(m mapping.ObjectMapping) bool {
	return slices.ContainsFunc(m.Rows, func(r mapping.Row) bool { return r.Direction.In() })
}

func (e *export) listed(m mapping.ObjectMapping) bool {
	return slices.ContainsFunc(e.classes, func(c exported) bool {
		o := c.compiled.Mapping()
		return o.ObjectType == m.ObjectType && o.SystemObject == m.SystemObject && reflect.DeepEqual(o.Properties, m.Properties) &&
			slices.Equal(incomingRows(o), incomingRows(m))
	})
}

func incomingRows(m mapping.ObjectMapping) []mapping.Row {
	var rows []mapping.Row
	for _, r := range m.Rows {
		if r.Direction.In() {
			rows = append(rows, mapping.Row{System: r.System, Direction: mapping.DirectionIn, Provost: r.Provost})
		}
	}
	return rows
}

// cover notes what listing a class says something about.
func (e *export) cover(m mapping.ObjectMapping) {
	if kind := kindOf(m.ObjectType); kind != "" {
		e.listing = e.listing.covering(kind)
		e.listing.AllLinks = append(e.listing.AllLinks, kind)
		return
	}
	e.listing = e.listing.covering(reported(m.ObjectType, e.run))
	for _, row := range incomingRows(m) {
		for _, r := range relations(e.run.source(), m.ObjectType) {
			if path, err := mapping.ParsePath(row.Provost); err == nil && path.Root() == r.attribute {
				e.listing = e.listing.covering(r.kind)
				e.listing.Effective = e.listing.Effective || r.effective
			}
		}
	}
}

// list lists one class. A token that the system cannot use any more is forgotten, and everything is listed.
func (e *export) list(ctx context.Context, c *exported) error {
	emitted := false
	emit := func(p connector.Page) error {
		emitted = true
		if p.Token != "" {
			e.listing.Tokens[c.address] = p.Token
		}
		return e.page(ctx, c, p)
	}
	options := connector.ListOptions{PageSize: page, Token: c.token}
	err := e.lister.List(ctx, c.Class, options, emit)
	if err != nil && !emitted && options.Token != "" && connector.ClassOf(err) == connector.ClassData {
		options.Token = ""
		err = e.lister.List(ctx, c.Class, options, emit)
	}
	return err
}

func (e *export) page(ctx context.Context, c *exported, p connector.Page) error {
	raw := make([]map[string]any, len(p.Objects))
	for i := range p.Objects {
		raw[i] = p.Objects[i].Attributes
	}
	mapped, err := c.compiled.In(ctx, raw, e.service.Scripts)
	if err != nil {
		return fmt.Errorf("map listed objects: %w", err)
	}
	if len(mapped) != len(p.Objects) {
		return errors.New("map listed objects: some are missing")
	}
	objects := make([]Object, 0, len(p.Objects)+len(p.Problems))
	var links []StagedLink
	for i := range p.Objects {
		e.seq++
		o := e.object(c, &p.Objects[i], &mapped[i])
		if kindOf(o.Type) == "" {
			of, lists := linksOf(e.run.source(), &o)
			o.Links = lists
			objects = append(objects, o)
			if o.Problem == "" {
				links = append(links, of...)
			}
			continue
		}
		if o.Problem != "" {
			objects = append(objects, o)
			continue
		}
		link, problem := linkOf(&o)
		if problem != "" {
			o.Problem, o.Unidentified = problem, true
			objects = append(objects, o)
			continue
		}
		links = append(links, link)
	}
	for _, problem := range p.Problems {
		e.seq++
		objects = append(objects, broken(c, e.seq, problem))
	}
	return e.stage(ctx, objects, links)
}

// object makes a staged object of a listed one.
func (e *export) object(c *exported, listed *connector.Object, mapped *mapping.Result) Object {
	m := c.compiled.Mapping()
	key := keyOf[e.run.source()][m.ObjectType]
	o := Object{
		Seq: e.seq, Class: c.name, Type: m.ObjectType, Address: listed.Key, ExternalID: listed.ID,
		Mapped: mapped.Object, Key: text(mapped.Object[key]),
	}
	if e.run.source() != Load {
		o.Raw = listed.Attributes
	}
	if o.Type == mapping.TypeGroup {
		normaliseGroup(o.Mapped)
	}
	err := mapped.Err()
	switch {
	case err != nil:
		o.Problem = "The mapping failed: " + err.Error()
	case key != "" && o.Key == "":
		o.Problem = fmt.Sprintf("The object has no %s.", key)
	}
	o.Unidentified = o.Problem != "" && key != "" && o.Key == ""
	if kindOf(o.Type) != "" {
		o.Unidentified = err != nil
	}
	return o
}

// broken makes a staged object of a record that could not be read. Its key, if there is one, is the system's and not ours.
func broken(c *exported, seq int64, problem connector.Problem) Object {
	o := Object{Seq: seq, Class: c.name, Type: c.compiled.Mapping().ObjectType, Key: problem.Key, Problem: problem.Message, Unidentified: true}
	if problem.Line > 0 {
		o.Address = fmt.Sprintf("line %d", problem.Line)
	}
	return o
}

func (e *export) stage(ctx context.Context, objects []Object, links []StagedLink) error {
	for i := range links {
		e.links++
		links[i].Seq = e.links
	}
	if err := e.service.Store.AddObjects(ctx, e.run.ID, objects); err != nil {
		return err
	}
	if err := e.service.Store.AddLinks(ctx, e.run.ID, links); err != nil {
		return err
	}
	e.heartbeat(e.seq)
	return nil
}
