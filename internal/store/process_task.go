package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/bpm"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/query"
	"provost/internal/store/db"
	"provost/internal/task"
)

// ProcessTasks keeps the tasks of people: it implements task.Store.
type ProcessTasks struct{ *Ledger }

// ProcessTasks gives the store of tasks.
func (t *Tenant) ProcessTasks() *ProcessTasks { return &ProcessTasks{t.Ledger()} }

// The lists of tasks, as statements that give ids. Ids rise with time, so that the newest of each hat are read from its part of the index and
// nothing else is looked at.
const (
	takenTasks     = "select y.id from process_tasks y where y.status = 'claimed' and y.assignee_id = {user}"
	availableTasks = "select y.task_id as id from process_task_candidates y where y.pending and y.hat = any ({hats})"
	newestTasks    = `select y.task_id as id from unnest({hats}) h cross join lateral
		(select c.task_id from process_task_candidates c where c.pending and c.hat = h order by c.task_id desc limit {most}) y`
	doneTasks = "select y.id from process_tasks y where y.closed_by_id = {user}"
)

// idsOf gives the statement of a desk's tasks. With newest, at least so many of the newest are among them; zero is for all.
func idsOf(d task.Desk, newest int) string {
	available := availableTasks
	if newest > 0 {
		available = newestTasks
	}
	statement := map[task.View]string{
		task.Mine: takenTasks, task.Available: available, task.Done: doneTasks, task.Inbox: takenTasks + " union all " + available,
	}[d.View]
	return strings.NewReplacer("{user}", "'"+d.User.String()+"'", "{hats}", idArray(d.Hats), "{most}", strconv.Itoa(newest)).Replace(statement)
}

func (s *ProcessTasks) table(rows string) *table[task.Task] {
	return newTable(table[task.Task]{
		tenant: s.Tenant, name: "process_tasks", rows: rows,
		from: `process_tasks t left join processes p on p.id = t.process_id
			left join users ua on ua.id = t.assignee_id left join users uo on uo.id = t.owner_id`,
		search: "provost.fold(t.title || ' ' || t.name || ' ' || p.name || ' ' || p.number || ' ' || p.initiator || ' ' || p.subject)", order: "t.id desc",
		list: newAttributes[task.Task]("task", "task", false),
	})
}

// of gives the tasks of a desk as a table.
func (s *ProcessTasks) of(d task.Desk, newest int) *table[task.Task] {
	return s.table("t.id in (" + idsOf(d, newest) + ")")
}

// List implements task.Store. The plain inbox, newest first, is read from the newest tasks of each hat, however many there are.
func (s *ProcessTasks) List(ctx context.Context, d task.Desk, l query.List) (query.Page[task.Task], error) {
	l = l.Bounded()
	if strings.TrimSpace(l.Q+l.Filter+l.Sort) != "" || d.View == task.Done || d.View == task.Mine {
		return s.of(d, 0).List(ctx, everything, l)
	}
	var page query.Page[task.Task]
	err := s.query(ctx, func(ctx context.Context, _ *unit) error {
		counts, err := s.Counts(ctx, d)
		if err != nil {
			return err
		}
		newest := s.of(d, l.Page*l.Size)
		page.Items, err = newest.fetch(ctx, newest.paged(l, " where "+newest.rows, newest.order))
		if err != nil {
			return err
		}
		page.Total = int(counts.Available)
		if d.View == task.Inbox {
			page.Total += int(counts.Mine)
		}
		return nil
	})
	return page, err
}

// Each implements task.Store.
func (s *ProcessTasks) Each(ctx context.Context, d task.Desk, l query.List, yield func(task.Task) error) error {
	return s.of(d, 0).Each(ctx, everything, l, yield)
}

// Counts implements task.Store.
func (s *ProcessTasks) Counts(ctx context.Context, d task.Desk) (task.Counts, error) {
	var out task.Counts
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		row, err := u.q.CountInbox(ctx, db.CountInboxParams{Hats: d.Hats, UserID: &d.User})
		out = task.Counts(row)
		return err
	})
	return out, err
}

