package run

import (
	"provost/internal/entitlement"
)

// roleFields are the attributes of the guide's role object (page 086) that a reconciliation may bring, with where they go.
var roleFields = map[string]func(*entitlement.Role) *string{
	"name": func(r *entitlement.Role) *string { return &r.Name }, "description": func(r *entitlement.Role) *string { return &r.Description },
	"category":    func(r *entitlement.Role) *string { return &r.Category },
	"application": func(r *entitlement.Role) *string { return &r.InformationSystem },
	"domain":      func(r *entitlement.Role) *string { return &r.ScopeDomain },
}

// mergeRole writes over a role what its system says. Attributes that are not mapped, and applications left open, keep their values.
func mergeRole(r *entitlement.Role, mapped map[string]any) {
	for name, value := range mapped {
		field := roleFields[name]
		if field == nil || (name == "application" && text(value) == "") {
			continue
		}
		*field(r) = text(value)
	}
	if value, ok := mapped["passwordProtected"]; ok {
		r.PasswordProtected = truth(value)
	}
	if value, ok := mapped["wfmanaged"]; ok {
		r.BPMEnabled = truth(value)
	}
	r.Attributes = mergeAttributes(r.Attributes, mapped)
}

// roleState is what is compared and shown of a role, under the guide's names.
func roleState(r *entitlement.Role) map[string]any {
	state := map[string]any{"passwordProtected": r.PasswordProtected, "wfmanaged": r.BPMEnabled, "externalId": r.ExternalID}
	for name, field := range roleFields {
		state[name] = *field(r)
	}
	for name, value := range r.Attributes {
		state["attributes."+name] = value
	}
	return state
}
