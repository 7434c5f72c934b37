package step

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/identity"
	"provost/internal/object"
)

// Actions of user management, in the variable of that name: the letters are those of the guide's templates.
const (
	actionVariable = "action"
	actionCreate   = "create"
	actionModify   = "modify"
	actionDisable  = "disable"
	actionEnable   = "enable"
)

var actionLetters = map[string]string{"A": actionCreate, "C": actionCreate, "M": actionModify, "D": actionDisable, "E": actionEnable}

// userVariable names the user that a process changes; without it userName does.
const userVariable = "user"

// userFields are the attributes of a user that a process may set by variables of the same name. Custom attributes are named by their code.
var userFields = []string{
	"userName", "firstName", "lastName", "middleName", "userType", "primaryGroup", "email", "mailAlias", "mailServer", "homeServer",
	"profileServer", "phone", "active", "multiSession", "comments",
}

// applyUser creates, changes, disables or enables the user of a process. Only variables that hold something are taken over; an empty text
// empties the attribute. It gives the user's name and id back to the process.
func (s *Service) applyUser(ctx context.Context, values bpm.Values) (bpm.Values, error) {
	v, err := variables(values)
	if err != nil {
		return nil, err
	}
	before, err := s.userOf(ctx, v)
	if err != nil {
		return nil, err
	}
	after, err := s.changedUser(ctx, before, v)
	if err != nil {
		return nil, err
	}
	edit := &object.Edit[identity.User]{After: after}
	if before != nil {
		edit.ID = before.ID
	}
	if err := s.Users.Apply(ctx, []*object.Edit[identity.User]{edit}, true); err != nil {
		return nil, err
	}
	name, err := json.Marshal(edit.After.UserName)
	if err != nil {
		return nil, fmt.Errorf("encode user name: %w", err)
	}
	return bpm.Values{userVariable: name}, nil
}

// variables decodes the values of a process.
func variables(values bpm.Values) (map[string]any, error) {
	out := make(map[string]any, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		var v any
		if err := json.Unmarshal(values[name], &v); err != nil {
			return nil, fmt.Errorf("read variable %s: %w", name, err)
		}
		out[name] = v
	}
	return out, nil
}

// userOf finds the user that is changed; nil for one that is to be made.
func (s *Service) userOf(ctx context.Context, v map[string]any) (*identity.User, error) {
	name, _ := v[userVariable].(string)
	if name == "" {
		name, _ = v["userName"].(string)
	}
	if name == "" {
		return nil, &bpm.Fault{Code: faultMissing, Message: "The process names no user: set the variable user, or userName for a new one."}
	}
	found, err := s.UserRows.Named(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("look user up: %w", err)
	}
	exists := len(found) > 0
	switch action := actionOf(v); action {
	case "":
	case actionCreate:
		if exists {
			return nil, &bpm.Fault{Code: faultRefused, Message: fmt.Sprintf("There is a user %s already.", name)}
		}
	case actionModify, actionDisable, actionEnable:
		if !exists {
			return nil, &bpm.Fault{Code: faultMissing, Message: fmt.Sprintf("There is no user %s.", name)}
		}
	default:
		return nil, &bpm.Fault{Code: faultStep, Message: fmt.Sprintf("The variable action is %q: it may be create, modify, disable or enable.", action)}
	}
	if !exists {
		return nil, nil
	}
	return &found[0], nil
}

// actionOf says what is done with the user. A process that names nobody whom it changes makes somebody new: whoever fills in the name of an
// existing user does not change that one.
func actionOf(v map[string]any) string {
	action, _ := v[actionVariable].(string)
	if long, known := actionLetters[action]; known {
		return long
	}
	if named, _ := v[userVariable].(string); action == "" && named == "" {
		return actionCreate
	}
	return action
}

// changedUser gives the user as the variables want it.
func (s *Service) changedUser(ctx context.Context, before *identity.User, v map[string]any) (*identity.User, error) {
	user := identity.User{Active: true}
	if before != nil {
		user = *before
	}
	user.Attributes = user.Attributes.Clone()
	document := map[string]any{}
	for _, name := range userFields {
		if value := v[name]; value != nil {
			document[name] = value
		}
	}
	if err := overwrite(&user, document); err != nil {
		return nil, err
	}
	if before == nil || user.PrimaryGroup != before.PrimaryGroup {
		user.PrimaryGroupID = uuid.Nil // found by its name
	}
	if before == nil || user.UserType != before.UserType {
		user.UserTypeID = uuid.Nil
	}
	custom, err := s.Attributes.Attributes(ctx, s.Users.Type)
	if err != nil {
		return nil, fmt.Errorf("read attributes of users: %w", err)
	}
	for i := range custom {
		if value := v[custom[i].Code]; value != nil && !custom[i].Builtin {
			user.Attributes[custom[i].Code] = value
		}
	}
	switch actionOf(v) {
	case actionDisable:
		user.Active = false
	case actionEnable:
		user.Active = true
	}
	return &user, nil
}

// overwrite sets attributes by their names, or tells which value is of the wrong type.
func overwrite(user *identity.User, document map[string]any) error {
	text, err := json.Marshal(document)
	if err != nil {
		return fmt.Errorf("encode attributes: %w", err)
	}
	if err := json.Unmarshal(text, user); err != nil {
		return &bpm.Fault{Code: faultRefused, Message: fmt.Sprintf("A variable has the wrong type for its attribute of the user: %v.", err)}
	}
	return nil
}
