package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/internal/fault"
	"provost/internal/filter"
	"provost/internal/metadata"
	"provost/internal/process"
	"provost/internal/query"
	"provost/internal/store/db"
)

// values are what a list of processes knows of their values: what can be named, and what is shown.
type values struct {
	columns []process.Column // nil when the request names none
	shown   []string
}

// asked reads which values a request names. What the reader may not see is not known to them (fault.Invalid).
func (u *unit) asked(ctx context.Context, see process.Sight, l query.List) (*values, error) {
	v := &values{}
	for _, column := range l.Columns {
		if name, ok := strings.CutPrefix(strings.TrimSpace(column), process.ValuePrefix); ok {
			v.shown = append(v.shown, name)
		}
	}
	if len(v.shown) == 0 && !strings.Contains(strings.ToLower(l.Filter+" "+l.Sort), process.ValuePrefix) {
		return v, nil
	}
	declared, err := u.declared(ctx, see)
	if err != nil {
		return nil, err
	}
	v.columns = process.ColumnsOf(declared)
	for _, name := range v.shown {
		if !slices.ContainsFunc(v.columns, func(c process.Column) bool { return c.Name == process.ValuePrefix+name }) {
			return nil, fault.InvalidField("columns", "There is no value %q that you may see in processes.", name)
		}
	}
	return v, nil
}

// from joins the values that the reader sees of each process (seen.held), and those of them that are shown (chosen.held). Both are expressions
// only: a list that does not name them does not read them.
func (v *values) from(see process.Sight) string {
	members := make([]string, len(v.shown))
	for i, name := range v.shown { // names of columns, which are letters, digits and underscores
		members[i] = "'" + name + "', seen.held -> '" + name + "'"
	}
	return " cross join lateral (select " + visible(see) + " as held) seen" +
		" cross join lateral (select jsonb_strip_nulls(jsonb_build_object(" + strings.Join(members, ", ") + ")) as held) chosen"
}

// visible is the SQL of the values of the process t that somebody sees. Whoever looks after it sees those of now; its initiator, in the list of what
// they started and elsewhere, what they filled in.
func visible(see process.Sight) string {
	switch {
	case see.Everything:
		return "t.variables"
	case see.Initiator != uuid.Nil:
		return "t.given"
	}
	return "case when " + lookedAfter(see) + " then t.variables when t.initiator_id = '" + see.Self.String() + "' then t.given end"
}

// lookedAfter is the SQL of whether somebody who does not see everything looks after the process t. In the list of what they started, nobody does.
func lookedAfter(see process.Sight) string {
	return "exists (select 1 from process_access o where o.process_id = t.id and o.part in ('manager', 'observer') and o.hat = any (" + idArray(see.Hats) + "))"
}

// attributes adds the values to what filters and sort orders may name.
func (v *values) attributes(of *attributes) *attributes {
	more := make([]filter.Attribute, len(v.columns))
	for i := range v.columns {
		c := &v.columns[i]
		more[i] = filter.Attribute{
			Name: c.Name, Type: metadata.DataType(c.Type).FilterType(), CaseExact: !c.Mixed, Filterable: true, Sortable: !c.Multiple,
			JSON: &filter.JSONMember{Column: "seen.held", Key: strings.TrimPrefix(c.Name, process.ValuePrefix), Multi: c.Multiple},
		}
	}
	schema, err := of.schema.With(more...)
	if err != nil {
		panic("describe values of processes: " + err.Error()) // ColumnsOf gives names that can be named, each once
	}
	return &attributes{objectType: of.objectType, schema: schema}
}

// Declared implements process.ProcessStore.
func (s *Processes) Declared(ctx context.Context, see process.Sight) ([]process.Declared, error) {
	var out []process.Declared
	err := s.query(ctx, func(ctx context.Context, u *unit) (err error) {
		out, err = u.declared(ctx, see)
		return err
	})
	return out, err
}

func (u *unit) declared(ctx context.Context, see process.Sight) ([]process.Declared, error) {
	rows, err := u.q.DeclaredAttributes(ctx, db.DeclaredAttributesParams{Everything: see.Everything, Hats: see.Hats, Initiator: see.Starter()})
	if err != nil {
		return nil, fmt.Errorf("read attributes of definitions: %w", err)
	}
	out := make([]process.Declared, len(rows))
	for i, r := range rows {
		out[i].Name, out[i].LookedAfter = r.Name, r.LookedAfter
		if err := errors.Join(json.Unmarshal(r.Attributes, &out[i].Attributes), json.Unmarshal(r.Form, &out[i].Form)); err != nil {
			return nil, fmt.Errorf("decode attributes of %s: %w", r.Name, err)
		}
	}
	return out, nil
}
