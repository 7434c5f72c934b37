package authz

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Errors of this package. Test for them with errors.Is.
var (
	// ErrDenied is what every [DeniedError] is.
	ErrDenied = errors.New("permission denied")
	// ErrUnknownPermission is returned for a name that is not in the catalogue.
	ErrUnknownPermission = errors.New("unknown permission")
	// ErrNoPrincipal is returned when a context carries no principal: nobody logged in.
	ErrNoPrincipal = errors.New("nobody is logged in")
)

// DeniedError says which permission was missing. It is [ErrDenied] for errors.Is.
type DeniedError struct {
	Permission Permission
	// Limited is set when the principal holds the permission, but not on this object.
	Limited bool
}

// Error is a sentence for the person: what is missing and who can help.
func (e *DeniedError) Error() string {
	what := string(e.Permission)
	if d, ok := Find(e.Permission); ok {
		what = fmt.Sprintf("%s (%s)", e.Permission, lowerFirst(d.Description.English))
	}
	if e.Limited {
		return fmt.Sprintf("your permission %s does not reach this object: %s", what, whoCanHelp)
	}
	return fmt.Sprintf("you need the permission %s: %s", what, whoCanHelp)
}

const whoCanHelp = "ask somebody with the permission " + string(AuthorizationUpdate) +
	" to give it to one of your roles"

// Is makes every DeniedError match [ErrDenied].
func (e *DeniedError) Is(target error) bool { return target == ErrDenied }

func lowerFirst(s string) string {
	if len(s) < 2 || strings.ToUpper(s[:2]) == s[:2] {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// Require returns a [*DeniedError] unless the principal holds the permission on at least
// one object. Where a limit matters, use [Principal.Scope] and [Outside] as well.
func Require(p Principal, perm Permission) error {
	if p.Allows(perm) {
		return nil
	}
	return &DeniedError{Permission: perm}
}

// Outside returns the error for an object that the principal's permission does not reach.
func Outside(perm Permission) error {
	return &DeniedError{Permission: perm, Limited: true}
}

type contextKey struct{}

// With returns a context that carries the principal.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// From returns the principal a context carries and whether there is one. Without one the
// zero Principal is returned, which may do nothing.
func From(ctx context.Context) (Principal, bool) {
	p, ok := ctx.Value(contextKey{}).(Principal)
	return p, ok
}

// Check is [Require] for the principal of the context, which it returns for the audit. It
// returns [ErrNoPrincipal] when there is none.
func Check(ctx context.Context, perm Permission) (Principal, error) {
	p, ok := From(ctx)
	if !ok {
		return Principal{}, ErrNoPrincipal
	}
	return p, Require(p, perm)
}
