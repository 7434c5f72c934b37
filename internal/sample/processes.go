package sample

import (
	"context"
	"embed"
	"fmt"

	"provost/bpm"
	"provost/bpm/template"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/query"
)

// owners are the sample people who decide about requests for roles of the sample information systems, by user name of the HR file.
var owners = map[string]string{
	"Workplace":          "abarleycorn",
	"Intranet":           "abarleycorn",
	"Buildings":          "abrightwater",
	"Laboratory records": "mpaperclip",
	"Payroll":            "bcloudberry",
}

// approvals are processes that decide about what people change directly, by their codes.
//
//go:embed processes/*.bpmn
var approvals embed.FS

const grantApproval, roleApproval = "grant-approval", "role-approval"

// approved names the processes that decide about direct changes in sample information systems.
var approved = map[string]func(of *entitlement.InformationSystem){
	"Laboratory records": func(of *entitlement.InformationSystem) { of.ApprovalProcess = grantApproval },
	"Buildings":          func(of *entitlement.InformationSystem) { of.RoleDefinitionProcess = roleApproval },
}

// processes deploys the template of every kind of process, so that people find something to ask for, and opens the sample roles to them. What
// somebody deployed under the same code, disabled or deleted stays as it is: once there is any definition, nothing is deployed any more.
func (o *organisation) processes(ctx context.Context) error {
	known, err := o.platform.ProcessDefinitions.List(ctx, query.List{Size: 1})
	if err != nil {
		return fmt.Errorf("look for definitions: %w", err)
	}
	if known.Total > 0 {
		return nil
	}
	for _, r := range sampleRoles {
		if err := o.openRole(ctx, r.system+`\`+r.name); err != nil {
			return fmt.Errorf("open role %s to processes: %w", r.name, err)
		}
	}
	for _, t := range template.All() {
		if _, err := o.platform.ProcessDefinitions.Deploy(ctx, fileOf(t.Kind), t.Source); err != nil {
			return fmt.Errorf("deploy the process %s: %w", t.Name, err)
		}
	}
	for _, code := range []string{grantApproval, roleApproval} {
		source, err := approvals.ReadFile("processes/" + code + ".bpmn")
		if err != nil {
			return fmt.Errorf("read the process %s: %w", code, err)
		}
		if _, err := o.platform.ProcessDefinitions.Deploy(ctx, code+".bpmn", source); err != nil {
			return fmt.Errorf("deploy the process %s: %w", code, err)
		}
	}
	for _, a := range applications {
		if err := o.openApplication(ctx, a.name); err != nil {
			return fmt.Errorf("open %s to processes: %w", a.name, err)
		}
	}
	return nil
}

func fileOf(kind bpm.Kind) string { return string(kind) + ".bpmn" }

// openApplication gives an information system an owner and lets processes offer its roles. One that has an owner, or is gone, stays.
func (o *organisation) openApplication(ctx context.Context, name string) error {
	found, err := o.platform.InformationSystems.List(ctx, query.List{Filter: fmt.Sprintf("name eq %q", name), Size: 1})
	if err != nil || len(found.Items) == 0 || found.Items[0].OwnerID != nil {
		return err
	}
	owner, err := o.platform.Users.Named(ctx, owners[name])
	if fault.Is(err, fault.NotFound) {
		return nil // the load of the people goes on, or somebody removed the person from the file
	}
	if err != nil {
		return err
	}
	application := found.Items[0]
	application.OwnerID, application.BPMEnabled = &owner.ID, true
	if decide := approved[name]; decide != nil {
		decide(&application)
	}
	_, err = o.platform.InformationSystems.Update(ctx, application.ID, application.Version, application)
	return err
}

// openRole lets people ask for a role, unless the start does without its system.
func (o *organisation) openRole(ctx context.Context, key string) error {
	role, err := o.platform.Roles.Named(ctx, key)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || role.BPMEnabled {
		return err
	}
	role.BPMEnabled = true
	_, err = o.platform.Roles.Update(ctx, role.ID, role.Version, role)
	return err
}
