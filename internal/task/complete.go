package task

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/fault"
	"provost/internal/process"
)

// attempt is one completion under way.
type attempt struct {
	task    Task
	by      standing
	content Content
	step    *bpm.Step
	library *bpm.Library
	in      Completion
	payload bpm.Values
	outcome string                // id of a flow
	lines   []process.DecidedLine // to decide about now
	passed  int                   // lines that this stage has approved before
	node    []Seat
}

// Complete ends a task with what somebody filled in and decided; one completion wins. It returns fault.Conflict when the task is over already
// (the sentence says who completed it, or that the time ran out) or somebody else has taken it, fault.Stale when it changed since the caller saw it,
// fault.Invalid with all findings about values and lines, and fault.Denied for others and for approvals of one's own request.
func (s *Tasks) Complete(ctx context.Context, id uuid.UUID, in Completion) (Task, error) {
	if _, err := me(ctx); err != nil {
		return Task{}, err
	}
	var out Task
	err := s.Store.Do(ctx, func(ctx context.Context) error {
		a, err := s.begin(ctx, id, in)
		if err != nil {
			return err
		}
		if err := s.decide(ctx, a); err != nil {
			return err
		}
		if err := s.finish(ctx, a); err != nil {
			return err
		}
		out, err = s.Store.Get(ctx, id)
		return err
	})
	return out, err
}

// begin locks the task and checks everything that is asked of a completion before anything is written.
func (s *Tasks) begin(ctx context.Context, id uuid.UUID, in Completion) (*attempt, error) {
	a := &attempt{in: in}
	var err error
	if a.task, err = s.Store.Lock(ctx, id); err != nil {
		return nil, err
	}
	if a.by, err = s.stand(ctx, &a.task); err != nil {
		return nil, err
	}
	if err := ready(&a.task, &a.by, in.Version); err != nil {
		return nil, err
	}
	if a.content, a.step, a.library, err = s.content(ctx, &a.task); err != nil {
		return nil, err
	}
	if a.node, err = s.Store.Node(ctx, a.task.ProcessID, a.task.Work); err != nil {
		return nil, err
	}
	if len(in.Comment) > process.MaxComment {
		return nil, fault.InvalidField("comment", "A comment has at most %d characters.", process.MaxComment)
	}
	if process.Deciding(a.step) {
		err = s.prepare(ctx, a)
	} else {
		a.outcome, err = wayOut(a.step, in.Outcome)
	}
	if err != nil {
		return nil, err
	}
	form := sheetOf(&a.task, &a.content, a.step, a.library)
	form.Given, form.Transition = in.Values, a.transition()
	if a.payload, err = s.Forms.Check(ctx, form); err != nil {
		return nil, err
	}
	err = a.identify()
	return a, err
}

// identify adds who the person is that a step has detected.
func (a *attempt) identify() error {
	switch {
	case a.in.Same == nil:
		return nil
	case a.step.Match == nil:
		return fault.InvalidField("same", "This task does not ask whether somebody is the same person.")
	}
	values, err := process.Identified(a.library, merged(a.content.Current, a.content.Variables), *a.in.Same)
	a.payload = merged(a.payload, values)
	return err
}

// merged gives values with others on top.
func merged(layers ...bpm.Values) bpm.Values {
	out := bpm.Values{}
	for _, layer := range layers {
		maps.Copy(out, layer)
	}
	return out
}

// transition names the decision for the triggers of the form: as the designer named it.
func (a *attempt) transition() string {
	if a.outcome == "" {
		return strings.TrimSpace(a.in.Outcome)
	}
	return a.said()
}

// wayOut gives the flow that a decision names. Where there is one way only, nobody has to name it.
func wayOut(step *bpm.Step, named string) (string, error) {
	named = strings.TrimSpace(named)
	if named == "" && len(step.Decisions) == 1 {
		return step.Decisions[0].Flow, nil
	}
	if named == "" && len(step.Decisions) == 0 {
		return "", nil
	}
	at := slices.IndexFunc(step.Decisions, func(d bpm.Decision) bool { return d.Flow == named || strings.EqualFold(d.Name, named) })
	if at >= 0 && named != "" {
		return step.Decisions[at].Flow, nil
	}
	names := make([]string, len(step.Decisions))
	for i, d := range step.Decisions {
		names[i] = d.Name
		if d.Name == "" {
			names[i] = d.Flow
		}
	}
	if len(names) == 0 {
		return "", fault.InvalidField("outcome", "This task has no decision to take.")
	}
	return "", fault.InvalidField("outcome", "Decide: %s.", strings.Join(names, ", "))
}

