package process

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/query"
)

// Pending is a timer, or a step in the background, as the page of scheduled jobs shows it.
type Pending struct {
	ID        uuid.UUID  `json:"id" db:"id,auto"`
	ProcessID uuid.UUID  `json:"processId" db:"process_id"`
	Number    int64      `json:"number" db:"number,read" sql:"p.number" doc:"Of the process"`
	Process   string     `json:"process" db:"process,read" sql:"p.name"`
	Kind      JobKind    `json:"kind" db:"kind" enum:"timer,async"`
	Key       int64      `json:"-" db:"key"`
	Element   string     `json:"element" db:"element"`
	Name      string     `json:"name" db:"name"`
	DueAt     *time.Time `json:"dueAt" db:"due_at"`
	Attempts  int        `json:"attempts" db:"attempts" doc:"That failed"`
	Status    string     `json:"status" db:"status" enum:"waiting,running,failed"`
	Message   string     `json:"message" db:"message" doc:"Of the last attempt"`
	Held      bool       `json:"held" db:"held" doc:"Waits although its time has come"`
}

// Incident is work that failed and waits for an operator.
type Incident struct {
	ID        uuid.UUID  `json:"id" db:"id,auto"`
	ProcessID uuid.UUID  `json:"processId" db:"process_id"`
	Number    int64      `json:"number" db:"number,read" sql:"p.number" doc:"Of the process"`
	Process   string     `json:"process" db:"process,read" sql:"p.name"`
	Incident  int64      `json:"-" db:"incident"`
	Element   string     `json:"element" db:"element"`
	Name      string     `json:"name" db:"name,read" sql:"coalesce(nullif(t.name, ''), t.element)"`
	Code      string     `json:"code" db:"code"`
	Message   string     `json:"message" db:"message"`
	Status    string     `json:"status" db:"status" enum:"open,asked,solved" doc:"asked: somebody decided what to do, and the process has not done it yet"`
	Action    string     `json:"action" db:"action" doc:"What was decided: retry, skip, modify"`
	Reason    string     `json:"reason" db:"reason"`
	SolvedBy  string     `json:"solvedBy" db:"solved_by" doc:"Who decided"`
	OpenedAt  time.Time  `json:"openedAt" db:"opened_at,auto"`
	SolvedAt  *time.Time `json:"solvedAt" db:"solved_at"`
}

// OperationStore is what is asked of the database about jobs and incidents. A sight that is limited reaches those of managed processes.
type OperationStore interface {
	ListJobs(ctx context.Context, s Sight, l query.List) (query.Page[Pending], error)
	EachJob(ctx context.Context, s Sight, l query.List, yield func(Pending) error) error
	// Job gives one job, or fault.NotFound.
	Job(ctx context.Context, id uuid.UUID) (Pending, error)
	HoldJob(ctx context.Context, id uuid.UUID, held bool) error

	ListIncidents(ctx context.Context, s Sight, l query.List) (query.Page[Incident], error)
	EachIncident(ctx context.Context, s Sight, l query.List, yield func(Incident) error) error
	// Incident gives one incident, locked, or fault.NotFound.
	Incident(ctx context.Context, id uuid.UUID) (Incident, error)
	AskIncident(ctx context.Context, i Incident) error

	// Waiting gives who waits for a message or signal, in the order in which a message is offered: first those with its key, the longest first; at
	// most so many, 0 for all. A sight that is limited reaches managed processes.
	Waiting(ctx context.Context, s Sight, kind bpm.EventType, name, key string, most int) ([]Addressee, error)
	// BegunBy gives the codes of the enabled definitions that begin by a message.
	BegunBy(ctx context.Context, message string) ([]string, error)

	// SameDefinition tells whether two versions are of one definition.
	SameDefinition(ctx context.Context, one, other uuid.UUID) (bool, error)
	// Standing gives where running processes of a version are: those named, or all when none is.
	Standing(ctx context.Context, version uuid.UUID, only []uuid.UUID) ([]Standing, error)
	// ControlAll has processes steered, all in the same way, and writes the log line that says so for each.
	ControlAll(ctx context.Context, processes []uuid.UUID, action Action, by string, payload any, line LogLine) error
}

// Operations is the use cases of those who look after running processes: holders of permissions, and the managers of each process.
type Operations struct {
	Processes *Processes
	Store     OperationStore
}

// Jobs gives the timers and background steps of the processes that the caller looks after.
func (s *Operations) Jobs(ctx context.Context, l query.List) (query.Page[Pending], error) {
	see, err := s.Processes.sight(ctx)
	if err != nil {
		return query.Page[Pending]{}, err
	}
	return s.Store.ListJobs(ctx, see, l)
}

// EachJob streams them.
func (s *Operations) EachJob(ctx context.Context, l query.List, yield func(Pending) error) error {
	see, err := s.Processes.sight(ctx)
	if err != nil {
		return err
	}
	return s.Store.EachJob(ctx, see, l, yield)
}

