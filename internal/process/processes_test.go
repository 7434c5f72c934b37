package process_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/process/processtest"
	"provost/internal/query"
)

// codes gives what somebody may start.
func (b *bench) codes(user uuid.UUID) []string {
	b.T.Helper()
	entries, err := b.Processes.Catalogue(b.As(user))
	require.NoError(b.T, err)
	out := []string{}
	for _, e := range entries {
		out = append(out, e.Code)
	}
	return out
}

func TestTheCatalogueHoldsWhatOneMayStart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna, bert := b.User("anna"), b.User("bert")
	b.Group("Sales", "world")
	b.Member("bert", "Sales")
	role := b.Role("clerk", nil)
	b.Give(anna, role.ID, entitlement.Scope{})
	for id, initiators := range map[string]string{
		"everybody": "*", "guide": "tothom", "anna": "anna,someone", "sales": "group:Sales", "clerks": "clerk", "both": "bert, role:clerk@soffid",
		"nobody": "-nobody-", "contradiction": "*, -nobody-", "unknown": "nobody here",
	} {
		b.Deploy(processtest.Sample{ID: id, Initiators: initiators, Folder: "F/" + id})
	}
	require.Equal(t, []string{"anna", "both", "clerks", "everybody", "guide"}, b.codes(anna))
	require.Equal(t, []string{"both", "everybody", "guide", "sales"}, b.codes(bert))
	for _, code := range []string{"nobody", "contradiction", "unknown", "sales", "missing"} {
		_, err := b.Processes.Start(b.As(anna), code, nil)
		processtest.Refused(t, err, fault.NotFound, code)
	}
	_, err := b.Processes.Start(b.Ctx, "nobody", nil)
	processtest.Refused(t, err, fault.NotFound, "nobody")
	for _, code := range b.codes(bert) {
		_, err := b.Processes.Start(b.As(bert), code, nil)
		require.NoError(t, err, code)
	}
	_, err = b.Processes.Form(b.As(anna), uuid.MustParse(b.Texts("select id::text from process_definitions where code = 'sales'")[0]))
	processtest.Refused(t, err, fault.NotFound)
	_, err = b.Processes.Catalogue(authz.With(t.Context(), authz.System(authz.OriginSystem)))
	require.ErrorIs(t, err, authz.ErrNoPrincipal, "the platform has no requests of its own")
}

