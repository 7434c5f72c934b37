package process

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/fault"
)

// mostSteered is how many processes somebody may migrate at once who needs to manage each of them.
const mostSteered = 100

// Migration puts running processes of one version on another version of the same definition.
type Migration struct {
	From, To  uuid.UUID
	Elements  map[string]string // element of From → the one that takes its place; all others keep their id
	Processes []uuid.UUID       // none: all that run by From
	Reason    string
}

// MigrationReview is what a migration would come to.
type MigrationReview struct {
	Processes int              `json:"processes" doc:"That would be moved"`
	Places    []MigrationPlace `json:"places" doc:"Where they are, in the order of the definition"`
	Targets   []Element        `json:"targets" doc:"Elements of the other version"`
	Refused   int              `json:"refused" doc:"Processes that are at an element without a place in the other version; as long as there are any, none is moved"`
}

// MigrationPlace is an element that processes are at.
type MigrationPlace struct {
	Element
	To        string `json:"to" doc:"Element that takes its place"`
	Processes int    `json:"processes" doc:"How many are there"`
	Problem   string `json:"problem" doc:"Why it does not fit; empty when it does"`
}

// Element is an element of a definition.
type Element struct {
	ID   string       `json:"id"`
	Name string       `json:"name"`
	Type bpm.NodeType `json:"type"`
}

// Standing is where a running process is.
type Standing struct {
	ID     uuid.UUID
	Number int64
	Name   string
	Places []string
}

// ReviewMigration says what a migration would come to, and changes nothing. It asks for what Migrate of each process asks for.
func (s *Operations) ReviewMigration(ctx context.Context, m Migration) (MigrationReview, error) {
	review, _, err := s.review(ctx, m)
	return review, err
}

// Migrate puts processes on another version, all of them or none: where one is at an element that has no place there it refuses. Each process
// is moved by itself within moments, unless it has gone elsewhere meanwhile where it has no place: then it stays, and its log says why.
func (s *Operations) Migrate(ctx context.Context, m Migration) (MigrationReview, error) {
	var review MigrationReview
	err := s.Processes.Store.Do(ctx, func(ctx context.Context) error {
		var moving []Standing
		var err error
		if review, moving, err = s.review(ctx, m); err != nil {
			return err
		}
		if err := reasoned(m.Reason); err != nil {
			return err
		}
		if err := review.Refusal(); err != nil {
			return err
		}
		who, err := me(ctx)
		if err != nil {
			return err
		}
		plan := Migrate{Version: m.To, Elements: m.Elements, Reason: strings.TrimSpace(m.Reason)}
		line := LogLine{Kind: string(ActionMigrate), Actor: who.UserName, Text: plan.Reason}
		if err := s.Store.ControlAll(ctx, ids(moving), ActionMigrate, who.UserName, plan, line); err != nil {
			return err
		}
		told := map[string]any{"from": m.From, "to": m.To, "elements": m.Elements, "processes": len(moving), "reason": plan.Reason}
		if len(m.Processes) == 1 {
			return record(ctx, s.Processes.Audit, "migrate", AuditProcess, moving[0].ID, moving[0].Name, nil, told)
		}
		return record(ctx, s.Processes.Audit, "migrate", AuditDefinition, m.From, "", nil, told)
	})
	return review, err
}

// Refusal is why a migration is not done (fault.Invalid, elements); nil when every process has a place in the other version.
func (r *MigrationReview) Refusal() error {
	if r.Refused == 0 {
		return nil
	}
	return fault.InvalidField("elements", "%d of %d processes have no place in the other version: %s", r.Refused, r.Processes, r.problems())
}

// problems names the elements that do not fit, and why.
func (r *MigrationReview) problems() string {
	var out []string
	for _, p := range r.Places {
		if p.Problem != "" {
			out = append(out, cmp.Or(p.Name, p.ID)+" ("+p.ID+"): "+p.Problem)
		}
	}
	return strings.Join(out, " ")
}

