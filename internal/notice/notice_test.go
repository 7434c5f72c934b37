package notice_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/notice"
	"provost/internal/notify"
	"provost/internal/parameter"
	"provost/internal/process"
	"provost/internal/testenv/mailtest"
)

// shelf is mails in memory.
type shelf struct {
	mails   []notice.Mail
	results map[string]notice.Result
	tokens  int
	expires time.Time
}

func (s *shelf) ClaimMails(context.Context, int) ([]notice.Mail, error) {
	mails := s.mails
	s.mails = nil
	return mails, nil
}

func (s *shelf) EndMails(_ context.Context, results []notice.Result) error {
	s.results = map[string]notice.Result{}
	for _, r := range results {
		s.results[r.ID.String()] = r
	}
	return nil
}

func (s *shelf) KeepToken(_ context.Context, _ *notice.Mail, hash []byte, expires time.Time) error {
	if len(hash) != 32 {
		return errors.New("no hash")
	}
	s.tokens++
	s.expires = expires
	return nil
}

type voice parameter.Notices

func (v voice) Notices(context.Context) (parameter.Notices, error) { return parameter.Notices(v), nil }

func mailTo(address string, change ...func(*notice.Mail)) notice.Mail {
	task, user, of, due := uuid.New(), uuid.New(), uuid.New(), time.Date(2031, 5, 4, 12, 0, 0, 0, time.UTC)
	m := notice.Mail{
		ID: uuid.New(), Kind: notice.Task, TaskID: &task, UserID: &user, ProcessID: &of, Address: address, Attempts: 1, CreatedAt: time.Now(),
		FullName: "Sample Anna", Active: true, Title: "Decide <about> it", Step: "Decide", TaskStatus: "open", DueAt: &due,
		Number: 7, Process: "Leave of absence", Initiator: "Sample Bert", Lines: []notice.Line{{Title: "Grant cashier to Sample Bert"}},
	}
	for _, c := range change {
		c(&m)
	}
	return m
}

// sent has an office send mails to a real server, and gives what it received.
func sent(t *testing.T, v voice, mails ...notice.Mail) (*shelf, []mailtest.Letter) {
	t.Helper()
	server := &mailtest.Server{}
	s := &shelf{mails: mails}
	office := &notice.Office{Store: s, Post: &notify.Mailer{Settings: mailtest.Settings(mailtest.New(t, server))}, Settings: v}
	n, err := office.Deliver(t.Context())
	require.NoError(t, err)
	require.Equal(t, len(mails), n)
	var out []mailtest.Letter
	for _, letter := range server.Letters() {
		out = append(out, mailtest.Read(t, letter))
	}
	return s, out
}

func TestMailsSpeakTheLanguageOfTheirPeople(t *testing.T) {
	t.Parallel()
	base := voice{URL: "https://provost.example.org", Usual: "en", Shortcuts: true}
	s, letters := sent(t, base, mailTo("anna@example.org"), mailTo("eva@example.org", func(m *notice.Mail) { m.Language = "es-ES" }))
	require.Len(t, letters, 2)
	require.Equal(t, "A task waits for you: Decide <about> it", letters[0].Subject)
	require.Equal(t, "Una tarea le espera: Decide <about> it", letters[1].Subject)
	for _, words := range []string{"Hello Sample Anna,", "Process: 7 · Leave of absence", "Asked for by: Sample Bert", "Due: 2031-05-04 12:00 UTC", "- Grant cashier to Sample Bert", "https://provost.example.org/tasks/"} {
		require.Contains(t, letters[0].Text, words)
	}
	require.Contains(t, letters[0].HTML, "Decide &lt;about&gt; it")
	require.NotContains(t, letters[0].HTML, "<about>", "what people write is no HTML")
	require.Zero(t, s.tokens, "no link that decides unless the definition asks for one")
	base.Language = "es"
	_, letters = sent(t, base, mailTo("anna@example.org"))
	require.Contains(t, letters[0].Text, "Hola, Sample Anna:")
}