func TestStarting(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna")
	b.User("bert")
	v := b.Deploy(processtest.Sample{
		ID: "leave",
		Attributes: `<idm:attribute name="days" label="Days" type="number" default="3"/><idm:attribute name="from" label="From" type="date"/>
			<idm:attribute name="tags" type="string" multiple="true"/><idm:attribute name="secret" type="string" default="kept"/>`,
		StartForm: `<idm:field name="days" required="true"/><idm:field name="from" required="true" label="First day"/><idm:field name="tags"/>
			<idm:field name="secret" readOnly="true"/><idm:field name="user" label="Whom"/>`,
	})
	form, err := b.Processes.Form(b.As(anna), v.DefinitionID)
	require.NoError(t, err)
	require.Equal(t, []string{"Days number", "First day date", "tags string", "secret string", "Whom user"}, labels(form.Fields))
	require.Equal(t, bpm.Values{"days": json.RawMessage("3"), "secret": json.RawMessage(`"kept"`)}, form.Values)

	for name, test := range map[string]struct {
		values string
		words  []string
	}{
		"nothing":         {`{}`, []string{"values.from", "First day is required"}},
		"cleared":         {`{"days": null, "from": ""}`, []string{"Days is required", "First day is required"}},
		"unknown":         {`{"from": "2031-05-04", "requester": "bert", "nonsense": 1}`, []string{"values.requester", "values.nonsense"}},
		"wrong types":     {`{"from": "tomorrow", "days": "x", "tags": "one"}`, []string{"a date is expected", "a number is expected", "a list is expected"}},
		"inside a list":   {`{"from": "2031-05-04", "tags": ["a", 7]}`, []string{"value 2", "a text is expected"}},
		"read-only":       {`{"from": "2031-05-04", "secret": "told"}`, []string{"secret cannot be changed"}},
		"unknown subject": {`{"from": "2031-05-04", "user": "nobody"}`, []string{"values.user", "no active user nobody"}},
	} {
		_, err := b.Processes.Start(b.As(anna), "leave", valuesOf(t, test.values))
		processtest.Refused(t, err, fault.Invalid, test.words...)
		require.Empty(t, b.Texts("select id::text from processes union all select kind from outbox where kind like 'process%'"), name)
	}
	p, err := b.Processes.Start(b.As(anna), "LEAVE", valuesOf(t, `{"from": "2031-05-04", "secret": "kept", "user": "bert"}`))
	require.NoError(t, err)
	require.EqualValues(t, 1, p.Number)
	require.Equal(t, "starting anna bert", strings.Join([]string{p.Status, p.Initiator, p.Subject}, " "))
	require.Equal(t, []string{`{"days": 3, "from": "2031-05-04", "user": "bert", "secret": "kept", "requester": "anna", "requesterName": "Sample Anna"}`},
		b.Texts("select variables::text from processes"))
	require.Equal(t, []string{"process/" + p.ID.String() + " process.start leave anna 1 " + p.VersionID.String()}, b.Texts(`select key || ' ' || kind || ' ' ||
		(payload ->> 'definition') || ' ' || (payload ->> 'initiator') || ' ' || (payload ->> 'number') || ' ' || (payload ->> 'version') from outbox where kind like 'process%'`))
	require.Equal(t, []string{"start A sample process."}, b.Texts("select kind || ' ' || text from process_log"))
	require.Equal(t, []string{"anna start"}, b.Texts("select actor || ' ' || action from audit_entries where object_type = 'process'"))
}

func labels(fields []process.FieldView) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Label+" "+f.Type)
	}
	return out
}

func valuesOf(t *testing.T, text string) bpm.Values {
	t.Helper()
	var out bpm.Values
	require.NoError(t, json.Unmarshal([]byte(text), &out))
	return out
}