// prepare checks who decides about the lines of an approval, and what.
func (s *Tasks) prepare(ctx context.Context, a *attempt) error {
	t := &a.task
	for i := range a.node {
		seat := &a.node[i]
		if seat.Part == t.Part && seat.Stage == t.Stage && is(seat.ClosedBy, a.by.who.UserID) && seat.Status == Completed {
			return fault.New(fault.Conflict, "You have decided about this already: the next consent has to come from somebody else.")
		}
	}
	all, err := s.lines(ctx, t)
	if err != nil {
		return err
	}
	if err := impartial(t, a.step, all, a.by.who.UserID); err != nil {
		return err
	}
	for _, l := range all {
		switch {
		case l.Decision == "" && l.Stage == t.Stage:
			a.lines = append(a.lines, l)
		case l.Decision != process.Denied && l.Stage > t.Stage:
			a.passed++
		}
	}
	return a.say()
}

// say completes what somebody says about the lines: those that are not named follow the outcome. All have to be decided.
func (a *attempt) say() error {
	named := strings.TrimSpace(a.in.Outcome)
	approve := strings.EqualFold(named, ApproveAll) || named != "" && a.names(a.step.Approval.ApproveFlow, named)
	whole := approve || strings.EqualFold(named, DenyAll) || named != "" && a.names(a.step.Approval.DenyFlow, named)
	var c fault.Collector
	if named != "" && !whole {
		c.Add("outcome", "An approval has no decision %q: approve or deny its lines.", named)
	}
	said := map[uuid.UUID]Line{}
	for i, line := range a.in.Lines {
		_, twice := said[line.ID]
		known := slices.ContainsFunc(a.lines, func(l process.DecidedLine) bool { return l.ID == line.ID })
		switch {
		case !known:
			c.Add(place(i), "There is no such line to decide about.")
		case twice:
			c.Add(place(i), "The line is decided about twice.")
		case len(line.Comment) > process.MaxComment:
			c.Add(place(i), "A comment has at most %d characters.", process.MaxComment)
		}
		said[line.ID] = line
	}
	lines := make([]Line, 0, len(a.lines))
	for _, l := range a.lines {
		line, ok := said[l.ID]
		if !ok && !whole {
			c.Add("lines", "Nothing is said about %s.", l.Title)
		}
		if !ok {
			line = Line{ID: l.ID, Approve: approve, Comment: a.in.Comment}
		}
		lines = append(lines, line)
	}
	a.in.Lines = lines
	return c.Err()
}

func place(i int) string { return "lines[" + itoa(i) + "].id" }

// names tells whether a word is the id or the name of a flow.
func (a *attempt) names(flow, word string) bool {
	return flow == word || slices.ContainsFunc(a.step.Decisions, func(d bpm.Decision) bool { return d.Flow == flow && strings.EqualFold(d.Name, word) })
}

// decide writes what somebody said, and what comes of it for the tasks beside and behind this one.
func (s *Tasks) decide(ctx context.Context, a *attempt) error {
	t := &a.task
	actor := process.Person{ID: a.by.who.UserID, UserName: a.by.who.UserName}
	for _, line := range a.in.Lines {
		if !process.Deciding(a.step) {
			return fault.InvalidField("lines", "This task has no lines to decide about.")
		}
		if err := s.Store.Vote(ctx, t.ID, line, actor); err != nil {
			return err
		}
	}
	for i := range a.node { // as it will be
		if a.node[i].ID == t.ID {
			a.node[i].Status = Completed
		}
	}
	over, left := true, 1
	if process.Deciding(a.step) {
		var err error
		if over, left, err = s.count(ctx, a); err != nil {
			return err
		}
	}
	if !over {
		return nil
	}
	return s.advance(ctx, a, left > 0)
}

