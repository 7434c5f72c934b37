package filter_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/filter"
)

type sampleStatus string

type sampleID [2]byte

func (id sampleID) String() string { return "id-" + string(id[:]) }

func sampleObject() filter.Object {
	created := time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC)
	var nobody *sampleID
	return filter.Object{
		"userName": "JSample", "title": nil, "nickName": "", "active": true, "logins": 42, "ratio": 1.5,
		"big": json.Number("12345678901234567891"), "numberText": "0010", "createdAt": created, "seenAt": &created,
		"status": sampleStatus("onLeave"), "id": sampleID{'a', 'b'}, "manager": nobody,
		"hired": "2026-01-31T09:00:00+01:00",
		"name":  map[string]any{"givenName": "Jane", "familyName": "Sample"},
		"emails": []any{
			map[string]any{"type": "work", "value": "jane@example.com", "primary": true},
			map[string]any{"type": "home", "value": "jane@example.org"},
		},
		"tags": []string{"red", "Blue"}, "none": []any{}, "attributes": map[string]string{"color": "green"},
		"groups":                  []map[string]any{{"name": "sales", "size": 3}, {"name": "admins", "size": nil}},
		"urn:example:Extra:badge": "b1",
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`userName eq "jsample"`:       true,
		`USERNAME eq "JSAMPLE"`:       true,
		`userName ne "jsample"`:       false,
		`userName co "SAM"`:           true,
		`userName sw "js"`:            true,
		`userName ew "ple"`:           true,
		`userName ew "js"`:            false,
		`userName gt "a"`:             true,
		`userName lt "a"`:             false,
		`userName ge "jsample"`:       true,
		`userName le "JSAMPLE"`:       true,
		`userName eq 5`:               false,
		`userName gt 5`:               true,
		`title eq null`:               true,
		`title ne null`:               false,
		`title ne "x"`:                true,
		`title eq "x"`:                false,
		`title gt "a"`:                false,
		`title co ""`:                 false,
		`title pr`:                    false,
		`missing ne "x"`:              true,
		`missing.deeper eq null`:      true,
		`nickName pr`:                 false,
		`nickName ne null`:            true,
		`nickName eq ""`:              true,
		`none pr`:                     false,
		`none eq null`:                true,
		`none ne "x"`:                 true,
		`manager pr`:                  false,
		`userName pr`:                 true,
		`active eq true`:              true,
		`active eq "TRUE"`:            true,
		`active ne false`:             true,
		`active eq 1`:                 false,
		`active pr`:                   true,
		`logins eq 42`:                true,
		`logins eq 42.0`:              true,
		`logins eq "42"`:              true,
		`logins gt 9`:                 true,
		`logins le 41`:                false,
		`logins co "4"`:               true,
		`logins eq "many"`:            false,
		`logins ne "many"`:            true,
		`logins gt "many"`:            false,
		`ratio eq 1.50`:               true,
		`big gt 12345678901234567890`: true,
		`numberText eq "10"`:          false,
		`createdAt eq "2026-01-31T09:00:00+01:00"`:   true,
		`createdAt gt "2026-01-31"`:                  true,
		`createdAt ge "2026-01-31T08:00:00.001Z"`:    false,
		`seenAt lt "2026-02-01"`:                     true,
		`createdAt gt "soon"`:                        false,
		`hired eq "2026-01-31T08:00:00Z"`:            true,
		`hired sw "2026-01-31T09"`:                   true,
		`status eq "onleave"`:                        true,
		`id eq "id-ab"`:                              true,
		`name.givenName eq "jane"`:                   true,
		`name.GIVENNAME sw "J"`:                      true,
		`name pr`:                                    true,
		`name.givenName.x pr`:                        false,
		`emails eq "jane@example.org"`:               true,
		`emails.value ew ".net"`:                     false,
		`emails.type ne "work"`:                      true,
		`emails.primary eq null`:                     true,
		`emails[type eq "work" and value ew ".com"]`: true,
		`emails[type eq "work" and value ew ".org"]`: false,
		`emails[type eq "home"].value ew ".org"`:     true,
		`emails[not (primary pr)]`:                   true,
		`userName[value pr]`:                         false,
		`none[value pr]`:                             false,
		`tags eq "blue"`:                             true,
		`tags ne "blue"`:                             true,
		`tags eq "green"`:                            false,
		`attributes.color eq "GREEN"`:                true,
		`groups.name eq "sales"`:                     true,
		`groups.size ne 3`:                           true,
		`groups.size gt 2`:                           true,
		`not (groups.name eq "sales")`:               false,
		`not (title gt "a")`:                         true,
		`urn:example:Extra:badge eq "b1"`:            true,
		`urn:example:User:userName eq "jsample"`:     true,
		`active eq true and logins gt 100`:           false,
		`active eq true or logins gt 100`:            true,
		`active eq false or logins gt 100`:           false,
		`active eq true and logins gt 40`:            true,
	} {
		got, err := filter.Match(filter.MustParse(text), sampleObject())
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	got, err := filter.Match(nil, filter.Object{})
	require.NoError(t, err)
	require.True(t, got)
}

