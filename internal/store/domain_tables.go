package store

import (
	"provost/internal/entitlement"
	"provost/internal/object"
	"provost/internal/parameter"
)

// Parameters keeps parameter.Parameter; the values of secret ones are in the vault.
func (t *Tenant) Parameters() object.Store[parameter.Parameter] {
	return newTable(table[parameter.Parameter]{
		tenant: t, name: "parameters", key: "lower(t.name)", search: "provost.fold(t.name || ' ' || t.description)", order: "lower(t.name)",
		list: newAttributes[parameter.Parameter]("parameter", "parameter", false),
	})
}

// Authorizations keeps entitlement.Authorization.
func (t *Tenant) Authorizations() object.Store[entitlement.Authorization] {
	return newTable(table[entitlement.Authorization]{
		tenant: t, name: "authorizations",
		from: `authorizations t join roles r on r.id = t.role_id join systems sy on sy.id = r.system_id
			join information_systems isy on isy.id = r.information_system_id left join scope_domains sd on sd.id = r.scope_domain_id`,
		key:    `lower(t.permission || '\' || t.role_id::text)`,
		search: "provost.fold(t.permission || ' ' || r.name)", order: "t.permission, lower(r.name)",
		list: newAttributes[entitlement.Authorization]("authorization", "authorisation", false),
	})
}
