package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/internal/fault"
	"provost/internal/monitor"
	"provost/internal/query"
	"provost/internal/store/db"
)

// Monitor reads and steers what synchronisation does: it implements monitor.Store.
type Monitor struct {
	*Tenant
	tasks  *table[monitor.SyncTask]
	runs   *table[monitor.Run]
	issues *table[monitor.Issue]
}

// Monitor gives the store behind monitoring.
func (t *Tenant) Monitor() *Monitor {
	return &Monitor{Tenant: t, tasks: monitoredTasks(t), runs: monitoredRuns(t), issues: monitoredIssues(t)}
}

func monitoredRuns(t *Tenant) *table[monitor.Run] {
	return newTable(table[monitor.Run]{
		tenant: t, name: "runs", from: "runs t left join systems s on s.id = t.system_id",
		search: "provost.fold(coalesce(s.name, '') || ' ' || t.kind || ' ' || t.author || ' ' || t.message || ' ' || t.number)", order: "t.id desc",
		list: newAttributes[monitor.Run]("run", "run", false),
	})
}

func monitoredIssues(t *Tenant) *table[monitor.Issue] {
	return newTable(table[monitor.Issue]{
		tenant: t, name: "issues",
		from: `issues t left join systems s on t.object_type = 'system' and s.id = t.object_id
			left join users u on t.object_type = 'user' and u.id = t.object_id left join accounts a on t.object_type = 'account' and a.id = t.object_id`,
		search: "provost.fold(coalesce(s.name, u.user_name, a.name, '') || ' ' || t.kind || ' ' || t.description || ' ' || t.number)", order: "t.id desc",
		list: newAttributes[monitor.Issue]("issue", "issue", false),
	})
}

// ListRuns implements monitor.Store.
func (m *Monitor) ListRuns(ctx context.Context, l query.List) (query.Page[monitor.Run], error) {
	return m.runs.List(ctx, everything, l)
}

// EachRun implements monitor.Store.
func (m *Monitor) EachRun(ctx context.Context, l query.List, yield func(monitor.Run) error) error {
	return m.runs.Each(ctx, everything, l, yield)
}

// GetRun implements monitor.Store.
func (m *Monitor) GetRun(ctx context.Context, id uuid.UUID) (monitor.Run, error) {
	found, err := m.runs.Get(ctx, everything, id)
	if err != nil {
		return monitor.Run{}, err
	}
	if len(found) == 0 {
		return monitor.Run{}, fault.New(fault.NotFound, "There is no such run.")
	}
	return found[0], nil
}

// changesOf is the change list of one run as a table of its own: its rows have no id but their place in the list.
func (m *Monitor) changesOf(run uuid.UUID) *table[monitor.RunChange] {
	return newTable(table[monitor.RunChange]{
		tenant: m.Tenant, name: "run_changes",
		from: "(select c.run_id, c.seq, c.seq as id, c.object_type, c.object_key, c.object_id, c.action, c.changes, c.status, c.message " +
			"from run_changes c where c.run_id = '" + run.String() + "') t",
		search: "provost.fold(t.object_key || ' ' || t.message)", order: "t.seq",
		list: newAttributes[monitor.RunChange]("runChange", "change", false),
	})
}

// ListRunChanges implements monitor.Store.
func (m *Monitor) ListRunChanges(ctx context.Context, run uuid.UUID, l query.List) (query.Page[monitor.RunChange], error) {
	return m.changesOf(run).List(ctx, everything, l)
}

// EachRunChange implements monitor.Store.
func (m *Monitor) EachRunChange(ctx context.Context, run uuid.UUID, l query.List, yield func(monitor.RunChange) error) error {
	return m.changesOf(run).Each(ctx, everything, l, yield)
}

// CountRunChanges implements monitor.Store.
func (m *Monitor) CountRunChanges(ctx context.Context, run uuid.UUID) ([]monitor.RunChangeCount, error) {
	out := []monitor.RunChangeCount{}
	err := m.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.CountRunChanges(ctx, run)
		if err != nil {
			return fmt.Errorf("count changes: %w", err)
		}
		for _, r := range rows {
			out = append(out, monitor.RunChangeCount(r))
		}
		return nil
	})
	return out, err
}

// RunLog implements monitor.Store.
func (m *Monitor) RunLog(ctx context.Context, run uuid.UUID, after int64, limit int) ([]monitor.RunLogLine, error) {
	out := []monitor.RunLogLine{}
	err := m.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.RunLog(ctx, db.RunLogParams{RunID: run, After: after, HowMany: int32(limit)}) //nolint:gosec // a page size
		if err != nil {
			return fmt.Errorf("read run log: %w", err)
		}
		for _, r := range rows {
			out = append(out, monitor.RunLogLine(r))
		}
		return nil
	})
	return out, err
}

