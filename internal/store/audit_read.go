package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"provost/internal/audit"
	"provost/internal/fault"
	"provost/internal/filter"
	"provost/internal/query"
	"provost/internal/store/db"
)

// Trail reads the audit trail.
type Trail struct{ tenant *Tenant }

// Trail gives the reader of the audit trail.
func (t *Tenant) Trail() *Trail { return &Trail{tenant: t} }

const auditSelect = `select t.id, t.at, t.actor_id, t.actor, t.origin, t.origin_id, t.action, t.object_type, t.object_id, t.object_name,
	t.before, t.after, t.remote from audit_entries t`

// auditSchema is what may be asked of the trail. The values before and after are not filtered by: they are kept for reading.
var auditSchema = filter.MustSchema(filter.Definition{Object: "audit entry", Attributes: []filter.Attribute{ //nolint:gochecknoglobals // immutable
	{Name: "id", Type: filter.TypeNumber, SQL: "t.id", Filterable: true, Sortable: true},
	{Name: "at", Type: filter.TypeTime, SQL: "t.at", Filterable: true, Sortable: true},
	{Name: "actorId", Type: filter.TypeUUID, SQL: "t.actor_id", Filterable: true},
	{Name: "actor", Type: filter.TypeString, SQL: "t.actor", Filterable: true, Sortable: true},
	{Name: "origin", Type: filter.TypeString, SQL: "t.origin", Filterable: true, Sortable: true},
	{Name: "originId", Type: filter.TypeUUID, SQL: "t.origin_id", Filterable: true},
	{Name: "action", Type: filter.TypeString, SQL: "t.action", Filterable: true, Sortable: true},
	{Name: "objectType", Type: filter.TypeString, SQL: "t.object_type", Filterable: true, Sortable: true},
	{Name: "objectId", Type: filter.TypeUUID, SQL: "t.object_id", Filterable: true},
	{Name: "objectName", Type: filter.TypeString, SQL: "t.object_name", Filterable: true, Sortable: true},
	{Name: "remote", Type: filter.TypeString, SQL: "t.remote", Filterable: true, Sortable: true},
}})

// List gives one page of entries, newest first unless the request says otherwise.
func (r *Trail) List(ctx context.Context, l query.List) (query.Page[audit.Entry], error) {
	l = l.Bounded()
	var page query.Page[audit.Entry]
	where, order, args, err := auditConditions(l)
	if err != nil {
		return page, err
	}
	err = r.tenant.query(ctx, func(ctx context.Context, u *unit) error {
		if err := u.tx.QueryRow(ctx, "select count(*) from audit_entries t"+where, args.values...).Scan(&page.Total); err != nil {
			return fmt.Errorf("count audit entries: %w", err)
		}
		sql := fmt.Sprintf("%s%s order by %s limit %d offset %d", auditSelect, where, order, l.Size, (l.Page-1)*l.Size)
		rows, err := u.tx.Query(ctx, sql, args.values...)
		if err != nil {
			return fmt.Errorf("read audit entries: %w", err)
		}
		page.Items, err = pgx.CollectRows(rows, scanAudit)
		return err
	})
	return page, err
}

// Each streams every entry that matches.
func (r *Trail) Each(ctx context.Context, l query.List, yield func(audit.Entry) error) error {
	where, order, args, err := auditConditions(l)
	if err != nil {
		return err
	}
	return r.tenant.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.tx.Query(ctx, auditSelect+where+" order by "+order, args.values...)
		if err != nil {
			return fmt.Errorf("read audit entries: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			entry, err := scanAudit(rows)
			if err != nil {
				return err
			}
			if err := yield(entry); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// Get gives one entry, or fault.NotFound.
func (r *Trail) Get(ctx context.Context, id int64) (audit.Entry, error) {
	var row db.GetAuditEntryRow
	err := r.tenant.query(ctx, func(ctx context.Context, u *unit) (err error) {
		row, err = u.q.GetAuditEntry(ctx, id)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return audit.Entry{}, fault.New(fault.NotFound, "There is no such audit entry.")
	}
	if err != nil {
		return audit.Entry{}, fmt.Errorf("read audit entry: %w", err)
	}
	return audit.Entry{
		ID: row.ID, At: row.At, ActorID: row.ActorID, Actor: row.Actor, Origin: row.Origin, OriginID: row.OriginID, Action: row.Action,
		ObjectType: row.ObjectType, ObjectID: row.ObjectID, ObjectName: row.ObjectName, Before: row.Before, After: row.After, Remote: row.Remote,
	}, nil
}

func auditConditions(l query.List) (where, order string, args arguments, err error) {
	var clauses []string
	for word := range strings.FieldsSeq(l.Q) {
		pattern := args.add("%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word) + "%")
		clauses = append(clauses, "(t.actor || ' ' || t.object_type || ' ' || t.object_name || ' ' || t.action) ilike "+pattern+"::text")
	}
	if strings.TrimSpace(l.Filter) != "" {
		clause, err := (&view{schema: auditSchema}).filterClause(l.Filter, &args)
		if err != nil {
			return "", "", args, err
		}
		clauses = append(clauses, clause)
	}
	if order, err = filter.OrderBy(l.Sort, auditSchema); err != nil {
		return "", "", args, fault.InvalidField("sort", "%s", err.Error())
	}
	if order != "" {
		order += ", "
	}
	if len(clauses) > 0 {
		where = " where " + strings.Join(clauses, " and ")
	}
	return where, order + "t.id desc", args, nil
}

func scanAudit(row pgx.CollectableRow) (audit.Entry, error) {
	var e audit.Entry
	err := row.Scan(&e.ID, &e.At, &e.ActorID, &e.Actor, &e.Origin, &e.OriginID, &e.Action, &e.ObjectType, &e.ObjectID, &e.ObjectName,
		&e.Before, &e.After, &e.Remote)
	if err != nil {
		return e, fmt.Errorf("read audit entry: %w", err)
	}
	return e, nil
}
