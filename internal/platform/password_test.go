package platform_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/metadata"
	"provost/internal/object"
	"provost/internal/platform"
	"provost/internal/provision"
	"provost/internal/query"
)

// planted is a text that occurs nowhere else.
const planted = "planted-4711-zebra"

// secrets counts the stored secrets.
func (b *bench) secrets() int {
	b.t.Helper()
	return len(b.query("select id::text from secrets"))
}

// opened gives the value of a user's password attribute as it is stored, and where it is stored.
func (b *bench) opened(user uuid.UUID, code string) (value string, id uuid.UUID) {
	b.t.Helper()
	rows := b.query("select coalesce(attributes -> $1 ->> 'secret', '') from users where id = $2", code, user)
	require.Len(b.t, rows, 1)
	if rows[0] == "" {
		return "", uuid.Nil
	}
	id = uuid.MustParse(rows[0])
	text, err := b.Tenant.Vault(b.box).Reveal(b.t.Context(), id)
	require.NoError(b.t, err)
	return text.Reveal(), id
}

// tablesWith gives the tables of the tenant in which a text occurs.
func (b *bench) tablesWith(text string) []string {
	b.t.Helper()
	var found []string
	for _, table := range b.query("select quote_ident(tablename) from pg_tables where schemaname = 't_master'") {
		if b.query(fmt.Sprintf("select count(*)::text from %s x where x::text like '%%' || $1 || '%%'", table), text)[0] != "0" {
			found = append(found, table)
		}
	}
	return found
}

// write updates one attribute of a user and gives the user as answered.
func (b *bench) write(u identity.User, code string, value any) (identity.User, error) {
	b.t.Helper()
	u.Attributes = u.Attributes.Clone()
	u.Attributes[code] = value
	return b.Users.Update(b.ctx, u.ID, 0, u)
}

func TestPasswordAttributeIsWrittenAndNeverRead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "pin", metadata.Password, metadata.Options{Size: 40})
	u := b.user("u1", with("pin", planted))
	require.Equal(t, object.Attributes{"pin": object.Secret{}}, u.Attributes, "an answer says that there is one")
	answer, err := json.Marshal(u)
	require.NoError(t, err)
	require.Contains(t, string(answer), `"attributes":{"pin":"•••"}`)
	value, first := b.opened(u.ID, "pin")
	require.Equal(t, planted, value)

	steps := []struct {
		name    string
		value   any
		stored  string
		changed bool
	}{
		{"the mask keeps it", object.Mask, planted, false},
		{"what was read keeps it", object.Secret{}, planted, false},
		{"the same once more changes nothing", planted, planted, false},
		{"another one replaces it", "second", "second", true},
		{"blanks are part of it", " second ", " second ", true},
		{"nothing clears it", "", "", true},
		{"nothing stays nothing", nil, "", false},
		{"it can be set again", planted, planted, true},
		{"null clears it", nil, "", true},
	}
	for _, s := range steps {
		version := u.Version
		u, err = b.write(u, "pin", s.value)
		require.NoError(t, err, s.name)
		value, _ := b.opened(u.ID, "pin")
		require.Equal(t, s.stored, value, s.name)
		require.Equal(t, s.changed, u.Version > version, s.name)
		require.Equal(t, map[bool]int{true: 0, false: 1}[s.stored == ""], b.secrets(), "%s: no secret is left behind", s.name)
	}
	_, err = b.Tenant.Vault(b.box).Reveal(t.Context(), first)
	refused(t, err, fault.NotFound)
	require.Empty(t, b.tablesWith(planted), "neither rows nor history nor trail hold the value")
	versions, err := b.Users.History(b.ctx, u.ID)
	require.NoError(t, err)
	require.Equal(t, object.Attributes{}, versions[1].Object.Attributes)
	require.Equal(t, object.Attributes{"pin": object.Secret{}}, versions[0].Object.Attributes, "a former version says that there was one, not its id")
	trail := b.query("select coalesce(before::text, '') || ' → ' || coalesce(after::text, '') from audit_entries where object_type = 'user' and action = 'update' order by id")
	require.Len(t, trail, 5, "each change is told")
	require.Contains(t, trail[0], "attributes")
}

func TestPasswordAttributeRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "pin", metadata.Password, metadata.Options{Size: 8, Label: map[string]string{"en": "PIN"}})
	b.attribute("user", "note", metadata.String, metadata.Options{})
	u := b.user("u1", with("pin", "1234"))
	_, id := b.opened(u.ID, "pin")
	other := b.user("u2")
	cases := []struct {
		name  string
		user  identity.User
		value any
		words string
	}{
		{"too long", u, "123456789", "at most 8 characters"},
		{"a number", u, 1234.0, "must be text"},
		{"two values", u, []any{"a", "b"}, "must be text"},
		{"the secret of somebody else", other, object.Secret{ID: id}, "must be text"},
		{"the same as an object", other, map[string]any{"secret": id.String()}, "must be text"},
		{"the mask of nothing", other, object.Mask, "has none"},
	}
	for _, c := range cases {
		_, err := b.write(c.user, "pin", c.value)
		refused(t, err, fault.Invalid, "attributes.pin", "PIN", c.words)
		require.NotContains(t, err.Error(), "123456789", "a refusal does not repeat the value")
	}
	_, err := b.write(u, "note", map[string]any{"secret": id.String()})
	refused(t, err, fault.Invalid, "must be text")
	value, after := b.opened(u.ID, "pin")
	require.Equal(t, "1234", value)
	require.Equal(t, id, after, "what was refused changed nothing")

	draft, clash := u, other
	draft.Attributes, clash.Attributes = object.Attributes{"pin": "new"}, object.Attributes{"pin": "lost"}
	clash.UserName = "u1"
	edits := []*object.Edit[identity.User]{edit(other.ID, &clash), edit(u.ID, &draft)}
	require.NoError(t, b.Users.Apply(b.ctx, edits, false))
	refused(t, edits[0].Err, fault.Conflict)
	require.NoError(t, edits[1].Err)
	require.Equal(t, 1, b.secrets(), "an edit that was rejected after its value was sealed keeps no secret")
	value, _ = b.opened(u.ID, "pin")
	require.Equal(t, "new", value)
}