// Who sees what: everybody who had to do with a process, and nobody else.
func TestWhoSeesAProcess(t *testing.T) {
	t.Parallel()
	b := setup(t)
	users := map[string]uuid.UUID{}
	for _, name := range []string{"starter", "boss", "watcher", "candidate", "former", "delegate", "stranger"} {
		users[name] = b.User(name)
	}
	users["holder"] = b.User("holder", authz.ProcessQuery)
	users["operator"] = b.User("operator", authz.ProcessResume)
	b.Group("Former", "world")
	b.Member("former", "Former")
	p := b.Started(users["starter"], processtest.Sample{ID: "leave", Managers: "boss", Observers: "watcher", Initiators: "*"})
	other := b.Started(b.User("elsewhere"), processtest.Sample{ID: "other"})
	id := b.Opened(p.ID, b.Opening(1, "candidate", "group:Former"))
	_, err := b.Tasks.Delegate(b.As(users["candidate"]), id, "delegate", "")
	require.NoError(t, err)
	b.Exec("delete from group_memberships where user_id = $1", users["former"])
	e := entry(p.ID, 1)
	e.Values = bpm.Values{"salary": json.RawMessage(`"confidential"`)}
	require.NoError(t, b.Ledger.Record(t.Context(), e))

	everything := []process.Action{"cancel", "retry", "skip", "move", "migrate", "message", "signal"}
	for name, want := range map[string]struct {
		sees   bool
		values bool
		may    []process.Action
	}{
		"starter":   {true, false, []process.Action{"cancel"}},
		"boss":      {true, true, everything},
		"watcher":   {true, true, []process.Action{}},
		"candidate": {true, false, []process.Action{}},
		"delegate":  {true, false, []process.Action{}},
		"former":    {false, false, nil}, // who left the group has no part in it any more
		"stranger":  {false, false, nil},
		"holder":    {true, true, []process.Action{}},
		"operator":  {true, true, []process.Action{"retry"}},
	} {
		ctx := b.As(users[name])
		page, err := b.Processes.List(ctx, query.List{Filter: `definition eq "leave"`})
		require.NoError(t, err)
		require.Equal(t, want.sees, page.Total == 1, name)
		got, err := b.Processes.Get(ctx, p.ID)
		looks := []func() error{
			func() error { _, err := b.Processes.Diagram(ctx, p.ID); return err },
			func() error { _, err := b.Processes.Comments(ctx, p.ID); return err },
			func() error { _, err := b.Processes.Documents(ctx, p.ID); return err },
			func() error { _, err := b.Processes.AddComment(ctx, p.ID, nil, "seen"); return err },
			func() error { _, err := b.Tasks.Get(ctx, id); return err },
		}
		if !want.sees {
			processtest.Refused(t, err, fault.NotFound)
			for _, look := range looks {
				processtest.Refused(t, look(), fault.NotFound)
			}
			processtest.Refused(t, b.Processes.Cancel(ctx, p.ID, ""), fault.NotFound)
			continue
		}
		require.NoError(t, err, name)
		require.Equal(t, want.values, len(got.Values) > 0, name)
		require.Equal(t, want.may, got.May, name)
		for _, look := range looks {
			require.NoError(t, look(), name)
		}
	}
	all, err := b.Processes.List(b.As(users["holder"]), query.List{Sort: "number"})
	require.NoError(t, err)
	require.Equal(t, 2, all.Total)
	require.Equal(t, other.ID, all.Items[1].ID)
	mine, err := b.Processes.Mine(b.As(users["starter"]), query.List{})
	require.NoError(t, err)
	require.Equal(t, 1, mine.Total)
	none, err := b.Processes.Mine(b.As(users["holder"]), query.List{})
	require.NoError(t, err)
	require.Zero(t, none.Total, "seeing all processes makes none of them one's own")
	var numbers []int64
	require.NoError(t, b.Processes.Each(b.As(users["watcher"]), query.List{}, func(p process.Process) error {
		numbers = append(numbers, p.Number)
		return nil
	}))
	require.Equal(t, []int64{p.Number}, numbers)
}

func TestSteering(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, boss, candidate := b.User("starter"), b.User("boss"), b.User("candidate")
	p := b.Started(starter, processtest.Sample{ID: "leave", Managers: "boss"})
	b.Opened(p.ID, b.Opening(1, "candidate"))
	b.Exec("delete from outbox")
	require.ErrorIs(t, b.Processes.Cancel(b.As(candidate), p.ID, ""), authz.ErrDenied)
	for name, do := range map[string]func(context.Context) error{
		"move": func(ctx context.Context) error {
			return b.Processes.Move(ctx, p.ID, process.Move{From: "decide", To: "done", Reason: "by hand"})
		},
		"message": func(ctx context.Context) error {
			return b.Processes.Send(ctx, p.ID, process.ActionMessage, process.Message{Name: "withdrawn"})
		},
		"signal": func(ctx context.Context) error {
			return b.Processes.Send(ctx, p.ID, process.ActionSignal, process.Message{Name: "closing"})
		},
		"cancel": func(ctx context.Context) error { return b.Processes.Cancel(ctx, p.ID, " no longer wanted ") },
	} {
		if name != "cancel" {
			require.ErrorIs(t, do(b.As(starter)), authz.ErrDenied, name)
		}
		require.NoError(t, do(b.As(boss)), name)
		require.Equal(t, []string{name + " boss"}, b.Texts("select (payload ->> 'action') || ' ' || (payload ->> 'by') from outbox where kind = 'process.control'"))
		require.Len(t, b.Texts("select id::text from process_log where kind = $1 and actor = 'boss'", name), 1)
		b.Exec("delete from outbox")
	}
	require.NoError(t, b.Processes.Cancel(b.As(starter), p.ID, "withdrawn"), "initiators withdraw their requests")
	require.Equal(t, []string{"withdrawn"}, b.Texts("select payload -> 'payload' ->> 'reason' from outbox"))
	require.Equal(t, []string{"starting"}, b.Texts("select status from processes"), "the workflow ends it, not we")
	processtest.Refused(t, b.Processes.Move(b.As(boss), p.ID, process.Move{From: "a", To: "b"}), fault.Invalid, "reason")
	processtest.Refused(t, b.Processes.Send(b.As(boss), p.ID, process.ActionMove, process.Message{Name: "x"}), fault.Invalid, "kind")
	processtest.Refused(t, b.Processes.Send(b.As(boss), p.ID, process.ActionSignal, process.Message{}), fault.Invalid, "name")
	b.Exec("update processes set status = 'completed', ended_at = now()")
	processtest.Refused(t, b.Processes.Cancel(b.As(boss), p.ID, ""), fault.Conflict, "ended already")
}