// Get implements task.Store.
func (s *ProcessTasks) Get(ctx context.Context, id uuid.UUID) (task.Task, error) {
	return one(s.table("").Get(ctx, everything, id))("task")
}

// Lock implements task.Store.
func (s *ProcessTasks) Lock(ctx context.Context, id uuid.UUID) (task.Task, error) {
	var out task.Task
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		of, err := u.q.ProcessOfTask(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound, "There is no such task.")
		}
		if err != nil {
			return fmt.Errorf("look for task: %w", err)
		}
		if _, err := u.lock(ctx, of); err != nil {
			return err
		}
		out, err = s.Get(ctx, id)
		return err
	})
	return out, err
}

// Content implements task.Store.
func (s *ProcessTasks) Content(ctx context.Context, id uuid.UUID) (task.Content, error) {
	var out task.Content
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		row, err := u.q.TaskContent(ctx, id)
		if err != nil {
			return fmt.Errorf("read task: %w", err)
		}
		out.Version = row.VersionID
		for _, part := range []struct {
			text   json.RawMessage
			target *bpm.Values
		}{{row.Variables, &out.Variables}, {row.Payload, &out.Payload}, {row.Draft, &out.Draft}, {row.Current, &out.Current}} {
			if len(part.text) == 0 {
				continue
			}
			if err := json.Unmarshal(part.text, part.target); err != nil {
				return fmt.Errorf("decode task: %w", err)
			}
		}
		return nil
	})
	return out, err
}

// Candidates implements task.Store.
func (s *ProcessTasks) Candidates(ctx context.Context, id uuid.UUID) ([]process.Principal, error) {
	out := []process.Principal{}
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.TaskCandidates(ctx, id)
		for _, r := range rows {
			out = append(out, process.Principal{Kind: process.PrincipalKind(r.Kind), ID: r.PrincipalID, Scope: r.ScopeID, Name: r.Name, Hat: r.Hat})
		}
		return err
	})
	return out, err
}

// IsCandidate implements task.Store.
func (s *ProcessTasks) IsCandidate(ctx context.Context, id uuid.UUID, hats []uuid.UUID) (bool, error) {
	var is bool
	err := s.query(ctx, func(ctx context.Context, u *unit) (err error) {
		is, err = u.q.IsCandidate(ctx, db.IsCandidateParams{TaskID: id, Hats: hats})
		return err
	})
	return is, err
}

// Save implements task.Store.
func (s *ProcessTasks) Save(ctx context.Context, t task.Task) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		err := u.q.SaveTask(ctx, db.SaveTaskParams{
			ID: t.ID, Status: t.Status, AssigneeID: t.AssigneeID, OwnerID: t.OwnerID, ScheduledFor: t.ScheduledFor, Outcome: t.Outcome,
			Comment: t.Comment, Finishes: t.Finishes, ClosedByID: t.ClosedByID, ClosedBy: t.ClosedBy, Reason: t.Reason, ClosedAt: t.ClosedAt,
		})
		if err != nil {
			return fmt.Errorf("write task: %w", err)
		}
		return u.q.ShowCandidates(ctx, db.ShowCandidatesParams{Tasks: []uuid.UUID{t.ID}, Pending: t.Status == task.Open})
	})
}

// SaveDraft implements task.Store.
func (s *ProcessTasks) SaveDraft(ctx context.Context, id uuid.UUID, draft bpm.Values) error {
	text, err := encoded(draft)
	if err != nil {
		return err
	}
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.SaveTaskDraft(ctx, db.SaveTaskDraftParams{ID: id, Draft: text})
	})
}

// SavePayload implements task.Store.
func (s *ProcessTasks) SavePayload(ctx context.Context, id uuid.UUID, payload bpm.Values) error {
	text, err := encoded(payload)
	if err != nil {
		return err
	}
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.SaveTaskPayload(ctx, db.SaveTaskPayloadParams{ID: id, Payload: text})
	})
}

