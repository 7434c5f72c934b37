package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/internal/authz"
	"provost/internal/filter"
	"provost/internal/monitor"
	"provost/internal/query"
	"provost/internal/store/db"
	"provost/internal/synctask"
)

func monitoredTasks(t *Tenant) *table[monitor.SyncTask] {
	parts := filter.MustSchema(filter.Definition{Object: "part", Attributes: []filter.Attribute{
		{Name: "name", SQL: "fs.name", Filterable: true},
		{Name: "id", Type: filter.TypeUUID, SQL: "fs.id", Filterable: true},
		{Name: "status", SQL: "fp.status", Filterable: true},
		{Name: "errorClass", SQL: "fp.error_class", Filterable: true},
		{Name: "message", SQL: "fp.message", Filterable: true},
		{Name: "attempts", Type: filter.TypeNumber, SQL: "fp.attempts", Filterable: true},
	}})
	return newTable(table[monitor.SyncTask]{
		tenant: t, name: "sync_tasks", search: "provost.fold(t.object_name || ' ' || t.source || ' ' || t.author || ' ' || t.number)",
		order: "t.id desc", scope: taskInScope,
		list: newAttributes[monitor.SyncTask]("syncTask", "task", false, filter.Relation{
			Name: "systems", Default: "name", Schema: parts,
			SQL: "exists (select 1 from sync_parts fp join systems fs on fs.id = fp.system_id where fp.task_id = t.id and %s)",
		}),
	})
}

// taskInScope limits tasks to those about users of the groups, their accounts, the groups themselves, and roles of the information systems.
func taskInScope(s authz.Scope, arg func(any) string) string {
	member := memberOfScope("t.object_id")(s, arg)
	owner := memberOfScope("sa.user_id")(s, arg)
	return fmt.Sprintf(`((t.object_type = 'user' and %s)
		or (t.object_type = 'account' and exists (select 1 from accounts sa where sa.id = t.object_id and %s))
		or (t.object_type = 'group' and %s)
		or (t.object_type = 'role' and exists (select 1 from roles sr where sr.id = t.object_id and %s)))`,
		member, owner, byGroup("t.object_id")(s, arg), byInformationSystem("sr.information_system_id")(s, arg))
}

// ListTasks implements monitor.Store.
func (m *Monitor) ListTasks(ctx context.Context, s authz.Scope, l query.List) (query.Page[monitor.SyncTask], error) {
	return m.tasks.List(ctx, s, l)
}

// EachTask implements monitor.Store.
func (m *Monitor) EachTask(ctx context.Context, s authz.Scope, l query.List, yield func(monitor.SyncTask) error) error {
	return m.tasks.Each(ctx, s, l, yield)
}

// GetTasks implements monitor.Store.
func (m *Monitor) GetTasks(ctx context.Context, s authz.Scope, ids ...uuid.UUID) ([]monitor.SyncTask, error) {
	return m.tasks.Get(ctx, s, ids...)
}

// OpenTasksOf implements monitor.Store.
func (m *Monitor) OpenTasksOf(ctx context.Context, objects ...uuid.UUID) ([]monitor.SyncTask, error) {
	var out []monitor.SyncTask
	err := m.query(ctx, func(ctx context.Context, u *unit) error {
		ids, err := u.q.OpenTaskIDsOf(ctx, objects)
		if err != nil {
			return fmt.Errorf("find open tasks: %w", err)
		}
		out, err = m.tasks.Get(ctx, everything, ids...)
		return err
	})
	return out, err
}

// Parts implements monitor.Store.
func (m *Monitor) Parts(ctx context.Context, tasks ...uuid.UUID) (map[uuid.UUID][]monitor.SyncPart, error) {
	out := make(map[uuid.UUID][]monitor.SyncPart, len(tasks))
	err := m.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.PartsOfTasks(ctx, tasks)
		if err != nil {
			return fmt.Errorf("read task parts: %w", err)
		}
		for _, r := range rows {
			out[r.TaskID] = append(out[r.TaskID], monitor.SyncPart{
				SystemID: r.SystemID, System: r.System, Status: r.Status, ErrorClass: r.ErrorClass, Message: r.Message,
				Attempts: int(r.Attempts), LastRun: r.LastRun, NextRun: r.NextRun,
			})
		}
		return nil
	})
	return out, err
}