func (s *Operations) review(ctx context.Context, m Migration) (MigrationReview, []Standing, error) {
	review := MigrationReview{Places: []MigrationPlace{}, Targets: []Element{}}
	if err := s.mayMigrate(ctx, m.Processes); err != nil {
		return review, nil, err
	}
	before, err := s.Processes.Plans.Plan(ctx, m.From)
	if err != nil {
		return review, nil, err
	}
	same, err := s.Store.SameDefinition(ctx, m.From, m.To)
	switch {
	case err != nil:
		return review, nil, err
	case !same || m.From == m.To:
		return review, nil, fault.InvalidField("to", "Choose another version of the same definition.")
	}
	after, err := s.Processes.Plans.Plan(ctx, m.To)
	if err != nil {
		return review, nil, err
	}
	standing, err := s.Store.Standing(ctx, m.From, m.Processes)
	if err != nil {
		return review, nil, err
	}
	if missing := len(m.Processes) - len(standing); missing > 0 {
		return review, nil, fault.New(fault.Conflict, "%d of the processes do not run by that version, or have ended already.", missing)
	}
	review.Targets = Elements(&after)
	review.read(&before, &after, m.Elements, standing)
	return review, standing, nil
}

func ids(standing []Standing) []uuid.UUID {
	out := make([]uuid.UUID, len(standing))
	for i := range standing {
		out[i] = standing[i].ID
	}
	return out
}

// read completes a review with the places of processes.
func (r *MigrationReview) read(before, after *bpm.Plan, elements map[string]string, standing []Standing) {
	problems, count := map[string]string{}, map[string]int{}
	for i := range standing {
		stuck := false
		at := slices.Compact(slices.Sorted(slices.Values(standing[i].Places)))
		for _, id := range at {
			if count[id] == 0 {
				problems[id] = before.Misfit(after, id, elements)
			}
			count[id]++
			stuck = stuck || problems[id] != ""
		}
		if stuck {
			r.Refused++
		}
	}
	r.Processes = len(standing)
	for _, e := range Elements(before) {
		if count[e.ID] > 0 {
			place := MigrationPlace{Element: e, To: cmp.Or(elements[e.ID], e.ID), Processes: count[e.ID], Problem: problems[e.ID]}
			r.Places = append(r.Places, place)
		}
	}
}

// mayMigrate refuses those who may not migrate processes: holders of process:update may, and whoever manages each of those named.
func (s *Operations) mayMigrate(ctx context.Context, processes []uuid.UUID) error {
	who, err := me(ctx)
	if err != nil {
		return err
	}
	if who.Allows(authz.ProcessUpdate) {
		return nil
	}
	if len(processes) == 0 || len(processes) > mostSteered {
		return &authz.DeniedError{Permission: authz.ProcessUpdate}
	}
	for _, id := range processes {
		_, parts, err := s.Processes.See(ctx, id)
		if err != nil {
			return err
		}
		if !steers(who, ActionMigrate, parts) {
			return &authz.DeniedError{Permission: authz.ProcessUpdate}
		}
	}
	return nil
}

// Elements gives the elements of a plan, in its order.
func Elements(p *bpm.Plan) []Element {
	out := make([]Element, len(p.Nodes))
	for i := range p.Nodes {
		out[i] = Element{ID: p.Nodes[i].ID, Name: p.Nodes[i].Name, Type: p.Nodes[i].Type}
	}
	return out
}

// Elements gives the elements that a process can be moved between, to those who may move it.
func (s *Operations) Elements(ctx context.Context, id uuid.UUID) ([]Element, error) {
	found, parts, err := s.Processes.See(ctx, id)
	if err != nil {
		return nil, err
	}
	who, err := me(ctx)
	if err != nil {
		return nil, err
	}
	if !steers(who, ActionMove, parts) {
		return nil, &authz.DeniedError{Permission: authz.ProcessUpdate}
	}
	plan, err := s.Processes.Plans.Plan(ctx, found.VersionID)
	if err != nil {
		return nil, err
	}
	plan.Nodes = slices.DeleteFunc(plan.Nodes, func(n bpm.Node) bool {
		return n.Type == bpm.BoundaryEvent || n.Triggered || n.Type == bpm.StartEvent && n.Event != nil
	})
	return Elements(&plan), nil
}
