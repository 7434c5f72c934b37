package ldap_test

import (
	"fmt"
	"maps"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"
	"github.com/stretchr/testify/require"

	"provost/internal/connector"
	"provost/internal/connector/connectortest"
	"provost/internal/connector/ldap"
)

func openDirectory(t *testing.T, d directory, more map[string]string) *ldap.Directory {
	t.Helper()
	parameters := map[string]string{}
	maps.Copy(parameters, d.parameters)
	maps.Copy(parameters, more)
	c, err := connector.Open(t.Context(), ldap.Kind(), connector.Config{Parameters: parameters})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c.(*ldap.Directory)
}

func anna() connector.Attributes {
	return connector.Attributes{"uid": "anna", "cn": "Sample Anna", "sn": "Anna"}
}

// entry reads an entry as the directory holds it.
func entry(t *testing.T, d directory, dn string) *goldap.Entry {
	t.Helper()
	result, err := d.bind(t).Search(goldap.NewSearchRequest(dn, goldap.ScopeBaseObject, goldap.NeverDerefAliases, 0, 0, false,
		"(objectClass=*)", []string{"*", "modifyTimestamp", "entryCSN"}, nil))
	require.NoError(t, err)
	return result.Entries[0]
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	for name, test := range map[string]func(*testing.T, directory){
		"missing parent":            missingParent,
		"names outside the tree":    outsideTheTree,
		"moves":                     moves,
		"rename switched off":       renameOff,
		"names beside the name":     namesBesideTheName,
		"unmapped values stay":      unmappedStay,
		"nothing to do, no write":   noWrite,
		"object classes are added":  classesAdded,
		"placeholder":               placeholder,
		"group without placeholder": lastMember,
		"binary values":             binaryValues,
		"tokens":                    tokens,
		"password hashes":           passwordHashes,
		"ambiguous names":           ambiguous,
		"entries below":             entriesBelow,
		"keys by DN":                keysByDN,
		"members compare as DNs":    membersCompare,
		"broken listing":            brokenListing,
		"encryption":                encryption,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, d)
		})
	}
}

func missingParent(t *testing.T, d directory) {
	t.Helper()
	c := openDirectory(t, d, nil)
	unit := d.unit(t)
	attributes := anna()
	attributes["baseDN"] = "ou=nowhere," + unit
	_, err := c.Create(t.Context(), person(unit), attributes)
	require.Equal(t, connector.ClassData, connector.ClassOf(err))
	require.ErrorContains(t, err, fmt.Sprintf("the parent %q does not exist", "ou=nowhere,"+unit))
	require.NotErrorIs(t, err, connector.ErrNotFound, "it is the parent that is missing")
	delete(attributes, "baseDN")
	created, err := c.Create(t.Context(), person(unit), attributes)
	require.NoError(t, err)
	_, err = c.Update(t.Context(), person(unit), created, connector.Attributes{"baseDN": "ou=nowhere," + unit})
	require.ErrorContains(t, err, "the parent")
	require.NotErrorIs(t, err, connector.ErrNotFound)
}

func outsideTheTree(t *testing.T, d directory) {
	t.Helper()
	c := openDirectory(t, d, map[string]string{"baseDN": d.unit(t)})
	outside := d.unit(t)
	class := connector.Class{Name: "inetOrgPerson", Properties: map[string]string{"key": "uid"}}
	attributes := anna()
	attributes["dn"] = "uid=anna," + outside
	_, err := c.Create(t.Context(), class, attributes)
	require.Equal(t, connector.ClassPolicy, connector.ClassOf(err))
	attributes["dn"] = "not a name"
	_, err = c.Create(t.Context(), class, attributes)
	require.Equal(t, connector.ClassData, connector.ClassOf(err))
	require.Equal(t, connector.ClassPolicy, connector.ClassOf(openDirectory(t, d, map[string]string{"baseDN": "ou=none," + d.Suffix}).List(
		t.Context(), class, connector.ListOptions{}, func(connector.Page) error { return nil })))
	_, err = c.Get(t.Context(), class, connector.Key{Name: d.AdminDN})
	require.ErrorIs(t, err, connector.ErrNotFound, "an entry outside the tree is not seen")
}

func moves(t *testing.T, d directory) {
	t.Helper()
	c := openDirectory(t, d, nil)
	from, to := d.unit(t), d.unit(t)
	class := person(d.Suffix)
	attributes := anna()
	attributes["uid"], attributes["baseDN"] = "mover", from
	created, err := c.Create(t.Context(), class, attributes)
	require.NoError(t, err)
	moved, err := c.Update(t.Context(), class, created, connector.Attributes{"baseDN": to, "description": "moved"})
	require.NoError(t, err)
	require.Equal(t, created.ID, moved.ID)
	require.Equal(t, "uid=mover,"+to, moved.Key)
	require.Equal(t, "moved", moved.Attributes["description"])
	back, err := c.Update(t.Context(), class, created, connector.Attributes{"dn": "cn=Sample Anna," + from})
	require.NoError(t, err, "the old DN does not matter, the id does; the naming attribute may change")
	require.Equal(t, "cn=Sample Anna,"+from, back.Key)
	require.Equal(t, created.ID, back.ID)
}

