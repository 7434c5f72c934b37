package bpm

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// withKeys waits for an answer to its order, and sends one to an order of another.
const withKeys = `
var order = "A7"
start S
user A
boundary M on=A message=answer key=order
throw T message=answer key="order + '!'"
end E
S -> A
M -> T
A -> T
T -> E
`

func TestKeysAreTextsAndNumbers(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`"A7"`: "A7", `" A7"`: " A7", `7`: "7", `7.5`: "7.5", `"null"`: "null", `"7"`: "7", `"` + strings.Repeat("é", MaxKey) + `"`: strings.Repeat("é", MaxKey),
	} {
		key, err := readKey(json.RawMessage(value))
		require.NoError(t, err, value)
		require.Equal(t, want, key)
	}
	for value, want := range map[string]string{
		`null`: "its script came to nothing", `""`: "its script came to nothing", `true`: "its script came to true", `["A7"]`: "a text or a number",
		`{}`: "a text or a number", `"` + strings.Repeat("é", MaxKey+1) + `"`: "longer than 255 characters",
	} {
		_, err := readKey(json.RawMessage(value))
		require.ErrorContains(t, err, want, value)
	}
}

func TestKeysAreSeenFromOutside(t *testing.T) {
	t.Parallel()
	p := started(t, withKeys, nil)
	require.Equal(t, []Subscription{{Node: "M", Type: MessageEvent, Name: "answer", Key: "A7"}}, p.state.Waits())
	require.NoError(t, p.do(Messaged{Name: "answer", Key: "A8"}))
	require.NoError(t, p.do(Messaged{Name: "answer"}))
	require.Equal(t, []message{{Name: "answer", Key: "A8"}, {Name: "answer"}}, p.state.at.Messages)
	p.sent = nil
	require.NoError(t, p.do(Messaged{Name: "answer", Key: "A7"}))
	require.Contains(t, p.sent, Send{Node: "T", Type: MessageEvent, Name: "answer", Key: "A7!", Values: Values{"order": json.RawMessage(`"A7"`)}})
	require.Equal(t, Completed, p.state.Status())
}

// A process that is put on another version waits on with the key it has: one that is new is asked for when the wait begins again. Where the
// version asks for none, every message is taken, and one that was kept already is taken at once.
func TestMigrationKeepsKeys(t *testing.T) {
	t.Parallel()
	keyless := strings.Replace(withKeys, " key=order", "", 1)
	for name, c := range map[string]struct {
		before, after, want string
		taken               bool
	}{
		"the same":      {withKeys, withKeys, "A7", false},
		"another":       {withKeys, strings.Replace(withKeys, "key=order", "key='fixed'", 1), "A7", false},
		"none any more": {withKeys, keyless, "", true},
		"a new one":     {keyless, withKeys, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := started(t, c.before, nil)
			if c.taken {
				require.NoError(t, p.do(Messaged{Name: "answer", Key: "A8"}))
			}
			to := draw(t, c.after)
			require.NoError(t, p.do(Migrated{Plan: to}))
			p.plan = to
			if c.taken {
				require.Equal(t, Completed, p.state.Status())
				return
			}
			checkState(t, p)
			require.Equal(t, c.want, p.state.Waits()[0].Key)
		})
	}
}

// What was to be thrown when the process stopped may be something else in the version that it is put on.
func TestMigratedThrowIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"nothing": "throw T", "a signal": "throw T signal=go", "an escalation": "throw T escalation=boss", "a key that is one": "throw T message=answer key='A7'",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			flows := "\nend E\nS -> T\nT -> E"
			p := started(t, "start S\nthrow T message=answer key=missing"+flows, nil)
			require.Len(t, p.alarms, 1)
			to := draw(t, "start S\n"+line+flows)
			require.NoError(t, p.do(Migrated{Plan: to}))
			p.plan = to
			require.NoError(t, p.do(Retried{Incident: p.alarms[0].Incident}))
			checkState(t, p)
			require.Equal(t, Completed, p.state.Status())
		})
	}
}
