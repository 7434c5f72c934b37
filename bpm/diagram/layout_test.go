package diagram

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// graph makes a graph of edges between tasks, in the order in which they are named.
func graph(edges ...string) Graph {
	var g Graph
	seen := map[string]bool{}
	for i, e := range edges {
		var from, to string
		_, err := fmt.Sscanf(e, "%s %s", &from, &to)
		if err != nil {
			panic(err)
		}
		for _, id := range []string{from, to} {
			if !seen[id] {
				seen[id] = true
				g.Nodes = append(g.Nodes, Node{ID: id, Width: 100, Height: 80})
			}
		}
		g.Edges = append(g.Edges, Edge{fmt.Sprintf("f%d", i), from, to})
	}
	return g
}

// requireApart proves that no two shapes overlap, but events on the border of their host and sub-processes with what they contain.
func requireApart(t *testing.T, g Graph, d Drawing) {
	t.Helper()
	for i, a := range g.Nodes {
		boxA, ok := d.Boxes[a.ID]
		require.True(t, ok, "%s is not drawn", a.ID)
		require.True(t, boxA.X >= 0 && boxA.Y >= 0 && boxA.X+boxA.Width <= d.Width && boxA.Y+boxA.Height <= d.Height, "%s is off the page", a.ID)
		for _, b := range g.Nodes[i+1:] {
			if a.Host == b.ID || b.Host == a.ID {
				continue
			}
			require.False(t, boxA.Overlaps(d.Boxes[b.ID]), "%s %v and %s %v overlap", a.ID, boxA, b.ID, d.Boxes[b.ID])
		}
		if a.Inside == nil {
			continue
		}
		requireApart(t, *a.Inside, d)
		for _, in := range a.Inside.Nodes {
			box := d.Boxes[in.ID]
			require.True(t, box.X >= boxA.X && box.Y >= boxA.Y && box.X+box.Width <= boxA.X+boxA.Width && box.Y+box.Height <= boxA.Y+boxA.Height,
				"%s %v is not within %s %v", in.ID, box, a.ID, boxA)
		}
	}
}

// requireTouching proves that every edge begins and ends at its shapes and has no slanted piece.
func requireTouching(t *testing.T, g Graph, d Drawing) {
	t.Helper()
	for _, e := range g.Edges {
		line := d.Lines[e.ID]
		require.GreaterOrEqual(t, len(line), 2, "%s is not drawn", e.ID)
		require.True(t, touches(d.Boxes[e.From], line[0]), "%s begins at %v, not at %v", e.ID, line[0], d.Boxes[e.From])
		require.True(t, touches(d.Boxes[e.To], line[len(line)-1]), "%s ends at %v, not at %v", e.ID, line[len(line)-1], d.Boxes[e.To])
		for i := 1; i < len(line); i++ {
			require.True(t, line[i-1].X == line[i].X || line[i-1].Y == line[i].Y, "%s is slanted from %v to %v", e.ID, line[i-1], line[i])
		}
	}
}

func touches(b Box, p Point) bool {
	onX := p.X >= b.X && p.X <= b.X+b.Width
	onY := p.Y >= b.Y && p.Y <= b.Y+b.Height
	return onX && onY && (p.X == b.X || p.X == b.X+b.Width || p.Y == b.Y || p.Y == b.Y+b.Height)
}

func TestColumnsFollowTheLongestPath(t *testing.T) {
	t.Parallel()
	g := graph("a b", "b c", "c d", "a d")
	d := Lay(g)
	requireApart(t, g, d)
	requireTouching(t, g, d)
	for _, pair := range [][2]string{{"a", "b"}, {"b", "c"}, {"c", "d"}} {
		require.Less(t, d.Boxes[pair[0]].X, d.Boxes[pair[1]].X)
	}
	require.Equal(t, d.Boxes["a"].Y, d.Boxes["d"].Y)
	for _, p := range d.Lines["f3"] { // the short cut passes b and c at a distance
		require.False(t, p.X > d.Boxes["b"].X && p.X < d.Boxes["c"].X+100 && p.Y < d.Boxes["b"].Y+80, "%v", p)
	}
}

func TestACircleIsDrawnBelow(t *testing.T) {
	t.Parallel()
	g := graph("a b", "b c", "c a", "c b", "b b")
	d := Lay(g)
	requireApart(t, g, d)
	requireTouching(t, g, d)
	require.Less(t, d.Boxes["a"].X, d.Boxes["c"].X)
	require.Greater(t, d.Lines["f2"][1].Y, d.Boxes["b"].Y+80)
	require.NotEqual(t, d.Lines["f2"][1].Y, d.Lines["f3"][1].Y, "two flows that lead back do not run over each other")
}