// Objects of the domain hold pointers, named types and keys with dots; they compare like their plain values.
func TestMatchGoValues(t *testing.T) {
	t.Parallel()
	name, on, count := "Jane", true, int32(7)
	var nothing *string
	type flag bool
	object := filter.Object{
		"name": &name, "on": &on, "flag": flag(true), "count": &count, "nothing": nothing, "small": uint8(9), "ratio": float32(0.5),
		"attributes": map[string]any{"cost.center": "C1", "list": []*string{&name, nil}},
		"deep":       []any{[]any{map[string]any{"x": 1}}, map[string]any{"x": 2}},
	}
	for text, want := range map[string]bool{
		`name eq "jane"`:                 true,
		`on eq true`:                     true,
		`flag eq true`:                   true,
		`count eq 7`:                     true,
		`count lt 6.5`:                   false,
		`nothing eq null`:                true,
		`nothing pr`:                     false,
		`small ge 9`:                     true,
		`ratio eq 0.5`:                   true,
		`attributes.cost.center eq "c1"`: true,
		`attributes.list eq "JANE"`:      true,
		`attributes.list eq null`:        true,
		`attributes.list.x eq null`:      true,
		`deep.x eq 2`:                    true,
		`deep[x eq 1]`:                   true,
		`deep[x eq 3]`:                   false,
		`deep[deep[x eq 1]]`:             false,
	} {
		got, err := filter.Match(filter.MustParse(text), object)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestMatchIncomparable(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`active gt true`, `active co false`, `userName lt null`, `not (active gt true)`, `userName pr and active le true`,
		`emails[primary gt true]`,
	} {
		got, err := filter.Match(filter.MustParse(text), sampleObject())
		require.ErrorIs(t, err, filter.ErrIncomparable, text)
		require.False(t, got, text)
	}
}

func TestMatchWithSchema(t *testing.T) {
	t.Parallel()
	object := userSchema.Resolver(map[string]any{
		"userName": "Jane", "externalId": "Ab", "logins": "7", "active": "TRUE", "createdAt": "2026-01-31",
		"attributes": map[string]any{
			"code": "Xy", "floor": "ground", "since": "2026-02-30", "keys": []any{"K"}, "tags": []any{"Red"},
			"remote": "perhaps", "color": "2026-01-31T08:00:00Z",
		},
		"groups": []any{map[string]any{"name": "Sales", "size": 12}},
	})
	for text, want := range map[string]bool{
		`userName eq "jane"`:                              true,
		`externalId eq "ab"`:                              false,
		`externalId eq "Ab"`:                              true,
		`externalId sw "a"`:                               false,
		`logins gt 6`:                                     true,
		`logins lt 10`:                                    true,
		`active eq true`:                                  true,
		`createdAt lt "2026-02-01"`:                       true,
		`attributes.code eq "xy"`:                         false,
		`attributes.keys eq "k"`:                          false,
		`attributes.keys eq "K"`:                          true,
		`attributes.tags eq "red"`:                        true,
		`attributes.floor eq null`:                        true,
		`attributes.floor gt 1`:                           false,
		`attributes.since ne "2026-01-01"`:                true,
		`attributes.since gt "2026-01-01"`:                false,
		`attributes.remote eq null`:                       true,
		`attributes.color eq "2026-01-31T09:00:00+01:00"`: false,
		`groups eq "sales"`:                               true,
		`groups[name eq "sales" and size gt 9]`:           true,
		`groups[size gt 19]`:                              false,
	} {
		got, err := filter.Match(filter.MustParse(text), object)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestValuesPrint(t *testing.T) {
	t.Parallel()
	require.Equal(t, `"x"`, filter.Text("x").String())
	require.Equal(t, `-3`, filter.Number(-3).String())
	require.Equal(t, `true`, filter.Bool(true).String())
	require.Equal(t, `null`, filter.Null().String())
}
