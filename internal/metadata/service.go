package metadata

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/filter"
	"provost/internal/mapping"
	"provost/internal/object"
)

// Attributes is the use cases of attribute definitions (guide page 039).
type Attributes = object.Service[Attribute, *Attribute]

// Register keeps what attribute definitions imply for the objects that exist already.
type Register interface {
	// Repeated gives a value that two objects have, if there is one: the attribute cannot become unique then.
	Repeated(ctx context.Context, objectType, code string) (string, error)
	// Enlist writes the keys of all objects for an attribute that became unique.
	Enlist(ctx context.Context, objectType, code string) error
	// Strike removes the keys of an attribute that is unique no more.
	Strike(ctx context.Context, objectType, code string) error
	// CountValues tells how many objects have a value for an attribute.
	CountValues(ctx context.Context, objectType, code string) (int, error)
	// EraseValues removes the values of an attribute from all objects.
	EraseValues(ctx context.Context, objectType, code string) error
}

// NewAttributes gives the use cases of attribute definitions; scripts compiles their scripts where it can.
func NewAttributes(base Attributes, register Register, scripts mapping.Evaluator) *Attributes {
	base.Type, base.Label = "metadata", "attribute"
	base.Permissions = object.Permissions{
		Query: authz.MetadataQuery, Create: authz.MetadataCreate, Update: authz.MetadataUpdate, Delete: authz.MetadataDelete,
	}
	base.Rules = &rules{register: register, scripts: scripts}
	return &base
}

type rules struct {
	register Register
	scripts  mapping.Evaluator
}

