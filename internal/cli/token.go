package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"provost/internal/app"
	"provost/internal/authz"
	"provost/internal/config"
	"provost/internal/session"
)

// tokenCommands manage API tokens.
type tokenCommands struct {
	Create tokenCreateCommand `cmd:"" help:"Make an API token and print it: it is shown this one time only."`
}

// tokenCreateCommand makes an API token for somebody.
type tokenCreateCommand struct {
	config.Common
	config.Database
	User    string `name:"user" required:"" placeholder:"NAME" help:"User as whom the token acts."`
	Name    string `name:"name" default:"command line" placeholder:"TEXT" help:"What the token is for."`
	Expires expiry `name:"expires" placeholder:"WHEN" help:"When it stops to work: a duration such as 30d or 12h, or a day such as 2027-01-31 (default: never)."`
	JSON    bool   `name:"json" help:"Print JSON."`
}

// Validate checks the form of the settings; the parser calls it.
func (c *tokenCreateCommand) Validate() error {
	return errors.Join(c.Common.Validate(), c.Database.Validate())
}

// expiry is a moment given as a duration from now or as a day.
type expiry struct{ at *time.Time }

// UnmarshalText implements encoding.TextUnmarshaler.
func (e *expiry) UnmarshalText(text []byte) error {
	at, err := expiryOf(string(text), time.Now())
	if err != nil {
		return err
	}
	e.at = &at
	return nil
}

func expiryOf(text string, now time.Time) (time.Time, error) {
	if day, err := time.ParseInLocation(time.DateOnly, text, now.Location()); err == nil {
		return day, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return now.AddDate(0, 0, int(n)), nil
		}
	}
	length, err := time.ParseDuration(text)
	if err != nil || length <= 0 {
		return time.Time{}, fmt.Errorf("%q is neither a duration such as 30d or 12h nor a day such as 2027-01-31", text)
	}
	return now.Add(length), nil
}

// tokenMade is what the command prints for programs.
type tokenMade struct {
	ID        string     `json:"id"`
	User      string     `json:"user"`
	Token     string     `json:"token"`
	ExpiresAt *time.Time `json:"expiresAt"`
}

// Run implements the command. Whoever can reach database and master key may do anything anyway, so no permission is asked for.
func (c *tokenCreateCommand) Run(ctx context.Context, p *process) error {
	if err := c.Required(); err != nil {
		return err
	}
	core, err := app.OpenCore(ctx, app.CoreSettings{Common: c.Common, Database: c.Database})
	if err != nil {
		return err
	}
	defer func() { _ = core.Close(context.WithoutCancel(ctx)) }() // nothing is left to be written
	ctx = authz.With(ctx, authz.System(authz.OriginSystem))
	user, err := core.Platform.Users.Named(ctx, c.User)
	if err != nil {
		return fmt.Errorf("find user %s: %w", c.User, err)
	}
	principal, err := core.Platform.LoadPrincipal(ctx, user.ID)
	if err != nil {
		return err
	}
	request := session.TokenRequest{UserID: user.ID, Name: c.Name, ExpiresAt: c.Expires.at}
	token, secret, err := core.Sessions.CreateToken(ctx, request, principal)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(p, tokenMade{ID: token.ID.String(), User: user.UserName, Token: secret.Reveal(), ExpiresAt: token.ExpiresAt})
	}
	_, err = fmt.Fprintln(p.stdout, secret.Reveal())
	return err
}
