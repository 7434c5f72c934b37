package account

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/internal/fault"
	"provost/internal/identity"
)

// mergeable are the attributes of a user of which one value is chosen, in the order of the page. The full name follows from the others.
var mergeable = []string{
	"userName", "firstName", "lastName", "middleName", "userType", "primaryGroup", "email", "mailAlias", "mailServer", "homeServer",
	"profileServer", "phone", "active", "multiSession", "comments",
}

// customPrefix begins the names of custom attributes.
const customPrefix = "attributes."

// MergedAttribute is an attribute in which merged users differ.
type MergedAttribute struct {
	Name   string           `json:"name"`
	From   uuid.UUID        `json:"from"` // whose value is kept
	Values []MergeCandidate `json:"values"`
}

// MergeCandidate is the value one of the users has; null is none.
type MergeCandidate struct {
	UserID uuid.UUID `json:"userId"`
	User   string    `json:"user"`
	Value  any       `json:"value"`
}

// pick gives the survivor with the chosen values, and the attributes in which the users differ.
func pick(survivor *identity.User, others []identity.User, from map[string]uuid.UUID) (identity.User, []MergedAttribute, error) {
	users := append([]identity.User{*survivor}, others...)
	documents := make([]map[string]any, len(users))
	for i := range users {
		var err error
		if documents[i], err = flat(&users[i]); err != nil {
			return identity.User{}, nil, err
		}
	}
	attributes := []MergedAttribute{}
	kept := *survivor
	kept.Attributes = survivor.Attributes.Clone()
	names := mergeableOf(documents)
	for name := range from {
		if !slices.Contains(names, name) {
			return kept, nil, fault.InvalidField("from."+name, "The users have no attribute %s of which a value could be chosen.", name)
		}
	}
	for _, name := range names {
		a := MergedAttribute{Name: name, From: from[name]}
		differ := false
		for i := range users {
			a.Values = append(a.Values, MergeCandidate{UserID: users[i].ID, User: users[i].UserName, Value: documents[i][name]})
			differ = differ || !reflect.DeepEqual(documents[i][name], documents[0][name])
			if a.From == uuid.Nil && !vacant(documents[i][name]) {
				a.From = users[i].ID
			}
		}
		if !differ {
			continue
		}
		attributes = append(attributes, a)
		at := slices.IndexFunc(users, func(u identity.User) bool { return u.ID == a.From })
		take(&kept, &users[at], name, documents[at][name])
	}
	return kept, attributes, nil
}

// mergeableOf gives the names of all attributes of which a value is chosen: the built-in ones, then the custom ones in order.
func mergeableOf(documents []map[string]any) []string {
	custom := map[string]bool{}
	for _, document := range documents {
		for name := range document {
			if strings.HasPrefix(name, customPrefix) {
				custom[name] = true
			}
		}
	}
	names := slices.Clone(mergeable)
	first := len(names)
	for name := range custom {
		names = append(names, name)
	}
	slices.Sort(names[first:])
	return names
}

// flat gives a user's attributes by name, the custom ones with their prefix.
func flat(u *identity.User) (map[string]any, error) {
	text, err := json.Marshal(u)
	if err != nil {
		return nil, fmt.Errorf("encode user: %w", err)
	}
	document := map[string]any{}
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("decode user: %w", err)
	}
	for code, value := range u.Attributes {
		document[customPrefix+code] = value
	}
	return document, nil
}

// vacant tells whether there is no value to keep. No is one.
func vacant(value any) bool {
	list, isList := value.([]any)
	return value == nil || value == "" || (isList && len(list) == 0)
}

// take gives a user the value that another has.
func take(to, of *identity.User, name string, value any) {
	if code, custom := strings.CutPrefix(name, customPrefix); custom {
		if value == nil {
			delete(to.Attributes, code)
		} else {
			to.Attributes[code] = value
		}
		return
	}
	switch name {
	case "userName":
		to.UserName = of.UserName
	case "firstName":
		to.FirstName = of.FirstName
	case "lastName":
		to.LastName = of.LastName
	case "middleName":
		to.MiddleName = of.MiddleName
	case "userType":
		to.UserTypeID, to.UserType = of.UserTypeID, of.UserType
	case "primaryGroup":
		to.PrimaryGroupID, to.PrimaryGroup = of.PrimaryGroupID, of.PrimaryGroup
	default:
		takeRest(to, of, name)
	}
}

func takeRest(to, of *identity.User, name string) {
	switch name {
	case "email":
		to.Email = of.Email
	case "mailAlias":
		to.MailAlias = of.MailAlias
	case "mailServer":
		to.MailServer = of.MailServer
	case "homeServer":
		to.HomeServer = of.HomeServer
	case "profileServer":
		to.ProfileServer = of.ProfileServer
	case "phone":
		to.Phone = of.Phone
	case "active":
		to.Active = of.Active
	case "multiSession":
		to.MultiSession = of.MultiSession
	case "comments":
		to.Comments = of.Comments
	}
}
