package step

import (
	"context"
	"fmt"
	"strings"
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
	accountVariable  = "account" // id, name@system, or name of the account beside the variable system
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
	if err := s.free(ctx, of, who, sc.now); err != nil {
		return err
	}
	edit := &object.Edit[account.Access]{After: &account.Access{AccountID: of.ID, Level: "sso", UserID: &who, EndAt: until}}
	held, err := s.access(ctx, `accountId eq %q and userId eq %q and level eq "sso"`, of.ID, who)
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

// access gives the first entry of access to an account that a filter finds, whose format takes the values; nil when there is none.
func (s *Service) access(ctx context.Context, filter string, values ...any) (*account.Access, error) {
	page, err := s.AccessRows.List(ctx, authz.Scope{All: true}, query.List{Filter: fmt.Sprintf(filter, values...)}.Bounded())
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
	keys := []string{system + `\` + login}
	if at := strings.LastIndex(name, "@"); at > 0 {
		keys = append([]string{name[at+1:] + `\` + name[:at]}, keys...)
	}
	for _, key := range keys {
		found, err := s.AccountRows.Named(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("look account up: %w", err)
		}
		if len(found) > 0 {
			return &found[0], nil
		}
	}
	return nil, &bpm.Fault{Code: faultMissing, Message: fmt.Sprintf("There is no account %s in %s.", login, system)}
}

// free refuses to give somebody a privileged account that somebody else has reserved: it is used by one person at a time.
func (s *Service) free(ctx context.Context, of *account.Account, who uuid.UUID, now time.Time) error {
	if of.Type != account.Privileged {
		return nil
	}
	const others = `accountId eq %q and userId ne %q and level eq "sso" and endAt gt %q`
	user, err := s.access(ctx, others, of.ID, who, now.UTC().Format(time.RFC3339Nano))
	if err != nil || user == nil {
		return err
	}
	return &bpm.Fault{
		Code:    faultRefused,
		Message: fmt.Sprintf("%s is in use by %s until %s.", of.Title(), user.User, user.EndAt.UTC().Format(time.RFC3339)),
	}
}

// applyDelegation grants the roles that the requester hands over to the colleague, from and until the dates that were given; with the
// action cancel it takes them away again. Nobody hands over what they do not hold themselves, nor for longer.
func (s *Service) applyDelegation(ctx context.Context, sc *scene, values bpm.Values) error {
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
	if until == nil {
		return &bpm.Fault{Code: faultDue, Message: "A delegation needs an end: set the variable until."}
	}
	own, err := s.linesFor(ctx, values, sc.brief.Initiator.UserName, nil, nil)
	if err != nil {
		return err
	}
	handed, err := s.linesFor(ctx, values, firstText(v, delegateVariable), since, until)
	if err != nil {
		return err
	}
	cancelled := firstText(v, actionVariable) == "cancel"
	for i := range handed {
		r := &handed[i]
		if cancelled {
			r.line.Action = process.LineRevoke // what was handed over can always be given back
		} else if err := s.mayHandOver(ctx, sc, &own[i], *until); err != nil {
			return err
		}
		if err := s.carryOut(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// linesFor gives the lines of a process as grants to somebody.
func (s *Service) linesFor(ctx context.Context, values bpm.Values, user string, since, until *time.Time) ([]request, error) {
	requests, err := s.read(values)
	if err != nil {
		return nil, err
	}
	for i := range requests {
		line := &requests[i].line
		line.User, line.GrantID, line.StartAt, line.EndAt, line.Action = user, nil, since, until, process.LineGrant
	}
	return requests, s.resolve(ctx, requests)
}

// mayHandOver refuses to hand over a role that processes may not deal with, that somebody does not hold now by a grant of their own, or holds
// for a shorter time.
func (s *Service) mayHandOver(ctx context.Context, sc *scene, r *request, until time.Time) error {
	if err := r.askable(); err != nil {
		return err
	}
	held, err := s.held(ctx, r)
	if err != nil {
		return err
	}
	switch {
	case held == nil, held.State != "active", held.StartAt != nil && held.StartAt.After(sc.now), held.EndAt != nil && !held.EndAt.After(sc.now):
		return &bpm.Fault{Code: faultRefused, Message: fmt.Sprintf("%s does not hold %s and cannot hand it over.", r.line.User, r.line.Role)}
	case held.EndAt != nil && held.EndAt.Before(until):
		return &bpm.Fault{
			Code:    faultRefused,
			Message: fmt.Sprintf("%s holds %s until %s and cannot hand it over for longer.", r.line.User, r.line.Role, held.EndAt.Format(time.DateOnly)),
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
