package process_test

import (
	"encoding/json"
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

// troubled gives a process with a timer and two incidents, which boss manages.
func (b *bench) troubled(starter uuid.UUID) process.Process {
	b.T.Helper()
	p := b.Started(starter, processtest.Sample{ID: "leave", Managers: "boss"})
	e := entry(p.ID, 1)
	due := at(40)
	e.Timers = []process.Job{{Kind: process.TimerJob, Key: 7, Element: "late", Name: "Late", Due: &due}}
	e.Incidents = []bpm.Alarm{
		{Incident: 3, Work: 9, Node: "apply", Fault: bpm.Fault{Code: "script", Message: "x is not defined"}},
		{Incident: 4, Work: 10, Node: "invoke", Fault: bpm.Fault{Code: "connector", Message: "no answer"}},
	}
	require.NoError(b.T, b.Ledger.Record(b.T.Context(), e))
	b.Exec("delete from outbox")
	return p
}

func TestJobsAreHeldAndResumed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, boss, operator, reader := b.User("starter"), b.User("boss"), b.User("operator", authz.ProcessResume), b.User("reader", authz.ProcessQuery)
	p := b.troubled(starter)
	for name, test := range map[string]struct {
		user uuid.UUID
		sees int
	}{"starter": {starter, 0}, "boss": {boss, 1}, "operator": {operator, 1}, "reader": {reader, 1}} {
		page, err := b.Operations.Jobs(b.As(test.user), query.List{Q: "late"})
		require.NoError(t, err)
		require.Equal(t, test.sees, page.Total, name)
	}
	page, err := b.Operations.Jobs(b.As(boss), query.List{Filter: `kind eq "timer" and held eq false`})
	require.NoError(t, err)
	job := page.Items[0]
	require.Equal(t, p.Number, job.Number)
	_, err = b.Operations.Hold(b.As(starter), job.ID)
	require.ErrorIs(t, err, authz.ErrDenied)
	_, err = b.Operations.Hold(b.As(reader), job.ID)
	require.ErrorIs(t, err, authz.ErrDenied)
	_, err = b.Operations.Hold(b.As(b.User("stranger")), job.ID)
	processtest.Refused(t, err, fault.NotFound, "job")
	held, err := b.Operations.Hold(b.As(boss), job.ID)
	require.NoError(t, err)
	require.True(t, held.Held)
	_, err = b.Operations.Hold(b.As(operator), job.ID)
	processtest.Refused(t, err, fault.Conflict, "held already")
	resumed, err := b.Operations.Resume(b.As(operator), job.ID)
	require.NoError(t, err)
	require.False(t, resumed.Held)
	require.Equal(t, []string{"hold timer 7", "resume timer 7"}, b.Texts(
		"select (payload ->> 'action') || ' ' || (payload -> 'payload' ->> 'kind') || ' ' || (payload -> 'payload' ->> 'key') from outbox order by id"))
	_, err = b.Operations.Resume(b.As(boss), uuid.New())
	processtest.Refused(t, err, fault.NotFound)
	count := 0
	require.NoError(t, b.Operations.EachJob(b.As(boss), query.List{}, func(process.Pending) error { count++; return nil }))
	require.Equal(t, 1, count)
}

func TestIncidentsAreRepaired(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, boss := b.User("starter"), b.User("boss")
	resumer, updater := b.User("resumer", authz.ProcessResume), b.User("updater", authz.ProcessUpdate)
	b.troubled(starter)
	page, err := b.Operations.Incidents(b.As(boss), query.List{Sort: "element", Filter: `status eq "open"`})
	require.NoError(t, err)
	require.Len(t, page.Items, 2)
	apply, invoke := page.Items[0].ID, page.Items[1].ID
	none, err := b.Operations.Incidents(b.As(starter), query.List{})
	require.NoError(t, err)
	require.Zero(t, none.Total)
	values := bpm.Values{"x": json.RawMessage(`1`)}
	for name, test := range map[string]struct {
		user uuid.UUID
		ask  process.Repaired
		code fault.Code
		word string
	}{
		"no reason to skip":    {boss, process.Repaired{How: process.RepairSkip}, fault.Invalid, "reason"},
		"no reason to modify":  {boss, process.Repaired{How: process.RepairModify, Values: values}, fault.Invalid, "reason"},
		"nothing to modify":    {boss, process.Repaired{How: process.RepairModify, Reason: "x"}, fault.Invalid, "values"},
		"retry changes values": {boss, process.Repaired{How: process.RepairRetry, Values: values}, fault.Invalid, "values"},
		"another way out":      {boss, process.Repaired{How: "ignore", Reason: "x"}, fault.Invalid, "action"},
		"a stranger":           {b.User("stranger"), process.Repaired{How: process.RepairRetry}, fault.NotFound, "incident"},
	} {
		_, err := b.Operations.Repair(b.As(test.user), apply, test.ask)
		processtest.Refused(t, err, test.code, test.word)
		require.Empty(t, b.Texts("select kind from outbox"), name)
	}
	for name, user := range map[string]uuid.UUID{"starter": starter, "resumer": resumer} {
		for _, ask := range []process.Repaired{{How: process.RepairSkip, Reason: "x"}, {How: process.RepairModify, Reason: "x", Values: values}} {
			_, err := b.Operations.Repair(b.As(user), apply, ask)
			require.ErrorIs(t, err, authz.ErrDenied, name)
		}
	}
	require.Empty(t, b.Texts("select kind from outbox"), "nothing half asked")
	got, err := b.Operations.Repair(b.As(resumer), apply, process.Repaired{How: process.RepairRetry})
	require.NoError(t, err)
	require.Equal(t, "asked retry resumer", got.Status+" "+got.Action+" "+got.SolvedBy)
	_, err = b.Operations.Repair(b.As(updater), apply, process.Repaired{How: process.RepairModify, Values: values, Reason: "x was missing"})
	require.NoError(t, err)
	_, err = b.Operations.Repair(b.As(boss), invoke, process.Repaired{How: process.RepairSkip, Outcome: "yes", Reason: "done by hand"})
	require.NoError(t, err)
	require.Equal(t, []string{`retry {"reason": "", "incident": 3}`, `retry {"reason": "x was missing", "values": {"x": 1}, "incident": 3}`, `skip {"reason": "done by hand", "outcome": "yes", "incident": 4}`},
		b.Texts("select (payload ->> 'action') || ' ' || (payload -> 'payload')::text from outbox order by id"))
	b.Exec("update process_incidents set status = 'solved'")
	_, err = b.Operations.Repair(b.As(boss), apply, process.Repaired{How: process.RepairRetry})
	processtest.Refused(t, err, fault.Conflict, "solved already")
	_, err = b.Operations.Repair(b.As(boss), uuid.New(), process.Repaired{How: process.RepairRetry})
	processtest.Refused(t, err, fault.NotFound)
	count := 0
	require.NoError(t, b.Operations.EachIncident(b.As(boss), query.List{}, func(process.Incident) error { count++; return nil }))
	require.Equal(t, 2, count)
}