// Hold keeps a job back although its time comes. Managers may, and holders of process:resume.
func (s *Operations) Hold(ctx context.Context, id uuid.UUID) (Pending, error) {
	return s.hold(ctx, id, ActionHold, true)
}

// Resume lets a held job go on, and a failed one try again at once.
func (s *Operations) Resume(ctx context.Context, id uuid.UUID) (Pending, error) {
	return s.hold(ctx, id, ActionResume, false)
}

func (s *Operations) hold(ctx context.Context, id uuid.UUID, action Action, held bool) (Pending, error) {
	var out Pending
	err := s.Processes.Store.Do(ctx, func(ctx context.Context) error {
		job, err := s.Store.Job(ctx, id)
		if err != nil {
			return err
		}
		line := LogLine{Element: job.Element, Name: job.Name}
		if err := hideAs("job", s.Processes.steer(ctx, job.ProcessID, action, Hold{Kind: job.Kind, Key: job.Key}, line)); err != nil {
			return err
		}
		if job.Held == held && held {
			return fault.New(fault.Conflict, "The job %s is held already.", job.Name)
		}
		if err := s.Store.HoldJob(ctx, id, held); err != nil {
			return err
		}
		out, err = s.Store.Job(ctx, id)
		return err
	})
	return out, err
}

// hideAs makes of a process that somebody may not see a part of it that is not there.
func hideAs(what string, err error) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "There is no such %s.", what)
	}
	return err
}

// Incidents gives the incidents of the processes that the caller looks after.
func (s *Operations) Incidents(ctx context.Context, l query.List) (query.Page[Incident], error) {
	see, err := s.Processes.sight(ctx)
	if err != nil {
		return query.Page[Incident]{}, err
	}
	return s.Store.ListIncidents(ctx, see, l)
}

// EachIncident streams them.
func (s *Operations) EachIncident(ctx context.Context, l query.List, yield func(Incident) error) error {
	see, err := s.Processes.sight(ctx)
	if err != nil {
		return err
	}
	return s.Store.EachIncident(ctx, see, l, yield)
}

// Ways out of an incident, as people call them.
const (
	RepairRetry  = "retry"  // do the work again
	RepairModify = "modify" // do it again with other values
	RepairSkip   = "skip"   // go on as if it were done
)

// Repaired is what an operator decided about an incident.
type Repaired struct {
	How     string
	Reason  string
	Outcome string     // of a skipped step: the flow to leave it by
	Values  bpm.Values // of modify, and of skip where the step would have set them
}

// Repair decides about an incident. Managers may; others need process:resume to retry and process:update for all else. A reason is required
// for everything but doing the same again.
func (s *Operations) Repair(ctx context.Context, id uuid.UUID, r Repaired) (Incident, error) {
	var out Incident
	err := s.Processes.Store.Do(ctx, func(ctx context.Context) error {
		found, err := s.Store.Incident(ctx, id)
		if err != nil {
			return err
		}
		if _, _, err := s.Processes.See(ctx, found.ProcessID); err != nil {
			return hideAs("incident", err)
		}
		action, err := r.action()
		if err != nil {
			return err
		}
		if found.Status == "solved" {
			return fault.New(fault.Conflict, "The incident at %s is solved already.", found.Name)
		}
		payload := Repair{Incident: found.Incident, Outcome: r.Outcome, Values: r.Values, Reason: strings.TrimSpace(r.Reason)}
		line := LogLine{Element: found.Element, Name: found.Name, Text: payload.Reason, Outcome: r.Outcome}
		right := action
		if r.How == RepairModify {
			right = ActionSkip // whoever changes values changes where the process goes
		}
		if err := s.Processes.steerAs(ctx, found.ProcessID, action, right, payload, line); err != nil {
			return err
		}
		who, _ := authz.From(ctx)
		found.Status, found.Action, found.Reason, found.SolvedBy = "asked", r.How, payload.Reason, who.UserName
		if err := s.Store.AskIncident(ctx, found); err != nil {
			return err
		}
		out = found
		return nil
	})
	return out, err
}

// action gives what the process is asked for.
func (r *Repaired) action() (Action, error) {
	switch r.How {
	case RepairRetry:
		if len(r.Values) > 0 {
			return "", fault.InvalidField("values", "Values are changed by modify.")
		}
		return ActionRetry, nil
	case RepairModify:
		if len(r.Values) == 0 {
			return "", fault.InvalidField("values", "Say which values to change.")
		}
		return ActionRetry, reasoned(r.Reason)
	case RepairSkip:
		return ActionSkip, reasoned(r.Reason)
	}
	return "", fault.InvalidField("action", "An incident is solved by retry, modify or skip, not %q.", r.How)
}