// Admit implements task.Store.
func (s *ProcessTasks) Admit(ctx context.Context, id, user uuid.UUID, part process.Part) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.AddProcessAccess(ctx, db.AddProcessAccessParams{
			ProcessID: id, Principals: []uuid.UUID{user}, Scopes: []uuid.UUID{uuid.Nil}, Parts: []string{string(part)},
		})
	})
}

// Log implements task.Store.
func (s *ProcessTasks) Log(ctx context.Context, id uuid.UUID, line process.LogLine) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error { return u.log(ctx, id, line) })
}

// Tell implements task.Store.
func (s *ProcessTasks) Tell(ctx context.Context, id, completed uuid.UUID) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return s.postProcess(ctx, u, KindProcessDecide, id, ProcessDecide{Process: id, Task: completed})
	})
}

// Node implements task.Store.
func (s *ProcessTasks) Node(ctx context.Context, id uuid.UUID, work int64) ([]task.Seat, error) {
	var out []task.Seat
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.NodeTasks(ctx, db.NodeTasksParams{ProcessID: id, Work: work})
		for _, r := range rows {
			out = append(out, task.Seat{ID: r.ID, Part: int(r.Part), Stage: int(r.Stage), Status: r.Status, ClosedBy: r.ClosedByID})
		}
		return err
	})
	return out, err
}

// Lines implements task.Store.
func (s *ProcessTasks) Lines(ctx context.Context, id uuid.UUID, work int64) ([]process.DecidedLine, error) {
	var out []process.DecidedLine
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		lines, err := u.lines(ctx, id, []int64{work})
		out = lines[work]
		return err
	})
	return out, err
}

// Vote implements task.Store.
func (s *ProcessTasks) Vote(ctx context.Context, id uuid.UUID, line task.Line, actor process.Person) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.InsertVote(ctx, db.InsertVoteParams{
			LineID: line.ID, TaskID: id, Approved: line.Approve, Comment: line.Comment, ActorID: present(actor.ID), Actor: actor.UserName,
		})
	})
}

// Votes implements task.Store.
func (s *ProcessTasks) Votes(ctx context.Context, t task.Task) (map[uuid.UUID]task.Votes, error) {
	out := map[uuid.UUID]task.Votes{}
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.StageVotes(ctx, db.StageVotesParams{
			ProcessID: t.ProcessID, Work: t.Work, Part: int32(t.Part), Stage: int32(t.Stage), //nolint:gosec // small numbers
		})
		for _, r := range rows {
			out[r.LineID] = task.Votes{Approvals: int(r.Approvals), Denials: int(r.Denials)}
		}
		return err
	})
	return out, err
}

// DecideLine implements task.Store.
func (s *ProcessTasks) DecideLine(ctx context.Context, line uuid.UUID, decision string, stage int) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.DecideLine(ctx, db.DecideLineParams{ID: line, Decision: decision, Stage: int32(stage)}) //nolint:gosec // a small number
	})
}

// OpenNext implements task.Store.
func (s *ProcessTasks) OpenNext(ctx context.Context, tasks []uuid.UUID) error {
	if len(tasks) == 0 {
		return nil
	}
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		if err := u.q.OpenNextTasks(ctx, tasks); err != nil {
			return fmt.Errorf("open tasks: %w", err)
		}
		if err := u.q.ShowCandidates(ctx, db.ShowCandidatesParams{Tasks: tasks, Pending: true}); err != nil {
			return fmt.Errorf("show candidates: %w", err)
		}
		return u.tellAsked(ctx, taskMail(tasks))
	})
}

// Close implements task.Store.
func (s *ProcessTasks) Close(ctx context.Context, tasks []uuid.UUID, reason string) error {
	if len(tasks) == 0 {
		return nil
	}
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		if err := u.q.CloseProcessTasks(ctx, db.CloseProcessTasksParams{Tasks: tasks, Reason: reason}); err != nil {
			return fmt.Errorf("close tasks: %w", err)
		}
		return u.q.ShowCandidates(ctx, db.ShowCandidatesParams{Tasks: tasks, Pending: false})
	})
}

var _ task.Store = (*ProcessTasks)(nil)