func renameOff(t *testing.T, d directory) {
	t.Helper()
	c := openDirectory(t, d, nil)
	class := person(d.unit(t))
	class.Properties["rename"] = "false"
	created, err := c.Create(t.Context(), class, anna())
	require.NoError(t, err)
	updated, err := c.Update(t.Context(), class, created, connector.Attributes{"uid": "maria", "dn": "uid=maria," + d.Suffix, "sn": "Maria"})
	require.NoError(t, err)
	require.Equal(t, created.Key, updated.Key)
	require.Equal(t, "Maria", updated.Attributes["sn"])
}

func namesBesideTheName(t *testing.T, d directory) {
	t.Helper()
	c := openDirectory(t, d, nil)
	class := person(d.unit(t))
	created, err := c.Create(t.Context(), class, anna())
	require.NoError(t, err)
	for _, uids := range [][]any{{"anna", "alias"}, {"alias2", "anna"}, {"anna"}, {"anna", "a", "b"}} {
		updated, err := c.Update(t.Context(), class, created, connector.Attributes{"uid": uids})
		require.NoError(t, err)
		require.Equal(t, created.Key, updated.Key)
		require.ElementsMatch(t, uids, connector.Values(updated.Attributes["uid"]))
	}
	renamed, err := c.Update(t.Context(), class, created, connector.Attributes{"uid": []any{"b", "c"}})
	require.NoError(t, err)
	require.Equal(t, "uid=b,"+class.Properties["searchBase"], renamed.Key)
	require.ElementsMatch(t, []any{"b", "c"}, renamed.Attributes["uid"])
}

func unmappedStay(t *testing.T, d directory) {
	t.Helper()
	c := openDirectory(t, d, nil)
	class := person(d.unit(t))
	created, err := c.Create(t.Context(), class, anna())
	require.NoError(t, err)
	request := goldap.NewModifyRequest(created.Key, nil)
	request.Add("telephoneNumber", []string{"123"})
	request.Add("mail", []string{"other@example.com", "anna@example.com"})
	require.NoError(t, d.bind(t).Modify(request))
	// The caller has not seen the values that came meanwhile.
	updated, err := c.Update(t.Context(), class, created, connector.Attributes{"mail": []any{"new@example.com", "anna@example.com"}, "title": nil})
	require.NoError(t, err)
	require.ElementsMatch(t, []any{"new@example.com", "anna@example.com"}, updated.Attributes["mail"])
	require.Equal(t, "123", entry(t, d, created.Key).GetAttributeValue("telephoneNumber"))
}

func noWrite(t *testing.T, d directory) {
	t.Helper()
	c := openDirectory(t, d, nil)
	class := person(d.unit(t))
	created, err := c.Create(t.Context(), class, anna())
	require.NoError(t, err)
	before := entry(t, d, created.Key).GetAttributeValue("entryCSN")
	_, err = c.Update(t.Context(), class, created, anna())
	require.NoError(t, err)
	require.Equal(t, before, entry(t, d, created.Key).GetAttributeValue("entryCSN"))
}

func classesAdded(t *testing.T, d directory) {
	t.Helper()
	c := openDirectory(t, d, nil)
	class := person(d.unit(t))
	created, err := c.Create(t.Context(), class, anna())
	require.NoError(t, err)
	class.Properties["objectClass"] = "inetOrgPerson, posixAccount"
	updated, err := c.Update(t.Context(), class, created, connector.Attributes{
		"uidNumber": 1000, "gidNumber": "100", "homeDirectory": "/home/anna",
	})
	require.NoError(t, err)
	require.Equal(t, created.ID, updated.ID)
	require.ElementsMatch(t, []string{"inetOrgPerson", "posixAccount"}, entry(t, d, created.Key).GetAttributeValues("objectClass"))
	_, err = c.Update(t.Context(), class, created, connector.Attributes{"objectClass": []any{"inetorgperson", "shadowAccount"}})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"inetOrgPerson", "posixAccount", "shadowAccount"},
		entry(t, d, created.Key).GetAttributeValues("objectClass"), "classes are never removed")
	_, err = c.Update(t.Context(), class, created, connector.Attributes{"cn": ""})
	require.Equal(t, connector.ClassData, connector.ClassOf(err))
	require.ErrorContains(t, err, "changing cn of")
}