func TestSecretsGoWithTheirObjects(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, objectType := range []string{"user", "userGroup", "account"} {
		b.attribute(objectType, "pin", metadata.Password, metadata.Options{})
	}
	pin := object.Attributes{"pin": planted}
	u := b.user("u1", with("pin", planted))
	g := b.group("g1", "world")
	_, err := b.Memberships.Create(b.ctx, identity.Membership{UserID: u.ID, GroupID: g.ID, Attributes: pin})
	require.NoError(t, err)
	s := b.system("dir")
	a, err := b.Accounts.Create(b.ctx, account.Account{SystemID: s.ID, Name: "a1", Type: account.Shared, Status: account.Enabled, UserType: "I", Attributes: pin})
	require.NoError(t, err)
	require.Equal(t, object.Secret{}, a.Attributes["pin"])
	require.Equal(t, 3, b.secrets())
	require.NoError(t, b.Users.Delete(b.ctx, u.ID, 0))
	require.Equal(t, 1, b.secrets(), "the membership goes with the user, and both secrets with them")
	definition, err := b.Metadata.Named(b.ctx, `account\pin`)
	require.NoError(t, err)
	definition.DataType = metadata.String
	_, err = b.Metadata.Update(b.ctx, definition.ID, 0, definition)
	refused(t, err, fault.Invalid, "1 objects have a value")
	require.NoError(t, b.Metadata.Delete(b.ctx, definition.ID, 0))
	require.Zero(t, b.secrets(), "without the attribute nothing can name them")
	require.Empty(t, b.tablesWith(planted))
}

func TestMappingsAndScriptsGetNoSecrets(t *testing.T) {
	t.Parallel()
	var seen []map[string]any
	b := setup(t, func(d *platform.Deps) {
		d.Scripts = names(func(source string, bindings map[string]any) (any, error) {
			seen = append(seen, bindings)
			if source == "validate" {
				return fmt.Sprintf("Not %v again.", bindings["value"]), nil
			}
			return source == "accept", nil
		})
	})
	b.attribute("user", "pin", metadata.Password, metadata.Options{})
	b.attribute("user", "site", metadata.String, metadata.Options{ValidationScript: "accept"})
	u := b.user("u1", func(u *identity.User) { u.Attributes = object.Attributes{"pin": planted, "site": "north"} })
	require.Len(t, seen, 1, "the script of the other attribute ran")
	rule, err := b.NamingRules.Create(b.ctx, account.NamingRule{Code: "r", Kind: account.NameScript, Script: "nobody"})
	require.NoError(t, err)
	s := b.system("dir")
	_, err = b.Names(b.ctx, rule.ID, &s, []uuid.UUID{u.ID})
	require.NoError(t, err)
	require.Len(t, seen, 2)
	subjects, err := b.Tenant.SyncTasks().Subjects(t.Context(), []uuid.UUID{u.ID})
	require.NoError(t, err)
	document := provision.UserDocument(&subjects[0], &account.Account{})
	require.Equal(t, map[string]any{"site": "north"}, document["attributes"], "the wanted state of a target is kept in the database")
	for _, bindings := range seen {
		text, err := json.Marshal(bindings)
		require.NoError(t, err)
		require.Contains(t, string(text), "north")
		require.NotContains(t, string(text), "pin")
	}

	definition, err := b.Metadata.Named(b.ctx, `user\pin`)
	require.NoError(t, err)
	definition.Options.ValidationScript = "validate"
	_, err = b.Metadata.Update(b.ctx, definition.ID, 0, definition)
	require.NoError(t, err)
	_, err = b.write(u, "pin", "another "+planted)
	refused(t, err, fault.Invalid, "Not ••• again.")
	require.Equal(t, "another "+planted, seen[len(seen)-1]["value"], "its own validation looks at the new value (guide page 039)")
	calls := len(seen)
	_, err = b.write(u, "pin", object.Mask)
	require.NoError(t, err)
	require.Len(t, seen, calls, "a value that stays is not opened for it")
}

func TestPasswordAttributeIsNoFilterOracle(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "pin", metadata.Password, metadata.Options{Required: true})
	b.user("u1", with("pin", planted))
	for _, l := range []query.List{{Filter: `attributes.pin sw "p"`}, {Filter: "attributes.pin pr"}, {Sort: "attributes.pin"}} {
		_, err := b.Users.List(b.ctx, l)
		refused(t, err, fault.Invalid, "attributes.pin")
	}
	_, err := b.try("u2", "pin", "")
	refused(t, err, fault.Invalid, "pin is required")
	fields, err := b.Attributes.For(b.ctx, "user")
	require.NoError(t, err)
	for _, f := range fields {
		if f.Name == "attributes.pin" {
			require.False(t, f.Filterable || f.Sortable || f.QuickSearch)
			require.True(t, f.Required && strings.EqualFold(string(f.Type), "password"))
		}
	}
}

func TestPasswordAttributesNeedAMasterKey(t *testing.T) {
	t.Parallel()
	b := setup(t, func(d *platform.Deps) { d.Secrets = nil })
	b.attribute("user", "pin", metadata.Password, metadata.Options{})
	_, err := b.try("u1", "pin", planted)
	refused(t, err, fault.Invalid, "attributes.pin", "no master key")
}
