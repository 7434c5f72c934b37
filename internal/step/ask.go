package step

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"provost/bpm"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/task"
)

// Codes of what may be wrong with a step that people do.
const (
	faultNoActor    = "no-actor"      // its actors name nobody
	faultExpression = "expression"    // one of its expressions cannot be read
	faultDue        = "due"           // its due date is none
	faultLines      = "approval"      // what is to be decided about is no list of requests
	faultRefused    = "refused"       // the platform refuses what was decided
	faultStep       = "step"          // the definition says something that cannot be done
	faultScript     = "script-"       // prefix of the kinds of script errors
	faultResult     = "script-result" // what a script came to is no data
	faultMissing    = "missing"       // what the step is about is no longer there
)

// Open opens the tasks of steps that people do. A step that cannot be asked gets its fault, and the others are opened all the same.
func (s *Service) Open(ctx context.Context, a process.Asking) ([]process.Opened, error) {
	sc, err := s.scene(ctx, a.Process, a.Version, a.Now)
	if err != nil {
		return nil, err
	}
	opened := make([]process.Opened, len(a.Asks))
	var all []process.Opening
	for i := range a.Asks {
		ask := &a.Asks[i]
		opened[i].Work = ask.Work
		ask.Values = over(a.Values, ask.Values)
		openings, err := s.ask(ctx, sc, *ask)
		if f, ok := errors.AsType[*bpm.Fault](err); ok {
			opened[i].Fault = f
			continue
		}
		if err != nil {
			return nil, err
		}
		opened[i].Done = len(openings) == 0
		all = append(all, openings...)
	}
	if len(all) == 0 {
		return opened, nil
	}
	if err := s.Ledger.Open(ctx, a.Process, all); err != nil {
		return nil, fmt.Errorf("open tasks: %w", err)
	}
	return opened, nil
}

// over gives values with others on top.
func over(values, top bpm.Values) bpm.Values {
	out := make(bpm.Values, len(values)+len(top))
	maps.Copy(out, values)
	maps.Copy(out, top)
	return out
}

// ask says which tasks a step opens; none when there is nothing to ask.
func (s *Service) ask(ctx context.Context, sc *scene, a bpm.Ask) ([]process.Opening, error) {
	step := sc.step(a.Node)
	base, err := s.opening(ctx, sc, step, a)
	if err != nil {
		return nil, err
	}
	switch {
	case process.Deciding(step):
		return s.approvals(ctx, sc, step, base)
	case step.Match != nil:
		found, err := s.matches(ctx, sc, step, a)
		if err != nil || len(found) == 0 {
			return nil, err
		}
		base.Values = found
	}
	people, err := s.people(ctx, sc, a.Node, a.Values, []question{{actors: step.Actors}})
	if err != nil {
		return nil, err
	}
	base.Candidates = people[0]
	return []process.Opening{base}, nil
}

// opening is what all tasks of a step have in common.
func (s *Service) opening(ctx context.Context, sc *scene, step *bpm.Step, a bpm.Ask) (process.Opening, error) {
	o := process.Opening{Work: a.Work, Element: a.Node, Name: step.Name, Values: a.Values}
	late := bpm.DeadlineOf{}
	if step.Deadline != nil {
		late = *step.Deadline
	}
	texts, err := s.texts(ctx, sc, a.Node, a.Values, step.Title, step.Due, late.Remind, late.Expire, late.Escalate)
	if err != nil {
		return o, err
	}
	if o.Title = texts[0]; o.Title == "" {
		o.Title = step.Name
	}
	if o.Due, err = due(texts[1], sc.now); err != nil {
		return o, &bpm.Fault{Code: faultDue, Message: fmt.Sprintf("The due date of %s, %q, is neither a date nor a duration: %v.", step.Name, texts[1], err)}
	}
	late.Remind, late.Expire, late.Escalate = texts[2], texts[3], texts[4]
	if err := s.late(ctx, &o, &late); err != nil {
		return o, err
	}
	err = s.letter(ctx, sc, step, a, &o)
	return o, err
}

// late says what happens to a task that is not done by its due date. Without a date nothing does.
func (s *Service) late(ctx context.Context, o *process.Opening, of *bpm.DeadlineOf) error {
	if o.Due == nil {
		return nil
	}
	var err error
	if o.Remind, err = before(of.Remind, *o.Due); err != nil {
		return err
	}
	if of.Expire != "" {
		if o.Expire, err = after(of.Expire, *o.Due); err != nil {
			return err
		}
		o.ExpireFlow = of.ExpireFlow
	}
	if strings.TrimSpace(of.Escalate) == "" {
		return nil
	}
	found, unknown, err := s.Ledger.Principals(ctx, []string{of.Escalate})
	if err != nil {
		return fmt.Errorf("look up whom to escalate to: %w", err)
	}
	o.Escalation = &process.Escalation{Replace: of.Replaces(), To: found, Unknown: unknown}
	return nil
}

