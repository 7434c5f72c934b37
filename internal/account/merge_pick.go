package account

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/internal/fault"
	"provost/internal/identity"
)

// mergeable are the attributes of a user of which one value is chosen, in the order of the page, and how a user takes that of another.
// The full name follows from the others.
var mergeable = []struct {
	name string
	take func(to, of *identity.User)
}{
	{"userName", func(to, of *identity.User) { to.UserName = of.UserName }},
	{"firstName", func(to, of *identity.User) { to.FirstName = of.FirstName }},
	{"lastName", func(to, of *identity.User) { to.LastName = of.LastName }},
	{"middleName", func(to, of *identity.User) { to.MiddleName = of.MiddleName }},
	{"userType", func(to, of *identity.User) { to.UserTypeID, to.UserType = of.UserTypeID, of.UserType }},
	{"primaryGroup", func(to, of *identity.User) { to.PrimaryGroupID, to.PrimaryGroup = of.PrimaryGroupID, of.PrimaryGroup }},
	{"email", func(to, of *identity.User) { to.Email = of.Email }},
	{"mailAlias", func(to, of *identity.User) { to.MailAlias = of.MailAlias }},
	{"mailServer", func(to, of *identity.User) { to.MailServer = of.MailServer }},
	{"homeServer", func(to, of *identity.User) { to.HomeServer = of.HomeServer }},
	{"profileServer", func(to, of *identity.User) { to.ProfileServer = of.ProfileServer }},
	{"phone", func(to, of *identity.User) { to.Phone = of.Phone }},
	{"active", func(to, of *identity.User) { to.Active = of.Active }},
	{"multiSession", func(to, of *identity.User) { to.MultiSession = of.MultiSession }},
	{"comments", func(to, of *identity.User) { to.Comments = of.Comments }},
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
	names := make([]string, 0, len(mergeable)+len(custom))
	for _, a := range mergeable {
		names = append(names, a.name)
	}
	return append(names, slices.Sorted(maps.Keys(custom))...)
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
	for _, a := range mergeable {
		if a.name == name {
			a.take(to, of)
			return
		}
	}
}
