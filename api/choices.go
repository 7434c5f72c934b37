package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/process"
	"provost/internal/query"
)

// offered bounds what a field gets at once: people go on typing.
const offered = 20

// FormReference is something that a field of a form may refer to. Forms keep its name.
type FormReference struct {
	ID            uuid.UUID  `json:"id"`
	Name          string     `json:"name" doc:"What the field keeps: anna, payroll-clerk@Directory"`
	Label         string     `json:"label"`
	Hint          string     `json:"hint" doc:"Tells namesakes apart"`
	ScopeKind     string     `json:"scopeKind,omitempty" enum:"group,informationSystem,values" doc:"Of a role that is granted within a scope"`
	ScopeDomainID *uuid.UUID `json:"scopeDomainId,omitempty"`
}

type choicesInput struct {
	IDInput
	Field  string `query:"field" maxLength:"255" doc:"Of the form"`
	Kind   string `query:"kind" maxLength:"40" doc:"Of a field of requested permissions: user, role, scope-group, scope-informationSystem, scope-values"`
	Domain string `query:"domain" format:"uuid" doc:"With scope-values: the scope domain"`
	Q      string `query:"q" maxLength:"200"`
}

type choicesOutput struct{ Body []FormReference }

// registerChoices adds what fields can be filled with. Whoever has to fill in a form is offered what its fields allow, whatever else they may
// query: the names that fit, and nothing else about the objects.
func (a *API) registerChoices() {
	about := "Twenty at most. For those who may fill the form in, with or without the permission to query such objects."
	register(a, signedIn, huma.Operation{
		OperationID: "list-task-choices", Method: http.MethodGet, Path: "/tasks/{id}/choices", Tags: []string{"Tasks"},
		Summary: "What a field of a task can be filled with", Description: about + " Without a field and with the kind user: to whom the task can be delegated.",
	}, func(ctx context.Context, in *choicesInput) (*choicesOutput, error) {
		choice, err := a.deps.Platform.Tasks.Choice(ctx, in.ID, in.Field, in.Kind)
		return a.choices(ctx, choice, in, err)
	})
	register(a, signedIn, huma.Operation{
		OperationID: "list-request-choices", Method: http.MethodGet, Path: "/requests/catalogue/{id}/choices", Tags: []string{"Requests"},
		Summary: "What a field of a start form can be filled with", Description: about,
	}, func(ctx context.Context, in *choicesInput) (*choicesOutput, error) {
		choice, err := a.deps.Platform.Processes.Choice(ctx, in.ID, in.Field, in.Kind)
		return a.choices(ctx, choice, in, err)
	})
}

func (a *API) choices(ctx context.Context, choice process.Choice, in *choicesInput, err error) (*choicesOutput, error) {
	if err != nil {
		return nil, err
	}
	found, err := a.choose(authz.With(ctx, authz.System(authz.OriginSystem)), choice, in)
	return &choicesOutput{Body: filled(found)}, err
}

// choose looks for objects of a kind, as the platform: the caller's right to be offered them is settled.
func (a *API) choose(ctx context.Context, c process.Choice, in *choicesInput) ([]FormReference, error) {
	s := a.deps.Platform
	l := query.List{Q: strings.TrimSpace(in.Q), Filter: c.Filter, Page: 1, Size: offered}
	switch c.Kind {
	case process.ChooseUser:
		return offer(ctx, s.Users, l, func(u *identity.User) FormReference {
			return FormReference{Name: u.UserName, Label: u.FullName, Hint: u.PrimaryGroup}
		})
	case process.ChooseRole:
		return a.chooseRole(ctx, l)
	case "group", process.ChooseGroupScope:
		return offer(ctx, s.Groups, l, func(g *identity.Group) FormReference { return FormReference{Name: g.Name, Label: g.Description} })
	case "informationSystem", process.ChooseSystemScope:
		return offer(ctx, s.InformationSystems, l, func(x *entitlement.InformationSystem) FormReference {
			return FormReference{Name: x.Name, Label: x.Description, Hint: x.Parent}
		})
	case process.ChooseValueScope:
		l.Filter = fmt.Sprintf("scopeDomainId eq %q", in.Domain)
		return offer(ctx, s.ScopeValues, l, func(v *entitlement.ScopeValue) FormReference {
			return FormReference{Name: v.Value, Label: v.Description}
		})
	case "userType":
		return offer(ctx, s.UserTypes, l, func(x *identity.UserType) FormReference { return FormReference{Name: x.Name, Label: x.Description} })
	case "groupType":
		return offer(ctx, s.GroupTypes, l, func(x *identity.GroupType) FormReference { return FormReference{Name: x.Name, Label: x.Description} })
	case "mailDomain":
		return offer(ctx, s.MailDomains, l, func(x *identity.MailDomain) FormReference { return FormReference{Name: x.Name, Label: x.Description} })
	case "system":
		return offer(ctx, s.Systems, l, func(x *account.System) FormReference { return FormReference{Name: x.Name, Label: x.Description} })
	case "account":
		return offer(ctx, s.Accounts, l, func(x *account.Account) FormReference {
			return FormReference{Name: x.Name + "@" + x.System, Label: x.Description, Hint: x.User}
		})
	}
	return nil, fault.InvalidField("field", "The field %s refers to nothing that can be chosen.", in.Field)
}

// chooseRole offers roles with the kind of scope that they are granted within. They are known as name@system, and looked for by either part.
func (a *API) chooseRole(ctx context.Context, l query.List) ([]FormReference, error) {
	if at := strings.LastIndex(l.Q, "@"); at >= 0 {
		l.Filter = fmt.Sprintf("(%s) and (system sw %q)", l.Filter, l.Q[at+1:])
		l.Q = l.Q[:at]
	}
	found, err := offer(ctx, a.deps.Platform.Roles, l, func(r *entitlement.Role) FormReference {
		return FormReference{Name: r.Title(), Label: r.Description, Hint: r.InformationSystem, ScopeDomainID: r.ScopeDomainID}
	})
	if err != nil {
		return nil, err
	}
	for i := range found {
		if found[i].ScopeDomainID == nil {
			continue
		}
		domain, err := a.deps.Platform.ScopeDomains.Get(ctx, *found[i].ScopeDomainID)
		if err != nil {
			return nil, err
		}
		found[i].ScopeKind = domain.Kind
	}
	return found, nil
}

func offer[T any, P object.Pointer[T]](ctx context.Context, service *object.Service[T, P], l query.List, describe func(P) FormReference) ([]FormReference, error) {
	page, err := service.List(ctx, l)
	if err != nil {
		return nil, err
	}
	out := make([]FormReference, len(page.Items))
	for i := range page.Items {
		p := P(&page.Items[i])
		out[i] = describe(p)
		out[i].ID = p.Base().ID
	}
	return out, nil
}
