package identity

import (
	"context"

	"provost/internal/authz"
	"provost/internal/change"
)

// AsPlatform gives a context in which the platform acts as a consequence of what the person of ctx was allowed to do: the trail still
// names the person, and permissions are not asked for again.
func AsPlatform(ctx context.Context) context.Context {
	who, ok := authz.From(ctx)
	if ok && who.IsSystem() {
		return ctx
	}
	p := authz.System(authz.Origin(change.OriginOf(ctx).Kind))
	p.UserID, p.Tenant = who.UserID, who.Tenant
	if who.UserName != "" {
		p.UserName = who.UserName
	}
	return authz.With(ctx, p)
}
