package api

import (
	"net"
	"net/http"
	"strings"

	"provost/internal/fault"
	"provost/internal/secret"
)

// Names of the session cookie. The __Host- prefix makes browsers refuse the cookie unless it is secure, for this host alone and for all
// paths; they accept it over https only, so plain http, which is for the own machine, has another name.
const (
	cookieSecure = "__Host-provost"
	cookiePlain  = "provost"
)

// overTLS reports whether the browser speaks https, to us or to the proxy in front. A forged header can only make cookies stricter.
func overTLS(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

func cookieName(r *http.Request) string {
	if overTLS(r) {
		return cookieSecure
	}
	return cookiePlain
}

// sessionCookie gives the cookie that carries a session's secret; an empty one ends it. It has no expiry of its own: the server knows.
func sessionCookie(r *http.Request, value secret.Value) *http.Cookie {
	cookie := &http.Cookie{ //nolint:gosec // Secure is set whenever there is TLS; without it only the own machine gets a cookie
		Name: cookieName(r), Value: value.Reveal(), Path: "/", HttpOnly: true, Secure: overTLS(r), SameSite: http.SameSiteLaxMode,
	}
	if value.Empty() {
		cookie.MaxAge = -1
	}
	return cookie
}

// presentedSession gives the session secret a browser sent, or the empty one.
func presentedSession(r *http.Request) secret.Value {
	cookie, err := r.Cookie(cookieName(r))
	if err != nil {
		return secret.Value{}
	}
	return secret.New(cookie.Value)
}

// checkConfidential refuses to take a password in clear text from another machine.
func checkConfidential(r *http.Request) error {
	if overTLS(r) || isLoopback(r.Host) {
		return nil
	}
	return fault.New(fault.Denied, "Sign in over https: on plain http a password could be read on its way. Plain http is for the own machine only.")
}

func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
