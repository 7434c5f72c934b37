package process

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/fault"
)

// Kinds of objects that a line of requested permissions names, beside those that fields of any other type refer to.
const (
	ChooseUser        = "user"
	ChooseRole        = "role"
	ChooseGroupScope  = "scope-group"
	ChooseSystemScope = "scope-informationSystem"
	ChooseValueScope  = "scope-values"
)

// typeOfLines is the type of the fields that hold requested permissions.
const typeOfLines = "grant"

// Choice is which objects somebody may choose from.
type Choice struct {
	// Kind is the data type of a reference (user, group, system …), or one of the kinds of this package.
	Kind string
	// Filter is in SCIM; empty for all.
	Filter string
}

// active is who can be given something.
const active = "active eq true"

// ChoiceOf gives what a field of a form can be filled with. A field of requested permissions refers to several kinds of objects, of which kind
// names one; all others have one kind, and kind is left out. It returns fault.NotFound for a field that the form does not have or only shows, and
// fault.Invalid for one that refers to nothing.
func ChoiceOf(fields []FieldView, approval *bpm.ApprovalOf, field, kind string) (Choice, error) {
	at := slices.IndexFunc(fields, func(f FieldView) bool { return f.Name == field && !f.ReadOnly })
	if at < 0 {
		return Choice{}, fault.New(fault.NotFound, "The form has no field %q to fill in.", field)
	}
	f := &fields[at]
	if f.Type == typeOfLines {
		return choiceOfLines(f, approval, kind)
	}
	if kind != "" && kind != f.Type {
		return Choice{}, fault.InvalidField("kind", "The field %s refers to objects of the type %s only.", f.Label, f.Type)
	}
	if f.Type == ChooseUser {
		return Choice{Kind: f.Type, Filter: both(active, f.Filter)}, nil
	}
	return Choice{Kind: f.Type, Filter: f.Filter}, nil
}

// choiceOfLines gives what a line of requested permissions may name. Roles have to be open to processes.
func choiceOfLines(f *FieldView, approval *bpm.ApprovalOf, kind string) (Choice, error) {
	switch kind {
	case ChooseUser:
		return Choice{Kind: kind, Filter: active}, nil
	case ChooseRole:
		filter := both("requestable eq true", f.Filter)
		if approval != nil {
			filter = both(filter, approval.RoleFilter)
		}
		return Choice{Kind: kind, Filter: filter}, nil
	case ChooseGroupScope, ChooseSystemScope, ChooseValueScope:
		return Choice{Kind: kind}, nil
	}
	return Choice{}, fault.InvalidField("kind", "A requested permission names a %s, a %s, or the scope of a role, not %q.", ChooseUser, ChooseRole, kind)
}

// both joins two filters.
func both(one, other string) string {
	switch {
	case one == "":
		return other
	case other == "":
		return one
	}
	return "(" + one + ") and (" + other + ")"
}

// Choice gives what a field of the form that starts a definition can be filled with, to those who may start it; see [ChoiceOf]. Without a field, and
// with the kind user, it gives on whose behalf the process can be started, which needs process:start.
func (s *Processes) Choice(ctx context.Context, definition uuid.UUID, field, kind string) (Choice, error) {
	form, err := s.Form(ctx, definition)
	if err != nil {
		return Choice{}, err
	}
	if field == "" && kind == ChooseUser {
		_, err := authz.Check(ctx, authz.ProcessStart)
		return Choice{Kind: ChooseUser, Filter: active}, err
	}
	library, err := s.Store.StartableLibrary(ctx, form.Code)
	if err != nil {
		return Choice{}, err
	}
	return ChoiceOf(form.Choosable(library, library.Start), nil, field, kind)
}

// Choosable gives the fields that somebody may be about to fill in: those of the form as it was opened, and where it follows what is filled in also
// those that may yet be shown.
func (v *FormView) Choosable(library *bpm.Library, form *bpm.Form) []FieldView {
	fields := slices.Clone(v.Fields)
	if len(v.Reacts) == 0 {
		return fields
	}
	known := attributesByName(library)
	for i := range form.Fields {
		name := form.Fields[i].Name
		if !slices.ContainsFunc(fields, func(f FieldView) bool { return f.Name == name }) {
			fields = append(fields, viewOf(&form.Fields[i], known[name]))
		}
	}
	return fields
}