func TestEventsSitOnTheirHost(t *testing.T) {
	t.Parallel()
	g := graph("a b", "e1 c", "e2 c", "e3 b", "b d")
	for i := range g.Nodes {
		if n := &g.Nodes[i]; n.ID[0] == 'e' {
			n.Width, n.Height, n.Host = event, event, "a"
		}
	}
	d := Lay(g)
	requireApart(t, g, d)
	requireTouching(t, g, d)
	host := d.Boxes["a"]
	for _, id := range []string{"e1", "e2", "e3"} {
		require.Equal(t, host.Y+host.Height, d.Boxes[id].center().Y)
		require.True(t, d.Boxes[id].X >= host.X && d.Boxes[id].X+event <= host.X+host.Width)
	}
	require.Greater(t, d.Boxes["c"].Y, d.Boxes["b"].Y, "what follows an event stands below")
}

func TestWhatFollowsAnEventStandsBelow(t *testing.T) {
	t.Parallel()
	g := Graph{
		Nodes: []Node{{ID: "a", Width: 100, Height: 80}, {ID: "e", Width: event, Height: event, Host: "a"}, {ID: "b", Width: 100, Height: 80}},
		Edges: []Edge{{"f", "e", "b"}},
	}
	d := Lay(g)
	requireTouching(t, g, d)
	require.Greater(t, d.Boxes["b"].Y, d.Boxes["a"].Y+d.Boxes["a"].Height, "also where there is room beside the host")
}

func TestSubProcessesHoldTheirSteps(t *testing.T) {
	t.Parallel()
	inside := graph("x y", "y z")
	for i := range inside.Nodes {
		inside.Nodes[i].ID = "in-" + inside.Nodes[i].ID
	}
	for i := range inside.Edges {
		inside.Edges[i] = Edge{"in-" + inside.Edges[i].ID, "in-" + inside.Edges[i].From, "in-" + inside.Edges[i].To}
	}
	g := graph("a s", "s b", "a c", "c b")
	g.Nodes[1].Inside = &inside
	d := Lay(g)
	requireApart(t, g, d)
	requireTouching(t, g, d)
	requireTouching(t, inside, d)
}

func TestOddGraphsAreDrawn(t *testing.T) {
	t.Parallel()
	require.Empty(t, Lay(Graph{}).Boxes)
	g := Graph{
		Nodes: []Node{{ID: "a", Width: 10, Height: 10, Host: "a"}, {ID: "b", Width: 10, Height: 10, Host: "nobody"}, {ID: "c", Host: "d"}, {ID: "d", Host: "c"}},
		Edges: []Edge{{"f", "a", "x"}, {"g", "c", "d"}, {"h", "a", "b"}},
	}
	d := Lay(g)
	require.Contains(t, d.Boxes, "a")
	require.Contains(t, d.Boxes, "b")
	require.NotContains(t, d.Lines, "f")
}

// TestNothingOverlaps draws many random graphs: shapes stand apart, flows touch what they connect, and the same graph gives the same drawing.
func TestNothingOverlaps(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2)) // the same graphs in every run
	for range 300 {
		g := anyGraph(random, 2+random.IntN(25), "n")
		d := Lay(g)
		requireApart(t, g, d)
		requireTouching(t, g, d)
		require.Equal(t, d, Lay(g))
	}
}

func anyGraph(random *rand.Rand, nodes int, prefix string) Graph {
	var g Graph
	for i := range nodes {
		n := Node{ID: fmt.Sprint(prefix, i), Width: 100, Height: 80}
		switch random.IntN(6) {
		case 0:
			n.Width, n.Height = event, event
		case 1:
			if i > 0 && g.Nodes[i-1].Host == "" {
				n.Width, n.Height, n.Host = event, event, g.Nodes[i-1].ID
			}
		case 2:
			if len(prefix) < 3 {
				inside := anyGraph(random, 1+random.IntN(4), n.ID+"-")
				n.Inside = &inside
			}
		}
		g.Nodes = append(g.Nodes, n)
	}
	for i := range nodes + random.IntN(nodes) {
		g.Edges = append(g.Edges, Edge{fmt.Sprint(prefix, "f", i), g.Nodes[random.IntN(nodes)].ID, g.Nodes[random.IntN(nodes)].ID})
	}
	return g
}
