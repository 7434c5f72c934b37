package monitor

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/query"
	"provost/internal/synctask"
)

// Actions on tasks, as the audit trail names them.
const (
	ActionRelease    = "release"
	ActionCancel     = "cancel"
	ActionPrioritise = "prioritise"
)

// openFilter finds the tasks that are still to be done.
const openFilter = `(status eq "pending" or status eq "held" or status eq "waiting" or status eq "failed")`

// steering is what an action on tasks needs and does.
type steering struct {
	permission authz.Permission
	from       []string // states that it applies to
	to         string   // the state it leaves; empty: as it was
	refusal    string   // sentence about a task in another state, with number and state
	do         func(ctx context.Context, store TaskStore, ids []uuid.UUID) (int, error)
}

func steeringOf(action string) (steering, bool) {
	known := map[string]steering{
		ActionRelease: {
			permission: authz.SyncTaskRelease, from: []string{synctask.Held, synctask.Failed, synctask.Waiting}, to: synctask.Pending,
			refusal: "Task %d is %s: only held, failed and waiting tasks can be released.",
			do: func(ctx context.Context, store TaskStore, ids []uuid.UUID) (int, error) {
				return store.Release(ctx, ids, false)
			},
		},
		ActionCancel: {
			permission: authz.SyncTaskCancel, to: synctask.Cancelled,
			from:    []string{synctask.Pending, synctask.Held, synctask.Failed, synctask.Waiting},
			refusal: "Task %d is %s already.",
			do: func(ctx context.Context, store TaskStore, ids []uuid.UUID) (int, error) {
				return store.Cancel(ctx, ids, false)
			},
		},
		ActionPrioritise: {
			permission: authz.SyncTaskPrioritise, from: []string{synctask.Pending, synctask.Failed, synctask.Waiting},
			refusal: "Task %d is %s: only pending, failed and waiting tasks can be put first. Release a held one.",
			do: func(ctx context.Context, store TaskStore, ids []uuid.UUID) (int, error) {
				return store.Prioritise(ctx, ids)
			},
		},
	}
	s, ok := known[action]
	return s, ok
}

// ListTasks gives one page of the tasks that the caller may see, newest first.
func (s *Service) ListTasks(ctx context.Context, l query.List) (query.Page[SyncTask], error) {
	who, err := authz.Check(ctx, authz.SyncTaskQuery)
	if err != nil {
		return query.Page[SyncTask]{}, err
	}
	return s.Store.ListTasks(ctx, who.Scope(authz.SyncTaskQuery), l.Bounded())
}

// EachTask streams every task that matches and that the caller may see.
func (s *Service) EachTask(ctx context.Context, l query.List, yield func(SyncTask) error) error {
	who, err := authz.Check(ctx, authz.SyncTaskQuery)
	if err != nil {
		return err
	}
	return s.Store.EachTask(ctx, who.Scope(authz.SyncTaskQuery), l, yield)
}

// GetTask gives a task with its parts, or fault.NotFound.
func (s *Service) GetTask(ctx context.Context, id uuid.UUID) (SyncTaskDetail, error) {
	who, err := authz.Check(ctx, authz.SyncTaskQuery)
	if err != nil {
		return SyncTaskDetail{}, err
	}
	found, err := s.Store.GetTasks(ctx, who.Scope(authz.SyncTaskQuery), id)
	if err != nil {
		return SyncTaskDetail{}, err
	}
	if len(found) == 0 {
		return SyncTaskDetail{}, missingTask()
	}
	details, err := s.withParts(ctx, found)
	if err != nil {
		return SyncTaskDetail{}, err
	}
	return details[0], nil
}

func missingTask() error { return fault.New(fault.NotFound, "There is no such synchronisation task.") }

func (s *Service) withParts(ctx context.Context, tasks []SyncTask) ([]SyncTaskDetail, error) {
	ids := make([]uuid.UUID, len(tasks))
	for i := range tasks {
		ids[i] = tasks[i].ID
	}
	parts, err := s.Store.Parts(ctx, ids...)
	if err != nil {
		return nil, err
	}
	out := make([]SyncTaskDetail, len(tasks))
	for i := range tasks {
		out[i] = SyncTaskDetail{SyncTask: tasks[i], Parts: parts[tasks[i].ID]}
		if out[i].Parts == nil {
			out[i].Parts = []SyncPart{}
		}
	}
	return out, nil
}

// Matrix gives one page of tasks with their parts, and the agents as columns. Without a filter it shows what is still to be done.
func (s *Service) Matrix(ctx context.Context, l query.List) (SyncMatrix, error) {
	if l.Filter == "" {
		l.Filter = openFilter
	}
	page, err := s.ListTasks(ctx, l)
	if err != nil {
		return SyncMatrix{}, err
	}
	m := SyncMatrix{Agents: []AgentState{}, Total: page.Total}
	if m.Tasks, err = s.withParts(ctx, page.Items); err != nil {
		return SyncMatrix{}, err
	}
	states, err := s.Store.AgentStates(ctx)
	if err != nil {
		return SyncMatrix{}, err
	}
	for _, state := range states {
		if state.Serviced {
			m.Agents = append(m.Agents, state)
		}
	}
	return m, nil
}

// Held gives the held tasks by their source, the largest first.
func (s *Service) Held(ctx context.Context) ([]HeldSource, error) {
	who, err := authz.Check(ctx, authz.SyncTaskQuery)
	if err != nil {
		return nil, err
	}
	return s.Store.HeldSources(ctx, who.Scope(authz.SyncTaskQuery))
}

