package metadata

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"provost/internal/mapping"
	"provost/internal/object"
)

// ErrNoScripts says that attributes have scripts and the program was given nothing to run them with.
var ErrNoScripts = errors.New("attributes have scripts and there is no script host")

// validate runs the validation scripts over the objects (guide page 039): true accepts, a text is the message, anything else refuses.
func (p *pass) validate(ctx context.Context) error {
	for i := range p.attributes {
		a := &p.attributes[i]
		if strings.TrimSpace(a.Options.ValidationScript) == "" {
			continue
		}
		if err := p.validateOne(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// validateOne runs one attribute's script over every object where it has a new value.
func (p *pass) validateOne(ctx context.Context, a *Attribute) error {
	var numbers []int
	var objects []map[string]any
	for n, item := range p.items {
		value, changed := newValue(item, a)
		if !changed {
			continue
		}
		numbers = append(numbers, n)
		objects = append(objects, Variables(item.After, value))
	}
	if len(objects) == 0 {
		return nil
	}
	if p.scripts == nil {
		return ErrNoScripts
	}
	script := mapping.Script{Name: a.Title() + " validation", Source: a.Options.ValidationScript}
	results, err := p.scripts.Evaluate(ctx, []mapping.Script{script}, objects)
	if err != nil {
		return fmt.Errorf("validate %s: %w", a.Title(), err)
	}
	for i, of := range results {
		if message := verdict(a, of[0]); message != "" {
			p.findings[numbers[i]].Add(a.path(), "%s", hush(message, p.items[numbers[i]], a))
		}
	}
	return nil
}

// verdict reads what a validation script gave; "" accepts.
func verdict(a *Attribute, v mapping.Value) string {
	if v.Err != nil {
		return fmt.Sprintf("The validation of %s failed: %s", a.label(), v.Err)
	}
	switch result := v.V.(type) {
	case bool:
		if result {
			return ""
		}
	case string:
		if strings.TrimSpace(result) != "" {
			return result
		}
	}
	return "The value of " + a.label() + " is not accepted."
}

// Variables are what visibility and validation scripts see: value, ownerObject with its attributes, and attributes. Secrets are not among
// them.
func Variables(attributes map[string]any, value any) map[string]any {
	all := object.Attributes(attributes).Readable()
	return map[string]any{
		"value": value, "attributes": all, "ownerObject": map[string]any{"attributes": all}, "object": map[string]any{"attributes": all},
		"requestContext": "",
	}
}

// Visible tells, per attribute code with a visibility script, whether the attribute is to be shown for an object. owner holds the
// object's fields by JSON name; attributes whose script fails are shown.
func (c *Checker) Visible(ctx context.Context, objectType string, owner map[string]any) (map[string]bool, error) {
	all, err := c.schemas.Attributes(ctx, objectType)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for i := range all {
		a := &all[i]
		if strings.TrimSpace(a.Options.VisibilityScript) == "" {
			continue
		}
		if c.scripts == nil {
			return nil, ErrNoScripts
		}
		attributes, _ := owner["attributes"].(map[string]any)
		bindings := Variables(attributes, attributes[a.Code])
		bindings["ownerObject"], bindings["object"] = owner, owner
		results, err := c.scripts.Evaluate(ctx, []mapping.Script{{Name: a.Title() + " visibility", Source: a.Options.VisibilityScript}},
			[]map[string]any{bindings})
		if err != nil {
			return nil, fmt.Errorf("evaluate visibility of %s: %w", a.Title(), err)
		}
		out[a.Code] = results[0][0].Err != nil || mapping.Truthy(results[0][0].V)
	}
	return out, nil
}
