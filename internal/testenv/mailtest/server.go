// Package mailtest is a mail server for tests: it speaks SMTP and keeps what it is given.
package mailtest

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"provost/internal/parameter"
)

// Server is a mail server under the test's control.
type Server struct {
	// Refuse are answers by recipient; set before it is used.
	Refuse map[string]*smtp.SMTPError

	mu      sync.Mutex
	to      []string
	letters []string
	visits  int
}

// New starts a server, which ends with the test, and gives settings for it.
func New(tb testing.TB, s *Server) parameter.Mail {
	tb.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.WithoutCancel(tb.Context()), "tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	server := smtp.NewServer(s)
	server.AllowInsecureAuth, server.ReadTimeout = true, 10*time.Second
	go func() { _ = server.Serve(listener) }() // ends with the test
	tb.Cleanup(func() { require.NoError(tb, server.Close()) })
	address, ok := listener.Addr().(*net.TCPAddr)
	require.True(tb, ok)
	return parameter.Mail{Host: "127.0.0.1", Port: address.Port, From: "provost@example.org", Protocol: "SMTP"}
}

// Settings gives mail settings as a parameter reader.
type Settings parameter.Mail

// Mail implements notify.Settings.
func (s Settings) Mail(context.Context) (parameter.Mail, error) { return parameter.Mail(s), nil }

// Recipients are those who were accepted, in their order.
func (s *Server) Recipients() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.to...)
}

// Letters are the messages as they came.
func (s *Server) Letters() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.letters...)
}

// Visits is how many connections there were.
func (s *Server) Visits() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.visits
}

// NewSession implements smtp.Backend.
func (s *Server) NewSession(*smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.visits++
	return &session{s}, nil
}

type session struct{ *Server }

func (*session) Mail(string, *smtp.MailOptions) error { return nil }
func (*session) Reset()                               {}
func (*session) Logout() error                        { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if refusal := s.Refuse[to]; refusal != nil {
		return refusal
	}
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = append(s.letters, string(text))
	return err
}

// Letter is a message as people read it.
type Letter struct{ Subject, MessageID, Text, HTML string }

// Read takes a message apart.
func Read(tb testing.TB, letter string) Letter {
	tb.Helper()
	message, err := mail.ReadMessage(strings.NewReader(letter))
	require.NoError(tb, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	require.NoError(tb, err)
	out := Letter{Subject: subject, MessageID: message.Header.Get("Message-ID")}
	kind, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	require.NoError(tb, err)
	if !strings.HasPrefix(kind, "multipart/") {
		out.Text = decoded(tb, message.Body)
		return out
	}
	parts := multipart.NewReader(message.Body, parameters["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return out
		}
		require.NoError(tb, err)
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			out.HTML = decoded(tb, part)
		} else {
			out.Text = decoded(tb, part)
		}
	}
}

func decoded(tb testing.TB, r io.Reader) string {
	tb.Helper()
	text, err := io.ReadAll(quotedprintable.NewReader(r))
	require.NoError(tb, err)
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}
