package bpm_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/bpm/diagram"
	"provost/bpm/xmltree"
)

// growth makes random processes that are sound by construction: blocks within blocks, each with one way in and one way out.
type growth struct {
	random *rand.Rand
	out    strings.Builder
	next   int
}

func (g *growth) id(prefix string) string {
	g.next++
	return fmt.Sprint(prefix, g.next)
}

func (g *growth) flow(from, to, more, condition string) string {
	id := g.id("f")
	fmt.Fprintf(&g.out, `<sequenceFlow id="%s" sourceRef="%s" targetRef="%s" %s>%s</sequenceFlow>`, id, from, to, more, condition)
	return id
}

// block makes a block and gives the ids of its first and its last step.
func (g *growth) block(depth int) (first, last string) {
	kind := g.random.IntN(8)
	if depth == 0 {
		kind = 0
	}
	switch kind {
	case 1, 2: // one after the other
		first, middle := g.block(depth - 1)
		next, last := g.block(depth - 1)
		g.flow(middle, next, "", "")
		return first, last
	case 3:
		return g.split("parallelGateway", depth, func(int) string { return "" })
	case 4:
		return g.split("exclusiveGateway", depth, g.conditions())
	case 5:
		return g.split("inclusiveGateway", depth, g.conditions())
	case 6:
		return g.subProcess(depth)
	case 7:
		return g.watched(depth)
	}
	return g.step()
}

// step is a single task.
func (g *growth) step() (first, last string) {
	id := g.id("t")
	switch g.random.IntN(4) {
	case 0:
		g.out.WriteString(with("userTask", `id="`+id+`" name="Ask"`, asked))
	case 1:
		g.out.WriteString(with("serviceTask", `id="`+id+`"`, `<idm:apply userChanges="true"/>`))
	case 2:
		g.out.WriteString(`<intermediateCatchEvent id="` + id + `">` + timer + `</intermediateCatchEvent>`)
	default:
		g.out.WriteString(`<scriptTask id="` + id + `"><script>days = days + 1</script></scriptTask>`)
	}
	return id, id
}

// conditions gives the conditions of the flows out of a gateway; the first flow is the default.
func (g *growth) conditions() func(int) string {
	return func(i int) string {
		if i == 0 {
			return ""
		}
		return fmt.Sprintf(`<conditionExpression>#{days &gt; %d}</conditionExpression>`, i)
	}
}

// split is a gateway with two or three blocks, and one that brings them together.
func (g *growth) split(kind string, depth int, condition func(int) string) (first, last string) {
	first, last = g.id("g"), g.id("g")
	var byDefault string
	for i := range 2 + g.random.IntN(2) {
		from, to := g.block(depth - 1)
		flow := g.flow(first, from, "", condition(i))
		if i == 0 && kind != "parallelGateway" {
			byDefault = `default="` + flow + `"`
		}
		g.flow(to, last, "", "")
	}
	fmt.Fprintf(&g.out, `<%s id="%s" %s/><%s id="%s"/>`, kind, first, byDefault, kind, last)
	return first, last
}

// subProcess is a block within a sub-process.
func (g *growth) subProcess(depth int) (first, last string) {
	id := g.id("p")
	outer := g.out
	g.out = strings.Builder{}
	from, to := g.block(depth - 1)
	start, end := g.id("s"), g.id("e")
	g.flow(start, from, "", "")
	g.flow(to, end, "", "")
	inside := g.out.String()
	g.out = strings.Builder{}
	g.out.WriteString(outer.String())
	fmt.Fprintf(&g.out, `<subProcess id="%s"><startEvent id="%s"/><endEvent id="%s"/>%s</subProcess>`, id, start, end, inside)
	return id, id
}

