package platform_test

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/metadata"
	"provost/internal/object"
	"provost/internal/platform"
	"provost/internal/query"
)

func (b *bench) attribute(objectType, code string, kind metadata.DataType, options metadata.Options) metadata.Attribute {
	b.t.Helper()
	a, err := b.Metadata.Create(b.ctx, metadata.Attribute{ObjectType: objectType, Code: code, DataType: kind, Options: options})
	require.NoError(b.t, err)
	return a
}

func with(code string, value any) func(*identity.User) {
	return func(u *identity.User) { u.Attributes = object.Attributes{code: value} }
}

// try creates a user with one attribute value.
func (b *bench) try(name, code string, value any) (identity.User, error) {
	return b.Users.Create(b.ctx, identity.User{
		UserName: name, UserType: "I", PrimaryGroup: "world", Active: true, Attributes: object.Attributes{code: value},
	})
}

func TestSeedIsRepeatable(t *testing.T) {
	t.Parallel()
	b := setup(t)
	count := b.query("select count(*)::text from metadata")
	require.NoError(t, b.Seed(t.Context()))
	require.Equal(t, count, b.query("select count(*)::text from metadata"))
	require.Equal(t, []string{"admin"}, b.query("select distinct updated_by from parameters where name = 'soffid.task.mode'"))
}

func TestBuiltinFieldsExistInTheirObjects(t *testing.T) {
	t.Parallel()
	objects := map[string]any{
		"user": identity.User{}, "group": identity.Group{}, "account": account.Account{}, "role": entitlement.Role{},
		"informationSystem": entitlement.InformationSystem{}, "system": account.System{}, "roleAccount": entitlement.Grant{},
		"userGroup": identity.Membership{},
	}
	for _, objectType := range metadata.ObjectTypes() {
		names := map[string]bool{}
		for _, f := range reflect.VisibleFields(reflect.TypeOf(objects[objectType])) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			names[name] = true
		}
		for _, a := range metadata.Builtins(objectType) {
			if a.DataType != metadata.Separator {
				require.True(t, names[a.Code], "%s is a field of the object", a.Title())
			}
		}
	}
}

func TestEveryFieldThatSaysSoCanBeFilteredAndSorted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "employeeNumber", metadata.Number, metadata.Options{})
	b.attribute("user", "languages", metadata.String, metadata.Options{MultiValued: true})
	b.attribute("user", "pin", metadata.Password, metadata.Options{})
	lists := map[string]func(query.List) error{
		"user":              func(l query.List) error { _, err := b.Users.List(b.ctx, l); return err },
		"group":             func(l query.List) error { _, err := b.Groups.List(b.ctx, l); return err },
		"account":           func(l query.List) error { _, err := b.Accounts.List(b.ctx, l); return err },
		"role":              func(l query.List) error { _, err := b.Roles.List(b.ctx, l); return err },
		"informationSystem": func(l query.List) error { _, err := b.InformationSystems.List(b.ctx, l); return err },
		"system":            func(l query.List) error { _, err := b.Systems.List(b.ctx, l); return err },
		"roleAccount":       func(l query.List) error { _, err := b.Grants.List(b.ctx, l); return err },
		"userGroup":         func(l query.List) error { _, err := b.Memberships.List(b.ctx, l); return err },
	}
	for objectType, list := range lists {
		fields, err := b.Attributes.For(b.ctx, objectType)
		require.NoError(t, err)
		require.NotEmpty(t, fields)
		for _, f := range fields {
			if f.Filterable {
				require.NoError(t, list(query.List{Filter: f.Name + " pr"}), "%s.%s", objectType, f.Name)
				require.NotEmpty(t, f.Ops)
			}
			if f.Sortable {
				require.NoError(t, list(query.List{Sort: "-" + f.Name}), "%s.%s", objectType, f.Name)
			}
			if f.Name == "attributes.pin" {
				require.False(t, f.Filterable || f.Sortable, "no filter oracle for passwords")
				refused(t, list(query.List{Filter: `attributes.pin eq "1"`}), fault.Invalid)
			}
		}
	}
}

