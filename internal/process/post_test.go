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
)

// waits has a process wait for an answer with each of the keys.
func waits(t *testing.T, b *bench, p uuid.UUID, seq int64, keys ...string) {
	t.Helper()
	e := entry(p, seq)
	for _, key := range keys {
		e.Waits = append(e.Waits, process.Wait{Type: bpm.MessageEvent, Name: "answer", Key: key, Element: "decide"})
	}
	e.Waits = append(e.Waits, process.Wait{Type: bpm.SignalEvent, Name: "closing", Element: "decide"})
	require.NoError(t, b.Ledger.Record(t.Context(), e))
}

// controls gives what processes are told, by their numbers, and forgets it.
func controls(b *bench) []string {
	b.T.Helper()
	told := b.Texts(`select p.number || ' ' || (o.payload ->> 'action') || ' ' || (o.payload -> 'payload' ->> 'name') || ' ' || coalesce(o.payload -> 'payload' ->> 'key', '-')
		from outbox o join processes p on p.id = (o.payload ->> 'process')::uuid where o.kind = 'process.control' order by 1`)
	b.Exec("delete from outbox")
	return told
}

func TestAMessageReachesWhoWaitsWithItsKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna, sender := b.User("anna"), b.User("sender", authz.ProcessUpdate)
	var ps []process.Process
	for range 4 {
		ps = append(ps, b.Started(anna, processtest.Sample{ID: "leave"}))
	}
	waits(t, b, ps[3].ID, 1, "A7", "B1")
	waits(t, b, ps[2].ID, 1, "A7")
	waits(t, b, ps[1].ID, 1, "")
	waits(t, b, ps[0].ID, 1, "")
	controls(b)
	post := func(by uuid.UUID, key string) (process.Delivery, error) {
		return b.Operations.Post(b.As(by), process.ActionMessage, process.Message{Name: "answer", Key: key, Values: valuesOf(t, `{"days": 3}`)})
	}
	number := func(i int) string { return itoa(ps[i].Number) }
	for _, c := range []struct{ key, told string }{
		{"A7", number(3) + " message answer A7"}, // it has waited longer than the other with that key
		{"B1", number(3) + " message answer B1"},
		{"A8", number(1) + " message answer A8"}, // nobody waits with it: who has waited longest without one
		{"", number(1) + " message answer -"},
	} {
		got, err := post(sender, c.key)
		require.NoError(t, err)
		require.Equal(t, []string{c.told}, controls(b))
		require.Equal(t, 1, got.Reached)
		require.False(t, got.Started)
	}
	waits(t, b, ps[3].ID, 2, "B1")
	waits(t, b, ps[2].ID, 2, "A7", "B1")
	got, err := post(sender, "A7")
	require.NoError(t, err)
	require.Equal(t, []process.Addressee{{ID: ps[2].ID, Number: ps[2].Number, Name: ps[2].Name}}, got.Processes)
	got, err = post(sender, "B1")
	require.NoError(t, err)
	require.Equal(t, ps[3].ID, got.Processes[0].ID, "what is waited for still keeps its time")
	require.Equal(t, []string{"answer", "answer"}, b.Texts("select name from process_log where kind = 'message' and process_id = $1 and text = 'B1' and actor = 'sender'", ps[3].ID))
	require.Len(t, b.Texts("select action from audit_entries where action = 'message'"), 6)

	detail, err := b.Processes.Get(b.Ctx, ps[2].ID)
	require.NoError(t, err)
	require.Len(t, detail.Waits, 3)
	require.Equal(t, []string{"answer A7 decide", "closing  decide", "answer B1 decide"}, words(detail.Waits))
	require.False(t, detail.Waits[0].Since.IsZero())
}

func words(waits []process.Awaited) (out []string) {
	for _, w := range waits {
		out = append(out, w.Name+" "+w.Key+" "+w.Element)
	}
	return out
}

func TestASignalReachesEverybody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna")
	one, other := b.Started(anna, processtest.Sample{ID: "leave"}), b.Started(anna, processtest.Sample{ID: "leave"})
	waits(t, b, one.ID, 1, "A7")
	waits(t, b, other.ID, 1)
	controls(b)
	got, err := b.Operations.Post(b.Ctx, process.ActionSignal, process.Message{Name: "closing"})
	require.NoError(t, err)
	require.Equal(t, 2, got.Reached)
	require.Equal(t, []string{itoa(one.Number) + " signal closing -", itoa(other.Number) + " signal closing -"}, controls(b))
	_, err = b.Operations.Post(b.Ctx, process.ActionSignal, process.Message{Name: "opening"})
	processtest.Refused(t, err, fault.NotFound, "Nobody was reached")
}

