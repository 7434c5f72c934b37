package store

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/process"
	"provost/internal/store/db"
)

// Kinds of log lines that the workflow writes. What people do is logged under the name of what they did.
const (
	logEnter    = "enter"
	logLeave    = "leave"
	logIncident = "incident"
	logFinish   = "finish"
	logRefused  = "refused" // an operator's wish
)

// Record implements process.Ledger.
func (l *Ledger) Record(ctx context.Context, e process.Entry) error {
	return l.exec(ctx, func(ctx context.Context, u *unit) error {
		of, err := u.lock(ctx, e.Process)
		if err != nil || of.Seq >= e.Seq {
			return err
		}
		if err := l.recordVersion(ctx, u, of, &e); err != nil {
			return err
		}
		if err := u.recordLog(ctx, &e); err != nil {
			return err
		}
		if err := l.recordClosed(ctx, u, of, &e); err != nil {
			return err
		}
		for _, record := range []func(context.Context, *process.Entry) error{u.recordJobs, u.recordIncidents, u.recordWaits} {
			if err := record(ctx, &e); err != nil {
				return err
			}
		}
		if err := u.recordPosition(ctx, of, &e); err != nil {
			return err
		}
		if e.Finish != nil {
			if err := u.tellEnd(ctx, e.Process); err != nil {
				return err
			}
		}
		return l.tell(ctx, u, &e)
	})
}

// recordLog writes where the process went.
func (u *unit) recordLog(ctx context.Context, e *process.Entry) error {
	lines := db.InsertProcessLogLinesParams{ProcessID: e.Process, Seq: e.Seq, At: e.At}
	write := func(kind, element, name, outcome, flow, text string) {
		lines.Kinds, lines.Elements, lines.Names = append(lines.Kinds, kind), append(lines.Elements, element), append(lines.Names, name)
		lines.Outcomes, lines.Flows, lines.Texts = append(lines.Outcomes, outcome), append(lines.Flows, flow), append(lines.Texts, text)
	}
	for _, t := range e.Traces {
		kind := logLeave
		if t.Enter {
			kind = logEnter
		}
		write(kind, t.Node, t.Name, t.Outcome, t.Taken, "")
	}
	for _, a := range e.Incidents {
		write(logIncident, a.Node, "", a.Fault.Code, "", a.Fault.Message)
	}
	if e.Refused != "" {
		write(logRefused, "", "", "", "", e.Refused)
	}
	if e.Finish != nil {
		text := ""
		if e.Finish.Fault != nil {
			text = e.Finish.Fault.Message
		}
		write(logFinish, "", "", string(e.Finish.Status), "", text)
	}
	if len(lines.Kinds) == 0 {
		return nil
	}
	if err := u.q.InsertProcessLogLines(ctx, lines); err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	return nil
}

// recordClosed closes the tasks that nobody waits for any more. Where a timer of the process took the work away, people read that the time
// ran out.
func (l *Ledger) recordClosed(ctx context.Context, u *unit, of *db.LockProcessRow, e *process.Entry) error {
	if e.Finish != nil {
		reason := "The process ended."
		if err := u.q.CloseAllTasks(ctx, db.CloseAllTasksParams{ProcessID: e.Process, Reason: reason, At: e.At}); err != nil {
			return fmt.Errorf("close tasks: %w", err)
		}
	}
	if len(e.Closed) == 0 {
		return nil
	}
	plan, err := l.Plan(ctx, of.VersionID)
	if err != nil {
		return err
	}
	for _, c := range e.Closed {
		status, reason := closing(&plan, c.Reason)
		if err := u.closeWorks(ctx, e.Process, []int64{c.Work}, status, reason, e.At); err != nil {
			return err
		}
	}
	return nil
}

// closing says how a task ends that is taken back, and why, in words for people.
func closing(plan *bpm.Plan, reason string) (status, text string) {
	for i := range plan.Nodes {
		n := &plan.Nodes[i]
		if n.ID != reason {
			continue
		}
		name := cmp.Or(n.Name, n.ID)
		if n.Event != nil && n.Event.Type == bpm.TimerEvent {
			return "expired", "The time ran out: " + name + "."
		}
		return "cancelled", "Interrupted by " + name + "."
	}
	return "cancelled", reason
}

func (u *unit) recordJobs(ctx context.Context, e *process.Entry) error {
	jobs := db.KeepJobsParams{ProcessID: e.Process}
	for i := range e.Timers {
		j := &e.Timers[i]
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make job id: %w", err)
		}
		var due time.Time
		if j.Due != nil {
			due = *j.Due
		}
		jobs.Ids, jobs.Kinds, jobs.Keys = append(jobs.Ids, id), append(jobs.Kinds, string(j.Kind)), append(jobs.Keys, j.Key)
		jobs.Elements, jobs.Names, jobs.Due = append(jobs.Elements, j.Element), append(jobs.Names, j.Name), append(jobs.Due, due)
		jobs.Attempts = append(jobs.Attempts, int32(j.Attempts)) //nolint:gosec // a small number
		jobs.Statuses, jobs.Messages = append(jobs.Statuses, cmp.Or(j.Status, process.JobWaiting)), append(jobs.Messages, j.Message)
	}
	if err := u.q.KeepJobs(ctx, jobs); err != nil {
		return fmt.Errorf("write jobs: %w", err)
	}
	return nil
}