func TestLinksThatDecide(t *testing.T) {
	t.Parallel()
	on := voice{URL: "https://provost.example.org", Usual: "en", Shortcuts: true}
	with := func(change ...func(*notice.Mail)) notice.Mail {
		return mailTo("anna@example.org", append([]func(*notice.Mail){func(m *notice.Mail) {
			m.Letter = &process.Letter{Subject: "It waits", Text: "Dear all,\n\nplease decide.", Shortcut: true}
		}}, change...)...)
	}
	ends := time.Now().Add(time.Hour)
	s, letters := sent(t, on, with(func(m *notice.Mail) { m.ExpireAt = &ends }))
	require.Equal(t, 1, s.tokens)
	require.Equal(t, ends, s.expires, "a link ends with its task")
	require.Equal(t, "It waits", letters[0].Subject)
	_, token, found := strings.Cut(letters[0].Text, "https://provost.example.org/decide/")
	require.True(t, found)
	token, _, _ = strings.Cut(token, "\n")
	hash, ok := notice.HashToken(token)
	require.True(t, ok)
	require.Len(t, hash, 32)
	require.Contains(t, letters[0].HTML, "please decide.")

	for name, c := range map[string]struct {
		voice voice
		mail  notice.Mail
	}{
		"switched off":   {voice{URL: "https://x.example.org", Usual: "en"}, with()},
		"no address":     {voice{Usual: "en", Shortcuts: true}, with()},
		"a copy":         {on, with(func(m *notice.Mail) { m.Kind, m.UserID = notice.Copy, nil })},
		"not asked for":  {on, with(func(m *notice.Mail) { m.Letter.Shortcut = false })},
		"reminder of it": {voice{URL: "https://x.example.org", Usual: "en"}, with(func(m *notice.Mail) { m.Kind = notice.Reminder })},
	} {
		s, letters := sent(t, c.voice, c.mail)
		require.Zero(t, s.tokens, name)
		require.NotContains(t, letters[0].Text, "/decide/", name)
	}
	for _, bad := range []string{"", "x", token + "A", token[1:], strings.Repeat("=", 43), strings.Repeat("A", 44)} {
		_, ok := notice.HashToken(bad)
		require.False(t, ok, bad)
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	line := func(decisions ...string) []notice.Line {
		var out []notice.Line
		for _, d := range decisions {
			out = append(out, notice.Line{Title: "Grant cashier", Decision: d})
		}
		return out
	}
	for name, c := range map[string]struct {
		status string
		lines  []notice.Line
		says   string
	}{
		"approved":  {"completed", line("approved"), "is approved and carried out"},
		"denied":    {"completed", line("denied"), "is denied"},
		"in part":   {"completed", line("approved", "denied"), "approved in part"},
		"completed": {"completed", nil, "is completed"},
		"cancelled": {"cancelled", nil, "is cancelled"},
		"failed":    {"failed", nil, "could not be carried out. The cable was cut."},
	} {
		_, letters := sent(t, voice{URL: "https://x.example.org", Usual: "en"}, mailTo("bert@example.org", func(m *notice.Mail) {
			m.Kind, m.TaskID, m.TaskStatus, m.Status, m.Lines, m.Message = notice.Outcome, nil, "", c.status, c.lines, "The cable was cut."
			m.Decisions = []notice.Decision{{Step: "Decide", By: "anna", Outcome: "Refuse", Comment: "Too long.", Kind: "complete"}, {Step: "Check", Kind: "expired"}}
		}))
		require.Contains(t, letters[0].Text, c.says, name)
		require.Contains(t, letters[0].Text, "- Decide: Refuse, by anna: Too long.", name)
		require.Contains(t, letters[0].Text, "- Check: nobody decided in time", name)
		require.Contains(t, letters[0].Text, "https://x.example.org/processes/", name)
	}
}

// What cannot be sent is tried again while that may help, and told of.
func TestMailsThatCannotBeSent(t *testing.T) {
	t.Parallel()
	server := &mailtest.Server{Refuse: map[string]*smtp.SMTPError{
		"gone@example.org": {Code: 550, Message: "no such mailbox"}, "busy@example.org": {Code: 451, Message: "try later"}, "still@example.org": {Code: 451, Message: "try later"},
		"never@example.org": {Code: 451, Message: "try later"},
	}}
	good := mailtest.New(t, server)
	mails := []notice.Mail{
		mailTo("anna@example.org"), mailTo("gone@example.org"), mailTo("busy@example.org"),
		mailTo("still@example.org", func(m *notice.Mail) { m.Attempts = 2 }),
		mailTo("never@example.org", func(m *notice.Mail) { m.Attempts, m.CreatedAt = 9, time.Now().Add(-80*time.Hour) }),
		mailTo("over@example.org", func(m *notice.Mail) { m.TaskStatus = "completed" }),
		mailTo("left@example.org", func(m *notice.Mail) { m.Active = false }),
	}
	s := &shelf{mails: slices.Clone(mails)}
	office := &notice.Office{Store: s, Post: &notify.Mailer{Settings: mailtest.Settings(good)}, Settings: voice{Usual: "en"}}
	_, err := office.Deliver(t.Context())
	require.NoError(t, err)
	var got []string
	for _, m := range mails {
		r := s.results[m.ID.String()]
		told := ""
		if r.Told {
			told = " told"
		}
		got = append(got, string(r.State)+told)
	}
	require.Equal(t, []string{"sent", "failed told", "waiting told", "waiting", "failed told", "dropped", "dropped"}, got)
	require.Equal(t, []string{"anna@example.org"}, server.Recipients())

	for name, c := range map[string]struct {
		host  string
		state notice.State
	}{"no server": {"", notice.Failed}, "server is away": {"127.0.0.1", notice.Waiting}} {
		s := &shelf{mails: slices.Clone(mails[:1])}
		away := good
		away.Host, away.Port = c.host, 1
		office := &notice.Office{Store: s, Post: &notify.Mailer{Settings: mailtest.Settings(away)}, Settings: voice{Usual: "en"}}
		_, err := office.Deliver(t.Context())
		require.NoError(t, err)
		r := s.results[mails[0].ID.String()]
		require.Equal(t, c.state, r.State, name)
		require.True(t, r.Told, name)
	}
}

// Both languages say the same things, with the same facts.
func TestPhrasesAreComplete(t *testing.T) {
	t.Parallel()
	read := func(language string) map[string]string {
		text, err := os.ReadFile("texts/" + language + ".json")
		require.NoError(t, err)
		var out map[string]string
		require.NoError(t, json.Unmarshal(text, &out))
		return out
	}
	en, es := read("en"), read("es")
	require.Equal(t, slices.Sorted(maps.Keys(en)), slices.Sorted(maps.Keys(es)))
	for name := range en {
		require.NotEmpty(t, es[name], name)
		require.Equal(t, strings.Count(en[name], "{{"), strings.Count(es[name], "{{"), name)
	}
	_, letters := sent(t, voice{Usual: "es"}, mailTo("a@example.org", func(m *notice.Mail) {
		m.Kind, m.TaskID, m.ProcessID = notice.Digest, nil, nil
		m.Facts = notice.Facts{System: "CRM", Day: "2031-05-04", More: 3, Entries: []notice.Entry{{Action: "grant", Role: "cashier@crm", Holder: "anna", By: "boss"}, {Action: "revoke", Role: "cashier@crm", Holder: "bert", By: "boss"}, {Action: "end", Role: "cashier@crm", Holder: "carla"}}}
	}))
	require.Contains(t, letters[0].Text, "cashier@crm revocado a bert por boss")
	require.Contains(t, letters[0].Text, "cashier@crm de carla terminó por su fecha")
	require.Contains(t, letters[0].Text, "y 3 más")
}
