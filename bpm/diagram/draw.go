package diagram

// draw turns columns and rows into places.
func (l *layout) draw() Drawing {
	left, widths := l.tracks(func(c cell) int { return c.column }, func(size Point) int { return size.X }, gapX)
	top, heights := l.tracks(func(c cell) int { return c.row }, func(size Point) int { return size.Y }, gapY)
	centers := make([]Point, len(l.cells))
	for i, c := range l.cells {
		if c.node >= 0 && l.host[c.node] >= 0 {
			continue
		}
		centers[i] = Point{left[c.column] + widths[c.column]/2, top[c.row] + heights[c.row]/2}
		if c.node >= 0 {
			size := l.size[c.node]
			l.place(c.node, Point{centers[i].X - size.X/2, centers[i].Y - size.Y/2})
		}
	}
	for i := range l.graph.Nodes {
		if box, ok := l.drawing.Boxes[l.graph.Nodes[i].ID]; ok {
			l.placeGuests(i, box)
		}
	}
	l.drawing.Width, l.drawing.Height = margin, margin
	for _, box := range l.drawing.Boxes {
		l.drawing.Width = max(l.drawing.Width, box.X+box.Width+margin)
		l.drawing.Height = max(l.drawing.Height, box.Y+box.Height+margin)
	}
	for i := range l.links {
		l.line(&l.links[i], centers, left)
	}
	return l.drawing
}

// tracks gives the beginning and the size of every column, or of every row.
func (l *layout) tracks(track func(cell) int, extent func(Point) int, gap int) (begin, size []int) {
	for _, c := range l.cells {
		for len(size) <= track(c) {
			size = append(size, 0)
		}
		if c.node >= 0 && l.host[c.node] < 0 {
			size[track(c)] = max(size[track(c)], extent(l.size[c.node]))
		}
	}
	at := margin
	for _, s := range size {
		begin = append(begin, at)
		at += s + gap
	}
	return begin, size
}

// place sets a node down, with all that is in it.
func (l *layout) place(node int, at Point) {
	n := l.graph.Nodes[node]
	l.drawing.Boxes[n.ID] = Box{at.X, at.Y, l.size[node].X, l.size[node].Y}
	inner, ok := l.inner[node]
	if !ok {
		return
	}
	dx, dy := at.X+padding-margin, at.Y+padding-margin
	for id, box := range inner.Boxes {
		box.X, box.Y = box.X+dx, box.Y+dy
		l.drawing.Boxes[id] = box
	}
	for id, line := range inner.Lines {
		for i := range line {
			line[i] = Point{line[i].X + dx, line[i].Y + dy}
		}
		l.drawing.Lines[id] = line
	}
}

// placeGuests sets attached events on the lower border of their host, from the right.
func (l *layout) placeGuests(host int, box Box) {
	for i, guest := range l.guests[host] {
		n := l.graph.Nodes[guest]
		x := box.X + box.Width - (i+1)*(event+8)
		l.drawing.Boxes[n.ID] = Box{x, box.Y + box.Height - event/2, event, event}
	}
}

// line finds the way of an edge.
func (l *layout) line(k *link, centers []Point, left []int) {
	from, to := l.drawing.Boxes[k.edge.From], l.drawing.Boxes[k.edge.To]
	begin := Point{from.X + from.Width, from.center().Y}
	end := Point{to.X, to.center().Y}
	if k.back {
		low := l.drawing.Height - margin + lane
		l.drawing.Height += lane
		down, up := from.center().X, to.center().X
		l.drawing.Lines[k.edge.ID] = []Point{{down, from.Y + from.Height}, {down, low}, {up, low}, {up, to.Y + to.Height}}
		return
	}
	line := []Point{begin}
	if k.attached {
		line = []Point{{from.center().X, from.Y + from.Height}}
		begin = Point{from.center().X, from.Y + from.Height + event/4}
		line = append(line, begin)
	}
	for _, i := range k.path[1:] { // steps up and down are in the gaps between columns
		to := Point{centers[i].X, centers[i].Y}
		if i == k.path[len(k.path)-1] {
			to = end
		}
		line = bend(line, to, left[l.cells[i].column]-gapX/2)
	}
	l.drawing.Lines[k.edge.ID] = straight(line)
}

// bend goes on to a point, with a step up or down at x when that is in between.
func bend(line []Point, to Point, x int) []Point {
	last := line[len(line)-1]
	if last.Y == to.Y {
		return append(line, to)
	}
	x = max(x, last.X)
	return append(line, Point{x, last.Y}, Point{x, to.Y}, to)
}

// straight leaves out the points that a line passes without a bend.
func straight(line []Point) []Point {
	short := line[:1:1]
	for i := 1; i < len(line); i++ {
		last := short[len(short)-1]
		if line[i] == last {
			continue
		}
		if i+1 < len(line) && (last.X == line[i].X && line[i].X == line[i+1].X || last.Y == line[i].Y && line[i].Y == line[i+1].Y) {
			continue
		}
		short = append(short, line[i])
	}
	return short
}