func TestFieldsDescribeForms(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "manager", metadata.UserRef, metadata.Options{
		Label: map[string]string{"en": "Manager", "es": "Encargado"}, Hint: "who signs", Filter: "active eq true",
	})
	fields, err := b.Attributes.For(b.ctx, "user")
	require.NoError(t, err)
	byName := map[string]metadata.Field{}
	for _, f := range fields {
		byName[f.Name] = f
	}
	name, manager := byName["userName"], byName["attributes.manager"]
	require.True(t, name.Required && name.Builtin && name.QuickSearch && !name.ReadOnly)
	require.True(t, byName["fullName"].ReadOnly)
	require.Equal(t, "groups", byName["primaryGroup"].Reference)
	require.Equal(t, "users", manager.Reference)
	require.Equal(t, "Encargado", manager.Label["es"])
	require.Equal(t, "active eq true", manager.Filter)
	nothing, err := b.Attributes.For(b.ctx, "unknown")
	require.NoError(t, err)
	require.Empty(t, nothing)
}

func TestVisibilityByReader(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "salary", metadata.Number, metadata.Options{OperatorVisibility: metadata.ReadOnly, UserVisibility: metadata.Hidden})
	u := b.user("u1", with("salary", 5))
	seen := func(reader metadata.Reader) string {
		fields, err := b.Attributes.ForReader(b.ctx, "user", reader)
		require.NoError(t, err)
		for _, f := range fields {
			if f.Name == "attributes.salary" {
				return map[bool]string{true: "readOnly", false: "editable"}[f.ReadOnly]
			}
		}
		return "hidden"
	}
	require.Equal(t, [3]string{"editable", "readOnly", "hidden"}, [3]string{seen(metadata.Administrator), seen(metadata.Operator), seen(metadata.User)})
	operator := b.user("operator")
	role := b.role("helpdesk", "soffid", "SOFFID")
	_, err := b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: string(authz.UserUpdate), RoleID: role.ID})
	require.NoError(t, err)
	b.grant(operator, role)
	u.Attributes = object.Attributes{"salary": 9}
	_, err = b.Users.Update(b.as(operator.ID), u.ID, 0, u)
	refused(t, err, fault.Invalid, "attributes.salary", "read-only for you")
	u.Attributes, u.Phone = object.Attributes{"salary": "5"}, "1"
	u, err = b.Users.Update(b.as(operator.ID), u.ID, 0, u)
	require.NoError(t, err, "what stays as it is needs no permission, however it is written")
	require.InDelta(t, 5.0, u.Attributes["salary"], 0)
}

func TestAttributeValuesAreChecked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "badge", metadata.String, metadata.Options{Unique: true, LetterCase: "upper", Size: 5})
	b.attribute("user", "boss", metadata.UserRef, metadata.Options{})
	b.attribute("user", "alias", metadata.Email, metadata.Options{MultiValued: true})
	_, err := b.MailDomains.Create(b.ctx, identity.MailDomain{Name: "example.org"})
	require.NoError(t, err)
	u, err := b.try("u1", "BADGE", "ab1")
	require.NoError(t, err, "codes are found whatever their case")
	require.Equal(t, "AB1", u.Attributes["badge"])
	_, err = b.try("u2", "badge", " aB1")
	refused(t, err, fault.Invalid, "attributes.badge", "already")
	_, err = b.try("u2", "badge", "toolong")
	refused(t, err, fault.Invalid, "at most 5")
	_, err = b.try("u2", "colour", "red")
	refused(t, err, fault.Invalid, "no attribute colour")
	_, err = b.try("u2", "boss", uuid.NewString())
	refused(t, err, fault.Invalid, "does not exist")
	_, err = b.try("u2", "boss", u.ID.String())
	require.NoError(t, err)
	_, err = b.try("u3", "alias", []any{"a@example.org", "b@example.com"})
	refused(t, err, fault.Invalid, "example.com is not registered")
	found, err := b.Users.List(b.ctx, query.List{Filter: `attributes.badge eq "AB1"`})
	require.NoError(t, err)
	require.Equal(t, 1, found.Total)
	require.NoError(t, b.Users.Delete(b.ctx, u.ID, 0))
	_, err = b.try("u4", "badge", "ab1")
	require.NoError(t, err, "a deleted user does not keep the value")
}

