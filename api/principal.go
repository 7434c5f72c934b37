package api

import (
	"context"
	"net"
	"net/http"
	"strings"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/secret"
	"provost/internal/session"
)

// call is what the handlers know of the request they answer, besides their input.
type call struct {
	request    *http.Request
	identity   session.Identity
	session    *session.Session
	mustChange bool
}

type callKey struct{}

// callOf gives the request that ctx belongs to; every handler runs below authenticate, which puts it there.
func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{request: &http.Request{Header: http.Header{}}}
}

func principalOf(ctx context.Context) authz.Principal {
	p, _ := authz.From(ctx)
	return p
}

// authenticate finds out who asks, by API token or session cookie, and puts the principal into the context. Nothing is kept between
// requests: permissions are read for each, so that a change of authorisations, a revoked token or an ended session counts at once.
// Requests without either go on as nobody; what needs somebody refuses them.
func (a *API) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{request: r}
		ctx := context.WithValue(r.Context(), callKey{}, c)
		ctx, err := a.identify(ctx, c)
		switch {
		case err == nil:
		case fault.Is(err, fault.Unauthenticated) && optional(r):
		default:
			writeProblem(w, r.WithContext(ctx), err)
			return
		}
		if c.mustChange && !strings.HasPrefix(r.URL.Path, Base+"/session") {
			writeProblem(w, r.WithContext(ctx), newProblem(codeMustChange, "Change your password first: it was set by somebody else"))
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// optional tells whether an ended session is no reason to refuse: one can sign in and out with an old cookie in the browser.
func optional(r *http.Request) bool {
	return r.URL.Path == Base+"/session" && r.Method != http.MethodGet
}

func (a *API) identify(ctx context.Context, c *call) (context.Context, error) {
	if header := c.request.Header.Get("Authorization"); header != "" {
		return a.identifyToken(ctx, c, header)
	}
	cookie := presentedSession(c.request)
	if cookie.Empty() {
		return ctx, nil
	}
	s, err := a.deps.Sessions.Resume(ctx, cookie)
	if err != nil {
		return ctx, err
	}
	c.identity, c.session, c.mustChange = s.Identity, &s, s.MustChange
	p, err := a.deps.Platform.LoadPrincipal(ctx, s.UserID)
	if err != nil {
		return ctx, err
	}
	p.Origin = authz.OriginPerson
	return authz.With(ctx, p), nil
}

func (a *API) identifyToken(ctx context.Context, c *call, header string) (context.Context, error) {
	scheme, presented, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "bearer") {
		return ctx, fault.New(fault.Unauthenticated, "Send an API token as Authorization: Bearer pvt_…")
	}
	token, who, err := a.deps.Sessions.UseToken(ctx, secret.New(strings.TrimSpace(presented)))
	if err != nil {
		return ctx, err
	}
	c.identity = who
	p, err := a.deps.Platform.LoadPrincipal(ctx, who.UserID)
	if err != nil {
		return ctx, err
	}
	p.Origin, p.TokenID = authz.OriginToken, token.ID
	return change.WithOrigin(authz.With(ctx, p), change.Origin{Kind: change.Token, ID: token.ID}), nil
}

// clientOf gives the address a request came from, for the trail, the sessions and the log. Only proxies that the parameter
// soffid.proxy.trustedIps names are believed about it (guide page 036); it is read when there is something to believe.
func (a *API) clientOf(r *http.Request) string {
	forwarded := r.Header.Values("X-Forwarded-For")
	if len(forwarded) == 0 {
		return peerOf(r)
	}
	trusted, err := a.deps.Platform.Settings.TrustedProxies(r.Context())
	if err != nil {
		return peerOf(r) // the request fails elsewhere when the database does not answer
	}
	return trusted.Client(peerOf(r), forwarded)
}

// peerOf gives the address of the peer, without its port.
func peerOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