// HeldSources implements monitor.Store.
func (m *Monitor) HeldSources(ctx context.Context, s authz.Scope) ([]monitor.HeldSource, error) {
	var args arguments
	where := "t.status = 'held'"
	if clause := m.tasks.scopeClause(s, &args); clause != "" {
		where += " and " + clause
	}
	sql := `with held as (
			select t.source_id, min(t.source) as source, min(t.author) as author, t.object_type, count(*) as tasks,
				min(t.created_at) as first_at, max(t.changed_at) as last_at
			from sync_tasks t where ` + where + ` group by t.source_id, t.object_type)
		select min(h.source), h.source_id, min(h.author), sum(h.tasks)::bigint, jsonb_object_agg(h.object_type, h.tasks), min(h.first_at), max(h.last_at),
			coalesce(min(r.number), 0), coalesce(min(r.kind), ''), coalesce(min(s.name), '')
		from held h left join runs r on r.id = h.source_id left join systems s on s.id = r.system_id
		group by h.source_id order by 4 desc, h.source_id`
	out := []monitor.HeldSource{}
	err := m.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.tx.Query(ctx, sql, args.values...)
		if err != nil {
			return fmt.Errorf("read held tasks: %w", err)
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (monitor.HeldSource, error) {
			var h monitor.HeldSource
			var types json.RawMessage
			err := row.Scan(&h.Source, &h.SourceID, &h.Author, &h.Tasks, &types, &h.FirstAt, &h.LastAt, &h.Run, &h.RunKind, &h.System)
			if err != nil {
				return h, fmt.Errorf("read held tasks: %w", err)
			}
			return h, json.Unmarshal(types, &h.Types)
		})
		return err
	})
	return out, err
}

// LockTasks implements monitor.Store.
func (m *Monitor) LockTasks(ctx context.Context, s authz.Scope, sel monitor.Selection, statuses []string) ([]monitor.SyncTask, error) {
	var args arguments
	clauses := []string{"t.status = any(" + args.add(statuses) + ")"}
	switch {
	case sel.AllHeld:
		clauses = append(clauses, "t.status = 'held'")
	case sel.SourceID != nil:
		clauses = append(clauses, "t.status = 'held' and t.source_id = "+args.add(*sel.SourceID))
	default:
		clauses = append(clauses, "t.id = any("+args.add(sel.IDs)+")")
	}
	if clause := m.tasks.scopeClause(s, &args); clause != "" {
		clauses = append(clauses, clause)
	}
	sql := "select t.id, t.number, t.object_type, t.object_id, t.object_name, t.status, t.priority from sync_tasks t where " +
		strings.Join(clauses, " and ") + " order by t.id for update of t"
	var out []monitor.SyncTask
	err := m.exec(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.tx.Query(ctx, sql, args.values...)
		if err != nil {
			return fmt.Errorf("lock tasks: %w", err)
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (monitor.SyncTask, error) {
			var t monitor.SyncTask
			err := row.Scan(&t.ID, &t.Number, &t.ObjectType, &t.ObjectID, &t.ObjectName, &t.Status, &t.Priority)
			return t, err
		})
		return err
	})
	return out, err
}

// AskAgain implements monitor.Store.
func (m *Monitor) AskAgain(ctx context.Context, objectType string, objects []uuid.UUID) error {
	return m.exec(ctx, func(ctx context.Context, u *unit) error {
		if err := u.q.WantAgain(ctx, db.WantAgainParams{ObjectType: objectType, Objects: objects}); err != nil {
			return fmt.Errorf("want again: %w", err)
		}
		if err := u.q.ForgetAttempts(ctx, objects); err != nil {
			return fmt.Errorf("forget attempts: %w", err)
		}
		return nil
	})
}

// Mapped implements monitor.Store.
func (m *Monitor) Mapped(ctx context.Context, objectType string, system *uuid.UUID) (bool, error) {
	var mapped bool
	err := m.query(ctx, func(ctx context.Context, u *unit) error {
		var err error
		mapped, err = u.q.IsMapped(ctx, db.IsMappedParams{ObjectType: objectType, SystemID: system})
		return err
	})
	return mapped, err
}

// Addressed implements monitor.Store.
func (m *Monitor) Addressed(ctx context.Context, system uuid.UUID, objectType string, object uuid.UUID) (map[string]synctask.Address, error) {
	out := map[string]synctask.Address{}
	err := m.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.AddressesIn(ctx, db.AddressesInParams{SystemID: system, ObjectType: objectType, ObjectID: object})
		if err != nil {
			return fmt.Errorf("read addresses: %w", err)
		}
		for _, r := range rows {
			out[r.Class] = synctask.Address{Key: r.AppliedKey, ExternalID: r.ExternalID}
		}
		return nil
	})
	return out, err
}
