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
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/query"
	"provost/internal/store/db"
)

// Processes keeps processes and what belongs to them: it implements process.ProcessStore and process.OperationStore.
type Processes struct{ *Ledger }

// Processes gives the store of processes.
func (t *Tenant) Processes() *Processes { return &Processes{t.Ledger()} }

// seen is the condition on the alias of a table that its process, by the SQL of its id, is in sight. The hats are ids that come from the
// database and not from a request, so they stand in the statement as they are.
func seen(s process.Sight, id, parts string) string {
	switch {
	case s.Everything:
		return ""
	case s.Initiator != uuid.Nil:
		return "t.initiator_id = '" + s.Initiator.String() + "'"
	}
	return "exists (select 1 from process_access a where a.process_id = " + id + parts + " and a.hat = any (" + idArray(s.Hats) + "))"
}

// idArray writes ids as SQL.
func idArray(ids []uuid.UUID) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	return "'{" + strings.Join(texts, ",") + "}'::uuid[]"
}

// table gives the processes in sight, with the values asked for.
func (s *Processes) table(see process.Sight, v *values) *table[process.Process] {
	return newTable(table[process.Process]{
		tenant: s.Tenant, name: "processes",
		from: `processes t left join process_definitions d on d.id = t.definition_id left join process_versions v on v.id = t.version_id` + v.from(see),
		rows: seen(see, "t.id", ""), match: processWord(see), order: "t.id desc",
		list: v.attributes(newAttributes[process.Process]("process", "process", false)),
	})
}

// processWord finds a word, or the beginning of one, in what the reader sees of a process: in everything it knows for whoever looks after it, else in
// its name, its people and what they filled in (seen.held). The index, which knows everything, finds the candidates. A number finds the process with
// that number as well.
func processWord(see process.Sight) func(word, placeholder string) string {
	return func(word, placeholder string) string {
		wanted := "to_tsquery('simple', quote_literal(provost.fold(" + placeholder + "::text)) || ':*')"
		found := "t.search @@ " + wanted
		if !see.Everything {
			seen := "to_tsvector('simple', provost.fold(left(" + sightOfWords + ", " + strconv.Itoa(mostWords) + "))) @@ " + wanted
			found = "(" + found + " and case when " + lookedAfter(see) + " then true else " + seen + " end)"
		}
		if word != "" && strings.Trim(word, "0123456789") == "" && len(word) < 18 {
			found = "(" + found + " or t.number = " + word + ")"
		}
		return found
	}
}

// sightOfWords is the SQL of what somebody who does not look after the process t sees of it.
const sightOfWords = "concat_ws(' ', t.name, t.initiator, t.subject, " +
	"(select string_agg(w.full_name, ' ') from users w where w.id in (t.initiator_id, t.subject_id)), seen.held::text)"

// List implements process.ProcessStore.
func (s *Processes) List(ctx context.Context, see process.Sight, l query.List) (query.Page[process.Process], error) {
	var page query.Page[process.Process]
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		asked, err := u.asked(ctx, see, l)
		if err != nil {
			return err
		}
		page, err = s.table(see, asked).List(ctx, everything, l)
		return err
	})
	return page, err
}

// Each implements process.ProcessStore.
func (s *Processes) Each(ctx context.Context, see process.Sight, l query.List, yield func(process.Process) error) error {
	return s.query(ctx, func(ctx context.Context, u *unit) error {
		asked, err := u.asked(ctx, see, l)
		if err != nil {
			return err
		}
		return s.table(see, asked).Each(ctx, everything, l, yield)
	})
}

// Get implements process.ProcessStore.
func (s *Processes) Get(ctx context.Context, id uuid.UUID) (process.Process, error) {
	return one(s.table(process.Sight{Everything: true}, &values{}).Get(ctx, everything, id))("process")
}

// one gives the only row that was asked for, or fault.NotFound.
func one[T any](found []T, err error) func(what string) (T, error) {
	return func(what string) (T, error) {
		if err == nil && len(found) == 0 {
			err = fault.New(fault.NotFound, "There is no such %s.", what)
		}
		if err != nil {
			var zero T
			return zero, err
		}
		return found[0], nil
	}
}

// Hats implements process.Resolver.
func (l *Ledger) Hats(ctx context.Context, user uuid.UUID) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := l.query(ctx, func(ctx context.Context, u *unit) (err error) {
		out, err = u.q.HatsOf(ctx, user)
		return err
	})
	return out, err
}

// Person implements process.ProcessStore.
func (l *Ledger) Person(ctx context.Context, nameOrID string) (process.Person, bool, error) {
	id, err := uuid.Parse(nameOrID)
	if err != nil {
		id = uuid.Nil
	}
	var out process.Person
	err = l.query(ctx, func(ctx context.Context, u *unit) error {
		row, err := u.q.FindPerson(ctx, db.FindPersonParams{Name: nameOrID, ID: id})
		out = process.Person{ID: row.ID, UserName: row.UserName, FullName: row.FullName}
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return out, false, nil
	}
	return out, err == nil, err
}

// Startable implements process.ProcessStore.
func (s *Processes) Startable(ctx context.Context) ([]process.Startable, error) {
	var out []process.Startable
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.StartableDefinitions(ctx)
		if err != nil {
			return fmt.Errorf("read definitions: %w", err)
		}
		for _, r := range rows {
			d := process.Startable{CatalogueEntry: process.CatalogueEntry{
				ID: r.ID, Code: r.Code, Name: r.Name, Folder: r.Folder, Kind: r.Kind, Description: r.Description,
			}}
			if err := json.Unmarshal(r.Initiators, &d.Initiators); err != nil {
				return fmt.Errorf("decode initiators of %s: %w", r.Code, err)
			}
			out = append(out, d)
		}
		return nil
	})
	return out, err
}

