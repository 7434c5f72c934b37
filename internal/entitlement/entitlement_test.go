package entitlement

import (
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"provost/internal/fault"
	"provost/internal/object"
)

func TestCheckScope(t *testing.T) {
	t.Parallel()
	group, system, value, foreign := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	zones := &ScopeDomain{Meta: object.Meta{ID: uuid.New()}, Name: "zones", Kind: ScopeOfValues}
	values := map[uuid.UUID]*ScopeValue{value: {ScopeDomainID: zones.ID}, foreign: {ScopeDomainID: uuid.New()}}
	groups := &ScopeDomain{Name: "groups", Kind: ScopeOfGroups}
	systems := &ScopeDomain{Name: "systems", Kind: ScopeOfInformationSystems}
	cases := []struct {
		name   string
		domain *ScopeDomain
		scope  Scope
		err    string
	}{
		{"plain role", nil, Scope{}, ""},
		{"plain role with a value", nil, Scope{ScopeGroupID: &group}, "no scope"},
		{"group", groups, Scope{ScopeGroupID: &group}, ""},
		{"group missing", groups, Scope{}, "at least one value"},
		{"group of the wrong kind", groups, Scope{ScopeValueID: &value}, "one value of that kind"},
		{"two at once", groups, Scope{ScopeGroupID: &group, ScopeValueID: &value}, "one value of that kind"},
		{"information system", systems, Scope{ScopeInformationSystemID: &system}, ""},
		{"value", zones, Scope{ScopeValueID: &value}, ""},
		{"value of another domain", zones, Scope{ScopeValueID: &foreign}, "not one of zones"},
		{"value that does not exist", zones, Scope{ScopeValueID: &group}, "not one of zones"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := checkScope(&roleFact{Role: &Role{Name: "role"}, domain: c.domain}, c.scope, values, "scope")
			if c.err == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.err)
			require.Equal(t, fault.Invalid, fault.CodeOf(err))
		})
	}
}

// TestReachesEqualsAWalk compares the search for circles with random walks: what a walk arrives at is reached.
func TestReachesEqualsAWalk(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		roles := make([]uuid.UUID, 6)
		for i := range roles {
			roles[i] = uuid.New()
		}
		below := map[uuid.UUID][]uuid.UUID{}
		for range rapid.IntRange(0, 12).Draw(t, "edges") {
			from, to := rapid.IntRange(0, 5).Draw(t, "from"), rapid.IntRange(0, 5).Draw(t, "to")
			below[roles[from]] = append(below[roles[from]], roles[to])
		}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		start := roles[rapid.IntRange(0, 5).Draw(t, "start")]
		at := start
		for range 10 {
			next := below[at]
			if len(next) == 0 {
				break
			}
			at = next[random.IntN(len(next))]
			require.True(t, reaches(below, start, at))
		}
		require.False(t, reaches(below, start, uuid.New()), "the search ends, circles or not")
	})
}

func TestGrantKeysTellScopesApart(t *testing.T) {
	t.Parallel()
	id := uuid.New()
	seen := map[GrantKey]bool{}
	for _, g := range []Grant{
		{},
		{Scope: Scope{ScopeGroupID: &id}},
		{Scope: Scope{ScopeInformationSystemID: &id}},
		{Scope: Scope{ScopeValueID: &id}},
		{HolderGroupID: &id},
		{AccountID: id},
		{RoleID: id},
	} {
		key := KeyOfGrant(&g)
		require.False(t, seen[key])
		seen[key] = true
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	grant, role, group := Step{Kind: "grant", ID: uuid.New()}, Step{Kind: "role", Name: "parent@dir"}, Step{Kind: "group", Name: "team"}
	roles := Explain([]EffectiveRole{
		{Path: []Step{grant}}, {Path: []Step{grant}, GrantOrigin: OriginRule}, {Path: []Step{grant, role}}, {Path: []Step{group}}, {},
	})
	var sources []string
	for _, r := range roles {
		sources = append(sources, r.Source)
	}
	require.Equal(t, []string{
		"", "It is granted by a role assignment rule.", "It is contained in the role parent@dir.", "It is granted to the group team.", "",
	}, sources)
	require.True(t, roles[0].Revocable)
	require.Equal(t, grant.ID, *roles[2].GrantID)
	require.False(t, roles[2].Revocable || roles[4].Revocable)
}

func TestContentsAfterABatch(t *testing.T) {
	t.Parallel()
	x, y, z := uuid.New(), uuid.New(), uuid.New()
	before := map[uuid.UUID][]uuid.UUID{x: {y}}
	after := withEdits(before, []*object.Edit[Content]{
		{Before: &Content{RoleID: x, ContainedRoleID: y}},
		{After: &Content{RoleID: y, ContainedRoleID: z}},
		{After: &Content{RoleID: z, ContainedRoleID: x}, Err: fault.New(fault.Invalid, "rejected")},
	})
	require.Empty(t, after[x], "what is taken out counts no more")
	require.Equal(t, []uuid.UUID{z}, after[y])
	require.Empty(t, after[z], "rejected edits do not count")
	require.Equal(t, []uuid.UUID{y}, before[x], "what was read is left alone")
}