// PendingOfUser gives what is still to be done for a user and the user's accounts; PendingOfAccount for an account and its user.
func (s *Service) PendingOfUser(ctx context.Context, id uuid.UUID) ([]SyncTaskDetail, error) {
	if _, err := s.Users.Get(ctx, id); err != nil {
		return nil, err
	}
	subjects, err := s.Documents.Subjects(ctx, []uuid.UUID{id})
	if err != nil {
		return nil, err
	}
	objects := []uuid.UUID{id}
	for i := range subjects {
		for j := range subjects[i].Accounts {
			objects = append(objects, subjects[i].Accounts[j].ID)
		}
	}
	return s.pending(ctx, objects...)
}

// PendingOfAccount gives what is still to be done for an account, or for the user it travels with.
func (s *Service) PendingOfAccount(ctx context.Context, id uuid.UUID) ([]SyncTaskDetail, error) {
	found, err := s.Accounts.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	objects := []uuid.UUID{id}
	if found.UserID != nil {
		objects = append(objects, *found.UserID)
	}
	return s.pending(ctx, objects...)
}

func (s *Service) pending(ctx context.Context, objects ...uuid.UUID) ([]SyncTaskDetail, error) {
	tasks, err := s.Store.OpenTasksOf(ctx, objects...)
	if err != nil {
		return nil, err
	}
	return s.withParts(ctx, tasks)
}

// Steer releases, cancels or prioritises tasks. What is not in a state that allows the action is left out and counted.
func (s *Service) Steer(ctx context.Context, action string, sel Selection) (Steered, error) {
	plan, ok := steeringOf(action)
	if !ok {
		return Steered{}, noAction(action)
	}
	if err := sel.check(action); err != nil {
		return Steered{}, err
	}
	who, err := authz.Check(ctx, plan.permission)
	if err != nil {
		return Steered{}, err
	}
	var out Steered
	err = s.Store.Do(ctx, func(ctx context.Context) error {
		out = Steered{}
		tasks, err := s.Store.LockTasks(ctx, who.Scope(plan.permission), sel, plan.from)
		if err != nil {
			return err
		}
		out.Skipped = max(0, len(sel.IDs)-len(tasks))
		if len(tasks) == 0 {
			return nil
		}
		ids := make([]uuid.UUID, len(tasks))
		for i := range tasks {
			ids[i] = tasks[i].ID
		}
		if out.Count, err = plan.do(ctx, s.Store, ids); err != nil {
			return err
		}
		return s.Store.Record(ctx, plan.entries(action, tasks)...)
	})
	return out, err
}

// SteerOne does the action to one task; it returns fault.NotFound or, for a task in another state, fault.Conflict.
func (s *Service) SteerOne(ctx context.Context, action string, id uuid.UUID) (SyncTaskDetail, error) {
	plan, ok := steeringOf(action)
	if !ok {
		return SyncTaskDetail{}, noAction(action)
	}
	if _, err := authz.Check(ctx, plan.permission); err != nil {
		return SyncTaskDetail{}, err
	}
	before, err := s.GetTask(ctx, id)
	if err != nil {
		return SyncTaskDetail{}, err
	}
	done, err := s.Steer(ctx, action, Selection{IDs: []uuid.UUID{id}})
	if err != nil {
		return SyncTaskDetail{}, err
	}
	if done.Count == 0 {
		return SyncTaskDetail{}, fault.New(fault.Conflict, plan.refusal, before.Number, before.Status)
	}
	return s.GetTask(ctx, id)
}

func noAction(action string) error {
	return fault.InvalidField("action", "There is no action %q.", action)
}

func (sel *Selection) check(action string) error {
	ways := 0
	for _, given := range []bool{len(sel.IDs) > 0, sel.AllHeld, sel.SourceID != nil} {
		if given {
			ways++
		}
	}
	switch {
	case ways == 0:
		return fault.InvalidField("ids", "Name tasks by ids, or say allHeld or sourceId.")
	case ways > 1:
		return fault.InvalidField("ids", "Name tasks in one way: by ids, allHeld or sourceId.")
	case action == ActionPrioritise && len(sel.IDs) == 0:
		return fault.InvalidField("ids", "Held tasks cannot be put first. Release them, or name tasks by ids.")
	}
	return nil
}

func (p *steering) entries(action string, tasks []SyncTask) []audit.Entry {
	entries := make([]audit.Entry, len(tasks))
	for i := range tasks {
		t := &tasks[i]
		entries[i] = audit.Entry{
			Action: action, ObjectType: "syncTask", ObjectID: &t.ID, ObjectName: fmt.Sprintf("%s %s", t.ObjectType, t.ObjectName),
			Before: document(map[string]any{"status": t.Status, "priority": t.Priority}),
		}
		after := map[string]any{"status": t.Status, "priority": t.Priority}
		switch {
		case action == ActionPrioritise:
			after["priority"] = 1
			if t.Status == synctask.Failed {
				after["status"] = synctask.Pending
			}
		default:
			after["status"] = p.to
		}
		entries[i].After = document(after)
	}
	return entries
}

// document encodes what an audit entry keeps: texts and numbers, which always encode.
func document(members map[string]any) json.RawMessage {
	text, err := json.Marshal(members)
	if err != nil {
		return nil
	}
	return text
}