func group(unit string, more map[string]string) connector.Class {
	properties := map[string]string{"key": "cn", "searchBase": unit}
	maps.Copy(properties, more)
	return connector.Class{Name: "groupOfNames", Attributes: []string{"cn", "member"}, Properties: properties}
}

func placeholder(t *testing.T, d directory) {
	t.Helper()
	c := openDirectory(t, d, nil)
	class := group(d.unit(t), map[string]string{"placeholderMember": "cn=nobody," + d.Suffix})
	created, err := c.Create(t.Context(), class, connector.Attributes{"cn": "staff"})
	require.NoError(t, err)
	require.NotContains(t, created.Attributes, "member")
	require.Equal(t, []string{"cn=nobody," + d.Suffix}, entry(t, d, created.Key).GetAttributeValues("member"))
	_, err = c.Update(t.Context(), class, created, connector.Attributes{"member": "uid=a," + d.Suffix})
	require.NoError(t, err)
	require.Equal(t, []string{"uid=a," + d.Suffix}, entry(t, d, created.Key).GetAttributeValues("member"))
}

func lastMember(t *testing.T, d directory) {
	t.Helper()
	c := openDirectory(t, d, nil)
	class := group(d.unit(t), nil)
	_, err := c.Create(t.Context(), class, connector.Attributes{"cn": "staff"})
	require.Equal(t, connector.ClassData, connector.ClassOf(err))
	require.ErrorContains(t, err, "object classes")
}

func binaryValues(t *testing.T, d directory) {
	t.Helper()
	c := openDirectory(t, d, nil)
	class := person(d.unit(t))
	class.Attributes = append(class.Attributes, "jpegPhoto")
	photo := []byte{0xff, 0xd8, 0, 1, '\n', 0xff}
	attributes := anna()
	attributes["jpegPhoto"] = photo
	created, err := c.Create(t.Context(), class, attributes)
	require.NoError(t, err)
	require.Equal(t, photo, created.Attributes["jpegPhoto"])
	updated, err := c.Update(t.Context(), class, created, connector.Attributes{"jpegPhoto": []any{[]byte{1, 2}, []byte{3}}})
	require.NoError(t, err)
	require.Len(t, updated.Attributes["jpegPhoto"], 2)
	updated, err = c.Update(t.Context(), class, created, connector.Attributes{"jpegPhoto": nil})
	require.NoError(t, err)
	require.NotContains(t, updated.Attributes, "jpegPhoto")
}

func tokens(t *testing.T, d directory) {
	t.Helper()
	c := openDirectory(t, d, nil)
	class := person(d.unit(t))
	class.Properties["modifyTimestamp"] = "modifyTimestamp"
	_, err := c.Create(t.Context(), class, anna())
	require.NoError(t, err)
	list := func(token string) (keys []string, next string, err error) {
		err = c.List(t.Context(), class, connector.ListOptions{Token: token}, func(page connector.Page) error {
			for _, o := range page.Objects {
				keys = append(keys, o.Key)
			}
			next = page.Token
			return nil
		})
		return keys, next, err
	}
	keys, token, err := list("")
	require.NoError(t, err)
	require.Len(t, keys, 1)
	require.NotEmpty(t, token)
	keys, same, err := list(token)
	require.NoError(t, err)
	require.Len(t, keys, 1, "changes of the token's own second are repeated")
	require.Equal(t, token, same)
	keys, _, err = list("20991231235959Z")
	require.NoError(t, err)
	require.Empty(t, keys)
	_, _, err = list("yesterday")
	require.Equal(t, connector.ClassData, connector.ClassOf(err))
	delete(class.Properties, "modifyTimestamp")
	_, _, err = list(token)
	require.Equal(t, connector.ClassData, connector.ClassOf(err))
}

func passwordHashes(t *testing.T, d directory) {
	t.Helper()
	unit := d.unit(t)
	for i, hash := range []string{"server", "ssha", "plain"} {
		c := openDirectory(t, d, map[string]string{"passwordHash": hash})
		attributes := anna()
		attributes["uid"] = fmt.Sprintf("anna%d", i)
		created, err := c.Create(t.Context(), person(unit), attributes)
		require.NoError(t, err)
		require.NoError(t, c.SetPassword(t.Context(), person(unit), created.Ref(), connector.NewPassword("Sample-1")))
		valid, err := c.ValidatePassword(t.Context(), person(unit), created.Ref(), "Sample-1")
		require.NoError(t, err)
		require.True(t, valid, hash)
		class := person(unit)
		class.Attributes = nil
		found, err := c.Get(t.Context(), class, created.Ref())
		require.NoError(t, err)
		require.NotContains(t, found.Attributes, "userPassword", "passwords are read only if the mapping says so")
	}
}

