package run

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"provost/internal/connector"
	"provost/internal/mapping"
	"provost/internal/synctask"
)

// incoming says which object types a kind of run reads, and keyOf under which attribute they are known here.
var (
	incoming = map[string][]mapping.ObjectType{
		Load:      {mapping.TypeUser},
		Reconcile: {mapping.TypeUser, mapping.TypeAccount},
		Impact:    {mapping.TypeUser, mapping.TypeAccount},
	}
	keyOf = map[string]map[mapping.ObjectType]string{
		Load:      {mapping.TypeUser: "userName"},
		Reconcile: {mapping.TypeUser: "accountName", mapping.TypeAccount: "accountName"},
	}
)

// source is what a run does, with previews resolved to what they preview.
func (r *Run) source() string {
	if r.Kind == ImpactIn {
		return r.Options.Of
	}
	return r.Kind
}

// Export streams the system's objects, mapped to ours, into the staging table: page by page, in bounded memory. It may be called again
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
	e := &export{service: s, run: &r, heartbeat: heartbeat}
	names := synctask.ClassNames(opened.System.Mappings)
	for i, m := range opened.System.Mappings {
		if !slices.Contains(incoming[r.source()], m.ObjectType) {
			continue
		}
		compiled, findings := mapping.Compile(m)
		if len(findings) > 0 {
			return 0, connector.Errorf(connector.ClassPolicy, "mapping", "the mapping of %s is not valid: %s", system.Name, findings[0].Message)
		}
		e.class, e.compiled = names[i], compiled
		if err := lister.List(ctx, opened.Class(names[i]), connector.ListOptions{PageSize: page}, func(p connector.Page) error {
			return e.page(ctx, p)
		}); err != nil {
			return 0, fmt.Errorf("list %s of %s: %w", m.SystemObject, system.Name, err)
		}
	}
	if e.compiled == nil {
		return 0, connector.Errorf(connector.ClassPolicy, "list", "the agent %s maps nothing that a %s reads", system.Name, r.source())
	}
	if err := s.Store.MarkDuplicates(ctx, id); err != nil {
		return 0, err
	}
	return e.seq, s.Store.Advance(ctx, id, Running, PhaseExport, map[string]int64{"listed": e.seq})
}

// export is one listing under way.
type export struct {
	service   *Service
	run       *Run
	class     string
	compiled  *mapping.Compiled
	seq       int64
	heartbeat func(int64)
}

func (e *export) page(ctx context.Context, p connector.Page) error {
	raw := make([]map[string]any, len(p.Objects))
	for i := range p.Objects {
		raw[i] = p.Objects[i].Attributes
	}
	mapped, err := e.compiled.In(ctx, raw, e.service.Scripts)
	if err != nil {
		return fmt.Errorf("map listed objects: %w", err)
	}
	m := e.compiled.Mapping()
	key := keyOf[e.run.source()][m.ObjectType]
	objects := make([]Object, 0, len(p.Objects)+len(p.Problems))
	for i, listed := range p.Objects {
		e.seq++
		o := Object{
			Seq: e.seq, Class: e.class, Type: m.ObjectType, Address: listed.Key, ExternalID: listed.ID,
			Mapped: mapped[i].Object, Key: text(mapped[i].Object[key]),
		}
		if e.run.source() != Load {
			o.Raw = listed.Attributes
		}
		switch err := mapped[i].Err(); {
		case err != nil:
			o.Problem = "The mapping failed: " + err.Error()
		case key != "" && o.Key == "":
			o.Problem = fmt.Sprintf("The object has no %s.", key)
		}
		objects = append(objects, o)
	}
	for _, problem := range p.Problems {
		e.seq++
		objects = append(objects, Object{
			Seq: e.seq, Class: e.class, Type: m.ObjectType, Key: problem.Key, Address: fmt.Sprintf("line %d", problem.Line), Problem: problem.Message,
		})
	}
	if err := e.service.Store.AddObjects(ctx, e.run.ID, objects); err != nil {
		return err
	}
	e.heartbeat(e.seq)
	return nil
}