func TestUniqueValueMovesWithinABatch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "badge", metadata.String, metadata.Options{Unique: true})
	u := b.user("u1", with("badge", "1"))
	u.Attributes = object.Attributes{"badge": "2"}
	u, err := b.Users.Update(b.ctx, u.ID, 0, u)
	require.NoError(t, err)
	_, err = b.try("u2", "badge", "1")
	require.NoError(t, err, "the old value is free")
	_, err = b.Users.Update(b.ctx, u.ID, 0, u)
	require.NoError(t, err, "an object keeps its own value")
}

func TestUniqueHoldsUnderConcurrency(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "badge", metadata.String, metadata.Options{Unique: true})
	var wait sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wait.Go(func() { _, errs[i] = b.try("c"+string(rune('a'+i)), "badge", "same") })
	}
	wait.Wait()
	winners := 0
	for _, err := range errs {
		if err == nil {
			winners++
		}
	}
	require.Equal(t, 1, winners)
}

func TestRequiredAttribute(t *testing.T) {
	t.Parallel()
	b := setup(t)
	old := b.user("old")
	b.attribute("user", "site", metadata.String, metadata.Options{Required: true, Label: map[string]string{"en": "Site"}})
	_, err := b.try("new", "site", " ")
	refused(t, err, fault.Invalid, "Site is required")
	old.Phone = "1"
	old, err = b.Users.Update(b.ctx, old.ID, 0, old)
	require.NoError(t, err, "older objects can still be changed")
	old.Attributes = object.Attributes{"site": "north"}
	old, err = b.Users.Update(b.ctx, old.ID, 0, old)
	require.NoError(t, err)
	old.Attributes = object.Attributes{}
	_, err = b.Users.Update(b.ctx, old.ID, 0, old)
	refused(t, err, fault.Invalid, "Site is required")
}

func TestValidationScript(t *testing.T) {
	t.Parallel()
	b := setup(t, func(d *platform.Deps) {
		d.Scripts = names(func(source string, bindings map[string]any) (any, error) {
			switch source {
			case "visible":
				owner, _ := bindings["ownerObject"].(map[string]any)
				return owner["userType"] == "E", nil
			case "broken":
				return nil, errors.New("x is not defined")
			}
			switch bindings["value"] {
			case "good":
				return true, nil
			case "bad":
				return "Badges never begin with b.", nil
			}
			return false, nil
		})
	})
	b.attribute("user", "badge", metadata.String, metadata.Options{ValidationScript: "check", VisibilityScript: "visible"})
	b.attribute("user", "other", metadata.String, metadata.Options{ValidationScript: "broken"})
	for value, words := range map[string]string{"bad": "Badges never begin with b.", "odd": "not accepted"} {
		_, err := b.try("u1", "badge", value)
		refused(t, err, fault.Invalid, "attributes.badge", words)
	}
	_, err := b.try("u1", "other", "x")
	refused(t, err, fault.Invalid, "x is not defined")
	_, err = b.try("u1", "badge", "good")
	require.NoError(t, err)
	for userType, expected := range map[string]bool{"E": true, "I": false} {
		shown, err := b.Checker.Visible(b.ctx, "user", map[string]any{"userType": userType})
		require.NoError(t, err)
		require.Equal(t, map[string]bool{"badge": expected}, shown)
	}
}