// Whoever may not steer every process reaches those that they manage, and nobody learns of others.
func TestManagersReachTheirProcesses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna, boss := b.User("anna"), b.User("boss")
	others, managed := b.Started(anna, processtest.Sample{ID: "leave"}), b.Started(anna, processtest.Sample{ID: "managed", Managers: "boss"})
	waits(t, b, others.ID, 1, "A7")
	waits(t, b, managed.ID, 1, "")
	controls(b)
	message := process.Message{Name: "answer", Key: "A7"}
	got, err := b.Operations.Post(b.As(boss), process.ActionMessage, message)
	require.NoError(t, err)
	require.Equal(t, managed.ID, got.Processes[0].ID)
	got, err = b.Operations.Post(b.As(boss), process.ActionSignal, process.Message{Name: "closing"})
	require.NoError(t, err)
	require.Equal(t, 1, got.Reached)
	_, err = b.Operations.Post(b.As(anna), process.ActionMessage, message)
	require.ErrorContains(t, err, string(authz.ProcessUpdate), "an initiator does not steer")
	_, err = b.Operations.Post(t.Context(), process.ActionMessage, message)
	require.Error(t, err)
}

func TestAMessageThatNobodyWaitsForStartsAProcess(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.ProcessDefinitions.Deploy(b.Ctx, "hired.bpmn", []byte(called()))
	require.NoError(t, err)
	sender, watcher := b.User("sender", authz.ProcessStart), b.User("watcher", authz.ProcessUpdate)
	post := func(by uuid.UUID, m process.Message) (process.Delivery, error) {
		return b.Operations.Post(b.As(by), process.ActionMessage, m)
	}
	hire := process.Message{Name: "hire", Key: "order 7", Values: valuesOf(t, `{"days": 3}`)}
	got, err := post(sender, hire)
	require.NoError(t, err)
	require.True(t, got.Started)
	again, err := post(sender, hire)
	require.NoError(t, err)
	require.Equal(t, got, again, "the same message again is the same process")
	require.Equal(t, []string{"hire order 7 3"}, b.Texts("select start_message || ' ' || start_key || ' ' || (variables ->> 'days') from processes"))

	_, err = post(watcher, hire)
	processtest.Refused(t, err, fault.NotFound, "Nobody was reached", "order 7")
	_, err = post(sender, process.Message{Name: "hire"})
	processtest.Refused(t, err, fault.Invalid, "key")
	_, err = post(sender, process.Message{Name: "fire", Key: "1"})
	processtest.Refused(t, err, fault.NotFound, "Nobody was reached")

	_, err = b.ProcessDefinitions.Deploy(b.Ctx, "second.bpmn", []byte(strings.Replace(called(), `id="hired"`, `id="second"`, 1)))
	require.NoError(t, err)
	_, err = post(sender, process.Message{Name: "hire", Key: "order 8"})
	processtest.Refused(t, err, fault.Conflict, "hired, second")
	require.Len(t, b.Texts("select id::text from processes"), 1)
}

func TestMessagesThatCannotBe(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.Started(b.User("anna"), processtest.Sample{ID: "leave"})
	long := strings.Repeat("x", bpm.MaxKey+1)
	for field, c := range map[string]struct {
		kind process.Action
		m    process.Message
	}{
		"kind":          {process.ActionCancel, process.Message{Name: "answer"}},
		"name":          {process.ActionMessage, process.Message{Name: " "}},
		"key":           {process.ActionSignal, process.Message{Name: "answer", Key: "A7"}},
		"key is longer": {process.ActionMessage, process.Message{Name: "answer", Key: long}},
	} {
		_, err := b.Operations.Post(b.Ctx, c.kind, c.m)
		processtest.Refused(t, err, fault.Invalid, field)
		processtest.Refused(t, b.Processes.Send(b.Ctx, p.ID, c.kind, c.m), fault.Invalid, field)
	}
}

// What a process sends goes to one other that waits for it, and a signal to all others.
func TestWhatAProcessSends(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna")
	from, keyed, open := b.Started(anna, processtest.Sample{ID: "leave"}), b.Started(anna, processtest.Sample{ID: "leave"}), b.Started(anna, processtest.Sample{ID: "leave"})
	waits(t, b, from.ID, 1, "A7")
	waits(t, b, open.ID, 1, "")
	waits(t, b, keyed.ID, 1, "A7")
	controls(b)
	e := entry(from.ID, 2)
	e.Sent = []bpm.Send{
		{Type: bpm.MessageEvent, Name: "answer", Key: "A7"},
		{Type: bpm.MessageEvent, Name: "answer", Key: "A8"},
		{Type: bpm.MessageEvent, Name: "nobody"},
		{Type: bpm.SignalEvent, Name: "closing"},
	}
	require.NoError(t, b.Ledger.Record(t.Context(), e))
	require.Equal(t, []string{
		itoa(keyed.Number) + " message answer A7", itoa(keyed.Number) + " signal closing -",
		itoa(open.Number) + " message answer A8", itoa(open.Number) + " signal closing -",
	}, controls(b))
}
