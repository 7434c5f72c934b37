package sample

import (
	"context"
	"fmt"

	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/metadata"
	"provost/internal/object"
	"provost/internal/parameter"
)

// mailDomain is the domain of all sample addresses; it is reserved for examples (RFC 2606).
const mailDomain = "example.org"

// company is the group above all sample departments.
const company = "Example Organisation"

// departments are the groups of the HR file, by the group above.
var departments = []struct{ name, parent, description string }{
	{company, "world", "The sample organisation"},
	{"Direction", company, "Decides"},
	{"Human Resources", company, "Keeps the HR file"},
	{"Finance", company, "Counts"},
	{"Production", company, "Makes things"},
	{"Engineering", "Production", "Designs things"},
	{"Laboratory", "Production", "Tests things"},
	{"Market", company, "Talks to customers"},
	{"Sales", "Market", "Sells"},
	{"Customer Service", "Market", "Helps"},
	{"Information Technology", company, "Runs the systems"},
}

// departmentType is the type of the sample groups.
const departmentType = "department"

// ensure gives the object with a natural key, made from the draft when there is none.
func ensure[T any, P object.Pointer[T]](ctx context.Context, s *object.Service[T, P], key string, draft T) (T, error) {
	found, err := s.Named(ctx, key)
	if !fault.Is(err, fault.NotFound) {
		return found, err
	}
	made, err := s.Create(ctx, draft)
	if err != nil {
		return made, fmt.Errorf("create %s %s: %w", s.Label, key, err)
	}
	return made, nil
}

// settings switches the engine on, registers the mail domain and describes the attributes that the HR file brings. An engine mode that
// somebody chose stays.
func (o *organisation) settings(ctx context.Context) error {
	domain := identity.MailDomain{Name: mailDomain, Description: "Sample data: addresses nobody receives mail at"}
	_, err := o.platform.MailDomains.Named(ctx, mailDomain)
	first := fault.Is(err, fault.NotFound)
	if _, err := ensure(ctx, o.platform.MailDomains, mailDomain, domain); err != nil {
		return err
	}
	for position, a := range []struct{ code, english, spanish string }{
		{"employeeNumber", "Employee number", "Número de empleado"}, {"manager", "Manager", "Responsible"},
	} {
		draft := metadata.Attribute{
			ObjectType: "user", Code: a.code, DataType: metadata.String, Position: 1000 + position,
			Options: metadata.Options{Label: map[string]string{"en": a.english, "es": a.spanish}, QuickSearch: position == 0},
		}
		if _, err := ensure(ctx, o.platform.Metadata, `user\`+a.code, draft); err != nil {
			return err
		}
	}
	if !first {
		return nil
	}
	for name, value := range map[string]string{parameter.TaskMode: parameter.ModeAuto, parameter.TaskLimit: "100"} {
		if err := o.setParameter(ctx, name, value); err != nil {
			return err
		}
	}
	return nil
}

func (o *organisation) setParameter(ctx context.Context, name, value string) error {
	set, err := ensure(ctx, o.platform.Parameters, name, parameter.Parameter{Name: name, Value: value})
	if err != nil || set.Value == value {
		return err
	}
	set.Value = value
	if _, err := o.platform.Parameters.Update(ctx, set.ID, set.Version, set); err != nil {
		return fmt.Errorf("set parameter %s: %w", name, err)
	}
	return nil
}

// groups makes the tree of departments.
func (o *organisation) groups(ctx context.Context) error {
	kind := identity.GroupType{Name: departmentType, Description: "Sample data: departments"}
	if _, err := ensure(ctx, o.platform.GroupTypes, departmentType, kind); err != nil {
		return err
	}
	for _, d := range departments {
		draft := identity.Group{
			Name: d.name, Parent: d.parent, GroupType: departmentType, Description: "Sample data: " + d.description,
		}
		if _, err := ensure(ctx, o.platform.Groups, d.name, draft); err != nil {
			return err
		}
	}
	return nil
}
