package step_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/process"
	"provost/internal/script"
)

func TestRecipientsOfAMail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mail  bpm.MailOf
		to    []string
		fault string
	}{
		"people":                 {bpm.MailOf{Actors: "bob, carla"}, []string{"bob@example.org", "carla@example.org"}, ""},
		"whoever asked":          {bpm.MailOf{Actors: "#{requester}"}, []string{"ada@example.org"}, ""},
		"addresses":              {bpm.MailOf{Address: "a@example.com; b@example.com,c@example.com d@example.com"}, []string{"a@example.com", "b@example.com", "c@example.com", "d@example.com"}, ""},
		"an address of a value":  {bpm.MailOf{Address: "#{address}"}, []string{"value@example.com"}, ""},
		"both":                   {bpm.MailOf{Actors: "bob", Address: "a@example.com"}, []string{"bob@example.org", "a@example.com"}, ""},
		"what is no address":     {bpm.MailOf{Address: "nowhere"}, nil, `"nowhere" is no mail address.`},
		"a line that smuggles":   {bpm.MailOf{Address: "#{smuggled}"}, nil, "is no mail address"},
		"somebody who is gone":   {bpm.MailOf{Actors: "nobody, bob"}, []string{"bob@example.org"}, ""},
		"a text that cannot run": {bpm.MailOf{Actors: "bob", Subject: "#{nothing.there}"}, nil, "nothing is not defined"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, map[string]*bpm.Step{"tell": {Name: "Tell", Mail: &c.mail}})
			this := uuid.MustParse("0199aa00-0000-7000-8000-000000000001")
			_, err := b.Perform(t.Context(), process.Work{Process: this, Node: "tell", Type: bpm.Mail, Visit: 2, Now: now(), Values: bpm.Values{
				"address": json.RawMessage(`"value@example.com"`), "smuggled": json.RawMessage(`"a@example.com\r\nBcc:<eve"`),
			}})
			if c.fault != "" {
				var fault *bpm.Fault
				require.ErrorAs(t, err, &fault)
				require.Contains(t, fault.Message, c.fault)
				require.Empty(t, b.post.sent)
				return
			}
			require.NoError(t, err)
			require.Len(t, b.post.sent, 1)
			require.Equal(t, c.to, b.post.sent[0].To)
			require.Equal(t, "0199aa00-0000-7000-8000-000000000001.tell.2@process.provost", b.post.sent[0].ID, "the same when it is sent again")
		})
	}
}

// slow is a host on which scripts take too long together.
type slow struct{}

func (slow) Evaluate(context.Context, script.Request) ([]script.Result, error) {
	return nil, &script.LimitError{Kind: script.KindTime, Script: "Which"}
}

// Scripts that take too long together are an incident: tried again, they would take as long.
func TestScriptsThatTakeTooLongTogether(t *testing.T) {
	t.Parallel()
	b := setup(t, map[string]*bpm.Step{"work": {Name: "Work"}})
	b.book.library.Scripts = map[string]string{"a": "while (true) userService.find()", "b": "1"}
	b.Host = slow{}
	results, err := b.Evaluate(t.Context(), process.Wave{Now: now(), Calls: []bpm.Call{{Node: "one", Script: "a"}, {Node: "two", Script: "b"}}})
	require.NoError(t, err)
	want := bpm.Result{Fault: &bpm.Fault{Code: "script-time", Message: "script Which ran longer than allowed"}}
	require.Equal(t, []bpm.Result{want, want}, results)
	_, err = b.Perform(t.Context(), process.Work{Node: "work", Type: bpm.Script, Script: "a", Now: now()})
	require.Equal(t, want.Fault, err)
}

// Of the variables that a script assigns only those count that the process has.
func TestScriptChangesVariables(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script  string
		changed string
		fault   string
	}{
		"a number":              {"n = n + 1", `{"n":2}`, ""},
		"what is not declared":  {"other = 5; n = 3", `{"n":3}`, ""},
		"nothing":               {"n * 2", `null`, ""},
		"the time of the turn":  {"n = new Date().toISOString()", `{"n":"2026-03-01T12:00:00.000Z"}`, ""},
		"one of several":        {"n = 9", `{"n":9}`, ""},
		"a list":                {"items.push(3)", `{"items":[1,2,3]}`, ""},
		"what it was before":    {"n = 2 - 1; items = [1, 2]; ratio = 0.5", `null`, ""},
		"a character that kept": {`n = 'a\u0000b'`, "", "NUL character"},
		"an exception":          {`throw new Error('no such thing')`, "", "no such thing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, map[string]*bpm.Step{"work": {Name: "Work"}})
			b.book.library.Scripts = map[string]string{"a": c.script}
			changed, err := b.Perform(t.Context(), process.Work{Node: "work", Type: bpm.Script, Script: "a", Now: now(), Values: bpm.Values{
				"n": json.RawMessage("1"), "m": json.RawMessage("4"), "items": json.RawMessage("[1, 2]"), "ratio": json.RawMessage("5e-1"), "big": json.RawMessage("12345678901234567890"),
			}})
			if c.fault != "" {
				var fault *bpm.Fault
				require.ErrorAs(t, err, &fault)
				require.Contains(t, fault.Message, c.fault)
				return
			}
			require.NoError(t, err)
			text, err := json.Marshal(changed)
			require.NoError(t, err)
			require.JSONEq(t, c.changed, string(text))
		})
	}
}
