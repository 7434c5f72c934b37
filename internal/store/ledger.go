package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/process"
)

// Ledger is what workflows of processes read and write: it implements process.Ledger.
type Ledger struct{ *Tenant }

// Ledger gives the ledger of the tenant.
func (t *Tenant) Ledger() *Ledger { return &Ledger{t} }

// Plan implements process.Ledger.
func (l *Ledger) Plan(ctx context.Context, version uuid.UUID) (bpm.Plan, error) {
	var plan bpm.Plan
	err := l.query(ctx, func(ctx context.Context, u *unit) error {
		text, err := u.q.ProcessPlan(ctx, version)
		return readJSON("plan", text, err, &plan)
	})
	return plan, err
}

// Library implements process.Ledger.
func (l *Ledger) Library(ctx context.Context, version uuid.UUID) (*bpm.Library, error) {
	var library bpm.Library
	err := l.query(ctx, func(ctx context.Context, u *unit) error {
		text, err := u.q.ProcessLibrary(ctx, version)
		return readJSON("library", text, err, &library)
	})
	return &library, err
}

func readJSON(what string, text json.RawMessage, err error, target any) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.New(fault.NotFound, "There is no such version of a process definition.")
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	if err := json.Unmarshal(text, target); err != nil {
		return fmt.Errorf("decode %s: %w", what, err)
	}
	return nil
}

// Brief implements process.Ledger.
func (l *Ledger) Brief(ctx context.Context, id uuid.UUID) (process.Brief, error) {
	var out process.Brief
	err := l.query(ctx, func(ctx context.Context, u *unit) error {
		r, err := u.q.ProcessBrief(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return noProcess()
		}
		if err != nil {
			return fmt.Errorf("read process: %w", err)
		}
		out = process.Brief{
			Process: r.ID, Number: r.Number, Name: r.Name, Definition: r.DefinitionID, Version: r.VersionID, Code: r.Code, Kind: bpm.Kind(r.Kind),
			Initiator: person(r.InitiatorID, r.Initiator, r.InitiatorName), Subject: person(r.SubjectID, r.Subject, r.SubjectName), Parent: r.ParentID,
			Message: r.StartMessage,
		}
		if r.ParentWork != nil {
			out.ParentWork = *r.ParentWork
		}
		if err := json.Unmarshal(r.Variables, &out.Values); err != nil {
			return fmt.Errorf("decode variables of process %d: %w", r.Number, err)
		}
		return nil
	})
	return out, err
}

func noProcess() error { return fault.New(fault.NotFound, "There is no such process.") }

func person(id *uuid.UUID, name, full string) process.Person {
	p := process.Person{UserName: name, FullName: full}
	if id != nil {
		p.ID = *id
	}
	return p
}

// principals finds whom references name: a plain name is a user, else a group, else a role of the platform itself. Users who are not active
// can do nothing and are not found. Of a permission the roles that give it are found, which the last column names: the permission and those
// that bring it with them. The administrators hold them all. Roles without a scope give it everywhere.
const principals = `with wanted as (
		select w.kind, w.name, w.scope, w.system, w.place from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as w (kind, name, scope, system, place))
	select w.place, p.kind, p.id, p.scope_id, p.name, hat_of(p.id, p.scope_id) from wanted w cross join lateral (
		select 1 as rank, 'user' as kind, u.id, null::uuid as scope_id, u.user_name as name
		from users u where w.kind in ('', 'user') and lower(u.user_name) = lower(w.name) and u.active
		union all
		select 2, 'group', g.id, null, g.name from groups g where w.kind in ('', 'group') and lower(g.name) = lower(w.name)
		union all
		select 3, 'role', r.id, s.id, r.name || case when w.scope <> '' then '/' || w.scope else '' end || '@' || y.name
		from roles r join systems y on y.id = r.system_id left join scope_domains d on d.id = r.scope_domain_id
		left join lateral (
			select g.id from groups g where d.kind = 'group' and lower(g.name) = lower(w.scope)
			union all select i.id from information_systems i where d.kind = 'informationSystem' and lower(i.name) = lower(w.scope)
			union all select v.id from scope_values v where d.kind = 'values' and v.scope_domain_id = d.id and lower(v.value) = lower(w.scope)
			limit 1) s on w.scope <> ''
		where w.kind in ('', 'role') and lower(r.name) = lower(w.name) and lower(y.name) = lower(coalesce(nullif(w.system, ''), 'soffid'))
		  and (w.scope = '' or s.id is not null)
		union all
		select 4, 'role', r.id, s.id, r.name || case when s.id is not null then '/' || w.scope else '' end || '@' || y.name
		from (select distinct a.role_id from authorizations a where a.permission = any(string_to_array(w.system, ' '))
			union select $5::uuid where w.system <> '') a
		join roles r on r.id = a.role_id join systems y on y.id = r.system_id left join scope_domains d on d.id = r.scope_domain_id
		left join lateral (
			select g.id from groups g where d.kind = 'group' and lower(g.name) = lower(w.scope)
			union all select i.id from information_systems i where d.kind = 'informationSystem' and lower(i.name) = lower(w.scope)
			union all select v.id from scope_values v where d.kind = 'values' and v.scope_domain_id = d.id and lower(v.value) = lower(w.scope)
			limit 1) s on w.scope <> ''
		where w.kind = 'auth' and (w.scope = '' or s.id is not null or d.id is null)
		order by rank fetch first 1 row with ties) p
	order by w.place, p.name`