// letter writes the notice of a step whose definition has one; else people get the usual one. A notice that cannot be written does not keep
// the task from its people; the log says why they got the usual one.
func (s *Service) letter(ctx context.Context, sc *scene, step *bpm.Step, a bpm.Ask, o *process.Opening) error {
	if step.Mail == nil {
		return nil
	}
	texts, err := s.texts(ctx, sc, a.Node, a.Values, step.Mail.Actors, step.Mail.Address, step.Mail.Subject, step.Mail.Message)
	if f, ok := errors.AsType[*bpm.Fault](err); ok {
		o.Unsent = f.Message
		return nil
	}
	if err != nil {
		return err
	}
	o.Letter = &process.Letter{Subject: texts[2], Text: texts[3], Shortcut: step.Mail.Shortcut && task.ByShortcut(step)}
	o.Copies, err = s.recipients(ctx, texts[0], texts[1])
	if f, ok := errors.AsType[*bpm.Fault](err); ok {
		o.Unsent = f.Message
		return nil
	}
	return err
}

// due reads a date, or a duration from now on. No text is no due date.
func due(text string, now time.Time) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	if at, err := bpm.ParseMoment(text); err == nil {
		return &at, nil
	}
	period, err := bpm.ParsePeriod(text)
	if err != nil {
		return nil, err
	}
	at, err := period.After(now)
	return &at, err
}

// before is the moment that lies a duration of days and smaller parts before a due date.
func before(text string, at time.Time) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	period, err := bpm.ParsePeriod(text)
	if err != nil {
		return nil, &bpm.Fault{Code: faultDue, Message: fmt.Sprintf("The time of the reminder, %q, is no duration: %v.", text, err)}
	}
	after, err := period.After(at)
	if err != nil {
		return nil, err
	}
	remind := at.Add(at.Sub(after))
	return &remind, nil
}

// after is the moment that lies a duration after a due date.
func after(text string, at time.Time) (*time.Time, error) {
	period, err := bpm.ParsePeriod(text)
	if err != nil {
		return nil, &bpm.Fault{Code: faultDue, Message: fmt.Sprintf("The time after which the task expires, %q, is no duration: %v.", text, err)}
	}
	end, err := period.After(at)
	return &end, err
}

// question asks who may do a task.
type question struct {
	actors *bpm.Assignment
	more   map[string]any // what its script sees besides the values
}

// people finds who may do tasks of a node, for every question: by the script, by the expression, or by the lane. However many questions there
// are, their scripts run in one batch and their names are looked up at once.
func (s *Service) people(ctx context.Context, sc *scene, node string, values bpm.Values, questions []question) ([][]process.Principal, error) {
	if len(questions) == 0 {
		return nil, nil
	}
	names, err := s.actors(ctx, sc, node, values, questions)
	if err != nil {
		return nil, err
	}
	known, err := s.Ledger.Resolve(ctx, process.References(slices.Concat(names...)...))
	if err != nil {
		return nil, fmt.Errorf("look actors up: %w", err)
	}
	people := make([][]process.Principal, len(questions))
	for i := range questions {
		found, unknown := process.Among(known, names[i]...)
		if len(found) == 0 {
			return nil, noActor(sc.step(node).Name, unknown)
		}
		people[i] = found
	}
	return people, nil
}

// noActor is the fault of a step that nobody can do.
func noActor(step string, unknown []string) *bpm.Fault {
	message := "It names no actors."
	if len(unknown) > 0 {
		message = fmt.Sprintf("Nobody goes by %s.", strings.Join(unknown, ", "))
	}
	return &bpm.Fault{Code: faultNoActor, Message: fmt.Sprintf("Nobody can do %s. %s Correct the actors and retry.", step, message)}
}

// actors gives, for every question, the names that stand for whoever may do the task.
func (s *Service) actors(ctx context.Context, sc *scene, node string, values bpm.Values, questions []question) ([][]string, error) {
	names := make([][]string, len(questions))
	var runs []run
	var at []int // question of each run
	for i, q := range questions {
		text, scripted, err := sc.actorsOf(node, q.actors)
		switch {
		case err != nil:
			return nil, err
		case scripted:
			runs, at = append(runs, run{name: "actors of " + sc.step(node).Name, text: text, values: values, more: q.more}), append(at, i)
		case text != "":
			names[i] = []string{text}
		case q.actors != nil:
			names[i] = q.actors.Lane
		}
	}
	results, err := s.run(ctx, sc, runs)
	if err != nil {
		return nil, err
	}
	for i, r := range results {
		if r.Fault != nil {
			return nil, r.Fault
		}
		names[at[i]] = []string{plain(r.Value)}
	}
	return names, nil
}

// actorsOf gives the script that names actors, or the names themselves where no script is needed; nothing where the lane names them.
func (s *scene) actorsOf(node string, of *bpm.Assignment) (text string, scripted bool, err error) {
	switch {
	case of == nil:
		return "", false, nil
	case of.Script != "":
		return s.library.Scripts[of.Script], true, nil
	case of.Expression == "":
		return "", false, nil
	}
	source, scripted, err := bpm.Expression(of.Expression)
	if err != nil {
		return "", false, &bpm.Fault{Code: faultExpression, Message: fmt.Sprintf("The actors of %s cannot be read: %v.", s.step(node).Name, err)}
	}
	if !scripted {
		return of.Expression, false, nil
	}
	return source, true, nil
}

// asFault turns a refusal by the platform into an answer for the process; every other error stays what it is.
func asFault(err error) error {
	if code := fault.CodeOf(err); code != "" && code != fault.Unavailable && code != fault.TooMany {
		return &bpm.Fault{Code: faultRefused, Message: err.Error()}
	}
	return err
}
