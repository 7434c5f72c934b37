package run

import (
	"fmt"
	"strings"

	"provost/internal/connector"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/object"
)

// userFields are the attributes of the guide's user object (page 086) that a load may bring, with where they go.
var userFields = map[string]func(*identity.User) *string{
	"userName": func(u *identity.User) *string { return &u.UserName }, "firstName": func(u *identity.User) *string { return &u.FirstName },
	"lastName": func(u *identity.User) *string { return &u.LastName }, "lastName2": func(u *identity.User) *string { return &u.MiddleName },
	"middleName": func(u *identity.User) *string { return &u.MiddleName }, "userType": func(u *identity.User) *string { return &u.UserType },
	"primaryGroup": func(u *identity.User) *string { return &u.PrimaryGroup }, "emailAddress": func(u *identity.User) *string { return &u.Email },
	"mailAlias": func(u *identity.User) *string { return &u.MailAlias }, "mailServer": func(u *identity.User) *string { return &u.MailServer },
	"homeServer": func(u *identity.User) *string { return &u.HomeServer }, "profileServer": func(u *identity.User) *string { return &u.ProfileServer },
	"phone": func(u *identity.User) *string { return &u.Phone }, "comments": func(u *identity.User) *string { return &u.Comments },
}

// mergeUser writes mapped attributes over a user. Attributes that are not mapped keep their values; so do custom attributes not named.
func mergeUser(u *identity.User, mapped map[string]any) {
	for name, value := range mapped {
		if field := userFields[name]; field != nil {
			*field(u) = text(value)
		}
	}
	if value, ok := mapped["active"]; ok {
		u.Active = truth(value)
	}
	if value, ok := mapped["multiSession"]; ok {
		u.MultiSession = truth(value)
	}
	if short, ok := mapped["shortName"]; ok {
		if domain := text(mapped["mailDomain"]); domain != "" && text(short) != "" {
			u.Email = text(short) + "@" + domain
		}
	}
	u.Attributes = mergeAttributes(u.Attributes, mapped)
}

// mergeAttributes writes the custom attributes of a mapped object over ours; those that are not named keep their values.
func mergeAttributes(ours object.Attributes, mapped map[string]any) object.Attributes {
	custom, _ := mapped["attributes"].(map[string]any)
	if len(custom) == 0 {
		return ours
	}
	merged := ours.Clone()
	for name, value := range custom {
		if isEmpty(value) {
			delete(merged, name)
			continue
		}
		merged[name] = value
	}
	return merged
}

// userState is what is compared and shown of a user: the guide's names, without what nobody loads.
func userState(u *identity.User) map[string]any {
	state := map[string]any{"active": u.Active, "multiSession": u.MultiSession}
	for name, field := range userFields {
		if name != "lastName2" {
			state[name] = *field(u)
		}
	}
	for name, value := range u.Attributes {
		state["attributes."+name] = value
	}
	return state
}

// newUser is what a user is before its source says anything: internal, active, in the root group.
func newUser() identity.User {
	return identity.User{UserType: "I", PrimaryGroup: "world", Active: true}
}

func text(v any) string {
	values := connector.Values(v)
	if len(values) == 0 {
		return ""
	}
	return strings.TrimSpace(connector.Text(values[0]))
}

// truth reads what sources write for yes: everything but the usual words for no and empty.
func truth(v any) bool {
	if b, ok := v.(bool); ok {
		return b
	}
	switch strings.ToLower(text(v)) {
	case "", "0", "false", "no", "n", "off", "inactive":
		return false
	}
	return true
}

func isEmpty(v any) bool { return mapping.Equal(v, nil) }

// describe names an object in messages.
func describe(o *Object) string {
	if o.Key != "" {
		return fmt.Sprintf("%s %s", o.Type, o.Key)
	}
	return fmt.Sprintf("%s at %s", o.Type, o.Address)
}