// Receivers implements process.ProcessStore.
func (s *Processes) Receivers(ctx context.Context) ([]process.Receiver, error) {
	var out []process.Receiver
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.ReceivingDefinitions(ctx)
		if err != nil {
			return fmt.Errorf("read definitions: %w", err)
		}
		for _, r := range rows {
			d := process.Receiver{CatalogueEntry: process.CatalogueEntry{
				ID: r.ID, Code: r.Code, Name: r.Name, Folder: r.Folder, Kind: r.Kind, Description: r.Description,
			}}
			if err := errors.Join(json.Unmarshal(r.Messages, &d.Messages), json.Unmarshal(r.Attributes, &d.Attributes)); err != nil {
				return fmt.Errorf("decode messages of %s: %w", r.Code, err)
			}
			out = append(out, d)
		}
		return nil
	})
	return out, err
}

// StartableLibrary implements process.ProcessStore.
func (s *Processes) StartableLibrary(ctx context.Context, code string) (*bpm.Library, error) {
	var b *beginning
	err := s.query(ctx, func(ctx context.Context, u *unit) (err error) {
		b, err = u.startable(ctx, code)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &b.library, nil
}

// Begin implements process.ProcessStore.
func (s *Processes) Begin(ctx context.Context, n process.New) (uuid.UUID, error) {
	var id uuid.UUID
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		b, err := u.startable(ctx, n.Code)
		if err != nil {
			return err
		}
		b.initiator, b.subject, b.values, b.given, b.message = n.Initiator, n.Subject, n.Values, n.Given, n.Message
		if n.Key != "" {
			b.key = &n.Key
		}
		var made bool
		if id, made, err = s.start(ctx, u, b); err != nil || made {
			return err
		}
		id, err = u.q.ProcessOfMessage(ctx, db.ProcessOfMessageParams{Code: n.Code, StartMessage: n.Message, StartKey: b.key})
		return err
	})
	return id, err
}

// Begun implements process.ProcessStore.
func (s *Processes) Begun(ctx context.Context, code, message, key string) (id uuid.UUID, found bool, err error) {
	err = s.query(ctx, func(ctx context.Context, u *unit) error {
		id, err = u.q.ProcessOfMessage(ctx, db.ProcessOfMessageParams{Code: code, StartMessage: message, StartKey: &key})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		found = err == nil
		return err
	})
	return id, found, err
}

// Parts implements process.ProcessStore.
func (l *Ledger) Parts(ctx context.Context, id uuid.UUID, hats []uuid.UUID) ([]process.Part, error) {
	var out []process.Part
	err := l.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.PartsOf(ctx, db.PartsOfParams{ProcessID: id, Hats: hats})
		for _, r := range rows {
			out = append(out, process.Part(r))
		}
		return err
	})
	return out, err
}

// Values implements process.ProcessStore.
func (s *Processes) Values(ctx context.Context, id uuid.UUID) (bpm.Values, error) {
	var out bpm.Values
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		text, err := u.q.ProcessVariables(ctx, id)
		if err != nil {
			return fmt.Errorf("read variables: %w", err)
		}
		return json.Unmarshal(text, &out)
	})
	return out, err
}

// Log implements process.ProcessStore.
func (s *Processes) Log(ctx context.Context, id uuid.UUID) ([]process.LogLine, error) {
	out := []process.LogLine{}
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.ProcessLog(ctx, id)
		for _, r := range rows {
			out = append(out, process.LogLine(r))
		}
		return err
	})
	return out, err
}

// OpenTasks implements process.ProcessStore.
func (s *Processes) OpenTasks(ctx context.Context, id uuid.UUID) ([]process.WorkPlace, error) {
	out := []process.WorkPlace{}
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.OpenTasksOfProcess(ctx, id)
		for _, r := range rows {
			out = append(out, process.WorkPlace{
				ID: r.ID, Element: r.Element, Title: r.Title, Status: r.Status, Assignee: r.Assignee, Candidates: r.Candidates,
				DueAt: r.DueAt, OpenedAt: r.OpenedAt,
			})
		}
		return err
	})
	return out, err
}

// Diagram implements process.ProcessStore.
func (s *Processes) Diagram(ctx context.Context, id uuid.UUID) ([]byte, error) {
	var out []byte
	err := s.query(ctx, func(ctx context.Context, u *unit) (err error) {
		out, err = u.q.ProcessDiagram(ctx, id)
		return err
	})
	return out, err
}

// Control implements process.ProcessStore.
func (s *Processes) Control(ctx context.Context, id uuid.UUID, action process.Action, by string, payload any, line process.LogLine) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("encode payload: %w", err)
	}
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		if err := u.log(ctx, id, line); err != nil {
			return err
		}
		return s.postProcess(ctx, u, KindProcessControl, id, ProcessControl{Process: id, Action: string(action), By: by, Payload: text})
	})
}

// Denied implements entitlement.Verdicts.
func (s *Processes) Denied(ctx context.Context, id uuid.UUID) (map[uuid.UUID]entitlement.Verdict, error) {
	out := map[uuid.UUID]entitlement.Verdict{}
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.DeniedLines(ctx, id)
		for _, r := range rows {
			about, unread := uuid.Parse(r.About)
			if unread == nil { // a line of somebody's making may name anything
				out[about] = entitlement.Verdict{ID: about, By: r.DecidedBy, Reason: r.Comment}
			}
		}
		return err
	})
	return out, err
}

var (
	_ process.ProcessStore = (*Processes)(nil)
	_ process.Resolver     = (*Ledger)(nil)
)