// AgentStates implements monitor.Store.
func (m *Monitor) AgentStates(ctx context.Context, systems ...uuid.UUID) ([]monitor.AgentState, error) {
	out := []monitor.AgentState{}
	if systems == nil {
		systems = []uuid.UUID{}
	}
	err := m.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.AgentStates(ctx, systems)
		if err != nil {
			return fmt.Errorf("read agents: %w", err)
		}
		for _, r := range rows {
			out = append(out, monitor.AgentState{
				SystemID: r.ID, System: r.Name, Connector: r.Connector, Assigned: r.Assigned, Alternative: r.AlternativeServer,
				Serviced: r.Assigned != "", Paused: r.Paused, ReadOnly: r.ReadOnly, Authoritative: r.Authoritative, Connected: r.Connected,
				Server: r.Server, LastSeen: r.LastSeen, LastError: r.LastError, FailedSince: r.FailedSince, Pending: r.Pending,
				Waiting: r.Waiting, Failed: r.Failed, RunID: r.RunID, RunNumber: r.RunNumber, RunKind: r.RunKind, RunStatus: r.RunStatus,
			})
		}
		return nil
	})
	return out, err
}

// ServerStates implements monitor.Store.
func (m *Monitor) ServerStates(ctx context.Context) ([]monitor.ServerState, error) {
	out := []monitor.ServerState{}
	err := m.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.ServerStates(ctx)
		if err != nil {
			return fmt.Errorf("read servers: %w", err)
		}
		for _, r := range rows {
			s := monitor.ServerState{
				Name: r.Name, Kind: r.Kind, Version: r.Version, StartedAt: r.StartedAt, LastSeen: r.LastSeen, Alive: r.Alive, Agents: r.Agents,
				Connected: r.Connected, Disconnected: r.Disconnected, Pending: r.Pending, Failed: r.Failed, Details: map[string]any{},
			}
			if err := json.Unmarshal(r.Details, &s.Details); err != nil {
				return fmt.Errorf("read details of server %s: %w", r.Name, err)
			}
			if s.Details == nil {
				s.Details = map[string]any{}
			}
			out = append(out, s)
		}
		return nil
	})
	return out, err
}

// Counts implements monitor.Store.
func (m *Monitor) Counts(ctx context.Context) (monitor.Counts, error) {
	var out monitor.Counts
	err := m.query(ctx, func(ctx context.Context, u *unit) error {
		r, err := u.q.CountEverything(ctx)
		if err != nil {
			return fmt.Errorf("count: %w", err)
		}
		out = monitor.Counts{
			Roles: r.Roles, Systems: r.Systems, Open: r.Open, Pending: r.Pending, Held: r.Held, Waiting: r.Waiting, Failed: r.Failed,
			Disconnected: r.Disconnected, RunsActive: r.Active, RunsBlocked: r.Blocked, IssuesOpen: r.Issues,
		}
		return nil
	})
	return out, err
}

// FinishedPerMinute implements monitor.Store.
func (m *Monitor) FinishedPerMinute(ctx context.Context, since time.Time) ([]monitor.Finished, error) {
	out := []monitor.Finished{}
	err := m.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.FinishedPerMinute(ctx, since)
		if err != nil {
			return fmt.Errorf("count finished tasks: %w", err)
		}
		for _, r := range rows {
			out = append(out, monitor.Finished(r))
		}
		return nil
	})
	return out, err
}

// Nudge implements monitor.Store.
func (m *Monitor) Nudge(ctx context.Context, system uuid.UUID) error {
	return m.exec(ctx, func(ctx context.Context, u *unit) error {
		row, err := u.q.AgentProbeOf(ctx, system)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound, "There is no such agent.")
		}
		if err != nil {
			return fmt.Errorf("read agent: %w", err)
		}
		payload, err := json.Marshal(AgentProbe{System: row.ID, Key: row.Key, Name: row.Name})
		if err != nil {
			return fmt.Errorf("encode outbox payload: %w", err)
		}
		return u.post(ctx, KindAgentProbe, []string{"probe/" + row.Key}, []json.RawMessage{payload})
	})
}

// ListIssues implements monitor.Store.
func (m *Monitor) ListIssues(ctx context.Context, l query.List) (query.Page[monitor.Issue], error) {
	return m.issues.List(ctx, everything, l)
}

// EachIssue implements monitor.Store.
func (m *Monitor) EachIssue(ctx context.Context, l query.List, yield func(monitor.Issue) error) error {
	return m.issues.Each(ctx, everything, l, yield)
}

// SetIssueStatus implements monitor.Store.
func (m *Monitor) SetIssueStatus(ctx context.Context, id uuid.UUID, status string) (monitor.Issue, error) {
	var before monitor.Issue
	err := m.exec(ctx, func(ctx context.Context, u *unit) error {
		row, err := u.q.LockIssue(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound, "There is no such issue.")
		}
		if err != nil {
			return fmt.Errorf("read issue: %w", err)
		}
		before = monitor.Issue{ID: row.ID, Number: row.Number, Kind: row.Kind, Status: row.Status}
		return u.q.SetIssueStatus(ctx, db.SetIssueStatusParams{ID: id, Status: status})
	})
	return before, err
}

var _ monitor.Store = (*Monitor)(nil)
