package run

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/mapping"
)

// Links in every form the guide's objects list them (page 086).
func TestLinksOfListedObjects(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source string
		object Object
		links  []StagedLink
		lists  bool
	}{
		"names of groups": {
			Load,
			Object{Type: mapping.TypeUser, Key: "anna", Mapped: map[string]any{"secondaryGroups": []any{"a", " b ", ""}}},
			[]StagedLink{{Kind: "membership", Owner: "anna", Target: "a"}, {Kind: "membership", Owner: "anna", Target: "b"}},
			true,
		},
		"maps of groups": {
			Load,
			Object{Type: mapping.TypeUser, Key: "anna", Mapped: map[string]any{"secondaryGroups": []any{map[string]any{"name": "a"}, map[string]any{}}}},
			[]StagedLink{{Kind: "membership", Owner: "anna", Target: "a"}},
			true,
		},
		"one name":        {Load, Object{Type: mapping.TypeUser, Key: "anna", Mapped: map[string]any{"secondaryGroups": "a"}}, []StagedLink{{Kind: "membership", Owner: "anna", Target: "a"}}, true},
		"no group":        {Load, Object{Type: mapping.TypeUser, Key: "anna", Mapped: map[string]any{"secondaryGroups": nil}}, nil, true},
		"nothing mapped":  {Load, Object{Type: mapping.TypeUser, Key: "anna", Mapped: map[string]any{"firstName": "A"}}, nil, false},
		"not in this run": {Reconcile, Object{Type: mapping.TypeUser, Key: "anna", Mapped: map[string]any{"secondaryGroups": "a"}}, nil, false},
		"grants with a scope": {
			Reconcile,
			Object{Type: mapping.TypeAccount, Key: "anna", Mapped: map[string]any{
				"allGrantedRoles": []map[string]any{{"grantedRole": "pumps", "domainValue": "works"}},
			}},
			[]StagedLink{{Kind: "grant", Owner: "anna", Target: "pumps", Scope: "works", Effective: true}},
			true,
		},
		"holders by address": {
			Reconcile,
			Object{Type: mapping.TypeRole, Key: "pumps", Mapped: map[string]any{"grantedAccountNames": []string{"uid=anna, ou=people", `cn=B\, C,ou=x`}}},
			[]StagedLink{{Kind: "grant", Owner: "uid=anna,ou=people", Target: "pumps"}, {Kind: "grant", Owner: `cn=B\, C,ou=x`, Target: "pumps"}},
			true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			links, lists := linksOf(c.source, &c.object)
			require.Equal(t, c.links, links)
			require.Equal(t, c.lists, lists)
		})
	}
}

func TestRecordsThatAreLinks(t *testing.T) {
	t.Parallel()
	link, problem := linkOf(&Object{Seq: 4, Type: mapping.TypeGrant, Mapped: map[string]any{"ownerAccount": "anna", "grantedRole": "pumps", "domainValue": "works"}})
	require.Empty(t, problem)
	require.Equal(t, StagedLink{Seq: 4, Kind: "grant", Owner: "anna", Target: "pumps", Scope: "works"}, link)
	_, problem = linkOf(&Object{Type: mapping.TypeGrant, Mapped: map[string]any{"grantedRole": "pumps"}})
	require.Equal(t, "The record has no ownerAccount.", problem)
	_, problem = linkOf(&Object{Type: mapping.TypeGrantedGroup, Mapped: map[string]any{"userName": "anna"}})
	require.Equal(t, "The record has no groupName.", problem)
}

// Whatever a system lists, links come out with both ends named, and folding an address twice is folding it once.
func FuzzLinksOf(f *testing.F) {
	for _, seed := range []string{
		`{"grantedAccountNames": ["uid=a, ou=b", "x"]}`, `{"grantedAccounts": [{"accountName": "a"}, 7, null, {"name": {}}]}`,
		`{"allGrantedAccountNames": "a"}`, `{"grantedAccountNames": {"name": "a"}}`, `{"grantedAccountNames": [["a", ["b"]]]}`, `{}`,
		`{"grantedAccountNames": ["cn=a\\, b, ou=c", "cn=,", ", ="]}`,
	} {
		f.Add("pumps", seed)
	}
	f.Fuzz(func(t *testing.T, key, text string) {
		var mapped map[string]any
		if json.Unmarshal([]byte(text), &mapped) != nil {
			t.Skip("not an object")
		}
		links, lists := linksOf(Reconcile, &Object{Type: mapping.TypeRole, Key: key, Mapped: mapped})
		require.True(t, lists || len(links) == 0)
		for _, l := range links {
			require.Equal(t, key, l.Target)
			require.NotEmpty(t, strings.TrimSpace(l.Owner))
			require.Equal(t, l.Owner, fold(l.Owner))
		}
	})
}
