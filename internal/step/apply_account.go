package step

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/object"
	"provost/internal/process"
	"provost/internal/query"
)

// Variables of an account reservation and of a delegation.
const (
	accountVariable  = "account" // id, or name of the account beside the variable system
	systemVariable   = "system"
	loginVariable    = "loginName"
	untilVariable    = "until"
	sinceVariable    = "since"
	delegateVariable = "delegate"
	requesterName    = "requester"
)

// reserved is how long an account is given when nobody said until when.
const reserved = 24 * time.Hour

// applyAccount gives the requester the use of a privileged account until the time that was agreed on. Whoever may use it already, until
// then or for longer, keeps that.
func (s *Service) applyAccount(ctx context.Context, sc *scene, values bpm.Values) error {
	v, err := variables(values)
	if err != nil {
		return err
	}
	until, err := moment(v, untilVariable)
	if err != nil {
		return err
	}
	if until == nil {
		at := sc.now.Add(reserved)
		until = &at
	}
	who, err := s.userNamed(ctx, firstText(v, userVariable, requesterName))
	if err != nil {
		return err
	}
	of, err := s.accountOf(ctx, v)
	if err != nil {
		return err
	}
	edit := &object.Edit[account.Access]{After: &account.Access{AccountID: of.ID, Level: "sso", UserID: &who, EndAt: until}}
	held, err := s.access(ctx, of.ID, who)
	switch {
	case err != nil:
		return err
	case held != nil && (held.EndAt == nil || !held.EndAt.Before(*until)):
		return nil
	case held != nil:
		edit.ID = held.ID
		edit.After.ID = held.ID
	}
	return s.Access.Apply(ctx, []*object.Edit[account.Access]{edit}, true)
}

// access gives the entry by which somebody may use an account; nil when there is none.
func (s *Service) access(ctx context.Context, of, who uuid.UUID) (*account.Access, error) {
	filter := fmt.Sprintf("accountId eq %q and userId eq %q and level eq \"sso\"", of, who)
	page, err := s.AccessRows.List(ctx, authz.Scope{All: true}, query.List{Filter: filter}.Bounded())
	if err != nil {
		return nil, fmt.Errorf("look access up: %w", err)
	}
	if len(page.Items) == 0 {
		return nil, nil
	}
	return &page.Items[0], nil
}

// accountOf finds the account that a process is about.
func (s *Service) accountOf(ctx context.Context, v map[string]any) (*account.Account, error) {
	name := firstText(v, accountVariable)
	if id, err := uuid.Parse(name); err == nil {
		found, err := s.AccountRows.Get(ctx, authz.Scope{All: true}, id)
		if err != nil {
			return nil, fmt.Errorf("look account up: %w", err)
		}
		if len(found) > 0 {
			return &found[0], nil
		}
	}
	system, login := firstText(v, systemVariable), firstText(v, loginVariable, accountVariable)
	found, err := s.AccountRows.Named(ctx, system+`\`+login)
	if err != nil {
		return nil, fmt.Errorf("look account up: %w", err)
	}
	if len(found) == 0 {
		return nil, &bpm.Fault{Code: faultMissing, Message: fmt.Sprintf("There is no account %s in %s.", login, system)}
	}
	return &found[0], nil
}

// applyDelegation grants the roles that are handed over to the colleague, from and until the dates that were given; with the action
// cancel it takes them away again.
func (s *Service) applyDelegation(ctx context.Context, values bpm.Values) error {
	v, err := variables(values)
	if err != nil {
		return err
	}
	since, err := moment(v, sinceVariable)
	if err != nil {
		return err
	}
	until, err := moment(v, untilVariable)
	if err != nil {
		return err
	}
	delegate := firstText(v, delegateVariable)
	requests, err := s.read(values)
	if err != nil {
		return err
	}
	for i := range requests {
		line := &requests[i].line
		line.User, line.GrantID, line.StartAt, line.EndAt, line.Action = delegate, nil, since, until, process.LineGrant
		if firstText(v, actionVariable) == "cancel" {
			line.Action = process.LineRevoke
		}
	}
	if err := s.resolve(ctx, requests); err != nil {
		return err
	}
	for i := range requests {
		if err := s.carryOut(ctx, &requests[i]); err != nil {
			return err
		}
	}
	return nil
}

// userNamed gives the id of a user.
func (s *Service) userNamed(ctx context.Context, name string) (uuid.UUID, error) {
	found, err := s.UserRows.Named(ctx, name)
	if err != nil {
		return uuid.Nil, fmt.Errorf("look user up: %w", err)
	}
	if len(found) == 0 {
		return uuid.Nil, &bpm.Fault{Code: faultMissing, Message: fmt.Sprintf("There is no user %q.", name)}
	}
	return found[0].ID, nil
}

// firstText gives the first of some variables that holds text.
func firstText(v map[string]any, names ...string) string {
	for _, name := range names {
		if text, _ := v[name].(string); text != "" {
			return text
		}
	}
	return ""
}

// moment reads a date; nil when the variable holds nothing.
func moment(v map[string]any, name string) (*time.Time, error) {
	text := firstText(v, name)
	if text == "" {
		return nil, nil
	}
	at, err := bpm.ParseMoment(text)
	if err != nil {
		return nil, &bpm.Fault{Code: faultDue, Message: fmt.Sprintf("The variable %s is %q, which is no date: %v.", name, text, err)}
	}
	return &at, nil
}
