package notify_test

import (
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"provost/internal/fault"
	"provost/internal/notify"
	"provost/internal/parameter"
	"provost/internal/testenv/mailtest"
)

func sample() notify.Message {
	return notify.Message{
		ID: "one.two.3@process.provost", To: []string{"anna@example.org", "bert@example.org"},
		Subject: "Decision about Ñandú", Text: "Sample text: día.\n",
	}
}

func TestMailArrives(t *testing.T) {
	t.Parallel()
	o := &mailtest.Server{}
	mailer := &notify.Mailer{Settings: mailtest.Settings(mailtest.New(t, o))}
	require.NoError(t, mailer.Send(t.Context(), sample()))
	require.ElementsMatch(t, []string{"anna@example.org", "bert@example.org"}, o.Recipients())
	require.Len(t, o.Letters(), 1)
	head, body, found := strings.Cut(o.Letters()[0], "\r\n\r\n")
	require.True(t, found)
	require.Contains(t, head, "Message-ID: <one.two.3@process.provost>")
	require.Contains(t, head, "From: <provost@example.org>")
	require.Contains(t, head, "Subject: =?UTF-8?q?Decision_about_=C3=91and=C3=BA?=")
	require.NotContains(t, head, "anna@", "recipients do not see each other")
	require.Contains(t, body, "Sample text: d=C3=ADa.")
}

func TestSubjectIsOneLine(t *testing.T) {
	t.Parallel()
	o := &mailtest.Server{}
	mailer := &notify.Mailer{Settings: mailtest.Settings(mailtest.New(t, o))}
	message := sample()
	message.Subject = "Hello\r\nBcc: eve@example.org"
	require.NoError(t, mailer.Send(t.Context(), message))
	require.NotContains(t, o.Recipients(), "eve@example.org")
	require.Contains(t, o.Letters()[0], "Subject: Hello Bcc: eve@example.org\r\n")
}

func TestMailThatCannotBeSent(t *testing.T) {
	t.Parallel()
	o := &mailtest.Server{Refuse: map[string]*smtp.SMTPError{
		"gone@example.org": {Code: 550, Message: "no such mailbox"}, "busy@example.org": {Code: 451, Message: "try later"},
	}}
	good := mailtest.New(t, o)
	for name, c := range map[string]struct {
		settings func(*parameter.Mail)
		message  func(*notify.Message)
		says     string
		final    bool // until somebody mends it
	}{
		"no server":       {settings: func(s *parameter.Mail) { s.Host = "" }, says: "mail.host", final: true},
		"sender":          {settings: func(s *parameter.Mail) { s.From = "nobody" }, says: "mail.from", final: true},
		"no recipient":    {message: func(m *notify.Message) { m.To = nil }, says: "no recipient", final: true},
		"recipient":       {message: func(m *notify.Message) { m.To = []string{"an na"} }, says: "no address", final: true},
		"too many":        {message: func(m *notify.Message) { m.To = make([]string, 501) }, says: "at most 500", final: true},
		"unknown mailbox": {message: func(m *notify.Message) { m.To = []string{"gone@example.org"} }, says: "no such mailbox", final: true},
		"later":           {message: func(m *notify.Message) { m.To = []string{"busy@example.org"} }, says: "try later"},
		"server is away":  {settings: func(s *parameter.Mail) { s.Port = 1 }, says: "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, m := good, sample()
			if c.settings != nil {
				c.settings(&s)
			}
			if c.message != nil {
				c.message(&m)
			}
			err := (&notify.Mailer{Settings: mailtest.Settings(s)}).Send(t.Context(), m)
			require.ErrorContains(t, err, c.says)
			require.Equal(t, c.final, fault.Is(err, fault.Invalid))
		})
	}
}

// Many messages go by one connection, and one that is refused keeps none of the others.
func TestManyMailsByOneConnection(t *testing.T) {
	t.Parallel()
	o := &mailtest.Server{Refuse: map[string]*smtp.SMTPError{"gone@example.org": {Code: 550, Message: "no such mailbox"}}}
	mailer := &notify.Mailer{Settings: mailtest.Settings(mailtest.New(t, o))}
	messages := make([]notify.Message, 4)
	for i, to := range []string{"anna@example.org", "gone@example.org", "an na", "bert@example.org"} {
		messages[i] = sample()
		messages[i].To, messages[i].HTML = []string{to}, "<p>día</p>"
	}
	errs, err := mailer.SendAll(t.Context(), messages)
	require.NoError(t, err)
	require.NoError(t, errs[0])
	require.True(t, fault.Is(errs[1], fault.Invalid))
	require.True(t, fault.Is(errs[2], fault.Invalid))
	require.NoError(t, errs[3])
	require.Equal(t, []string{"anna@example.org", "bert@example.org"}, o.Recipients())
	require.Equal(t, 1, o.Visits())
	letter := mailtest.Read(t, o.Letters()[1])
	require.Equal(t, "Sample text: día.\n", letter.Text)
	require.Equal(t, "<p>día</p>", letter.HTML)
}