func (u *unit) recordIncidents(ctx context.Context, e *process.Entry) error {
	if err := u.openIncidents(ctx, e); err != nil {
		return err
	}
	if len(e.Reopened) > 0 {
		if err := u.q.ReopenIncidents(ctx, db.ReopenIncidentsParams{ProcessID: e.Process, Incidents: e.Reopened}); err != nil {
			return fmt.Errorf("reopen incidents: %w", err)
		}
	}
	if len(e.SolvedIncidents) == 0 && e.Finish == nil {
		return nil
	}
	params := db.SolveIncidentsParams{ProcessID: e.Process, Incidents: e.SolvedIncidents, Everything: e.Finish != nil, At: e.At}
	if params.Incidents == nil {
		params.Incidents = []int64{}
	}
	if err := u.q.SolveIncidents(ctx, params); err != nil {
		return fmt.Errorf("solve incidents: %w", err)
	}
	return nil
}

func (u *unit) openIncidents(ctx context.Context, e *process.Entry) error {
	if len(e.Incidents) == 0 {
		return nil
	}
	opened := db.OpenIncidentsParams{ProcessID: e.Process, At: e.At}
	for i := range e.Incidents {
		a := &e.Incidents[i]
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make incident id: %w", err)
		}
		opened.Ids, opened.Incidents, opened.Works = append(opened.Ids, id), append(opened.Incidents, a.Incident), append(opened.Works, a.Work)
		opened.Elements, opened.Codes = append(opened.Elements, a.Node), append(opened.Codes, a.Fault.Code)
		opened.Messages = append(opened.Messages, a.Fault.Message)
	}
	if err := u.q.OpenIncidents(ctx, opened); err != nil {
		return fmt.Errorf("write incidents: %w", err)
	}
	names, err := u.entered(ctx, e.Process, opened.Elements)
	if err != nil {
		return err
	}
	for i := range e.Incidents {
		a := &e.Incidents[i]
		if err := u.tellIncident(ctx, e.Process, a, cmp.Or(names[a.Node], a.Node)); err != nil {
			return err
		}
	}
	return nil
}

func (u *unit) recordWaits(ctx context.Context, e *process.Entry) error {
	waits := db.KeepWaitsParams{ProcessID: e.Process}
	for _, w := range e.Waits {
		waits.Types, waits.Names = append(waits.Types, string(w.Type)), append(waits.Names, w.Name)
		waits.Keys, waits.Elements = append(waits.Keys, w.Key), append(waits.Elements, w.Element)
	}
	if err := u.q.KeepWaits(ctx, waits); err != nil {
		return fmt.Errorf("write waits: %w", err)
	}
	return nil
}

// recordPosition writes status, places and variables.
func (u *unit) recordPosition(ctx context.Context, of *db.LockProcessRow, e *process.Entry) error {
	status, message := e.Status, ""
	if e.Finish != nil {
		status = e.Finish.Status
		if e.Finish.Fault != nil {
			message = e.Finish.Fault.Message
		}
	}
	places := e.Places
	if places == nil {
		places = []string{}
	}
	err := u.q.AdvanceProcess(ctx, db.AdvanceProcessParams{
		ID: e.Process, Status: cmp.Or(string(status), of.Status), Message: message, Places: places, Steps: strings.Join(e.Steps, ", "), Seq: e.Seq, At: e.At,
	})
	if err != nil {
		return fmt.Errorf("write position: %w", err)
	}
	if e.Values == nil {
		return nil
	}
	return u.keepVariables(ctx, e.Process, []string{strconv.FormatInt(of.Number, 10), of.Name, of.Initiator}, e.Values)
}

func (u *unit) keepVariables(ctx context.Context, id uuid.UUID, first []string, values bpm.Values) error {
	text, err := encoded(values)
	if err != nil {
		return err
	}
	if err := u.q.KeepVariables(ctx, db.KeepVariablesParams{ID: id, Variables: text, Words: words(first, values)}); err != nil {
		return fmt.Errorf("write variables: %w", err)
	}
	return nil
}

// entered gives the names that elements were entered under.
func (u *unit) entered(ctx context.Context, id uuid.UUID, elements []string) (map[string]string, error) {
	rows, err := u.q.NamesOfPlaces(ctx, db.NamesOfPlacesParams{ProcessID: id, Elements: elements})
	if err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	known := make(map[string]string, len(rows))
	for _, r := range rows {
		known[r.Element] = r.Name
	}
	return known, nil
}
