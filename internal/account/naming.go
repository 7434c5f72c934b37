package account

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/object"
)

// NamingRules is the use cases of account naming rules (guide page 047).
type NamingRules = object.Service[NamingRule, *NamingRule]

// PasswordDomains is the use cases of password domains (guide page 055).
type PasswordDomains = object.Service[PasswordDomain, *PasswordDomain]

// NewNamingRules gives the use cases of naming rules; scripts compiles their scripts where it can.
func NewNamingRules(base NamingRules, landscape Landscape, scripts mapping.Evaluator) *NamingRules {
	base.Type, base.Label = "namingRule", "naming rule"
	base.Permissions = object.Permissions{
		Query: authz.NamingRuleQuery, Create: authz.NamingRuleCreate, Update: authz.NamingRuleUpdate, Delete: authz.NamingRuleDelete,
	}
	base.Rules = &namingRules{landscape: landscape, scripts: scripts}
	return &base
}

type namingRules struct {
	object.NoRules[NamingRule]
	landscape Landscape
	scripts   mapping.Evaluator
}

// Key implements object.Rules.
func (*namingRules) Key(r *NamingRule) string { return r.Code }

// Prepare asks for a script where there has to be one, and drops what the kind does not use.
func (r *namingRules) Prepare(ctx context.Context, edits []*object.Edit[NamingRule]) error {
	for _, e := range edits {
		if e.After == nil {
			continue
		}
		rule := e.After
		rule.Code = strings.TrimSpace(rule.Code)
		rule.Builtin = e.Before != nil && e.Before.Builtin
		identity.KeepBuiltinName(e, "code", func(r *NamingRule) string { return r.Code })
		switch {
		case rule.Kind != NameScript:
			rule.Condition, rule.Script = "", ""
		case strings.TrimSpace(rule.Script) == "" && e.Err == nil:
			e.Err = fault.InvalidField("script", "A rule of this kind needs a script that gives the account name.")
		}
	}
	err := object.CheckScripts(ctx, r.scripts, edits, func(r *NamingRule) []mapping.Located {
		return []mapping.Located{{Location: "condition", Text: r.Condition}, {Location: "script", Text: r.Script}}
	})
	if err != nil {
		return err
	}
	return identity.RefuseUsed(ctx, r.landscape, "namingRule", edits)
}

// NewPasswordDomains gives the use cases of password domains.
func NewPasswordDomains(base PasswordDomains, landscape Landscape) *PasswordDomains {
	base.Type, base.Label = "passwordDomain", "password domain"
	base.Permissions = object.Permissions{
		Query: authz.PasswordDomainQuery, Create: authz.PasswordDomainCreate, Update: authz.PasswordDomainUpdate, Delete: authz.PasswordDomainDelete,
	}
	base.Rules = &passwordDomainRules{landscape: landscape}
	return &base
}

type passwordDomainRules struct {
	object.NoRules[PasswordDomain]
	landscape Landscape
}

// Key implements object.Rules.
func (*passwordDomainRules) Key(d *PasswordDomain) string { return d.Code }

// Prepare keeps the default domain's code and refuses to delete a domain that systems use.
func (r *passwordDomainRules) Prepare(ctx context.Context, edits []*object.Edit[PasswordDomain]) error {
	for _, e := range edits {
		if e.After != nil {
			e.After.Code = strings.TrimSpace(e.After.Code)
			e.After.Builtin = e.Before != nil && e.Before.Builtin
		}
		identity.KeepBuiltinName(e, "code", func(d *PasswordDomain) string { return d.Code })
	}
	return identity.RefuseUsed(ctx, r.landscape, "passwordDomain", edits)
}

// Name is what a naming rule makes of a user: an account name, or none.
type Name struct {
	UserID uuid.UUID
	// Name is empty where the user gets no account.
	Name string
	// Manual is set when the name is to be chosen by a person.
	Manual bool
	// Err is why the script of the rule failed for this user: no account, and somebody has to look at the rule.
	Err error
}

// ErrNoScripts says that a naming rule has scripts and the program was given nothing to run them with.
var ErrNoScripts = errors.New("naming rule has scripts and there is no script host")

// Namer makes account names.
type Namer struct {
	rules   object.Store[NamingRule]
	users   object.Store[identity.User]
	scripts mapping.Evaluator
}

// NewNamer gives a Namer; scripts may be nil while no rule has a script.
func NewNamer(rules object.Store[NamingRule], users object.Store[identity.User], scripts mapping.Evaluator) *Namer {
	return &Namer{rules: rules, users: users, scripts: scripts}
}

