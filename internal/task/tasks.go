package task

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/metadata"
	"provost/internal/process"
	"provost/internal/query"
)

// Tasks is the use cases of tasks. None asks for a permission but those of somebody who is neither candidate, assignee, nor manager of the
// process: process:update stands in for the managers.
type Tasks struct {
	Store     Store
	Processes *process.Processes
	Audit     audit.Recorder
	Forms     process.Forms
	// Attributes says what of a user somebody may see.
	Attributes *metadata.Schemas
}

// me gives the person that asks: only people have tasks.
func me(ctx context.Context) (authz.Principal, error) {
	p, ok := authz.From(ctx)
	if !ok || p.UserID == uuid.Nil {
		return p, authz.ErrNoPrincipal
	}
	return p, nil
}

func (s *Tasks) desk(ctx context.Context, view View) (Desk, error) {
	who, err := me(ctx)
	if err != nil {
		return Desk{}, err
	}
	switch view {
	case "":
		view = Inbox
	case Inbox, Mine, Available, Done:
	default:
		return Desk{}, fault.InvalidField("view", "There is no list of tasks %q: inbox, mine, available or done.", string(view))
	}
	hats, err := s.Store.Hats(ctx, who.UserID)
	return Desk{User: who.UserID, Hats: hats, View: view}, err
}

// List gives a page of the caller's tasks, newest first. Filter and sort may name the attributes of [Task].
func (s *Tasks) List(ctx context.Context, view View, l query.List) (query.Page[Task], error) {
	desk, err := s.desk(ctx, view)
	if err != nil {
		return query.Page[Task]{}, err
	}
	return s.Store.List(ctx, desk, l)
}

// Each streams the caller's tasks.
func (s *Tasks) Each(ctx context.Context, view View, l query.List, yield func(Task) error) error {
	desk, err := s.desk(ctx, view)
	if err != nil {
		return err
	}
	return s.Store.Each(ctx, desk, l, yield)
}

// Counts gives the caller's inbox in numbers.
func (s *Tasks) Counts(ctx context.Context) (Counts, error) {
	desk, err := s.desk(ctx, Inbox)
	if err != nil {
		return Counts{}, err
	}
	return s.Store.Counts(ctx, desk)
}

// standing is how somebody stands to a task.
type standing struct {
	who       authz.Principal
	assignee  bool
	owner     bool
	candidate bool
	manager   bool
}

// works tells whether somebody may do the task as it is now: who has taken it may, a candidate while nobody has, and managers.
func (s *standing) works(t *Task) bool {
	return s.manager || s.assignee || s.candidate && t.Status == Open
}

// stand finds out how the caller stands to a task. To whom may not see its process, the task is not there (fault.NotFound).
func (s *Tasks) stand(ctx context.Context, t *Task) (standing, error) {
	who, err := me(ctx)
	if err != nil {
		return standing{}, err
	}
	_, parts, err := s.Processes.See(ctx, t.ProcessID)
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "There is no such task.")
	}
	if err != nil {
		return standing{}, err
	}
	hats, err := s.Store.Hats(ctx, who.UserID)
	if err != nil {
		return standing{}, err
	}
	out := standing{
		who: who, assignee: is(t.AssigneeID, who.UserID), owner: is(t.OwnerID, who.UserID),
		manager: slices.Contains(parts, process.PartManager) || who.Allows(authz.ProcessUpdate),
	}
	out.candidate, err = s.Store.IsCandidate(ctx, t.ID, hats)
	return out, err
}

func is(id *uuid.UUID, user uuid.UUID) bool { return id != nil && *id == user }

// Get gives a task as its page shows it, to everybody who sees its process.
func (s *Tasks) Get(ctx context.Context, id uuid.UUID) (Detail, error) {
	if _, err := me(ctx); err != nil {
		return Detail{}, err
	}
	t, err := s.Store.Get(ctx, id)
	if err != nil {
		return Detail{}, err
	}
	standing, err := s.stand(ctx, &t)
	if err != nil {
		return Detail{}, err
	}
	d := Detail{Task: t, Decisions: []bpm.Decision{}, Lines: []process.DecidedLine{}, May: may(&standing, &t)}
	if d.Candidates, err = s.Store.Candidates(ctx, id); err != nil {
		return d, err
	}
	content, step, library, err := s.content(ctx, &t)
	if err != nil {
		return d, err
	}
	d.Uploads, d.Deciding = step.Uploads, process.Deciding(step)
	if len(step.Decisions) > 0 && !d.Deciding {
		d.Decisions = step.Decisions
	}
	if d.FormView, err = s.Forms.View(ctx, sheetOf(&t, &content, step, library)); err != nil {
		return d, err
	}
	if !t.Live() {
		maps.Copy(d.Values, only(d.Values, content.Payload))
	}
	if step.Match != nil {
		if d.Match, err = s.match(ctx, library, merged(content.Current, content.Variables)); err != nil {
			return d, err
		}
	}
	if step.Approval != nil {
		d.Lines, err = s.lines(ctx, &t)
	}
	return d, err
}

// sheetOf gives the form of a task: with the values of the process now and what was saved as a draft; of a task that is over, with what it had and
// what was filled in.
func sheetOf(t *Task, c *Content, step *bpm.Step, library *bpm.Library) process.Filled {
	in := process.Filled{Library: library, Form: step.Form, Current: c.Current, Kept: c.Draft}
	if !t.Live() {
		in.Current, in.Kept = c.Variables, c.Payload
	}
	return in
}

// only gives the values of some names.
func only(names, values bpm.Values) bpm.Values {
	out := maps.Clone(values)
	maps.DeleteFunc(out, func(name string, _ json.RawMessage) bool { return names[name] == nil })
	return out
}

// content gives what a task holds, with what its definition says about the step.
func (s *Tasks) content(ctx context.Context, t *Task) (Content, *bpm.Step, *bpm.Library, error) {
	content, err := s.Store.Content(ctx, t.ID)
	if err != nil {
		return content, nil, nil, err
	}
	library, err := s.Store.Library(ctx, content.Version)
	if err != nil {
		return content, nil, nil, err
	}
	step := library.Steps[t.Element]
	if step == nil {
		step = &bpm.Step{} // a step that says nothing beyond its place
	}
	return content, step, library, nil
}

// lines gives the lines of the part of a node that a task decides about.
func (s *Tasks) lines(ctx context.Context, t *Task) ([]process.DecidedLine, error) {
	all, err := s.Store.Lines(ctx, t.ProcessID, t.Work)
	out := []process.DecidedLine{}
	for _, l := range all {
		if l.Part == t.Part {
			out = append(out, l)
		}
	}
	return out, err
}

// may lists what somebody may do with a task.
func may(s *standing, t *Task) []string {
	out := []string{}
	if !t.Live() {
		return out
	}
	add := func(ok bool, what string) {
		if ok {
			out = append(out, what)
		}
	}
	works := s.works(t)
	add(t.Status == Open && works, "claim")
	add(t.Status == Claimed && (s.assignee || s.manager), "release")
	add(works, "delegate")
	add(s.owner && !s.assignee, "recall")
	add(works, "schedule")
	add(works, "draft")
	add(works, "complete")
	return out
}
