package process_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/process/processtest"
	"provost/internal/query"
)

func TestColumnsAreWhatDefinitionsSayTogether(t *testing.T) {
	t.Parallel()
	size := func(codes ...string) []bpm.Value {
		var out []bpm.Value
		for _, c := range codes {
			out = append(out, bpm.Value{Code: c, Label: strings.ToUpper(c)})
		}
		return out
	}
	columns := process.ColumnsOf([]process.Declared{
		{Name: "Desk", LookedAfter: true, Attributes: []bpm.Attribute{
			{Name: "size", Label: "Size", Type: "string", Values: size("s", "m")},
			{Name: "cost", Label: "Cost", Type: "number"},
			{Name: "secret", Label: "Secret", Type: "password"},
			{Name: "$odd", Label: "Odd", Type: "string"},
			{Name: "place", Label: "Where", Type: "string"},
		}},
		{Name: "Leave", Form: bpm.Form{Fields: []bpm.Field{{Name: "days"}, {Name: "cost"}}}, Attributes: []bpm.Attribute{
			{Name: "days", Label: "Days", Type: "number"}, {Name: "judged", Label: "Judged", Type: "string"}, {Name: "cost", Label: "Costs", Type: "string"},
		}},
		{Name: "Shirt", LookedAfter: true, Attributes: []bpm.Attribute{
			{Name: "size", Label: "Fit", Type: "string", Multiple: true, Values: size("m", "l")},
			{Name: "where", Label: "Where", Type: "string"},
			{Name: "SIZE", Label: "Shouted", Type: "string"},
		}},
	})
	require.Equal(t, []process.Column{
		{Name: "values.size", Label: "Size", Type: "string", Multiple: true, Values: size("s", "m", "l"), Definitions: []string{"Desk", "Shirt"}},
		{Name: "values.cost", Label: "Cost", Type: "string", Values: []bpm.Value{}, Definitions: []string{"Desk", "Leave"}, Mixed: true},
		{Name: "values.place", Label: "Where (place)", Type: "string", Values: []bpm.Value{}, Definitions: []string{"Desk"}},
		{Name: "values.days", Label: "Days", Type: "number", Values: []bpm.Value{}, Definitions: []string{"Leave"}},
		{Name: "values.where", Label: "Where (where)", Type: "string", Values: []bpm.Value{}, Definitions: []string{"Shirt"}},
	}, columns)
}

// priced is a sample whose initiators say how many days, while its cost is for those who look after it.
func priced() processtest.Sample {
	return processtest.Sample{
		ID: "leave", Observers: "vera", StartForm: `<idm:field name="days"/><idm:field name="tags"/>`,
		Attributes: `<idm:attribute name="days" label="Days" type="number"/><idm:attribute name="tags" label="Tags" type="string" multiple="true"/>` +
			`<idm:attribute name="cost" label="Cost" type="number"/>`,
	}
}

func (b *bench) values(by uuid.UUID, l query.List) ([]string, error) {
	page, err := b.Processes.List(b.As(by), l)
	return written(page.Items), err
}

func written(processes []process.Process) []string {
	out := []string{}
	for i := range processes {
		text := processes[i].Initiator
		for _, name := range []string{"days", "tags", "cost"} {
			if value, ok := processes[i].Values[name]; ok {
				text += " " + name + "=" + string(value)
			}
		}
		out = append(out, text)
	}
	return out
}

