package authz_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/query"
)

// What a list, a count, a stream and a look at one object show to somebody with limits is the same, and is what the rule of limits says:
// on random organisations, with random limits.
func TestListsCountsAndObjectsAgreeOnRandomOrganisations(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 42))
			o := found(t)
			o.random(r)
			groups, systems := keysOf(o, "group"), keysOf(o, "informationSystem")
			for round := range 4 {
				byGroup, bySystem := []uuid.UUID{pick(r, groups)}, []uuid.UUID{pick(r, systems), pick(r, systems)}
				bySystem = slices.Compact(bySystem)
				if round == 3 {
					byGroup = append(byGroup, identity.World)
				}
				var permissions []authz.Permission
				for _, k := range o.kinds() {
					permissions = append(permissions, k.query)
				}
				slices.Sort(permissions)
				ctx := o.clerk(fmt.Sprint(round), byGroup, bySystem, slices.Compact(permissions)...)
				for _, k := range o.kinds() {
					o.agrees(t, k, ctxOf{ctx, limited(k, authz.ScopeGroup, byGroup), limited(k, authz.ScopeInformationSystem, bySystem)})
				}
			}
		})
	}
}

// limited gives the limits that mean something for a kind; the others give nothing.
func limited(k kind, by authz.ScopeKind, ids []uuid.UUID) []uuid.UUID {
	if slices.Contains(k.limits, by) {
		return ids
	}
	return nil
}

func (o *organisation) agrees(t *testing.T, k kind, who ctxOf) {
	t.Helper()
	ids, total, err := k.list(who.ctx, query.List{Size: 1000})
	require.NoError(t, err, k.name)
	require.Len(t, ids, total, "%s: what is counted is what is listed", k.name)
	streamed, err := k.each(who.ctx)
	require.NoError(t, err)
	require.ElementsMatch(t, ids, streamed, "%s: what is exported is what is listed", k.name)
	want := []uuid.UUID{}
	for id, in := range o.belongs[k.name] {
		if o.reaches(in, who.groups, who.systems) {
			want = append(want, id)
		}
	}
	require.ElementsMatch(t, want, o.known(k.name, ids), "%s within groups %v and systems %v", k.name, who.groups, who.systems)
	for id := range o.belongs[k.name] {
		err := k.get(who.ctx, id)
		if slices.Contains(ids, id) {
			require.NoError(t, err, "%s is listed", k.name)
			continue
		}
		require.Equal(t, fault.NotFound, fault.CodeOf(err), "%s is not listed: %v", k.name, err)
		found, count, err := k.list(who.ctx, query.List{Filter: fmt.Sprintf("id eq %q", id)})
		require.NoError(t, err)
		require.Empty(t, found, "a filter must not tell what a list does not")
		require.Zero(t, count)
	}
}

func keysOf(o *organisation, kind string) []uuid.UUID {
	out := []uuid.UUID{}
	for id := range o.belongs[kind] {
		out = append(out, id)
	}
	slices.SortFunc(out, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return out
}

// Each row is one sentence about who sees what through one grant.
func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	o := found(t)
	north := o.group("north", identity.World)
	coast := o.group("coast", north)
	south := o.group("south", identity.World)
	shop := o.application("shop", nil)
	till := o.application("till", &shop)
	bank := o.application("bank", nil)
	system := o.systemOf("Sample")
	people := map[string]uuid.UUID{
		"of north": o.user("nina", north), "of the coast": o.user("carl", coast), "of the south": o.user("sara", south),
		"of the south and the coast": o.user("sven", south, coast),
	}
	accounts, grants := map[string]uuid.UUID{}, map[string]uuid.UUID{}
	roles := map[string]uuid.UUID{"of shop": o.role("seller", system, shop), "of till": o.role("cashier", system, till), "of bank": o.role("clerk", system, bank)}
	for name, id := range people {
		accounts[name] = o.account("account "+name, system, &id)
	}
	accounts["nobody's"] = o.account("shared", system, nil)
	grants["nina sells"] = o.grant(accounts["of north"], roles["of shop"])
	grants["sara banks"] = o.grant(accounts["of the south"], roles["of bank"])
	grants["the shared one cashes"] = o.grant(accounts["nobody's"], roles["of till"])

	for _, test := range []struct {
		kind            string
		permission      authz.Permission
		groups, systems []uuid.UUID
		of              map[string]uuid.UUID
		sees            []string
	}{
		{"user", authz.UserQuery, []uuid.UUID{north}, nil, people, []string{"of north", "of the coast", "of the south and the coast"}},
		{"user", authz.UserQuery, []uuid.UUID{coast}, nil, people, []string{"of the coast", "of the south and the coast"}},
		{"user", authz.UserQuery, []uuid.UUID{south, coast}, nil, people, []string{"of the coast", "of the south", "of the south and the coast"}},
		{"user", authz.UserUpdate, []uuid.UUID{coast}, nil, people, []string{"of the coast", "of the south and the coast"}},
		{"user", authz.UserQuery, nil, []uuid.UUID{shop}, people, nil},
		{"account", authz.AccountQuery, []uuid.UUID{north}, nil, accounts, []string{"of north", "of the coast", "of the south and the coast"}},
		{"account", authz.AccountQuery, nil, nil, accounts, []string{"nobody's", "of north", "of the coast", "of the south", "of the south and the coast"}},
		{"role", authz.RoleQuery, nil, []uuid.UUID{shop}, roles, []string{"of shop", "of till"}},
		{"role", authz.RoleQuery, nil, []uuid.UUID{till}, roles, []string{"of till"}},
		{"role", authz.RoleQuery, []uuid.UUID{north}, nil, roles, nil},
		{"grant", authz.GrantQuery, []uuid.UUID{north}, nil, grants, []string{"nina sells"}},
		{"grant", authz.GrantQuery, nil, []uuid.UUID{shop}, grants, []string{"nina sells", "the shared one cashes"}},
		{"grant", authz.GrantQuery, []uuid.UUID{south}, []uuid.UUID{till}, grants, []string{"sara banks", "the shared one cashes"}},
		{"group", authz.GroupQuery, []uuid.UUID{north}, nil, map[string]uuid.UUID{"north": north, "coast": coast, "south": south}, []string{"coast", "north"}},
		{"informationSystem", authz.InformationSystemQuery, nil, []uuid.UUID{shop}, map[string]uuid.UUID{"shop": shop, "till": till, "bank": bank}, []string{"shop", "till"}},
	} {
		name := fmt.Sprintf("%s %d %d %d", test.permission, len(test.groups), len(test.systems), len(test.sees))
		ctx := o.clerk(fmt.Sprint(name, uuid.New()), test.groups, test.systems, test.permission)
		var seen []string
		for _, k := range o.kinds() {
			if k.name != test.kind {
				continue
			}
			for what, id := range test.of {
				err := k.get(ctx, id)
				if err == nil {
					seen = append(seen, what)
				} else if len(test.sees) == 0 {
					require.ErrorIs(t, err, authz.ErrDenied, "%s: a limit without meaning gives nothing at all", name)
				}
			}
		}
		slices.Sort(seen)
		require.Equal(t, test.sees, seen, name)
	}
}