func TestCommentsAndDocuments(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, watcher, boss := b.User("starter"), b.User("watcher"), b.User("boss")
	p := b.Started(starter, processtest.Sample{ID: "leave", Observers: "watcher", Managers: "boss"})
	for _, text := range []string{"", "  ", strings.Repeat("a", process.MaxComment+1)} {
		_, err := b.Processes.AddComment(b.As(starter), p.ID, nil, text)
		processtest.Refused(t, err, fault.Invalid, "text")
	}
	made, err := b.Processes.AddComment(b.As(watcher), p.ID, nil, " Noted. ")
	require.NoError(t, err)
	require.Equal(t, "watcher: Noted.", made.Author+": "+made.Text)

	d, err := b.Processes.Attach(b.As(starter), p.ID, nil, "../../etc/plan \"1\".pdf", "application/pdf", []byte("a sample"))
	require.NoError(t, err)
	require.Equal(t, `plan "1".pdf`, d.Name)
	require.EqualValues(t, 8, d.Size)
	got, content, err := b.Processes.Open(b.As(watcher), d.ID)
	require.NoError(t, err)
	require.Equal(t, "a sample", string(content))
	require.Equal(t, d, got)
	_, err = b.Processes.Attach(b.As(watcher), p.ID, nil, "x", "", []byte("x"))
	require.ErrorIs(t, err, authz.ErrDenied, "observers only look")
	for name, file := range map[string]struct{ name, content, word string }{
		"no name": {"", "x", "needs a name"}, "a folder": {"..", "x", ""}, "empty": {"a", "", "empty"}, "long": {strings.Repeat("n", 300), "x", "255"},
		"control": {"a\nb", "x", "control character"},
	} {
		_, err := b.Processes.Attach(b.As(starter), p.ID, nil, file.name, "", []byte(file.content))
		if file.word != "" {
			processtest.Refused(t, err, fault.Invalid, file.word)
			continue
		}
		require.NoError(t, err, name)
	}
	b.Exec("update parameters set value = '3' where name = 'soffid.upload.maxsize'")
	_, err = b.Processes.Attach(b.As(starter), p.ID, nil, "big", "", []byte("four"))
	processtest.Refused(t, err, fault.Invalid, "at most 3 bytes")
	_, _, err = b.Processes.Open(b.As(b.User("stranger")), d.ID)
	processtest.Refused(t, err, fault.NotFound, "document")
	require.ErrorIs(t, b.Processes.Detach(b.As(watcher), d.ID), authz.ErrDenied)
	processtest.Refused(t, b.Processes.Detach(b.As(b.User("another")), d.ID), fault.NotFound, "document")
	require.NoError(t, b.Processes.Detach(b.As(boss), d.ID))
	processtest.Refused(t, b.Processes.Detach(b.As(boss), d.ID), fault.NotFound)
	b.Exec("update processes set status = 'completed', ended_at = now()")
	_, err = b.Processes.Attach(b.As(starter), p.ID, nil, "late", "", []byte("x"))
	processtest.Refused(t, err, fault.Conflict, "ended")
}
