// Package notify sends mail to people.
package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"provost/internal/fault"
	"provost/internal/parameter"
)

// Limits of a message.
const (
	maxRecipients = 500
	patience      = 30 * time.Second // with the mail server
)

// Settings tell how mail is sent; *parameter.Settings does.
type Settings interface {
	Mail(ctx context.Context) (parameter.Mail, error)
}

// Message is a mail: plain text, and the same as HTML for readers that show it.
type Message struct {
	// ID makes the Message-ID: a message that is sent again after a crash has the same, and readers show it once.
	ID      string
	To      []string // addresses
	Subject string
	Text    string
	HTML    string // empty for none
}

// Mailer sends mail by the server that the parameters name.
type Mailer struct{ Settings Settings }

// Send sends one message. It returns fault.Invalid where the installation or the message has to be mended first: no server, no
// recipient, an address that is none, or one that the server refuses for good. Every other error is worth a retry.
func (m *Mailer) Send(ctx context.Context, message Message) error {
	errs, err := m.SendAll(ctx, []Message{message})
	if err != nil {
		return err
	}
	return errs[0]
}

// SendAll sends messages by one connection, and gives the error of each, as Send does. The error of its own is one that concerns all of
// them: none was sent.
func (m *Mailer) SendAll(ctx context.Context, messages []Message) ([]error, error) {
	settings, err := m.Settings.Mail(ctx)
	if err != nil {
		return nil, fmt.Errorf("read mail settings: %w", err)
	}
	if settings.Host == "" {
		return nil, fault.New(fault.Invalid, "No mail server is configured: set the parameter %s.", parameter.MailHost)
	}
	errs, letters := make([]error, len(messages)), make([]*mail.Msg, len(messages))
	some := false
	for i := range messages {
		letters[i], errs[i] = compose(&settings, messages[i])
		some = some || errs[i] == nil
	}
	if !some {
		return errs, nil
	}
	client, err := connect(&settings)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "The mail settings cannot be used: %v.", err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		return nil, fmt.Errorf("reach mail server %s: %w", settings.Host, err)
	}
	defer func() { _ = client.Close() }() // what was accepted is accepted
	for i, letter := range letters {
		if errs[i] == nil {
			errs[i] = post(ctx, client, letter, settings.Host)
		}
	}
	return errs, nil
}

// refusal is the least code by which a mail server refuses for good.
const refusal = 500

// post hands one letter over.
func post(ctx context.Context, client *mail.Client, letter *mail.Msg, host string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := client.Send(letter)
	if err == nil || letter.IsDelivered() {
		return nil
	}
	if refused, ok := errors.AsType[*mail.SendError](err); ok && refused.ErrorCode() >= refusal {
		return fault.Wrap(fault.Invalid, err, "The mail server refuses the message: %v.", err)
	}
	return fmt.Errorf("send mail by %s: %w", host, err)
}

// compose writes the letter.
func compose(settings *parameter.Mail, message Message) (*mail.Msg, error) {
	switch {
	case len(message.To) == 0:
		return nil, fault.New(fault.Invalid, "The message %q has no recipient with an address.", message.Subject)
	case len(message.To) > maxRecipients:
		return nil, fault.New(fault.Invalid, "The message %q has %d recipients; at most %d are allowed.", message.Subject, len(message.To), maxRecipients)
	}
	letter := mail.NewMsg()
	if err := letter.From(settings.From); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "The sender %q is no address: correct the parameter %s.", settings.From, parameter.MailFrom)
	}
	// Each recipient is hidden from the others: who else was asked is nobody's business.
	if err := letter.Bcc(message.To...); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "One of the recipients is no address: %v.", err)
	}
	letter.Subject(strings.Join(strings.Fields(message.Subject), " ")) // no line of a header of its own
	letter.SetDate()
	letter.SetMessageIDWithValue(message.ID)
	letter.SetBodyString(mail.TypeTextPlain, message.Text)
	if message.HTML != "" {
		letter.AddAlternativeString(mail.TypeTextHTML, message.HTML)
	}
	return letter, nil
}

func connect(settings *parameter.Mail) (*mail.Client, error) {
	options := []mail.Option{mail.WithTimeout(patience), mail.WithTLSPolicy(mail.TLSOpportunistic)}
	if strings.EqualFold(settings.Protocol, "smtps") {
		options = append(options, mail.WithSSL())
	}
	if settings.Port > 0 {
		options = append(options, mail.WithPort(settings.Port))
	}
	if settings.Auth {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(settings.User), mail.WithPassword(settings.Password.Reveal()))
	}
	return mail.NewClient(settings.Host, options...)
}
