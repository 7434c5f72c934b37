package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

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
		if err := u.recordVersion(ctx, of, &e); err != nil {
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
		return l.tell(ctx, u, &e)
	})
}

// recordVersion puts the process on another version, and its open tasks on the elements that took the place of theirs.
func (u *unit) recordVersion(ctx context.Context, of *db.LockProcessRow, e *process.Entry) error {
	if e.Version == nil {
		return nil
	}
	if err := u.q.PutOnVersion(ctx, db.PutOnVersionParams{ID: e.Process, VersionID: *e.Version}); err != nil {
		return fmt.Errorf("put process on version: %w", err)
	}
	of.VersionID = *e.Version
	params := db.RenameElementsParams{ProcessID: e.Process, Before: []string{}, After: []string{}}
	for _, before := range slices.Sorted(maps.Keys(e.Renamed)) {
		params.Before, params.After = append(params.Before, before), append(params.After, e.Renamed[before])
	}
	if err := u.q.RenameElements(ctx, params); err != nil {
		return fmt.Errorf("rename elements of tasks: %w", err)
	}
	return nil
}

// recordLog writes where the process went.
func (u *unit) recordLog(ctx context.Context, e *process.Entry) error {
	lines := make([]db.InsertProcessLogParams, 0, len(e.Traces)+len(e.Incidents)+1)
	for _, t := range e.Traces {
		kind := logLeave
		if t.Enter {
			kind = logEnter
		}
		lines = append(lines, db.InsertProcessLogParams{Kind: kind, Element: t.Node, Name: t.Name, Outcome: t.Outcome, Flow: t.Taken})
	}
	for _, a := range e.Incidents {
		lines = append(lines, db.InsertProcessLogParams{Kind: logIncident, Element: a.Node, Outcome: a.Fault.Code, Text: a.Fault.Message})
	}
	if e.Refused != "" {
		lines = append(lines, db.InsertProcessLogParams{Kind: logRefused, Text: e.Refused})
	}
	if e.Finish != nil {
		last := db.InsertProcessLogParams{Kind: logFinish, Outcome: string(e.Finish.Status)}
		if e.Finish.Fault != nil {
			last.Text = e.Finish.Fault.Message
		}
		lines = append(lines, last)
	}
	for i := range lines {
		lines[i].ProcessID, lines[i].Seq, lines[i].Line, lines[i].At = e.Process, &e.Seq, int32(i), e.At
		if err := u.q.InsertProcessLog(ctx, lines[i]); err != nil {
			return fmt.Errorf("write log: %w", err)
		}
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
	kinds, keys := make([]string, len(e.Timers)), make([]int64, len(e.Timers))
	for i, j := range e.Timers {
		kinds[i], keys[i] = string(j.Kind), j.Key
	}
	if err := u.q.DropJobs(ctx, db.DropJobsParams{ProcessID: e.Process, Kinds: kinds, Keys: keys}); err != nil {
		return fmt.Errorf("drop jobs: %w", err)
	}
	for _, j := range e.Timers {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make job id: %w", err)
		}
		err = u.q.KeepJobs(ctx, db.KeepJobsParams{
			ID: id, ProcessID: e.Process, Kind: string(j.Kind), Key: j.Key, Element: j.Element, Name: j.Name, DueAt: j.Due,
			Attempts: int32(j.Attempts), Status: cmp.Or(j.Status, process.JobWaiting), Message: j.Message, //nolint:gosec // a small number
		})
		if err != nil {
			return fmt.Errorf("write job: %w", err)
		}
	}
	return nil
}

func (u *unit) recordIncidents(ctx context.Context, e *process.Entry) error {
	for _, a := range e.Incidents {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make incident id: %w", err)
		}
		err = u.q.OpenIncident(ctx, db.OpenIncidentParams{
			ID: id, ProcessID: e.Process, Incident: a.Incident, Work: a.Work, Element: a.Node, Code: a.Fault.Code, Message: a.Fault.Message, OpenedAt: e.At,
		})
		if err != nil {
			return fmt.Errorf("write incident: %w", err)
		}
	}
	solved := e.SolvedIncidents
	if solved == nil {
		solved = []int64{}
	}
	params := db.SolveIncidentsParams{ProcessID: e.Process, Incidents: solved, Everything: e.Finish != nil, At: e.At}
	if err := u.q.SolveIncidents(ctx, params); err != nil {
		return fmt.Errorf("solve incidents: %w", err)
	}
	return nil
}

func (u *unit) recordWaits(ctx context.Context, e *process.Entry) error {
	if err := u.q.DropWaits(ctx, e.Process); err != nil {
		return fmt.Errorf("drop waits: %w", err)
	}
	for _, w := range e.Waits {
		params := db.InsertWaitParams{ProcessID: e.Process, Type: string(w.Type), Name: w.Name, Element: w.Element}
		if err := u.q.InsertWait(ctx, params); err != nil {
			return fmt.Errorf("write wait: %w", err)
		}
	}
	return nil
}

// recordPosition writes status, places and variables.
func (u *unit) recordPosition(ctx context.Context, of *db.LockProcessRow, e *process.Entry) error {
	steps, err := u.names(ctx, e.Process, e.Places)
	if err != nil {
		return err
	}
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
	err = u.q.AdvanceProcess(ctx, db.AdvanceProcessParams{
		ID: e.Process, Status: cmp.Or(string(status), of.Status), Message: message, Places: places, Steps: strings.Join(steps, ", "), Seq: e.Seq, At: e.At,
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

// names gives elements the names they were entered under, once each.
func (u *unit) names(ctx context.Context, id uuid.UUID, elements []string) ([]string, error) {
	if len(elements) == 0 {
		return nil, nil
	}
	rows, err := u.q.NamesOfPlaces(ctx, db.NamesOfPlacesParams{ProcessID: id, Elements: elements})
	if err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	known := make(map[string]string, len(rows))
	for _, r := range rows {
		known[r.Element] = r.Name
	}
	var out []string
	seen := map[string]bool{}
	for _, e := range elements {
		name := cmp.Or(known[e], e)
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	return out, nil
}
