package metadata

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/object"
)

// References is what value checking asks of the store.
type References interface {
	// Existing gives which of the ids are objects of the type.
	Existing(ctx context.Context, objectType string, ids []uuid.UUID) (map[uuid.UUID]bool, error)
	// MailDomainStates gives the registered mail domains among these names, each with whether it is obsolete; nil when none is registered.
	MailDomainStates(ctx context.Context, names []string) (map[string]bool, error)
	// ClaimValues makes an object the owner of values of unique attributes and gives up those it had before; it gives the codes whose
	// value another object has.
	ClaimValues(ctx context.Context, objectType string, object uuid.UUID, values map[string]string) ([]string, error)
}

// Checker checks the custom attributes of objects against the metadata of the moment, and brings values into their stored form.
type Checker struct {
	schemas    *Schemas
	references References
	scripts    mapping.Evaluator
	vault      Vault
}

// NewChecker gives a Checker; scripts may be nil while no attribute has a validation or visibility script, vault while none is a password.
func NewChecker(schemas *Schemas, references References, scripts mapping.Evaluator, vault Vault) *Checker {
	return &Checker{schemas: schemas, references: references, scripts: scripts, vault: vault}
}

// pass is one check of a batch.
type pass struct {
	*Checker
	objectType string
	attributes []Attribute // custom ones
	builtins   []Attribute
	items      []*identity.AttributeCheck
	findings   []fault.Collector
	readers    []Reader // per item: who looks at themselves is a user
}

// Check implements identity.Checker.
func (c *Checker) Check(ctx context.Context, objectType string, items []*identity.AttributeCheck) error {
	if len(items) == 0 {
		return nil
	}
	all, err := c.schemas.Attributes(ctx, objectType)
	if err != nil {
		return err
	}
	p := &pass{Checker: c, objectType: objectType, items: items, findings: make([]fault.Collector, len(items))}
	for _, item := range items {
		p.readers = append(p.readers, ReaderOfObject(ctx, objectType, item.ID))
	}
	for i := range all {
		switch {
		case all[i].DataType == Separator:
		case all[i].Builtin:
			p.builtins = append(p.builtins, all[i])
		default:
			p.attributes = append(p.attributes, all[i])
		}
	}
	steps := []func(context.Context) error{p.known, p.seal, p.normalise, p.visible, p.required, p.mail, p.exist, p.validate, p.unique}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	for i := range items {
		if items[i].Err == nil {
			items[i].Err = p.findings[i].Err()
		}
	}
	return nil
}

func (p *pass) find(code string) *Attribute {
	for i := range p.attributes {
		if p.attributes[i].Code == code {
			return &p.attributes[i]
		}
	}
	return nil
}

// known rejects values of attributes that are not defined. Codes are taken whatever their case.
func (p *pass) known(context.Context) error {
	canonical := make(map[string]string, len(p.attributes))
	for i := range p.attributes {
		canonical[strings.ToLower(p.attributes[i].Code)] = p.attributes[i].Code
	}
	for i, item := range p.items {
		clean := make(object.Attributes, len(item.After))
		for code, value := range item.After {
			name, ok := canonical[strings.ToLower(code)]
			switch {
			case ok:
				clean[name] = value
			case empty(value):
			default:
				p.findings[i].Add("attributes."+code, "There is no attribute %s. Define it under Settings, Metadata.", code)
			}
		}
		item.After = clean
	}
	return nil
}

// normalise brings every value into the form it is stored in; empty values are dropped.
func (p *pass) normalise(context.Context) error {
	for i, item := range p.items {
		for code, value := range item.After {
			a := p.find(code)
			if a.DataType == Password {
				continue
			}
			if empty(value) {
				delete(item.After, code)
				continue
			}
			stored, err := a.Normalise(value)
			if err != nil {
				p.findings[i].Add("attributes."+code, "%s", err.Error())
				continue
			}
			item.After[code] = stored
		}
	}
	return nil
}

