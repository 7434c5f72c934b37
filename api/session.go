package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"provost/internal/authz"
	"provost/internal/secret"
	"provost/internal/session"
)

// SessionView is who is signed in and what they may do.
type SessionView struct {
	User               session.Identity   `json:"user"`
	Permissions        []authz.Permission `json:"permissions" doc:"What the person may do somewhere, implied permissions included"`
	Language           string             `json:"language" doc:"Language of the server's sentences" enum:"en,es"`
	MustChangePassword bool               `json:"mustChangePassword" doc:"Nothing else is answered before the password is changed"`
	ExpiresAt          *time.Time         `json:"expiresAt,omitempty" doc:"When the session ends without a further request; absent for API tokens"`
}

// Credentials sign somebody in.
type Credentials struct {
	UserName string       `json:"userName" minLength:"1" maxLength:"256"`
	Password secret.Value `json:"password" minLength:"1" maxLength:"1024"`
}

// PasswordChange replaces the own password.
type PasswordChange struct {
	Current secret.Value `json:"current" maxLength:"1024"`
	New     secret.Value `json:"new" minLength:"1" maxLength:"1024"`
}

type sessionOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      SessionView
}

type cookieOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

// LanguageInput is the language of the sentences wanted.
type LanguageInput struct {
	Language string `header:"Accept-Language" hidden:"true"`
}

type signInInput struct {
	LanguageInput
	Body Credentials
}

type passwordChangeInput struct{ Body PasswordChange }

func (a *API) registerSession() {
	tags := []string{"Session"}
	register(a, signedIn, huma.Operation{
		OperationID: "get-session", Method: http.MethodGet, Path: "/session", Tags: tags, Summary: "Who is signed in",
	}, a.getSession)
	register(a, anybody, huma.Operation{
		OperationID: "sign-in", Method: http.MethodPost, Path: "/session", Tags: tags, Summary: "Sign in", DefaultStatus: http.StatusOK,
		Description: "Sets the session cookie. Failures are counted per user: too many answer 429 with Retry-After.",
	}, a.signIn)
	register(a, anybody, huma.Operation{
		OperationID: "sign-out", Method: http.MethodDelete, Path: "/session", Tags: tags, Summary: "Sign out", DefaultStatus: http.StatusNoContent,
	}, a.signOut)
	register(a, signedIn, huma.Operation{
		OperationID: "change-password", Method: http.MethodPost, Path: "/session/password", Tags: tags, Summary: "Change the own password",
		Description: "Ends all other sessions of the person.", DefaultStatus: http.StatusNoContent,
	}, a.changePassword)
}

func (a *API) getSession(ctx context.Context, in *LanguageInput) (*sessionOutput, error) {
	return &sessionOutput{Body: a.view(callOf(ctx), principalOf(ctx), in.Language)}, nil
}

func (a *API) view(c *call, p authz.Principal, language string) SessionView {
	view := SessionView{User: c.identity, Permissions: p.Permissions(), Language: "en", MustChangePassword: c.mustChange}
	if view.Permissions == nil {
		view.Permissions = []authz.Permission{}
	}
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(language)), "es") {
		view.Language = "es"
	}
	if c.session != nil {
		view.ExpiresAt = &c.session.ExpiresAt
	}
	return view
}

func (a *API) signIn(ctx context.Context, in *signInInput) (*sessionOutput, error) {
	r := callOf(ctx).request
	if err := checkConfidential(r); err != nil {
		return nil, err
	}
	s, cookie, err := a.deps.Sessions.SignIn(ctx, in.Body.UserName, in.Body.Password, r.UserAgent())
	if err != nil {
		return nil, err
	}
	p, err := a.deps.Platform.LoadPrincipal(ctx, s.UserID)
	if err != nil {
		return nil, err
	}
	c := &call{request: r, identity: s.Identity, session: &s, mustChange: s.MustChange}
	return &sessionOutput{SetCookie: []http.Cookie{*sessionCookie(r, cookie)}, Body: a.view(c, p, in.Language)}, nil
}

func (a *API) signOut(ctx context.Context, _ *struct{}) (*cookieOutput, error) {
	r := callOf(ctx).request
	if cookie := presentedSession(r); !cookie.Empty() {
		if err := a.deps.Sessions.SignOut(ctx, cookie); err != nil {
			return nil, err
		}
	}
	return &cookieOutput{SetCookie: []http.Cookie{*sessionCookie(r, secret.Value{})}}, nil
}

func (a *API) changePassword(ctx context.Context, in *passwordChangeInput) (*struct{}, error) {
	c := callOf(ctx)
	if err := checkConfidential(c.request); err != nil {
		return nil, err
	}
	return nil, a.deps.Sessions.ChangePassword(ctx, c.identity.UserID, presentedSession(c.request), in.Body.Current, in.Body.New)
}
