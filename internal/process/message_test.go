package process_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/process/processtest"
)

// called is a sample that a message starts.
func called() string {
	s := processtest.Sample{ID: "hired", Initiators: "-nobody-", Attributes: `<idm:attribute name="days" label="Days" type="number"/><idm:attribute name="boss" label="Boss" type="user"/>`}
	source := string(s.Source())
	source = strings.Replace(source, `<process `, `<message id="m" name="hire"/><process `, 1)
	at := strings.Index(source, "<startEvent")
	end := strings.Index(source, "</startEvent>")
	return source[:at] + `<startEvent id="start" name="Hired"><messageEventDefinition messageRef="m"/>` + source[end:]
}

func TestAMessageStartsAProcessOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.ProcessDefinitions.Deploy(b.Ctx, "hired.bpmn", []byte(called()))
	require.NoError(t, err)
	sender, boss := b.User("sender", authz.ProcessStart), b.User("boss")
	send := func(by uuid.UUID, key, values string) (process.Process, error) {
		return b.Processes.Receive(b.As(by), process.Incoming{Definition: "hired", Name: "hire", Key: key, Values: valuesOf(t, values)})
	}
	var group sync.WaitGroup
	ids := make([]uuid.UUID, 4)
	for i := range ids {
		group.Go(func() {
			p, err := send(sender, "order 7", `{"days": 3, "boss": "boss"}`)
			if err == nil {
				ids[i] = p.ID
			}
		})
	}
	group.Wait()
	for _, id := range ids {
		require.Equal(t, ids[0], id, "the same message again, at the same time too, is the same process")
		require.NotEqual(t, uuid.Nil, id)
	}
	again, err := send(sender, "order 7", `{"days": 99}`)
	require.NoError(t, err)
	require.Equal(t, ids[0], again.ID)
	require.Equal(t, "boss", again.Subject)
	require.Equal(t, boss, *again.SubjectID)
	other, err := send(sender, "order 8", `{}`)
	require.NoError(t, err)
	require.NotEqual(t, ids[0], other.ID)
	require.Equal(t, []string{"hire order 7", "hire order 8"}, b.Texts("select start_message || ' ' || start_key from processes order by number"))
	require.Equal(t, []string{"2"}, b.Texts("select count(*)::text from outbox where kind = 'process.start'"))
	brief, err := b.Ledger.Brief(t.Context(), other.ID)
	require.NoError(t, err)
	require.Equal(t, "hire", brief.Message)

	for name, test := range map[string]struct {
		by   uuid.UUID
		in   process.Incoming
		code fault.Code
		word string
	}{
		"no key":              {sender, process.Incoming{Definition: "hired", Name: "hire"}, fault.Invalid, "needs a key"},
		"another message":     {sender, process.Incoming{Definition: "hired", Name: "fire", Key: "1"}, fault.NotFound, "does not start by a message"},
		"another definition":  {sender, process.Incoming{Definition: "none", Name: "hire", Key: "1"}, fault.NotFound, "none"},
		"a strange attribute": {sender, process.Incoming{Definition: "hired", Name: "hire", Key: "1", Values: bpm.Values{"x": []byte(`1`)}}, fault.Invalid, "values.x"},
		"the asker":           {sender, process.Incoming{Definition: "hired", Name: "hire", Key: "1", Values: bpm.Values{"requester": []byte(`"boss"`)}}, fault.Invalid, "values.requester"},
		"a wrong type":        {sender, process.Incoming{Definition: "hired", Name: "hire", Key: "1", Values: bpm.Values{"days": []byte(`"x"`)}}, fault.Invalid, "Days: a number"},
	} {
		_, err := b.Processes.Receive(b.As(test.by), test.in)
		processtest.Refused(t, err, test.code, test.word)
		require.Len(t, b.Texts("select id::text from processes"), 2, name)
	}
	_, err = send(boss, "order 9", `{}`)
	require.ErrorContains(t, err, string(authz.ProcessStart))
}

func TestAProcessIsStartedOnBehalfOfSomebody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Deploy(processtest.Sample{ID: "leave"})
	helper, anna := b.User("helper", authz.ProcessStart), b.User("anna")
	p, err := b.Processes.StartFor(b.As(helper), "leave", "anna", nil)
	require.NoError(t, err)
	require.Equal(t, []string{"helper", "anna"}, []string{p.Initiator, p.Subject})
	require.Equal(t, anna, *p.SubjectID)
	require.Equal(t, []string{"anna helper"}, b.Texts("select (variables->>'user') || ' ' || (variables->>'requester') from processes"))
	_, err = b.Processes.StartFor(b.As(helper), "leave", "nobody", nil)
	processtest.Refused(t, err, fault.Invalid, "for", "no active user")
	_, err = b.Processes.StartFor(b.As(anna), "leave", "helper", nil)
	require.ErrorContains(t, err, string(authz.ProcessStart))
	require.Len(t, b.Texts("select id::text from processes"), 1)
}
