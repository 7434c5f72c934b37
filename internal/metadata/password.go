package metadata

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/secret"
)

// Vault opens secrets, within the transaction of the context.
type Vault interface {
	// Reveal opens a secret; it returns fault.NotFound for an unknown id and an error that wraps secret.ErrNotOpened for a wrong master key.
	Reveal(ctx context.Context, id uuid.UUID) (secret.Value, error)
}

// seal takes the values of password attributes out of the objects before anything else looks at them (guide page 039: stored encrypted,
// never displayed). The object gets an id, the value waits beside it. The mask, and what was read, mean that the stored value stays; so
// does the same value once more, so that a repeated write changes nothing.
func (p *pass) seal(ctx context.Context) error {
	for i := range p.attributes {
		a := &p.attributes[i]
		if a.DataType != Password {
			continue
		}
		for n, item := range p.items {
			value, given := item.After[a.Code]
			if !given {
				continue
			}
			stored, had := item.Before[a.Code].(object.Secret)
			delete(item.After, a.Code)
			kept, err := p.sealOne(ctx, item, a, value, stored)
			switch {
			case fault.CodeOf(err) != "":
				p.findings[n].Add(a.path(), "%s", err.Error())
			case err != nil:
				return err
			case kept != nil:
				item.After[a.Code] = *kept
			}
			if err != nil && had {
				item.After[a.Code] = stored
			}
		}
	}
	return nil
}

// sealOne gives what the object holds in place of a value, nil for nothing. Errors never say what the value is.
func (p *pass) sealOne(ctx context.Context, item *identity.AttributeCheck, a *Attribute, value any, stored object.Secret) (*object.Secret, error) {
	none := stored.ID == uuid.Nil
	if read, ok := value.(object.Secret); ok {
		if read.ID != uuid.Nil && read.ID != stored.ID {
			return nil, fault.New(fault.Invalid, "%s must be text.", a.label())
		}
		value = object.Mask
		if none {
			return nil, nil //nolint:nilnil // it was cleared in the meantime
		}
	}
	if list, ok := value.([]any); ok && len(list) == 1 {
		value = list[0]
	}
	text, ok := value.(string)
	switch {
	case value == nil || (ok && text == ""):
		return nil, nil //nolint:nilnil // cleared
	case !ok:
		return nil, fault.New(fault.Invalid, "%s must be text.", a.label())
	case text == object.Mask && none:
		return nil, fault.New(fault.Invalid, "%s stands for a stored value, and %s has none. Write the value itself.", object.Mask, a.label())
	case text == object.Mask:
		return &stored, nil
	}
	if _, err := a.spell(text); err != nil {
		return nil, fault.New(fault.Invalid, "%s.", err.Error())
	}
	return p.sealText(ctx, item, secret.New(text), stored)
}

func (p *pass) sealText(ctx context.Context, item *identity.AttributeCheck, text secret.Value, stored object.Secret) (*object.Secret, error) {
	if p.vault == nil {
		return nil, fault.New(fault.Unavailable, "Secrets cannot be stored: the installation has no master key.")
	}
	if stored.ID != uuid.Nil {
		old, err := p.vault.Reveal(ctx, stored.ID)
		switch {
		case err == nil && old.Equal(text):
			return &stored, nil
		case err != nil && !fault.Is(err, fault.NotFound) && !errors.Is(err, secret.ErrNotOpened):
			return nil, fmt.Errorf("compare with the stored secret: %w", err)
		}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make id of secret: %w", err)
	}
	if item.Sealed == nil {
		item.Sealed = map[uuid.UUID]secret.Value{}
	}
	item.Sealed[id] = text
	return &object.Secret{ID: id}, nil
}

// newValue gives the value that a validation script looks at, if the object has a new one: of a password attribute the text that was just
// written. It is the only script that ever sees one.
func newValue(item *identity.AttributeCheck, a *Attribute) (value any, changed bool) {
	value, given := item.After[a.Code]
	if s, ok := value.(object.Secret); ok {
		text, sealed := item.Sealed[s.ID]
		return text.Reveal(), sealed
	}
	return value, given && fmt.Sprint(value) != fmt.Sprint(item.Before[a.Code])
}

// hush takes a secret out of the sentence of a script that looked at it.
func hush(message string, item *identity.AttributeCheck, a *Attribute) string {
	s, ok := item.After[a.Code].(object.Secret)
	if !ok || item.Sealed[s.ID].Empty() {
		return message
	}
	return strings.ReplaceAll(message, item.Sealed[s.ID].Reveal(), object.Mask)
}