// Resolve implements process.Resolver and process.Ledger.
func (l *Ledger) Resolve(ctx context.Context, wanted []process.Reference) (map[string][]process.Principal, error) {
	out := make(map[string][]process.Principal, len(wanted))
	columns := [4][]string{}
	for _, r := range wanted {
		if r.Kind == process.EverybodyPrincipal {
			out[r.Text] = []process.Principal{{Kind: r.Kind, Name: process.Everybody}}
		}
		if r.Kind == process.HoldersPrincipal {
			r.System = givers(r.Name)
		}
		for c, text := range []string{string(r.Kind), r.Name, r.Scope, r.System} {
			columns[c] = append(columns[c], text)
		}
	}
	err := l.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.tx.Query(ctx, principals, columns[0], columns[1], columns[2], columns[3], entitlement.AdminRole)
		if err != nil {
			return fmt.Errorf("find principals: %w", err)
		}
		var place int
		var p process.Principal
		_, err = pgx.ForEachRow(rows, []any{&place, &p.Kind, &p.ID, &p.Scope, &p.Name, &p.Hat}, func() error {
			out[wanted[place-1].Text] = append(out[wanted[place-1].Text], p)
			return nil
		})
		return errors.Join(err, rows.Err())
	})
	return out, err
}

// Principals implements process.Ledger.
func (l *Ledger) Principals(ctx context.Context, names []string) (found []process.Principal, unknown []string, err error) {
	known, err := l.Resolve(ctx, process.References(names...))
	if err != nil {
		return nil, nil, err
	}
	found, unknown = process.Among(known, names...)
	return found, unknown, nil
}

// givers lists the permissions with which somebody holds one, separated by blanks; nothing for a permission that there is not.
func givers(name string) string {
	if _, known := authz.Find(authz.Permission(name)); !known {
		return ""
	}
	all := []string{name}
	for _, giver := range authz.Givers(authz.Permission(name)) {
		all = append(all, string(giver))
	}
	return strings.Join(all, " ")
}

// columnsOf takes principals apart for a statement; no scope is the zero id.
func columnsOf(list []process.Principal) (kinds []string, ids, scopes []uuid.UUID, names []string) {
	for _, p := range list {
		scope := uuid.Nil
		if p.Scope != nil {
			scope = *p.Scope
		}
		kinds, ids, scopes, names = append(kinds, string(p.Kind)), append(ids, p.ID), append(scopes, scope), append(names, p.Name)
	}
	return kinds, ids, scopes, names
}

// mostWords is how much of a process full text search knows.
const mostWords = 100_000

// words gives the texts and numbers in values, for full text search.
func words(first []string, values bpm.Values) string {
	var out strings.Builder
	add := func(text string) {
		if out.Len()+len(text) < mostWords {
			out.WriteString(text)
			out.WriteByte(' ')
		}
	}
	for _, text := range first {
		add(text)
	}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		decoder := json.NewDecoder(strings.NewReader(string(values[name])))
		decoder.UseNumber()
		for {
			token, err := decoder.Token()
			if err != nil {
				break
			}
			switch v := token.(type) {
			case string:
				add(v)
			case json.Number:
				add(v.String())
			}
		}
	}
	return out.String()
}

var _ process.Ledger = (*Ledger)(nil)