func TestAttributeDefinitions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cases := []struct {
		a     metadata.Attribute
		words string
	}{
		{metadata.Attribute{ObjectType: "thing", Code: "x", DataType: metadata.String}, "no attributes of"},
		{metadata.Attribute{ObjectType: "user", Code: "a b", DataType: metadata.String}, "begins with a letter"},
		{metadata.Attribute{ObjectType: "user", Code: "x", DataType: "colour"}, "no data type"},
		{metadata.Attribute{ObjectType: "user", Code: "userName", DataType: metadata.String}, "built in already"},
		{metadata.Attribute{ObjectType: "user", Code: "x", DataType: metadata.Photo, Options: metadata.Options{Unique: true}}, "duplicated"},
		{metadata.Attribute{ObjectType: "user", Code: "x", DataType: metadata.String, Options: metadata.Options{MaxRows: 3}}, "maximum number of rows"},
		{metadata.Attribute{ObjectType: "user", Code: "x", DataType: metadata.Password, Options: metadata.Options{QuickSearch: true}}, "cannot be searched"},
		{metadata.Attribute{ObjectType: "user", Code: "x", DataType: metadata.String, Options: metadata.Options{Filter: "a pr"}}, "Only references"},
		{metadata.Attribute{ObjectType: "user", Code: "x", DataType: metadata.UserRef, Options: metadata.Options{Filter: "a eq"}}, "options.filter"},
		{metadata.Attribute{ObjectType: "user", Code: "x", DataType: metadata.Separator, Options: metadata.Options{Required: true}}, "no values"},
		{metadata.Attribute{ObjectType: "user", Code: "x", DataType: metadata.String, Options: metadata.Options{Values: []metadata.Value{{Code: "a"}, {Code: "a"}}}}, "twice"},
	}
	for _, c := range cases {
		_, err := b.Metadata.Create(b.ctx, c.a)
		refused(t, err, fault.Invalid, c.words)
	}
	a := b.attribute("user", "site", metadata.String, metadata.Options{})
	b.user("u1", with("site", "north"))
	u := b.user("u2", with("site", "North"))
	a.DataType = metadata.Number
	_, err := b.Metadata.Update(b.ctx, a.ID, 0, a)
	refused(t, err, fault.Invalid, "2 objects have a value")
	a.DataType, a.Options.Unique = metadata.String, true
	_, err = b.Metadata.Update(b.ctx, a.ID, 0, a)
	refused(t, err, fault.Invalid, "Several objects have the value")
	u.Attributes["site"] = "south"
	_, err = b.Users.Update(b.ctx, u.ID, 0, u)
	require.NoError(t, err)
	a, err = b.Metadata.Update(b.ctx, a.ID, 0, a)
	require.NoError(t, err)
	_, err = b.try("u3", "site", "SOUTH")
	refused(t, err, fault.Invalid, "already")
	require.NoError(t, b.Metadata.Delete(b.ctx, a.ID, 0))
	require.Equal(t, []string{"0"}, b.query("select count(*)::text from users where attributes ? 'site'"))
	builtin, err := b.Metadata.Named(b.ctx, `user\userName`)
	require.NoError(t, err)
	refused(t, b.Metadata.Delete(b.ctx, builtin.ID, 0), fault.Conflict, "built in")
	builtin.Options.Label["en"] = "Login"
	_, err = b.Metadata.Update(b.ctx, builtin.ID, 0, builtin)
	require.NoError(t, err, "labels of built-in attributes are the administrator's")
}

func TestQuickSearchLooksIntoMarkedAttributes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "nickname", metadata.String, metadata.Options{QuickSearch: true})
	b.attribute("user", "remark", metadata.String, metadata.Options{})
	b.user("u1", func(u *identity.User) { u.Attributes = object.Attributes{"nickname": "Zíngara", "remark": "hidden"} })
	for q, expected := range map[string]int{"zingara": 1, "zingara u1": 1, "zingara u2": 0, "hidden": 0} {
		found, err := b.Users.List(b.ctx, query.List{Q: q})
		require.NoError(t, err)
		require.Equal(t, expected, found.Total, q)
	}
}