var everything = authz.Scope{All: true}

// Names evaluates a naming rule for users, all in one batch, in their order; unknown users are left out. The scripts see the
// variables user, attributes, system and dispatcherName as the samples of guide page 047 use them. A condition that is not true, and a
// script that gives null or nothing, mean that the user gets no account.
func (n *Namer) Names(ctx context.Context, rule uuid.UUID, system *System, users []uuid.UUID) ([]Name, error) {
	rules, err := n.rules.Get(ctx, everything, rule)
	if err != nil {
		return nil, fmt.Errorf("read naming rule: %w", err)
	}
	if len(rules) == 0 {
		return nil, fault.New(fault.NotFound, "There is no such naming rule.")
	}
	found, err := n.users.Get(ctx, everything, users...)
	if err != nil {
		return nil, fmt.Errorf("read users to name: %w", err)
	}
	byID := make(map[uuid.UUID]*identity.User, len(found))
	for i := range found {
		byID[found[i].ID] = &found[i]
	}
	ordered := make([]*identity.User, 0, len(found))
	for _, id := range users {
		if u := byID[id]; u != nil {
			ordered = append(ordered, u)
			delete(byID, id)
		}
	}
	return n.apply(ctx, &rules[0], system, ordered)
}

func (n *Namer) apply(ctx context.Context, rule *NamingRule, system *System, users []*identity.User) ([]Name, error) {
	out := make([]Name, len(users))
	for i, u := range users {
		out[i] = Name{UserID: u.ID, Manual: rule.Kind == NameManual}
		if rule.Kind == NameSame {
			out[i].Name = u.UserName
		}
	}
	if rule.Kind != NameScript || len(users) == 0 {
		return out, nil
	}
	if n.scripts == nil {
		return nil, ErrNoScripts
	}
	return out, n.evaluate(ctx, rule, system, users, out)
}

func (n *Namer) evaluate(ctx context.Context, rule *NamingRule, system *System, users []*identity.User, out []Name) error {
	scripts := []mapping.Script{{Name: rule.Code, Source: rule.Script}}
	if strings.TrimSpace(rule.Condition) != "" {
		scripts = append([]mapping.Script{{Name: rule.Code + " condition", Source: rule.Condition}}, scripts...)
		scripts[1].Guard = scripts[0].Name
	}
	batch := make([]map[string]any, len(users))
	for i, u := range users {
		batch[i] = variables(u, system)
	}
	values, err := n.scripts.Evaluate(ctx, scripts, batch)
	if err != nil {
		return fmt.Errorf("evaluate naming rule %s: %w", rule.Code, err)
	}
	for i, of := range values {
		out[i].Name, out[i].Err = nameOf(of)
	}
	return nil
}

// nameOf reads the values of an optional condition and of the script.
func nameOf(values []mapping.Value) (string, error) {
	for _, v := range values {
		if v.Err != nil {
			return "", v.Err
		}
	}
	if len(values) == 2 && !mapping.Truthy(values[0].V) {
		return "", nil
	}
	result := values[len(values)-1].V
	if result == nil {
		return "", nil
	}
	name := strings.TrimSpace(fmt.Sprint(result))
	if len(name) > 250 {
		return "", fmt.Errorf("the name has %d characters, more than 250", len(name))
	}
	return name, nil
}

// variables are what naming scripts see. Names are the guide's; shortName and mailDomain are the parts of the e-mail address.
func variables(u *identity.User, system *System) map[string]any {
	attributes := u.Attributes.Readable()
	short, domain, _ := strings.Cut(u.Email, "@")
	return map[string]any{
		"user": map[string]any{
			"@class": "User", "id": u.ID.String(), "userName": u.UserName, "firstName": u.FirstName, "lastName": u.LastName,
			"middleName": u.MiddleName, "fullName": u.FullName, "userType": u.UserType, "primaryGroup": u.PrimaryGroup,
			"emailAddress": u.Email, "email": u.Email, "shortName": short, "mailDomain": domain, "mailAlias": u.MailAlias,
			"mailServer": u.MailServer, "homeServer": u.HomeServer, "profileServer": u.ProfileServer, "phone": u.Phone,
			"active": u.Active, "multiSession": u.MultiSession, "comments": u.Comments, "attributes": attributes,
		},
		"attributes":     attributes,
		"system":         map[string]any{"@class": "System", "id": system.ID.String(), "name": system.Name, "description": system.Description},
		"dispatcherName": system.Name,
	}
}
