package sample

import (
	"context"
	"fmt"

	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/query"
)

// applications are the sample information systems.
var applications = []struct{ name, parent, description string }{
	{"Workplace", "", "What everybody uses"},
	{"Intranet", "Workplace", "Pages and documents"},
	{"Buildings", "Workplace", "Doors and badges"},
	{"Laboratory records", "", "Measurements and reports"},
	{"Payroll", "", "Salaries"},
}

// sampleRole is a role of a system in an information system. groups get it, contains is a role of another system that comes with it.
type sampleRole struct {
	name, system, application, description string
	groups                                 []string
	contains                               string // name@system
}

var sampleRoles = []sampleRole{
	{name: "main-entrance", system: badgeSystem, application: "Buildings", description: "Opens the main entrance", groups: []string{company}},
	{name: "laboratory-wing", system: badgeSystem, application: "Buildings", description: "Opens the laboratory wing"},
	{name: "staff", system: directorySystem, application: "Intranet", description: "Reads the intranet", groups: []string{company}},
	{
		name: "laboratory", system: directorySystem, application: "Laboratory records", description: "Writes laboratory records",
		groups: []string{"Laboratory"}, contains: "laboratory-wing@" + badgeSystem,
	},
	{name: "payroll-clerk", system: directorySystem, application: "Payroll", description: "Enters salaries", groups: []string{"Human Resources"}},
	{name: "payroll-auditor", system: directorySystem, application: "Payroll", description: "Reads salaries; nobody has it yet"},
}

// roles makes information systems and roles, and grants the roles to groups. Roles of systems that this start does without are left out.
func (o *organisation) roles(ctx context.Context) error {
	for _, a := range applications {
		draft := entitlement.InformationSystem{Name: a.name, Parent: a.parent, Kind: "application", Description: "Sample data: " + a.description}
		if err := o.ensureApplication(ctx, draft); err != nil {
			return err
		}
	}
	for _, r := range sampleRoles {
		if _, err := o.platform.Systems.Named(ctx, r.system); fault.Is(err, fault.NotFound) {
			continue
		}
		if err := o.ensureRole(ctx, r); err != nil {
			return fmt.Errorf("make role %s: %w", r.name, err)
		}
	}
	return nil
}

// ensureApplication makes an information system. Names are unique among siblings only, so that a name alone may not find it.
func (o *organisation) ensureApplication(ctx context.Context, draft entitlement.InformationSystem) error {
	found, err := o.platform.InformationSystems.List(ctx, query.List{Filter: fmt.Sprintf("name eq %q", draft.Name), Size: 1})
	if err != nil || found.Total > 0 {
		return err
	}
	if _, err := o.platform.InformationSystems.Create(ctx, draft); err != nil {
		return fmt.Errorf("make information system %s: %w", draft.Name, err)
	}
	return nil
}

// ensureRole makes a role the first time, with what it contains and who gets it; later starts leave all of it as somebody made it.
func (o *organisation) ensureRole(ctx context.Context, r sampleRole) error {
	_, err := o.platform.Roles.Named(ctx, r.system+`\`+r.name)
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	draft := entitlement.Role{
		Name: r.name, System: r.system, InformationSystem: r.application, Description: "Sample data: " + r.description,
	}
	return o.platform.Tenant.Do(ctx, func(ctx context.Context) error {
		made, err := o.platform.Roles.Create(ctx, draft)
		if err != nil {
			return err
		}
		if r.contains != "" {
			content := entitlement.Content{RoleID: made.ID, ContainedRole: r.contains, Mandatory: true}
			if _, err := o.platform.RoleContents.Create(ctx, content); err != nil && !missingRole(err) {
				return fmt.Errorf("put %s into it: %w", r.contains, err)
			}
		}
		for _, group := range r.groups {
			if _, err := o.platform.GroupRoles.Create(ctx, entitlement.GroupRole{Group: group, RoleID: made.ID, Mandatory: true}); err != nil {
				return fmt.Errorf("grant it to %s: %w", group, err)
			}
		}
		return nil
	})
}

// missingRole reports that the contained role is of a system that this start does without.
func missingRole(err error) bool { return fault.Is(err, fault.Invalid) }