// watched is a task with a timer on it, and both ways together behind it.
func (g *growth) watched(depth int) (first, last string) {
	task, event, join := g.id("t"), g.id("b"), g.id("g")
	from, to := g.block(depth - 1)
	fmt.Fprintf(&g.out, `%s<boundaryEvent id="%s" attachedToRef="%s">%s</boundaryEvent><exclusiveGateway id="%s"/>`,
		with("userTask", `id="`+task+`" name="Ask"`, asked), event, task, timer, join)
	g.flow(task, join, "", "")
	g.flow(event, from, "", "")
	g.flow(to, join, "", "")
	return task, join
}

// TestRandomSoundProcesses: what is sound by construction has no finding, its plan is in order, and it comes back as it was.
func TestRandomSoundProcesses(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4)) // the same processes in every run
	steps := 0
	for range 200 {
		g := &growth{random: random}
		first, last := g.block(4)
		g.flow("s", first, "", "")
		g.flow(last, "e", "", "")
		source := user(start, end, g.out.String())
		definition, findings := bpm.Review([]byte(source))
		require.Empty(t, findings, source)
		plan, library := definition.Compile()
		requireSoundPlan(t, plan, library)
		requireRoundTrip(t, []byte(source))
		requireDrawn(t, definition, plan)
		steps += len(plan.Nodes)
	}
	require.Greater(t, steps, 2_000, "the processes are too small to prove anything")
}

// requireDrawn draws a process: every node and flow is in the diagram, no two shapes overlap but those that belong together, and nothing else of
// the document changes.
func requireDrawn(t *testing.T, definition *bpm.Definition, plan bpm.Plan) {
	t.Helper()
	document, err := xmltree.Parse(definition.XML(), xmltree.Limits{})
	require.NoError(t, err)
	diagram.Add(document)
	drawn, findings := bpm.Review(document.Bytes())
	require.Empty(t, findings)
	require.Empty(t, bpm.Diff(definition, drawn))
	boxes, edges := map[string]diagram.Box{}, 0
	document.Root.Walk(func(e *xmltree.Element) bool {
		switch e.Name {
		case "BPMNShape":
			boxes[e.Attr("bpmnElement")] = boundsOf(t, e.Children()[0])
		case "BPMNEdge":
			edges++
		}
		return true
	})
	require.Len(t, boxes, len(plan.Nodes))
	require.Equal(t, len(plan.Flows), edges)
	for i, a := range plan.Nodes {
		for j, b := range plan.Nodes[:i] {
			if a.Attached == j || b.Attached == i || within(plan, i, j) || within(plan, j, i) {
				continue
			}
			require.False(t, boxes[a.ID].Overlaps(boxes[b.ID]), "%s %v and %s %v", a.ID, boxes[a.ID], b.ID, boxes[b.ID])
		}
	}
}

// within reports whether a node is in a sub-process.
func within(plan bpm.Plan, node, container int) bool {
	for node != bpm.None && node != container {
		node = plan.Nodes[node].Parent
	}
	return node == container
}

func boundsOf(t *testing.T, e *xmltree.Element) diagram.Box {
	t.Helper()
	value := func(name string) int {
		n, err := strconv.Atoi(e.Attr(name))
		require.NoError(t, err)
		return n
	}
	return diagram.Box{X: value("x"), Y: value("y"), Width: value("width"), Height: value("height")}
}

// TestRandomBrokenProcesses: without one of its flows a sound process is not accepted in silence.
func TestRandomBrokenProcesses(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6)) // the same processes in every run
	for range 100 {
		g := &growth{random: random}
		first, last := g.block(3)
		g.flow("s", first, "", "")
		g.flow(last, "e", "", "")
		flows := strings.SplitAfter(g.out.String(), "</sequenceFlow>")
		drop := random.IntN(len(flows) - 1)
		begin := strings.LastIndex(flows[drop], "<sequenceFlow")
		flows[drop] = flows[drop][:begin]
		_, findings := bpm.Review([]byte(user(start, end, strings.Join(flows, ""))))
		require.NotEmpty(t, findings)
	}
}