// count tallies the votes about the lines of this stage. over is true when all of them are decided, left is how many it approved.
func (s *Tasks) count(ctx context.Context, a *attempt) (over bool, left int, err error) {
	t := &a.task
	votes, err := s.Store.Votes(ctx, *t)
	if err != nil {
		return false, 0, err
	}
	seats, last := 0, true
	for i := range a.node {
		seat := &a.node[i]
		if seat.Part != t.Part {
			continue
		}
		if seat.Stage == t.Stage {
			seats++
		}
		last = last && seat.Stage <= t.Stage
	}
	over, left = true, a.passed
	for i := range a.lines {
		line := &a.lines[i]
		v := votes[line.ID]
		decision, err := process.Tally(a.step, seats, v.Approvals, v.Denials)
		if err != nil {
			return false, 0, err
		}
		switch decision {
		case "":
			over = false
			continue
		case process.Denied:
			err = s.Store.DecideLine(ctx, line.ID, process.Denied, t.Stage)
		default:
			left++
			if !last {
				decision = "" // the next stage decides
			}
			err = s.Store.DecideLine(ctx, line.ID, decision, t.Stage+1)
		}
		if err != nil {
			return false, 0, err
		}
	}
	return over, left, nil
}

// advance ends a stage of a part: what is open of it is closed, and the next stage begins when something is left to decide, else the later ones
// are closed as well.
func (s *Tasks) advance(ctx context.Context, a *attempt, more bool) error {
	t := &a.task
	next := -1
	for i := range a.node {
		seat := &a.node[i]
		if more && seat.Part == t.Part && seat.Stage > t.Stage && seat.Status == Waiting && (next < 0 || seat.Stage < next) {
			next = seat.Stage
		}
	}
	var open, closed []uuid.UUID
	for i := range a.node {
		seat := &a.node[i]
		switch {
		case seat.Part != t.Part || !seat.live():
		case seat.Stage == next:
			open, seat.Status = append(open, seat.ID), Open
		case seat.Stage == t.Stage || next < 0:
			closed, seat.Status = append(closed, seat.ID), Cancelled
		}
	}
	if err := s.Store.OpenNext(ctx, open); err != nil {
		return err
	}
	return s.Store.Close(ctx, closed, "It was decided without it.")
}

// finish closes the task and tells everybody: the log, the trail, and the workflow of the process.
func (s *Tasks) finish(ctx context.Context, a *attempt) error {
	t := &a.task
	before := facts(t)
	user, now := a.by.who.UserID, time.Now()
	t.Status, t.Outcome, t.Comment = Completed, a.outcome, strings.TrimSpace(a.in.Comment)
	t.ClosedByID, t.ClosedBy, t.ClosedAt = &user, a.by.who.UserName, &now
	t.Finishes = !slices.ContainsFunc(a.node, func(seat Seat) bool { return seat.live() })
	if err := s.Store.SavePayload(ctx, t.ID, a.payload); err != nil {
		return err
	}
	if err := s.Store.Save(ctx, *t); err != nil {
		return err
	}
	if err := s.Store.Admit(ctx, t.ProcessID, user, process.PartActor); err != nil {
		return err
	}
	line := process.LogLine{Kind: "complete", Element: t.Element, Name: t.Name, Actor: t.ClosedBy, Outcome: a.said(), Flow: t.Outcome, Text: t.Comment}
	if err := s.Store.Log(ctx, t.ProcessID, line); err != nil {
		return err
	}
	after := facts(t)
	after["values"], after["lines"] = a.payload, a.in.Lines
	if err := s.trail(ctx, "complete", t, before, after); err != nil {
		return err
	}
	return s.Store.Tell(ctx, t.ProcessID, t.ID)
}

// said gives the decision in words.
func (a *attempt) said() string {
	if !process.Deciding(a.step) {
		for _, d := range a.step.Decisions {
			if d.Flow == a.outcome && d.Name != "" {
				return d.Name
			}
		}
		return a.outcome
	}
	approved := 0
	for _, l := range a.in.Lines {
		if l.Approve {
			approved++
		}
	}
	return itoa(approved) + " of " + itoa(len(a.in.Lines)) + " approved"
}
