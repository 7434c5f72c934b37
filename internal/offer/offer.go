// Package offer is the use case of filling in a reference: whoever has to fill in a form is offered what its fields allow, with or without the
// permission to query such objects. They learn the names that fit, and nothing else about the objects.
package offer

import (
	"context"
	"fmt"
	"strings"

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

// most bounds what a field gets at once: people go on typing.
const most = 20

// Reference is something that a field of a form may refer to. Forms keep its name.
type Reference struct {
	ID            uuid.UUID  `json:"id"`
	Name          string     `json:"name" doc:"What the field keeps: anna, payroll-clerk@Directory"`
	Label         string     `json:"label"`
	Hint          string     `json:"hint" doc:"Tells namesakes apart"`
	ScopeKind     string     `json:"scopeKind,omitempty" enum:"group,informationSystem,values" doc:"Of a role that is granted within a scope"`
	ScopeDomainID *uuid.UUID `json:"scopeDomainId,omitempty"`
}

// Wish says what somebody looks for.
type Wish struct {
	Field  string // of the form
	Kind   string // of a field of requested permissions; see process.ChoiceOf
	Domain string // scope domain, when a value of it is looked for
	Words  string // typed so far
}

// Form knows what the fields of a form allow, and refuses those who may not fill it in. Tasks and start forms are forms.
type Form interface {
	Choice(ctx context.Context, id uuid.UUID, field, kind string) (process.Choice, error)
}

// Offers finds what fields can be filled with.
type Offers struct {
	Tasks  Form // by task
	Starts Form // by definition

	Users              *identity.Users
	UserTypes          *identity.UserTypes
	Groups             *identity.Groups
	GroupTypes         *identity.GroupTypes
	MailDomains        *identity.MailDomains
	Systems            *account.Systems
	Accounts           *account.Accounts
	InformationSystems *entitlement.InformationSystems
	Roles              *entitlement.Roles
	ScopeDomains       *entitlement.ScopeDomains
	ScopeValues        *entitlement.ScopeValues
}

// ForTask offers what a field of a task can be filled with; without a field, to whom the task can be delegated. Errors are those of
// task.Tasks.Choice.
func (o *Offers) ForTask(ctx context.Context, task uuid.UUID, w Wish) ([]Reference, error) {
	return o.offers(ctx, o.Tasks, task, w)
}

// ForStart offers what a field of the form that starts a definition can be filled with. Errors are those of process.Processes.Choice.
func (o *Offers) ForStart(ctx context.Context, definition uuid.UUID, w Wish) ([]Reference, error) {
	return o.offers(ctx, o.Starts, definition, w)
}

// offers asks the form what the field allows, and looks for that as the platform: the right to be offered it is settled then.
func (o *Offers) offers(ctx context.Context, form Form, id uuid.UUID, w Wish) ([]Reference, error) {
	choice, err := form.Choice(ctx, id, w.Field, w.Kind)
	if err != nil {
		return nil, err
	}
	return o.find(authz.With(ctx, authz.System(authz.OriginSystem)), choice, w)
}

func (o *Offers) find(ctx context.Context, c process.Choice, w Wish) ([]Reference, error) {
	l := query.List{Q: strings.TrimSpace(w.Words), Filter: c.Filter, Page: 1, Size: most}
	switch c.Kind {
	case process.ChooseUser:
		return list(ctx, o.Users, l, func(u *identity.User) Reference {
			return Reference{Name: u.UserName, Label: u.FullName, Hint: u.PrimaryGroup}
		})
	case process.ChooseRole:
		return o.roles(ctx, l)
	case "group", process.ChooseGroupScope:
		return list(ctx, o.Groups, l, func(g *identity.Group) Reference { return Reference{Name: g.Name, Label: g.Description} })
	case "informationSystem", process.ChooseSystemScope:
		return list(ctx, o.InformationSystems, l, func(x *entitlement.InformationSystem) Reference {
			return Reference{Name: x.Name, Label: x.Description, Hint: x.Parent}
		})
	case process.ChooseValueScope:
		l.Filter = fmt.Sprintf("scopeDomainId eq %q", w.Domain)
		return list(ctx, o.ScopeValues, l, func(v *entitlement.ScopeValue) Reference {
			return Reference{Name: v.Value, Label: v.Description}
		})
	case "userType":
		return list(ctx, o.UserTypes, l, func(x *identity.UserType) Reference { return Reference{Name: x.Name, Label: x.Description} })
	case "groupType":
		return list(ctx, o.GroupTypes, l, func(x *identity.GroupType) Reference { return Reference{Name: x.Name, Label: x.Description} })
	case "mailDomain":
		return list(ctx, o.MailDomains, l, func(x *identity.MailDomain) Reference { return Reference{Name: x.Name, Label: x.Description} })
	case "system":
		return list(ctx, o.Systems, l, func(x *account.System) Reference { return Reference{Name: x.Name, Label: x.Description} })
	case "account":
		return list(ctx, o.Accounts, l, func(x *account.Account) Reference {
			return Reference{Name: x.Name + "@" + x.System, Label: x.Description, Hint: x.User}
		})
	}
	return nil, fault.InvalidField("field", "The field %s refers to nothing that can be chosen.", w.Field)
}

// roles offers roles with the kind of scope that they are granted within. They are known as name@system, and looked for by either part.
func (o *Offers) roles(ctx context.Context, l query.List) ([]Reference, error) {
	if at := strings.LastIndex(l.Q, "@"); at >= 0 {
		system := fmt.Sprintf("system sw %q", l.Q[at+1:])
		if l.Filter != "" {
			system = fmt.Sprintf("(%s) and (%s)", l.Filter, system)
		}
		l.Filter, l.Q = system, l.Q[:at]
	}
	found, err := list(ctx, o.Roles, l, func(r *entitlement.Role) Reference {
		return Reference{Name: r.Title(), Label: r.Description, Hint: r.InformationSystem, ScopeDomainID: r.ScopeDomainID}
	})
	if err != nil {
		return nil, err
	}
	kinds := map[uuid.UUID]string{}
	for i := range found {
		domain := found[i].ScopeDomainID
		if domain == nil {
			continue
		}
		if _, known := kinds[*domain]; !known {
			d, err := o.ScopeDomains.Get(ctx, *domain)
			if err != nil {
				return nil, err
			}
			kinds[*domain] = d.Kind
		}
		found[i].ScopeKind = kinds[*domain]
	}
	return found, nil
}

func list[T any, P object.Pointer[T]](ctx context.Context, service *object.Service[T, P], l query.List, describe func(P) Reference) ([]Reference, error) {
	page, err := service.List(ctx, l)
	if err != nil {
		return nil, err
	}
	out := make([]Reference, len(page.Items))
	for i := range page.Items {
		p := P(&page.Items[i])
		out[i] = describe(p)
		out[i].ID = p.Base().ID
	}
	return out, nil
}
