package bpm

import (
	"encoding/json"
	"slices"
	"strconv"
)

// everywhere are the variables that every process has.
var everywhere = []Variable{
	{Name: "requester", Type: "user"}, {Name: "requesterName", Type: "string"},
}

// byKind are the variables that processes of a kind have beside them. Processes for users also have the attributes of users.
var byKind = map[Kind][]Variable{
	UserManagement: {
		{Name: "action", Type: "string"},
		{Name: "user", Type: "user"},
		{Name: "userName", Type: "string"},
		{Name: "firstName", Type: "string"},
		{Name: "lastName", Type: "string"},
		{Name: "middleName", Type: "string"},
		{Name: "fullName", Type: "string"},
		{Name: "userType", Type: "userType"},
		{Name: "primaryGroup", Type: "group"},
		{Name: "homeServer", Type: "string"},
		{Name: "profileServer", Type: "string"},
		{Name: "phone", Type: "string"},
		{Name: "email", Type: "email"},
		{Name: "mailAlias", Type: "string"},
		{Name: "mailServer", Type: "string"},
		{Name: "active", Type: "boolean"},
		{Name: "multiSession", Type: "boolean"},
		{Name: "comments", Type: "multiline"},
		{Name: "grants", Type: grantType, Many: true},
	},
	PermissionsManagement: {{Name: "user", Type: "user"}, {Name: "grants", Type: grantType, Many: true}},
	PermissionsRequest:    {{Name: "user", Type: "user"}, {Name: "grants", Type: grantType, Many: true}},
	AccountReservation: {
		{Name: "account", Type: "account"},
		{Name: "system", Type: "system"},
		{Name: "loginName", Type: "string"},
		{Name: "user", Type: "user"},
		{Name: "since", Type: "dateTime"},
		{Name: "until", Type: "dateTime"},
		{Name: "comments", Type: "multiline"},
	},
	Delegation: {
		{Name: "action", Type: "string"},
		{Name: "user", Type: "user"},
		{Name: "delegate", Type: "user"},
		{Name: "grants", Type: grantType, Many: true},
		{Name: "since", Type: "dateTime"},
		{Name: "until", Type: "dateTime"},
		{Name: "comments", Type: "multiline"},
	},
}

// BuiltIn lists the variables that every process of a kind has without declaring them.
func BuiltIn(kind Kind) []Variable { return slices.Concat(everywhere, byKind[kind]) }

// variables lists what exists in a process: the built-in variables, the attributes, and what forms, calls and outputs bring in. The first
// that names a variable decides its type; what only a form or a result names can hold anything and has the type "".
func (d *Definition) variables() []Variable {
	all := BuiltIn(d.Kind)
	place := map[string]int{}
	for i, v := range all {
		place[v.Name] = i
	}
	add := func(v Variable) {
		place[v.Name] = len(all)
		all = append(all, v)
	}
	for _, a := range d.Attributes {
		v := Variable{Name: a.Name, Type: a.Type, Many: a.Multiple}
		if a.Default != "" {
			v.Default = defaultOf(a)
		}
		if i, known := place[a.Name]; known {
			all[i] = v // the definition may say more about a built-in one
		} else {
			add(v)
		}
	}
	for _, name := range d.mentioned() {
		if _, known := place[name]; !known {
			add(Variable{Name: name})
		}
	}
	return all
}

// mentioned lists the variables that forms and results name, in document order.
func (d *Definition) mentioned() []string {
	var names []string
	for _, e := range d.elements {
		if e.detail.Form != nil {
			for _, f := range e.detail.Form.Fields {
				names = append(names, f.Name)
			}
		}
		if e.work != nil && e.work.Result != "" {
			names = append(names, e.work.Result)
		}
		for _, o := range e.outputs {
			names = append(names, o.Name)
		}
	}
	return names
}

// defaultOf gives the default of an attribute as JSON: a number or boolean where the type asks for one and the text is one.
func defaultOf(a Attribute) json.RawMessage {
	one := json.RawMessage(literal(a.Default))
	switch a.Type {
	case "number":
		if _, err := strconv.ParseFloat(a.Default, 64); err == nil && json.Valid([]byte(a.Default)) {
			one = json.RawMessage(a.Default)
		}
	case "boolean":
		if a.Default == "true" || a.Default == "false" {
			one = json.RawMessage(a.Default)
		}
	}
	if a.Multiple {
		return slices.Concat(json.RawMessage("["), one, json.RawMessage("]"))
	}
	return one
}