func ambiguous(t *testing.T, d directory) {
	t.Helper()
	c := openDirectory(t, d, nil)
	class := person(d.unit(t))
	for _, cn := range []string{"one", "two"} {
		_, err := c.Create(t.Context(), class, connector.Attributes{"uid": "twin", "cn": cn, "sn": "x", "dn": "cn=" + cn + "," + class.Properties["searchBase"]})
		require.NoError(t, err)
	}
	_, err := c.Get(t.Context(), class, connector.Key{Name: "twin"})
	require.Equal(t, connector.ClassData, connector.ClassOf(err))
	require.ErrorContains(t, err, "several entries")
}

func entriesBelow(t *testing.T, d directory) {
	t.Helper()
	c := openDirectory(t, d, nil)
	unit := d.unit(t)
	_, err := c.Create(t.Context(), person(unit), anna())
	require.NoError(t, err)
	class := connector.Class{Name: "organizationalUnit", Properties: map[string]string{"key": "ou"}}
	err = c.Delete(t.Context(), class, connector.Key{Name: unit})
	require.Equal(t, connector.ClassPolicy, connector.ClassOf(err))
	require.ErrorContains(t, err, "entries below it")
}

func keysByDN(t *testing.T, d directory) {
	t.Helper()
	c := openDirectory(t, d, nil)
	unit := d.unit(t)
	created, err := c.Create(t.Context(), person(unit), anna())
	require.NoError(t, err)
	found, err := c.Get(t.Context(), person(unit), connector.Key{Name: "UID=ANNA, " + unit})
	require.NoError(t, err)
	require.Equal(t, created.ID, found.ID)
	require.Equal(t, created.Key, found.Attributes["dn"])
	_, err = c.Get(t.Context(), person(unit), connector.Key{Name: "uid=bert," + unit})
	require.ErrorIs(t, err, connector.ErrNotFound)
	_, err = c.Get(t.Context(), person(unit), connector.Key{ID: "00000000-0000-4000-8000-000000000000", Name: "anna"})
	require.ErrorIs(t, err, connector.ErrNotFound, "the id wins")
}

func membersCompare(t *testing.T, d directory) {
	t.Helper()
	c := openDirectory(t, d, nil)
	class := group(d.unit(t), nil)
	created, err := c.Create(t.Context(), class, connector.Attributes{"cn": "staff", "member": []any{"uid=a," + d.Suffix, "uid=b," + d.Suffix}})
	require.NoError(t, err)
	respelt := connector.Attributes{"member": []any{"UID=B, " + d.Suffix, "uid=A," + d.Suffix}}
	require.Len(t, connector.Diff(created, respelt), 1)
	require.Empty(t, connector.DiffFor(c, class, created, respelt))
	before := entry(t, d, created.Key).GetAttributeValue("entryCSN")
	_, err = c.Update(t.Context(), class, created, respelt)
	require.NoError(t, err)
	require.Equal(t, before, entry(t, d, created.Key).GetAttributeValue("entryCSN"))
}

func brokenListing(t *testing.T, d directory) {
	t.Helper()
	proxy := connectortest.NewProxy(t, d.address)
	host, port := proxy.Address()
	c := openDirectory(t, d, map[string]string{"host": host, "port": port, "pageSize": "2"})
	class := person(d.unit(t))
	for i := range 6 {
		attributes := anna()
		attributes["uid"] = fmt.Sprintf("anna%d", i)
		_, err := c.Create(t.Context(), class, attributes)
		require.NoError(t, err)
	}
	seen := 0
	err := c.List(t.Context(), class, connector.ListOptions{}, func(page connector.Page) error {
		seen += len(page.Objects)
		proxy.Cut()
		return nil
	})
	require.Equal(t, connector.ClassUnavailable, connector.ClassOf(err), "%v", err)
	require.Equal(t, 2, seen)
}

func encryption(t *testing.T, d directory) {
	t.Helper()
	for _, ssl := range []string{"ldaps", "starttls"} {
		c := openDirectory(t, d, map[string]string{"ssl": ssl})
		err := c.Test(t.Context())
		require.Error(t, err, "this server has no certificate; it must not be spoken to in clear")
		require.NotContains(t, err.Error(), d.AdminPassword)
	}
	_, err := connector.Open(t.Context(), ldap.Kind(), connector.Config{Parameters: map[string]string{
		"host": "h", "bindDN": "cn=a", "password": "x", "baseDN": "dc=example", "caCertificate": "nonsense",
	}})
	require.Equal(t, connector.ClassPolicy, connector.ClassOf(err))
	_, err = connector.Open(t.Context(), ldap.Kind(), connector.Config{Parameters: map[string]string{
		"host": "h", "bindDN": "cn=a", "password": "x", "baseDN": "example",
	}})
	require.ErrorContains(t, err, "baseDN")
}
