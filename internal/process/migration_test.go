package process_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/process/processtest"
)

// A migration is reviewed first, refused as a whole while a process has no place in the other version, and asked of each process then.
func TestMigrationOfManyProcesses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna, boss := b.User("anna"), b.User("boss")
	first := b.Deploy(processtest.Sample{ID: "leave", Managers: "boss"})
	var all []uuid.UUID
	for range 3 {
		p, err := b.Processes.Start(b.As(anna), "leave", nil)
		require.NoError(t, err)
		e := entry(p.ID, 1)
		e.Places = []string{"decide", "decide"}
		require.NoError(t, b.Ledger.Record(t.Context(), e))
		all = append(all, p.ID)
	}
	elsewhere := b.Started(anna, processtest.Sample{ID: "other"})
	second := b.Deploy(processtest.Sample{ID: "leave", Managers: "boss", Name: "Another leave", More: `<userTask id="consent" name="Consent"><extensionElements><idm:assignment expression="*"/></extensionElements></userTask>
		<sequenceFlow id="late" sourceRef="consent" targetRef="done"/><sequenceFlow id="more" name="More" sourceRef="decide" targetRef="consent"/>`})
	b.Exec("update processes set places = '{gone}' where id = $1", all[2])
	b.Exec("delete from outbox")

	ctx := b.As(boss)
	plan := process.Migration{From: first.ID, To: second.ID, Processes: all[:2]}
	review, err := b.Operations.ReviewMigration(ctx, plan)
	require.NoError(t, err)
	require.Equal(t, 2, review.Processes)
	require.Zero(t, review.Refused)
	require.Len(t, review.Targets, 5)
	decide := process.Element{ID: "decide", Name: "Decide", Type: "userTask"}
	require.Equal(t, []process.MigrationPlace{{Element: decide, To: "decide", Processes: 2}}, review.Places)
	require.Empty(t, b.Texts("select kind from outbox"), "a review changes nothing")

	plan.Elements = map[string]string{"decide": "done"}
	review, err = b.Operations.ReviewMigration(ctx, plan)
	require.NoError(t, err)
	require.Equal(t, 2, review.Refused)
	require.Contains(t, review.Places[0].Problem, "endEvent")
	plan.Reason = "the new rules hold for them"
	_, err = b.Operations.Migrate(ctx, plan)
	processtest.Refused(t, err, fault.Invalid, "elements", "2 of 2", "Decide", "endEvent")
	everything := process.Migration{From: first.ID, To: second.ID, Reason: "all of them"}
	_, err = b.Operations.Migrate(ctx, everything)
	require.ErrorIs(t, err, authz.ErrDenied, "who manages some names them")
	_, err = b.Operations.Migrate(b.Ctx, everything)
	processtest.Refused(t, err, fault.Invalid, "1 of 3")
	for _, wrong := range []struct {
		m    process.Migration
		code fault.Code
		word string
	}{
		{process.Migration{From: first.ID, To: first.ID, Reason: "x"}, fault.Invalid, "another version"},
		{process.Migration{From: first.ID, To: elsewhere.VersionID, Reason: "x"}, fault.Invalid, "same definition"},
		{process.Migration{From: first.ID, To: second.ID}, fault.Invalid, "why"},
		{process.Migration{From: first.ID, To: second.ID, Reason: "x", Processes: []uuid.UUID{elsewhere.ID}}, fault.Conflict, "1 of the processes"},
	} {
		_, err := b.Operations.Migrate(b.Ctx, wrong.m)
		processtest.Refused(t, err, wrong.code, wrong.word)
	}
	_, err = b.Operations.Migrate(b.As(anna), plan)
	require.ErrorIs(t, err, authz.ErrDenied)
	require.Empty(t, b.Texts("select kind from outbox"), "nothing half asked")

	plan.Elements = map[string]string{"decide": "consent"}
	_, err = b.Operations.Migrate(ctx, plan)
	require.NoError(t, err)
	require.Equal(t, []string{"migrate boss consent", "migrate boss consent"},
		b.Texts("select (payload ->> 'action') || ' ' || (payload ->> 'by') || ' ' || (payload #>> '{payload,elements,decide}') from outbox"))
	require.Equal(t, []string{"boss the new rules hold for them", "boss the new rules hold for them"},
		b.Texts("select actor || ' ' || text from process_log where kind = 'migrate'"))
}

// One process is moved as many are: its entry in the audit trail is its own.
func TestMigrationOfOneProcess(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, boss := b.User("starter"), b.User("boss")
	p := b.Started(starter, processtest.Sample{ID: "leave", Managers: "boss"})
	next := b.Deploy(processtest.Sample{ID: "leave", Managers: "boss", Name: "Another leave"})
	b.Exec("delete from outbox")
	plan := process.Migration{From: p.VersionID, To: next.ID, Processes: []uuid.UUID{p.ID}, Reason: "newer"}
	_, err := b.Operations.Migrate(b.As(starter), plan)
	require.ErrorIs(t, err, authz.ErrDenied)
	review, err := b.Operations.Migrate(b.As(boss), plan)
	require.NoError(t, err)
	require.NoError(t, review.Refusal())
	require.Equal(t, []string{"migrate boss"}, b.Texts("select (payload ->> 'action') || ' ' || (payload ->> 'by') from outbox where kind = 'process.control'"))
	require.Equal(t, []string{p.ID.String()}, b.Texts("select object_id::text from audit_entries where action = 'migrate' and object_type = 'process'"))
	b.Exec("update processes set status = 'completed', ended_at = now()")
	_, err = b.Operations.Migrate(b.As(boss), plan)
	processtest.Refused(t, err, fault.Conflict, "ended already")
}

func TestElementsToMoveTo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.Started(b.User("anna"), processtest.Sample{ID: "leave", Managers: "boss"})
	found, err := b.Operations.Elements(b.Ctx, p.ID)
	require.NoError(t, err)
	var names []string
	for _, e := range found {
		names = append(names, e.ID)
	}
	require.Equal(t, []string{"start", "decide", "done", "refused"}, names)
	_, err = b.Operations.Elements(b.As(b.User("bert")), p.ID)
	processtest.Refused(t, err, fault.NotFound)
}