// Key implements object.Rules.
func (*rules) Key(a *Attribute) string { return a.ObjectType + `\` + a.Code }

// codeRule is what codes may be made of: they are keys in filters and scripts.
var codeRule = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)

// Prepare checks definitions. A built-in one keeps type and code; only how it is shown and validated can change.
func (r *rules) Prepare(ctx context.Context, edits []*object.Edit[Attribute]) error {
	for _, e := range edits {
		if e.After == nil || e.Err != nil {
			continue
		}
		e.After.Code = strings.TrimSpace(e.After.Code)
		e.After.Builtin = e.Before != nil && e.Before.Builtin
		if e.Err = check(e); e.Err != nil {
			continue
		}
		if err := r.checkStored(ctx, e); err != nil {
			return err
		}
	}
	return object.CheckScripts(ctx, r.scripts, edits, func(a *Attribute) []mapping.Located {
		o := &a.Options
		return []mapping.Located{
			{Location: "options.visibilityScript", Text: o.VisibilityScript},
			{Location: "options.validationScript", Text: o.ValidationScript},
			{Location: "options.onLoad", Text: o.OnLoad},
			{Location: "options.onChange", Text: o.OnChange},
		}
	})
}

func check(e *object.Edit[Attribute]) error {
	a := e.After
	var c fault.Collector
	if !slices.Contains(ObjectTypes(), a.ObjectType) {
		c.Add("objectType", "There are no attributes of %q: choose one of %s.", a.ObjectType, strings.Join(ObjectTypes(), ", "))
	}
	if !codeRule.MatchString(a.Code) {
		c.Add("code", "A code begins with a letter and consists of letters, digits, hyphens and underscores.")
	}
	if !slices.Contains(DataTypes(), a.DataType) {
		c.Add("dataType", "There is no data type %q.", a.DataType)
	}
	if e.Before != nil && (e.Before.ObjectType != a.ObjectType || e.Before.Code != a.Code) {
		c.Add("code", "An attribute keeps its object type and code: values are stored under it.")
	}
	if e.Before != nil && e.Before.Builtin && e.Before.DataType != a.DataType {
		c.Add("dataType", "%s is built in and keeps its type.", a.Code)
	}
	if _, taken := definitionOf(a.ObjectType, a.Code); taken && e.Before == nil {
		c.Add("code", "%s is built in already.", a.Code)
	}
	checkOptions(a, &c)
	return c.Err()
}

func checkOptions(a *Attribute, c *fault.Collector) {
	o := &a.Options
	if o.Unique && (o.MultiValued || !unifiable(a.DataType)) {
		c.Add("options.unique", "Only single text, number, date, e-mail and reference attributes can prevent duplicated values.")
	}
	if o.Unique && a.Builtin {
		c.Add("options.unique", "The platform decides which built-in attributes are unique.")
	}
	if o.MaxRows > 0 && !o.MultiValued {
		c.Add("options.maxRows", "Only attributes with several values have a maximum number of rows.")
	}
	if a.DataType == Separator && (o.Required || o.MultiValued || o.QuickSearch) {
		c.Add("dataType", "A separator has no values.")
	}
	if a.DataType == Password && (o.MultiValued || o.QuickSearch || (o.LetterCase != "" && o.LetterCase != "keep") || len(o.Values) > 0) {
		c.Add("dataType", "A password is one value, kept as it is written: it cannot be searched, chosen from a list or changed in case.")
	}
	seen := map[string]bool{}
	for i, v := range o.Values {
		switch {
		case strings.TrimSpace(v.Code) == "":
			c.Add(fmt.Sprintf("options.values[%d]", i), "A value needs a code.")
		case seen[v.Code]:
			c.Add(fmt.Sprintf("options.values[%d]", i), "The value %s occurs twice.", v.Code)
		}
		seen[v.Code] = true
	}
	if o.Filter == "" {
		return
	}
	if a.DataType.Reference() == "" {
		c.Add("options.filter", "Only references to objects take a filter.")
	} else if _, err := filter.Parse(o.Filter); err != nil {
		c.Add("options.filter", "%s", err.Error())
	}
}

func unifiable(t DataType) bool {
	switch t {
	case Boolean, Password, Binary, Photo, Attachment, Separator, Multiline, HTML, SSOInput:
		return false
	default:
		return true
	}
}

// checkStored refuses what the values that exist contradict.
func (r *rules) checkStored(ctx context.Context, e *object.Edit[Attribute]) error {
	if e.Before == nil || e.After.Builtin {
		return nil
	}
	if e.Before.DataType != e.After.DataType || e.Before.Options.MultiValued != e.After.Options.MultiValued {
		count, err := r.register.CountValues(ctx, e.After.ObjectType, e.After.Code)
		if err != nil {
			return fmt.Errorf("count values of %s: %w", e.After.Title(), err)
		}
		if count > 0 {
			e.Err = fault.InvalidField("dataType", "%d objects have a value: the type cannot change any more.", count)
			return nil
		}
	}
	if !e.After.Options.Unique || e.Before.Options.Unique {
		return nil
	}
	twice, err := r.register.Repeated(ctx, e.After.ObjectType, e.After.Code)
	if err != nil {
		return fmt.Errorf("look for repeated values of %s: %w", e.After.Title(), err)
	}
	if twice != "" {
		e.Err = fault.InvalidField("options.unique", "Several objects have the value %q. Change them first.", twice)
	}
	return nil
}

// Written keeps the register of unique values, and erases the values of deleted attributes.
func (r *rules) Written(ctx context.Context, edits []*object.Edit[Attribute]) error {
	for _, e := range edits {
		was := e.Before != nil && e.Before.Options.Unique
		is := e.After != nil && e.After.Options.Unique
		if was && !is {
			if err := r.register.Strike(ctx, e.Before.ObjectType, e.Before.Code); err != nil {
				return fmt.Errorf("drop unique values: %w", err)
			}
		}
		if is && !was {
			if err := r.register.Enlist(ctx, e.After.ObjectType, e.After.Code); err != nil {
				return fmt.Errorf("keep unique values: %w", err)
			}
		}
		if e.After == nil && e.Before.DataType != Separator {
			if err := r.register.EraseValues(ctx, e.Before.ObjectType, e.Before.Code); err != nil {
				return fmt.Errorf("erase values of %s: %w", e.Before.Title(), err)
			}
		}
	}
	return nil
}

// Seed gives the edits that add the built-in attributes which the stored metadata lacks, so that it can be run at every start. What an
// administrator changed stays.
func Seed(ctx context.Context, schemas *Schemas) ([]*object.Edit[Attribute], error) {
	var edits []*object.Edit[Attribute]
	for _, objectType := range ObjectTypes() {
		stored, err := schemas.Attributes(ctx, objectType)
		if err != nil {
			return nil, err
		}
		have := make(map[string]bool, len(stored))
		for i := range stored {
			have[strings.ToLower(stored[i].Code)] = true
		}
		for _, a := range Builtins(objectType) {
			if !have[strings.ToLower(a.Code)] {
				a.ID = uuid.Nil
				edits = append(edits, &object.Edit[Attribute]{After: &a})
			}
		}
	}
	return edits, nil
}

// SeedRules writes built-in attributes as they are: the rules for people do not apply to them.
type SeedRules struct{ object.NoRules[Attribute] }

// Key implements object.Rules.
func (SeedRules) Key(a *Attribute) string { return a.ObjectType + `\` + a.Code }
