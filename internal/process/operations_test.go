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
	"provost/internal/query"
)

// troubled gives a process with a timer and two incidents, which boss manages.
func (b *bench) troubled(starter uuid.UUID) process.Process {
	b.t.Helper()
	p := b.started(starter, sample{id: "leave", managers: "boss"})
	e := entry(p.ID, 1)
	due := at(40)
	e.Timers = []process.Job{{Kind: process.TimerJob, Key: 7, Element: "late", Name: "Late", Due: &due}}
	e.Incidents = []bpm.Alarm{
		{Incident: 3, Work: 9, Node: "apply", Fault: bpm.Fault{Code: "script", Message: "x is not defined"}},
		{Incident: 4, Work: 10, Node: "invoke", Fault: bpm.Fault{Code: "connector", Message: "no answer"}},
	}
	require.NoError(b.t, b.ledger.Record(b.t.Context(), e))
	b.exec("delete from outbox")
	return p
}

func TestJobsAreHeldAndResumed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, boss, operator, reader := b.user("starter"), b.user("boss"), b.user("operator", authz.ProcessResume), b.user("reader", authz.ProcessQuery)
	p := b.troubled(starter)
	for name, test := range map[string]struct {
		user uuid.UUID
		sees int
	}{"starter": {starter, 0}, "boss": {boss, 1}, "operator": {operator, 1}, "reader": {reader, 1}} {
		page, err := b.Operations.Jobs(b.as(test.user), query.List{Q: "late"})
		require.NoError(t, err)
		require.Equal(t, test.sees, page.Total, name)
	}
	page, err := b.Operations.Jobs(b.as(boss), query.List{Filter: `kind eq "timer" and held eq false`})
	require.NoError(t, err)
	job := page.Items[0]
	require.Equal(t, p.Number, job.Number)
	_, err = b.Operations.Hold(b.as(starter), job.ID)
	require.ErrorIs(t, err, authz.ErrDenied)
	_, err = b.Operations.Hold(b.as(reader), job.ID)
	require.ErrorIs(t, err, authz.ErrDenied)
	_, err = b.Operations.Hold(b.as(b.user("stranger")), job.ID)
	refused(t, err, fault.NotFound, "job")
	held, err := b.Operations.Hold(b.as(boss), job.ID)
	require.NoError(t, err)
	require.True(t, held.Held)
	_, err = b.Operations.Hold(b.as(operator), job.ID)
	refused(t, err, fault.Conflict, "held already")
	resumed, err := b.Operations.Resume(b.as(operator), job.ID)
	require.NoError(t, err)
	require.False(t, resumed.Held)
	require.Equal(t, []string{"hold timer 7", "resume timer 7"}, b.texts(
		"select (payload ->> 'action') || ' ' || (payload -> 'payload' ->> 'kind') || ' ' || (payload -> 'payload' ->> 'key') from outbox order by id"))
	_, err = b.Operations.Resume(b.as(boss), uuid.New())
	refused(t, err, fault.NotFound)
	count := 0
	require.NoError(t, b.Operations.EachJob(b.as(boss), query.List{}, func(process.Pending) error { count++; return nil }))
	require.Equal(t, 1, count)
}

func TestIncidentsAreRepaired(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, boss := b.user("starter"), b.user("boss")
	resumer, updater := b.user("resumer", authz.ProcessResume), b.user("updater", authz.ProcessUpdate)
	b.troubled(starter)
	page, err := b.Operations.Incidents(b.as(boss), query.List{Sort: "element", Filter: `status eq "open"`})
	require.NoError(t, err)
	require.Len(t, page.Items, 2)
	apply, invoke := page.Items[0].ID, page.Items[1].ID
	none, err := b.Operations.Incidents(b.as(starter), query.List{})
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
		"a stranger":           {b.user("stranger"), process.Repaired{How: process.RepairRetry}, fault.NotFound, "incident"},
	} {
		_, err := b.Operations.Repair(b.as(test.user), apply, test.ask)
		refused(t, err, test.code, test.word)
		require.Empty(t, b.texts("select kind from outbox"), name)
	}
	for name, user := range map[string]uuid.UUID{"starter": starter, "resumer": resumer} {
		for _, ask := range []process.Repaired{{How: process.RepairSkip, Reason: "x"}, {How: process.RepairModify, Reason: "x", Values: values}} {
			_, err := b.Operations.Repair(b.as(user), apply, ask)
			require.ErrorIs(t, err, authz.ErrDenied, name)
		}
	}
	require.Empty(t, b.texts("select kind from outbox"), "nothing half asked")
	got, err := b.Operations.Repair(b.as(resumer), apply, process.Repaired{How: process.RepairRetry})
	require.NoError(t, err)
	require.Equal(t, "asked retry resumer", got.Status+" "+got.Action+" "+got.SolvedBy)
	_, err = b.Operations.Repair(b.as(updater), apply, process.Repaired{How: process.RepairModify, Values: values, Reason: "x was missing"})
	require.NoError(t, err)
	_, err = b.Operations.Repair(b.as(boss), invoke, process.Repaired{How: process.RepairSkip, Outcome: "yes", Reason: "done by hand"})
	require.NoError(t, err)
	require.Equal(t, []string{`retry {"reason": "", "incident": 3}`, `retry {"reason": "x was missing", "values": {"x": 1}, "incident": 3}`, `skip {"reason": "done by hand", "outcome": "yes", "incident": 4}`},
		b.texts("select (payload ->> 'action') || ' ' || (payload -> 'payload')::text from outbox order by id"))
	b.exec("update process_incidents set status = 'solved'")
	_, err = b.Operations.Repair(b.as(boss), apply, process.Repaired{How: process.RepairRetry})
	refused(t, err, fault.Conflict, "solved already")
	_, err = b.Operations.Repair(b.as(boss), uuid.New(), process.Repaired{How: process.RepairRetry})
	refused(t, err, fault.NotFound)
	count := 0
	require.NoError(t, b.Operations.EachIncident(b.as(boss), query.List{}, func(process.Incident) error { count++; return nil }))
	require.Equal(t, 2, count)
}
