package platform_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/object"
)

// world is a naive model of who holds what: maps and recursion instead of SQL.
type world struct {
	b        *bench
	random   *rand.Rand
	prefix   string
	groups   []*identity.Group
	users    []*identity.User
	roles    []*entitlement.Role
	members  map[[2]int]*identity.Membership   // user, group
	contents map[[2]int]*entitlement.Content   // role, contained
	granted  map[[2]int]*entitlement.GroupRole // group, role
	direct   map[[2]int]uuid.UUID              // user, role → grant
}

// expected is the effective roles of a user, by the words of domain.md.
func (w *world) expected(user int) []string {
	held := map[int]bool{}
	var take func(role int)
	take = func(role int) {
		if held[role] {
			return
		}
		held[role] = true
		for pair, c := range w.contents {
			if pair[0] == role && c.Mandatory {
				take(pair[1])
			}
		}
	}
	for pair := range w.direct {
		if pair[0] == user {
			take(pair[1])
		}
	}
	climb := func(group int) {
		for group >= 0 && !w.groups[group].Disabled {
			for pair, g := range w.granted {
				if pair[0] == group && g.Mandatory {
					take(pair[1])
				}
			}
			group = w.index(*w.groups[group].ParentID)
		}
	}
	climb(w.index(w.users[user].PrimaryGroupID))
	for pair := range w.members {
		if pair[0] == user {
			climb(pair[1])
		}
	}
	out := []string{}
	for role := range held {
		out = append(out, w.roles[role].Name)
	}
	slices.Sort(out)
	return out
}

// index finds a group; -1 is the world, in which nothing is granted here.
func (w *world) index(id uuid.UUID) int {
	return slices.IndexFunc(w.groups, func(g *identity.Group) bool { return g.ID == id })
}

func (w *world) actual(user int) []string {
	const sql = "select distinct r.name from effective_roles e join roles r on r.id = e.role_id where e.user_id = $1"
	out := append([]string{}, w.b.query(sql, w.users[user].ID)...)
	slices.Sort(out)
	return out
}

func (w *world) build() {
	b, ctx := w.b, w.b.ctx
	b.system(w.prefix)
	b.application(w.prefix)
	for i := range 6 {
		g := identity.Group{Name: fmt.Sprintf("%s-g%d", w.prefix, i)}
		if i > 0 && w.random.IntN(4) > 0 {
			g.ParentID = &w.groups[w.random.IntN(i)].ID
		}
		g, err := b.Groups.Create(ctx, g)
		require.NoError(b.t, err)
		w.groups = append(w.groups, &g)
	}
	for i := range 8 {
		r := b.role(fmt.Sprintf("%s-r%d", w.prefix, i), w.prefix, w.prefix)
		w.roles = append(w.roles, &r)
	}
	var edits []*object.Edit[identity.User]
	for i := range 5 {
		edits = append(edits, &object.Edit[identity.User]{After: &identity.User{
			UserName: fmt.Sprintf("%s-u%d", w.prefix, i), UserType: "I", Active: true, PrimaryGroupID: w.groups[w.random.IntN(len(w.groups))].ID,
		}})
	}
	require.NoError(b.t, b.Users.Apply(ctx, edits, true))
	for _, e := range edits {
		w.users = append(w.users, e.After)
	}
}

// mutate makes one random change, through the use cases and in the model.
func (w *world) mutate() string {
	b, ctx := w.b, w.b.ctx
	user, group, role, other := w.random.IntN(len(w.users)), w.random.IntN(len(w.groups)), w.random.IntN(len(w.roles)), w.random.IntN(len(w.roles))
	switch w.random.IntN(6) {
	case 0:
		return w.toggleGrant(user, role)
	case 1:
		return w.toggleMember(user, group)
	case 2:
		return w.toggleGroupRole(group, role)
	case 3:
		if role == other {
			return "nothing"
		}
		return w.toggleContent(min(role, other), max(role, other))
	case 4:
		g := *w.groups[group]
		g.Disabled = !g.Disabled
		g, err := b.Groups.Update(ctx, g.ID, 0, g)
		require.NoError(b.t, err)
		*w.groups[group] = g
		return "toggle " + g.Name
	default:
		u := *w.users[user]
		target := w.groups[group]
		if w.members[[2]int{user, group}] != nil {
			return "nothing"
		}
		u.PrimaryGroupID, u.PrimaryGroup = target.ID, target.Name
		u, err := b.Users.Update(ctx, u.ID, 0, u)
		require.NoError(b.t, err)
		*w.users[user] = u
		return "move " + u.UserName + " to " + target.Name
	}
}

func (w *world) toggleGrant(user, role int) string {
	key := [2]int{user, role}
	if id, held := w.direct[key]; held {
		require.NoError(w.b.t, w.b.Revoke(w.b.ctx, id))
		delete(w.direct, key)
		return "revoke"
	}
	w.direct[key] = w.b.grant(*w.users[user], *w.roles[role]).ID
	return "grant " + w.roles[role].Name + " to " + w.users[user].UserName
}

func (w *world) toggleMember(user, group int) string {
	key := [2]int{user, group}
	if m := w.members[key]; m != nil {
		require.NoError(w.b.t, w.b.Memberships.Delete(w.b.ctx, m.ID, 0))
		delete(w.members, key)
		return "leave"
	}
	if w.users[user].PrimaryGroupID == w.groups[group].ID {
		return "nothing"
	}
	m := w.b.member(w.users[user].UserName, w.groups[group].Name)
	w.members[key] = &m
	return "join"
}

func (w *world) toggleGroupRole(group, role int) string {
	key := [2]int{group, role}
	if g := w.granted[key]; g != nil {
		require.NoError(w.b.t, w.b.GroupRoles.Delete(w.b.ctx, g.ID, 0))
		delete(w.granted, key)
		return "take from group"
	}
	g, err := w.b.GroupRoles.Create(w.b.ctx, entitlement.GroupRole{GroupID: w.groups[group].ID, RoleID: w.roles[role].ID, Mandatory: true})
	require.NoError(w.b.t, err)
	w.granted[key] = &g
	return "give to group"
}

func (w *world) toggleContent(role, contained int) string {
	key := [2]int{role, contained}
	if c := w.contents[key]; c != nil {
		require.NoError(w.b.t, w.b.RoleContents.Delete(w.b.ctx, c.ID, 0))
		delete(w.contents, key)
		return "take out"
	}
	c := w.b.contain(*w.roles[role], *w.roles[contained], true)
	w.contents[key] = &c
	return "put in"
}

// TestEffectiveRolesEqualANaiveModel makes random changes and compares, after every few of them, what each user holds with the model.
func TestEffectiveRolesEqualANaiveModel(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1, 2, 3, 4} {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w := &world{
				b: setup(t), random: rand.New(rand.NewPCG(seed, 7)), prefix: fmt.Sprintf("s%d", seed),
				members: map[[2]int]*identity.Membership{}, contents: map[[2]int]*entitlement.Content{},
				granted: map[[2]int]*entitlement.GroupRole{}, direct: map[[2]int]uuid.UUID{},
			}
			w.build()
			var trail []string
			most := 0
			for range 60 {
				trail = append(trail, w.mutate())
				for user := range w.users {
					expected := w.expected(user)
					require.Equal(t, expected, w.actual(user), "%s after %v", w.users[user].UserName, trail)
					most = max(most, len(expected))
				}
			}
			require.Greater(t, most, 3, "the graphs must be worth comparing")
		})
	}
}
