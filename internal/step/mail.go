package step

import (
	"context"
	"fmt"
	"net/mail"
	"strings"

	"provost/bpm"
	"provost/internal/notify"
	"provost/internal/process"
)

// mail sends the message of a step to its actors and addresses, once: what is sent again after a crash has the same Message-ID.
func (s *Service) mail(ctx context.Context, sc *scene, w process.Work) error {
	of := sc.step(w.Node).Mail
	if of == nil {
		return &bpm.Fault{Code: faultStep, Message: "The step does not say what is to be sent."}
	}
	return s.post(ctx, sc, letter{node: w.Node, visit: w.Visit, values: w.Values, mail: of})
}

// letter is a message of a step to be sent.
type letter struct {
	node   string
	visit  int
	values bpm.Values
	mail   *bpm.MailOf
}

// post fills a letter in and sends it.
func (s *Service) post(ctx context.Context, sc *scene, l letter) error {
	texts, err := s.texts(ctx, sc, l.node, l.values, l.mail.Actors, l.mail.Address, l.mail.Subject, l.mail.Message)
	if err != nil {
		return err
	}
	to, err := s.recipients(ctx, texts[0], texts[1])
	if err != nil {
		return err
	}
	id := fmt.Sprintf("%s.%s.%d@process.provost", sc.process, l.node, l.visit)
	return asFault(s.Post.Send(ctx, notify.Message{ID: id, To: to, Subject: texts[2], Text: texts[3]}))
}

// recipients are the addresses of actors, and those that are given as such, separated by commas, semicolons or blanks.
func (s *Service) recipients(ctx context.Context, actors, addresses string) ([]string, error) {
	found, _, err := s.Ledger.Principals(ctx, []string{actors})
	if err != nil {
		return nil, fmt.Errorf("look actors up: %w", err)
	}
	to, err := s.Ledger.Addresses(ctx, found)
	if err != nil {
		return nil, err
	}
	for _, address := range strings.FieldsFunc(addresses, func(r rune) bool { return strings.ContainsRune(",; \t\n", r) }) {
		parsed, err := mail.ParseAddress(address)
		if err != nil {
			return nil, &bpm.Fault{Code: faultRefused, Message: fmt.Sprintf("%q is no mail address.", address)}
		}
		to = append(to, parsed.Address)
	}
	return to, nil
}
