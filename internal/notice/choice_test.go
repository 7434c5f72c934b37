package notice_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/notice"
	"provost/internal/process"
)

// What somebody declined is not sent; what is late, what failed and what a definition sends itself comes always, and says nothing of a choice.
func TestDeclinedNoticesAreNotSent(t *testing.T) {
	t.Parallel()
	letter := &process.Letter{Subject: "It waits", Text: "Please decide."}
	for name, c := range map[string]struct {
		kind   notice.Kind
		letter *process.Letter
		choice string // empty for mails that come always
	}{
		"a task":                     {notice.Task, nil, "assignment"},
		"a task handed over":         {notice.Delegated, nil, "assignment"},
		"a task that came back":      {notice.Returned, letter, "assignment"},
		"a reminder":                 {notice.Reminder, letter, "reminder"},
		"the end of a request":       {notice.Outcome, nil, "outcome"},
		"a digest":                   {notice.Digest, nil, "digest"},
		"a notice of the definition": {notice.Task, letter, ""},
		"a task that is late":        {notice.Escalated, nil, ""},
		"an incident":                {notice.Incident, nil, ""},
		"a copy":                     {notice.Copy, letter, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mail := func(declined ...string) notice.Mail {
				return mailTo("anna@example.org", func(m *notice.Mail) { m.Kind, m.Letter, m.Status, m.Declined = c.kind, c.letter, "completed", declined })
			}
			const choose = "Choose which of these mails you get"
			_, letters := sent(t, voice{URL: "https://provost.example.org", Usual: "en"}, mail())
			require.Len(t, letters, 1)
			if c.choice == "" {
				require.NotContains(t, letters[0].Text+letters[0].HTML, choose)
				_, letters = sent(t, voice{Usual: "en"}, mail("assignment", "reminder", "outcome", "digest"))
				require.Len(t, letters, 1)
				return
			}
			require.Contains(t, letters[0].Text, choose+"\nhttps://provost.example.org/me/notices")
			require.Contains(t, letters[0].HTML, `href="https://provost.example.org/me/notices"`)
			_, letters = sent(t, voice{Usual: "en"}, mail())
			require.NotContains(t, letters[0].Text, choose, "without an address there is nowhere to choose")
			declined := mail(c.choice)
			s, letters := sent(t, voice{Usual: "en"}, declined)
			require.Empty(t, letters)
			require.Equal(t, notice.Result{ID: declined.ID, State: notice.Dropped, Message: "The person does not want to be told of this by mail."}, s.results[declined.ID.String()])
		})
	}
}
