package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/metadata"
	"provost/internal/object"
	"provost/internal/query"
	"provost/internal/secret"
)

type relatedInput struct {
	IDInput
	ListInput
}

// NewPassword is a password that an administrator sets for somebody.
type NewPassword struct {
	Password secret.Value `json:"password" minLength:"1" maxLength:"1024"`
}

type setPasswordInput struct {
	IDInput
	Body NewPassword
}

// registerRelated adds the lists below a user and an account, and what is done to a user besides changing attributes.
func (a *API) registerRelated() {
	s := a.deps.Platform
	users, accounts := s.Users, s.Accounts
	below(a, "/users/{id}/accounts", "Accounts of a user", authz.AccountQuery, users, s.Accounts, "userId")
	below(a, "/users/{id}/grants", "Direct grants of a user", authz.GrantQuery, users, s.Grants, "userId")
	below(a, "/users/{id}/memberships", "Secondary groups of a user", authz.GroupQuery, users, s.Memberships, "userId")
	below(a, "/accounts/{id}/grants", "Direct grants of an account", authz.GrantQuery, accounts, s.Grants, "accountId")
	below(a, "/accounts/{id}/access", "Who may use or manage an account", authz.AccountQuery, accounts, s.AccountAccess, "accountId")
	a.effective("/users/{id}/effective-roles", "Every role a user holds, with the ways it comes about",
		s.EffectiveRoles, a.userReached)
	a.effective("/accounts/{id}/effective-roles", "Every role an account holds, with the ways it comes about",
		s.EffectiveRolesOfAccount, a.accountReached)
	a.registerUserActions()
}

// below adds the list of the objects that name another object, which the caller must be allowed to see.
func below[T, O any, PT object.Pointer[T], PO object.Pointer[O]](
	a *API, path, summary string, permission authz.Permission, owners *object.Service[O, PO], service *object.Service[T, PT], member string,
) {
	register(a, holding(permission), huma.Operation{
		OperationID: operationID(path), Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{tagOf(path)},
	}, func(ctx context.Context, in *relatedInput) (*listOutput[T], error) {
		if _, err := owners.Get(ctx, in.ID); err != nil {
			return nil, err
		}
		l := in.list()
		l.Filter = both(member+` eq "`+in.ID.String()+`"`, l.Filter)
		page, err := service.List(ctx, l)
		if err != nil {
			return nil, err
		}
		shown := resource[T, PT]{api: a, service: service}
		if err := shown.veil(ctx, pointers(page.Items)...); err != nil {
			return nil, err
		}
		return &listOutput[T]{Total: page.Total, Body: filled(page.Items)}, nil
	})
}

// both joins two filters; the second may be empty.
func both(first, second string) string {
	if second == "" {
		return first
	}
	return first + " and (" + second + ")"
}

func (a *API) registerUserActions() {
	register(a, holding(authz.UserPassword), huma.Operation{
		OperationID: "set-user-password", Method: http.MethodPost, Path: "/users/{id}/password", Tags: []string{"Users"},
		Summary: "Give a user a password for signing in here", DefaultStatus: http.StatusNoContent,
		Description: "The user has to change it when signing in; all sessions of the user end.",
	}, func(ctx context.Context, in *setPasswordInput) (*struct{}, error) {
		if err := checkConfidential(callOf(ctx).request); err != nil {
			return nil, err
		}
		return nil, a.deps.Sessions.SetPassword(ctx, in.ID, in.Body.Password)
	})
	register(a, holding(authz.UserUnlock), huma.Operation{
		OperationID: "unlock-user", Method: http.MethodPost, Path: "/users/{id}/unlock", Tags: []string{"Users"},
		Summary: "Forget the failed attempts of a user to sign in", DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *IDInput) (*struct{}, error) {
		return nil, a.deps.Sessions.Unlock(ctx, in.ID)
	})
}

// searchShare is how many objects of each resource the palette gets.
const searchShare = 4

// maxFound bounds all that the palette gets.
const maxFound = 20

// Found is an object that the palette offers.
type Found struct {
	Resource string    `json:"resource" doc:"Name of the resource: users, groups …"`
	ID       uuid.UUID `json:"id"`
	Name     string    `json:"name"`
	Hint     string    `json:"hint" doc:"Tells namesakes apart"`
}

type searchInput struct {
	Q string `query:"q" required:"true" minLength:"1" maxLength:"200"`
}

type searchOutput struct{ Body []Found }

func (a *API) registerSearch() {
	register(a, signedIn, huma.Operation{
		OperationID: "search", Method: http.MethodGet, Path: "/search", Tags: []string{"Search"}, Summary: "Objects of all kinds, for the palette",
		Description: "At most twenty, of the resources and within the limits that the caller may query.",
	}, a.search)
}

func (a *API) search(ctx context.Context, in *searchInput) (*searchOutput, error) {
	s := a.deps.Platform
	out := &searchOutput{Body: []Found{}}
	steps := []func() error{
		func() error {
			return find(ctx, s.Attributes, out, in.Q, "users", s.Users, func(u *identity.User) string { return u.FullName })
		},
		func() error {
			return find(ctx, s.Attributes, out, in.Q, "groups", s.Groups, func(g *identity.Group) string { return g.Description })
		},
		func() error {
			return find(ctx, s.Attributes, out, in.Q, "accounts", s.Accounts, func(x *account.Account) string { return x.Description })
		},
		func() error {
			return find(ctx, s.Attributes, out, in.Q, "roles", s.Roles, func(r *entitlement.Role) string { return r.Description })
		},
		func() error {
			return find(ctx, s.Attributes, out, in.Q, "systems", s.Systems, func(x *account.System) string { return x.Description })
		},
		func() error {
			return find(ctx, s.Attributes, out, in.Q, "information-systems", s.InformationSystems, func(x *entitlement.InformationSystem) string { return x.Description })
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	out.Body = out.Body[:min(len(out.Body), maxFound)]
	return out, nil
}

// find adds what the quick search of a resource gives, if the caller may query it at all.
func find[T any, P object.Pointer[T]](
	ctx context.Context, schemas *metadata.Schemas, out *searchOutput, q, name string, service *object.Service[T, P], hint func(P) string,
) error {
	if !principalOf(ctx).Allows(service.Permissions.Query) {
		return nil
	}
	page, err := service.List(ctx, query.List{Q: q, Page: 1, Size: searchShare})
	if err != nil {
		return err
	}
	v, err := newVeiler[T, P](ctx, schemas, service.Type)
	if err != nil {
		return err
	}
	for i := range page.Items {
		v.veil(&page.Items[i])
		p := P(&page.Items[i])
		out.Body = append(out.Body, Found{Resource: name, ID: p.Base().ID, Name: p.Title(), Hint: hint(p)})
	}
	return nil
}
