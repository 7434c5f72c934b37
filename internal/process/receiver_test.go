package process_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/process/processtest"
)

func TestMessagesThatStartProcessesAreListedWithWhatTheyCarry(t *testing.T) {
	t.Parallel()
	b := setup(t)
	sender, other := b.User("sender", authz.ProcessStart), b.User("other", authz.ProcessQuery)
	none, err := b.Processes.StartMessages(b.As(sender))
	require.NoError(t, err)
	require.Equal(t, []process.StartMessage{}, none)

	b.Deploy(processtest.Sample{ID: "leave"})
	_, err = b.ProcessDefinitions.Deploy(b.Ctx, "hired.bpmn", []byte(called()))
	require.NoError(t, err)
	found, err := b.Processes.StartMessages(b.As(sender))
	require.NoError(t, err)
	require.Len(t, found, 1, "what people start by a form takes no message")
	require.Equal(t, []string{"hired", "hire"}, []string{found[0].Code, found[0].Message})
	require.Equal(t, []string{"days", "boss"}, fieldNames(found[0].Fields), "its initiators are nobody, and that does not matter")
	require.Equal(t, []string{"Days number", "Boss user"}, []string{
		found[0].Fields[0].Label + " " + found[0].Fields[0].Type, found[0].Fields[1].Label + " " + found[0].Fields[1].Type,
	})

	_, err = b.Processes.StartMessages(b.As(other))
	require.ErrorContains(t, err, string(authz.ProcessStart))
	definition := found[0].ID
	d, err := b.ProcessDefinitions.Get(b.Ctx, definition)
	require.NoError(t, err)
	_, err = b.ProcessDefinitions.SetEnabled(b.Ctx, definition, d.Version, false)
	require.NoError(t, err)
	none, err = b.Processes.StartMessages(b.As(sender))
	require.NoError(t, err)
	require.Empty(t, none, "a disabled definition starts nothing")
}

func TestWhatAProcessWaitsForIsShownToThoseWhoMaySendItOrLookAfterIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna, operator, auditor := b.User("anna"), b.User("operator", authz.ProcessUpdate), b.User("auditor", authz.ProcessQuery)
	p := b.Started(anna, processtest.Sample{ID: "leave"})
	waits := []process.Wait{
		{Type: bpm.MessageEvent, Name: "withdrawn", Key: "A7", Element: "decide"}, {Type: bpm.SignalEvent, Name: "closing", Element: "late"},
	}
	e := entry(p.ID, 1)
	e.Waits = waits
	require.NoError(t, b.Ledger.Record(t.Context(), e))
	for _, who := range []uuid.UUID{operator, auditor} {
		detail, err := b.Processes.Get(b.As(who), p.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"withdrawn A7 decide", "closing  late"}, words(detail.Waits))
	}
	detail, err := b.Processes.Get(b.As(anna), p.ID)
	require.NoError(t, err)
	require.Empty(t, detail.Waits)
}

func TestPeopleToStartAProcessForAreOfferedToThoseWhoMay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.Deploy(processtest.Sample{ID: "leave"})
	helper, anna := b.User("helper", authz.ProcessStart), b.User("anna")
	choice, err := b.Processes.Choice(b.As(helper), v.DefinitionID, "", process.ChooseUser)
	require.NoError(t, err)
	require.Equal(t, process.Choice{Kind: process.ChooseUser, Filter: "active eq true"}, choice)
	_, err = b.Processes.Choice(b.As(anna), v.DefinitionID, "", process.ChooseUser)
	require.ErrorContains(t, err, string(authz.ProcessStart))
	_, err = b.Processes.Choice(b.As(helper), v.DefinitionID, "", process.ChooseRole)
	processtest.Refused(t, err, fault.NotFound, "no field")
}

func fieldNames(fields []process.FieldView) []string {
	var out []string
	for i := range fields {
		out = append(out, fields[i].Name)
	}
	return out
}