func TestListsShowAndFindTheValuesThatSomebodyMaySee(t *testing.T) {
	t.Parallel()
	b := setup(t)
	vera, anna, bela, reader := b.User("vera"), b.User("anna"), b.User("bela"), b.User("reader", authz.ProcessQuery)
	b.Deploy(priced())
	for _, start := range []struct {
		by     uuid.UUID
		values string
	}{{anna, `{"days": 3, "tags": ["sea", "sun"]}`}, {bela, `{"days": 10, "tags": ["snow"]}`}} {
		p, err := b.Processes.Start(b.As(start.by), "leave", valuesOf(t, start.values))
		require.NoError(t, err)
		b.Opened(p.ID, b.Opening(1, "bela"))
		b.Exec(`update processes set variables = variables || jsonb_build_object('cost', (variables ->> 'days')::int * 100, 'days', (variables ->> 'days')::int + 1) where id = $1`, p.ID)
		b.Exec(`update processes set search = search || to_tsvector('simple', variables ->> 'cost') where id = $1`, p.ID)
	}
	all := query.List{Sort: "number", Columns: []string{"name", "values.days", "values.tags", "values.cost"}}
	found := func(by uuid.UUID, filter string) []string {
		l := all
		l.Filter = filter
		out, err := b.values(by, l)
		require.NoError(t, err, filter)
		return out
	}
	annas, belas := `anna days=4 tags=["sea", "sun"] cost=300`, `bela days=11 tags=["snow"] cost=1000`
	for _, who := range []uuid.UUID{reader, vera} {
		require.Equal(t, []string{annas, belas}, found(who, ""))
		require.Equal(t, []string{belas}, found(who, "values.cost gt 500"))
		require.Equal(t, []string{annas}, found(who, "values.days eq 4"))
		require.Equal(t, []string{annas}, found(who, `values.tags eq "sun"`))
		require.Equal(t, []string{belas}, found(who, `VALUES.tags co "now" and status eq "starting"`))
	}
	sorted, err := b.values(vera, query.List{Sort: "-values.cost", Columns: []string{"values.cost"}})
	require.NoError(t, err)
	require.Equal(t, []string{"bela cost=1000", "anna cost=300"}, sorted)

	require.Equal(t, []string{"anna", `bela days=10 tags=["snow"]`}, mustList(t, b, bela, query.List{Sort: "number", Columns: []string{"values.days", "values.tags"}}),
		"a candidate sees that there is a process, an initiator what they filled in")
	require.Equal(t, []string{"bela"}, mustList(t, b, bela, query.List{Filter: "values.days ge 3"}), "what is not seen is not found")
	for q, who := range map[string]map[uuid.UUID][]string{
		"sun":   {vera: {"anna"}, reader: {"anna"}, anna: {"anna"}, bela: {}},
		"300":   {vera: {"anna"}, reader: {"anna"}, anna: {}, bela: {}},
		"anna":  {vera: {"anna"}, reader: {"anna"}, anna: {"anna"}, bela: {"anna"}},
		"SAMPL": {vera: {"anna", "bela"}, reader: {"anna", "bela"}, anna: {"anna"}, bela: {"anna", "bela"}},
	} {
		for reader, want := range who {
			require.Equal(t, want, mustList(t, b, reader, query.List{Sort: "number", Q: q}), q)
		}
	}
	for _, l := range []query.List{{Filter: "values.cost gt 0"}, {Sort: "values.cost"}, {Columns: []string{"values.cost"}}, {Columns: []string{"values.none"}}, {Sort: "values.tags"}} {
		_, err := b.values(bela, l)
		require.Equal(t, fault.Invalid, fault.CodeOf(err), "%+v", l)
	}
	mine, err := b.Processes.Mine(b.As(bela), query.List{Filter: "values.days eq 10", Columns: []string{"values.days"}})
	require.NoError(t, err)
	require.Equal(t, []string{"bela days=10"}, written(mine.Items))

	columns, err := b.Processes.Columns(b.As(bela))
	require.NoError(t, err)
	require.Len(t, columns, 2)
	columns, err = b.Processes.ColumnsOfMine(b.As(vera))
	require.NoError(t, err)
	require.Empty(t, columns, "she started nothing")
	columns, err = b.Processes.Columns(b.As(vera))
	require.NoError(t, err)
	require.Len(t, columns, 3)
}

func mustList(t *testing.T, b *bench, by uuid.UUID, l query.List) []string {
	t.Helper()
	out, err := b.values(by, l)
	require.NoError(t, err)
	return out
}

func TestAValueIsFoundByItsIndex(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.Started(b.User("anna"), priced())
	b.Exec(`insert into processes (id, definition_id, version_id, name, status, variables)
		select gen_random_uuid(), p.definition_id, p.version_id, p.name, 'completed', jsonb_build_object('days', n, 'reason', repeat('words of a sample ', 20))
		from processes p, generate_series(1, 20000) n where p.id = $1`, p.ID)
	b.Exec("analyze processes")
	plan := strings.Join(b.Texts(`explain select t.id, chosen.held from processes t left join process_definitions d on d.id = t.definition_id
		cross join lateral (select t.variables as held) seen cross join lateral (select jsonb_build_object('days', seen.held -> 'days') as held) chosen
		where seen.held @> '{"days": 17}'::jsonb order by t.id desc limit 50`), "\n")
	require.Contains(t, plan, "processes_variables_idx", plan)
	page, err := b.Processes.List(b.Ctx, query.List{Filter: "values.days eq 17", Columns: []string{"values.days"}})
	require.NoError(t, err)
	require.Equal(t, 1, page.Total)
	require.JSONEq(t, "17", string(page.Items[0].Values["days"]))
}
