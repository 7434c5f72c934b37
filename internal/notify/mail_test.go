package notify_test

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"provost/internal/fault"
	"provost/internal/notify"
	"provost/internal/parameter"
)

// office is a mail server that keeps what it is given.
type office struct {
	mu      sync.Mutex
	to      []string
	letters []string
	refuse  map[string]*smtp.SMTPError // by recipient
}

func (o *office) NewSession(*smtp.Conn) (smtp.Session, error) { return &counter{office: o}, nil }

type counter struct{ *office }

func (*counter) Mail(string, *smtp.MailOptions) error { return nil }
func (*counter) Reset()                               {}
func (*counter) Logout() error                        { return nil }

func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if refusal := c.refuse[to]; refusal != nil {
		return refusal
	}
	c.to = append(c.to, to)
	return nil
}

func (c *counter) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.letters = append(c.letters, string(text))
	return err
}

// open starts the server and gives settings for it.
func open(t *testing.T, o *office) parameter.Mail {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := smtp.NewServer(o)
	server.AllowInsecureAuth, server.ReadTimeout = true, 10*time.Second
	go func() { _ = server.Serve(listener) }() // ends with the test
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	address, ok := listener.Addr().(*net.TCPAddr)
	require.True(t, ok)
	return parameter.Mail{Host: "127.0.0.1", Port: address.Port, From: "provost@example.org", Protocol: "SMTP"}
}

type settings parameter.Mail

func (s settings) Mail(context.Context) (parameter.Mail, error) { return parameter.Mail(s), nil }

func sample() notify.Message {
	return notify.Message{
		ID: "one.two.3@process.provost", To: []string{"anna@example.org", "bert@example.org"},
		Subject: "Decision about Ñandú", Text: "Sample text: día.\n",
	}
}

func TestMailArrives(t *testing.T) {
	t.Parallel()
	o := &office{}
	mailer := &notify.Mailer{Settings: settings(open(t, o))}
	require.NoError(t, mailer.Send(t.Context(), sample()))
	require.ElementsMatch(t, []string{"anna@example.org", "bert@example.org"}, o.to)
	require.Len(t, o.letters, 1)
	head, body, found := strings.Cut(o.letters[0], "\r\n\r\n")
	require.True(t, found)
	require.Contains(t, head, "Message-ID: <one.two.3@process.provost>")
	require.Contains(t, head, "From: <provost@example.org>")
	require.Contains(t, head, "Subject: =?UTF-8?q?Decision_about_=C3=91and=C3=BA?=")
	require.NotContains(t, head, "anna@", "recipients do not see each other")
	require.Contains(t, body, "Sample text: d=C3=ADa.")
}

func TestSubjectIsOneLine(t *testing.T) {
	t.Parallel()
	o := &office{}
	mailer := &notify.Mailer{Settings: settings(open(t, o))}
	message := sample()
	message.Subject = "Hello\r\nBcc: eve@example.org"
	require.NoError(t, mailer.Send(t.Context(), message))
	require.NotContains(t, o.to, "eve@example.org")
	require.Contains(t, o.letters[0], "Subject: Hello Bcc: eve@example.org\r\n")
}

func TestMailThatCannotBeSent(t *testing.T) {
	t.Parallel()
	o := &office{refuse: map[string]*smtp.SMTPError{
		"gone@example.org": {Code: 550, Message: "no such mailbox"}, "busy@example.org": {Code: 451, Message: "try later"},
	}}
	good := open(t, o)
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
			err := (&notify.Mailer{Settings: settings(s)}).Send(t.Context(), m)
			require.ErrorContains(t, err, c.says)
			require.Equal(t, c.final, fault.Is(err, fault.Invalid))
		})
	}
}