// required asks for mandatory values, of new objects and of those that had one: an attribute that became mandatory later must not
// keep old objects from being changed.
func (p *pass) required(context.Context) error {
	for i := range p.attributes {
		a := &p.attributes[i]
		if !a.Options.Required {
			continue
		}
		for n, item := range p.items {
			if _, given := item.After[a.Code]; given || a.Options.Visibility(p.readers[n]) != Editable {
				continue
			}
			if _, had := item.Before[a.Code]; had || item.Created {
				p.findings[n].Add("attributes."+a.Code, "%s is required.", a.label())
			}
		}
	}
	return nil
}

func (a *Attribute) label() string {
	if label := a.Options.Label["en"]; label != "" {
		return label
	}
	return a.Code
}

// each calls fn for every single value of the attributes of a type that changed.
func (p *pass) each(wanted func(DataType) bool, fn func(item int, a *Attribute, value string)) {
	for i := range p.attributes {
		a := &p.attributes[i]
		if !wanted(a.DataType) {
			continue
		}
		for n, item := range p.items {
			value, ok := item.After[a.Code]
			if !ok || fmt.Sprint(value) == fmt.Sprint(item.Before[a.Code]) {
				continue
			}
			for _, single := range several(value) {
				if text, ok := single.(string); ok {
					fn(n, a, text)
				}
			}
		}
	}
}

// mail checks that addresses use a registered domain that is not obsolete (guide page 025).
func (p *pass) mail(ctx context.Context) error {
	isMail := func(t DataType) bool { return t == Email }
	var names []string
	p.each(isMail, func(_ int, _ *Attribute, value string) { names = append(names, domainOf(value)) })
	if len(names) == 0 {
		return nil
	}
	states, err := p.references.MailDomainStates(ctx, names)
	if err != nil || states == nil {
		return err
	}
	p.each(isMail, func(n int, a *Attribute, value string) {
		switch obsolete, registered := states[domainOf(value)]; {
		case !registered:
			p.findings[n].Add("attributes."+a.Code, "The mail domain %s is not registered.", domainOf(value))
		case obsolete:
			p.findings[n].Add("attributes."+a.Code, "The mail domain %s is obsolete. Use another address.", domainOf(value))
		}
	})
	return nil
}

func domainOf(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return strings.ToLower(domain)
}

// exist checks that references point to objects.
func (p *pass) exist(ctx context.Context) error {
	wanted := map[DataType][]uuid.UUID{}
	isReference := func(t DataType) bool { return t.Reference() != "" }
	p.each(isReference, func(_ int, a *Attribute, value string) {
		if id, err := uuid.Parse(value); err == nil {
			wanted[a.DataType] = append(wanted[a.DataType], id)
		}
	})
	found := map[DataType]map[uuid.UUID]bool{}
	for kind, ids := range wanted {
		var err error
		if found[kind], err = p.references.Existing(ctx, string(kind), ids); err != nil {
			return fmt.Errorf("look up references to %s: %w", kind, err)
		}
	}
	p.each(isReference, func(n int, a *Attribute, value string) {
		if id, err := uuid.Parse(value); err == nil && !found[a.DataType][id] {
			p.findings[n].Add("attributes."+a.Code, "%s names a %s that does not exist.", a.label(), a.DataType)
		}
	})
	return nil
}

// unique claims the values of unique attributes, so that two objects written at the same time cannot have the same.
func (p *pass) unique(ctx context.Context) error {
	for n, item := range p.items {
		if item.Err != nil || p.findings[n].Err() != nil {
			continue
		}
		claims := map[string]string{}
		for i := range p.attributes {
			a := &p.attributes[i]
			if a.Options.Unique {
				claims[a.Code] = key(item.After[a.Code])
			}
		}
		if len(claims) == 0 {
			continue
		}
		taken, err := p.references.ClaimValues(ctx, p.objectType, item.ID, claims)
		if err != nil {
			return fmt.Errorf("keep unique values: %w", err)
		}
		for _, code := range taken {
			p.findings[n].Add("attributes."+code, "Another %s has this %s already.", p.objectType, p.find(code).label())
		}
	}
	return nil
}

// key is the form in which unique values are compared: without case and surrounding blanks.
func key(value any) string {
	if empty(value) {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(fmt.Sprint(value)))
}