// The tree moves under a limit: who is moved away is out of reach at once, and who is moved below is reached.
func TestLimitsFollowTheTree(t *testing.T) {
	t.Parallel()
	o := found(t)
	north, south := o.group("north", identity.World), o.group("south", identity.World)
	coast := o.group("coast", north)
	carl := o.user("carl", coast)
	clerk := o.user("the clerk", identity.World)
	role := o.authorised("CLERK", entitlement.GroupsScope, []authz.Permission{authz.UserQuery})
	o.limitTo(clerk, role, north)
	sees := func() bool {
		who, err := o.LoadPrincipal(t.Context(), clerk)
		require.NoError(t, err)
		_, err = o.Users.Get(authz.With(t.Context(), who), carl)
		return err == nil
	}
	require.True(t, sees())
	o.move(coast, south)
	require.False(t, sees(), "the coast is of the south now")
	o.move(coast, north)
	require.True(t, sees())
}

func TestWhoIsNotActiveMayNothing(t *testing.T) {
	t.Parallel()
	o := found(t)
	clerk := o.user("the clerk", identity.World)
	role := o.authorised("CLERK", uuid.UUID{}, []authz.Permission{authz.UserQuery})
	o.limitTo(clerk, role)
	may := func() bool {
		who, err := o.LoadPrincipal(t.Context(), clerk)
		require.NoError(t, err)
		return who.Allows(authz.UserQuery)
	}
	require.True(t, may())
	for _, change := range []struct{ away, back string }{
		{"update users set active = false where id = $1", "update users set active = true where id = $1"},
		{"update accounts set status = 'locked' where user_id = $1", "update accounts set status = 'enabled' where user_id = $1"},
		{"update accounts set status = 'forcedDisabled' where user_id = $1", "update accounts set status = 'forcedEnabled' where user_id = $1"},
	} {
		o.exec(change.away, clerk)
		require.False(t, may(), change.away)
		o.exec(change.back, clerk)
		require.True(t, may(), change.back)
	}
}

// SOFFID_ADMIN without a limit is everything (guide page 053); nothing else is.
func TestBuiltInRoleOfAdministrators(t *testing.T) {
	t.Parallel()
	o := found(t)
	admin, err := o.LoadPrincipal(t.Context(), identity.Administrator)
	require.NoError(t, err)
	require.Len(t, admin.Permissions(), len(authz.Catalogue()))
	for _, d := range authz.Catalogue() {
		require.True(t, admin.Scope(d.Permission).All, d.Permission)
	}
	for _, d := range authz.Catalogue() {
		ctx := o.clerk(string(d.Permission), nil, nil, d.Permission)
		who, _ := authz.From(ctx)
		want := append([]authz.Permission{d.Permission}, authz.Implied(d.Permission)...)
		require.ElementsMatch(t, want, who.Permissions(), "%s gives itself and what it implies, and nothing more", d.Permission)
		require.True(t, who.Scope(d.Permission).All)
	}
}
