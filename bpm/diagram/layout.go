// Package diagram draws processes: it finds places for the steps and bends for the flows, and writes them down as the diagram interchange of
// BPMN, so that editors show a process that nobody drew by hand.
//
// Steps stand in columns, by the longest path that leads to them, and in rows, near the step they come from. A flow that passes over columns
// keeps a free place in each of them; a flow that leads back runs below everything else.
package diagram

import "slices"

// Sizes of shapes and distances between them, in the pixels that editors use.
const (
	gapX, gapY = 80, 40
	margin     = 40
	padding    = 40 // between a sub-process and what is in it
	event      = 36
	lane       = 20 // between flows that lead back
)

// Point is a place; x grows to the right, y downwards.
type Point struct{ X, Y int }

// Box is the place of a shape: its upper left corner and its size.
type Box struct{ X, Y, Width, Height int }

// Overlaps reports whether two boxes share more than a border.
func (b Box) Overlaps(o Box) bool {
	return b.X < o.X+o.Width && o.X < b.X+b.Width && b.Y < o.Y+o.Height && o.Y < b.Y+b.Height
}

func (b Box) center() Point { return Point{b.X + b.Width/2, b.Y + b.Height/2} }

// Node is a step to place. Host is the id of the activity that an event is attached to, Inside what a sub-process contains.
type Node struct {
	ID            string
	Width, Height int
	Host          string
	Inside        *Graph
}

// Edge is a flow from one node of a graph to another.
type Edge struct{ ID, From, To string }

// Graph is a process, or what is in a sub-process.
type Graph struct {
	Nodes []Node
	Edges []Edge
}

// Drawing is where everything is.
type Drawing struct {
	Boxes         map[string]Box
	Lines         map[string][]Point
	Width, Height int
}

// Lay finds a place for every node and a way for every edge. Edges whose ends are not among the nodes are left out. The drawing depends on
// the order of nodes and edges, and on nothing else.
func Lay(g Graph) Drawing {
	l := newLayout(g)
	l.columns()
	l.rows()
	return l.draw()
}

// cell is a node in the grid, or the place that a long edge keeps free (node is -1 then).
type cell struct {
	node        int
	column, row int
}

// link is an edge between cells: from, the places it keeps free, to.
type link struct {
	edge     Edge
	path     []int // indexes of cells
	back     bool
	attached bool // it begins at an event on the border of the first cell
}

// layout is a drawing under way.
type layout struct {
	graph   Graph
	index   map[string]int // of the node
	host    []int          // of attached events; -1
	guests  map[int][]int  // attached events by host
	inner   map[int]Drawing
	size    []Point
	links   []link
	cells   []cell
	drawing Drawing
}

func newLayout(g Graph) *layout {
	l := &layout{
		graph: g, index: map[string]int{}, guests: map[int][]int{}, inner: map[int]Drawing{},
		drawing: Drawing{Boxes: map[string]Box{}, Lines: map[string][]Point{}},
	}
	for i, n := range g.Nodes {
		l.index[n.ID] = i
		size := Point{n.Width, n.Height}
		if n.Inside != nil {
			drawing := Lay(*n.Inside)
			l.inner[i] = drawing
			size = Point{max(n.Width, drawing.Width+2*padding-2*margin), max(n.Height, drawing.Height+2*padding-2*margin)}
		}
		l.size = append(l.size, size)
		l.host = append(l.host, -1)
		l.cells = append(l.cells, cell{node: i})
	}
	for i, n := range g.Nodes {
		if host, ok := l.index[n.Host]; ok && n.Host != "" && host != i {
			l.host[i] = host
			l.guests[host] = append(l.guests[host], i)
		}
	}
	for host, guests := range l.guests {
		l.size[host].X = max(l.size[host].X, len(guests)*(event+8)+12)
	}
	return l
}

// stands gives the node that takes a place in the grid: the host of an attached event.
func (l *layout) stands(node int) int {
	for range l.graph.Nodes { // an event is not attached to another, but who knows
		if l.host[node] < 0 {
			break
		}
		node = l.host[node]
	}
	return node
}

// columns puts every node behind all that lead to it. Edges that close a circle lead back.
func (l *layout) columns() {
	out := make([][]int, len(l.graph.Nodes))
	for _, e := range l.graph.Edges {
		from, known := l.index[e.From]
		to, known2 := l.index[e.To]
		if !known || !known2 {
			continue
		}
		attached := l.host[from] >= 0
		from, to = l.stands(from), l.stands(to)
		out[from] = append(out[from], len(l.links))
		l.links = append(l.links, link{edge: e, path: []int{from, to}, attached: attached})
	}
	order := l.sorted(out)
	for _, n := range order {
		for _, i := range out[n] {
			if k := &l.links[i]; !k.back {
				to := k.path[1]
				l.cells[to].column = max(l.cells[to].column, l.cells[n].column+1)
			}
		}
	}
	l.reserve()
}

// sorted orders the nodes such that all edges lead forward but those that it marks as leading back.
func (l *layout) sorted(out [][]int) []int {
	const (
		fresh = iota
		open
		done
	)
	state := make([]int, len(out))
	var order []int
	type frame struct{ node, next int }
	for first := range out {
		if state[first] != fresh {
			continue
		}
		stack := []frame{{node: first}}
		state[first] = open
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next == len(out[top.node]) {
				state[top.node] = done
				order = append(order, top.node)
				stack = stack[:len(stack)-1]
				continue
			}
			k := &l.links[out[top.node][top.next]]
			top.next++
			switch to := k.path[1]; state[to] {
			case open:
				k.back = true
			case fresh:
				state[to] = open
				stack = append(stack, frame{node: to})
			}
		}
	}
	slices.Reverse(order)
	return order
}

// reserve keeps a cell free in every column that an edge passes over.
func (l *layout) reserve() {
	for i := range l.links {
		k := &l.links[i]
		if k.back {
			continue
		}
		from, to := k.path[0], k.path[1]
		k.path = []int{from}
		for column := l.cells[from].column + 1; column < l.cells[to].column; column++ {
			k.path = append(k.path, len(l.cells))
			l.cells = append(l.cells, cell{node: -1, column: column})
		}
		k.path = append(k.path, to)
	}
}

// rows puts every cell beside the one it comes from, or in the nearest row that is free in its column.
func (l *layout) rows() {
	wish := make([]int, len(l.cells))
	for i := range wish {
		wish[i] = -1
	}
	var order []int
	for i, c := range l.cells {
		if c.node < 0 || l.host[c.node] < 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return l.cells[a].column - l.cells[b].column })
	follow := map[int][]int{} // cells behind a cell, with those below for attached events
	for _, k := range l.links {
		for i := 1; i < len(k.path) && !k.back; i++ {
			follow[k.path[i-1]] = append(follow[k.path[i-1]], k.path[i])
		}
	}
	below := map[int]bool{}
	for _, k := range l.links {
		if k.attached && !k.back {
			below[k.path[1]] = true
		}
	}
	taken := map[Point]bool{}
	for _, i := range order {
		c := &l.cells[i]
		c.row = max(wish[i], 0)
		for taken[Point{c.column, c.row}] {
			c.row++
		}
		taken[Point{c.column, c.row}] = true
		for _, next := range follow[i] {
			if wish[next] < 0 {
				wish[next] = c.row
				if below[next] {
					wish[next]++
				}
			}
		}
	}
}
