package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/query"
	"provost/internal/store/db"
)

// log writes what a person did.
func (u *unit) log(ctx context.Context, id uuid.UUID, line process.LogLine) error {
	err := u.q.InsertProcessLog(ctx, db.InsertProcessLogParams{
		ProcessID: id, Kind: line.Kind, Element: line.Element, Name: line.Name, Actor: line.Actor, Outcome: line.Outcome, Flow: line.Flow,
		Text: line.Text, At: time.Now(),
	})
	if err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	return nil
}

// Comments implements process.ProcessStore.
func (s *Processes) Comments(ctx context.Context, id uuid.UUID) ([]process.Comment, error) {
	out := []process.Comment{}
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.ProcessComments(ctx, id)
		for _, r := range rows {
			out = append(out, process.Comment(r))
		}
		return err
	})
	return out, err
}

// AddComment implements process.ProcessStore.
func (s *Processes) AddComment(ctx context.Context, id, author uuid.UUID, c process.Comment) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.InsertProcessComment(ctx, db.InsertProcessCommentParams{
			ID: c.ID, ProcessID: id, TaskID: c.TaskID, AuthorID: &author, Text: c.Text,
		})
	})
}

// Documents implements process.ProcessStore.
func (s *Processes) Documents(ctx context.Context, id uuid.UUID) ([]process.Document, error) {
	out := []process.Document{}
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.ProcessDocuments(ctx, id)
		for _, r := range rows {
			out = append(out, documentOf(r))
		}
		return err
	})
	return out, err
}

func documentOf(r db.ProcessDocumentsRow) process.Document {
	return process.Document{
		ID: r.ID, ProcessID: r.ProcessID, TaskID: r.TaskID, Name: r.Name, MediaType: r.MediaType, Size: r.Size, SHA256: r.Sha256,
		Author: r.Author, At: r.At, Place: process.DocumentPlace(r.Place),
	}
}

// AddDocument implements process.ProcessStore.
func (s *Processes) AddDocument(ctx context.Context, author uuid.UUID, d process.Document, content []byte) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.InsertProcessDocument(ctx, db.InsertProcessDocumentParams{
			ID: d.ID, ProcessID: d.ProcessID, TaskID: d.TaskID, Name: d.Name, MediaType: d.MediaType, Size: d.Size, Sha256: d.SHA256,
			Place: string(d.Place), Content: content, AuthorID: &author,
		})
	})
}

// Document implements process.ProcessStore and process.EngineStore.
func (s *Processes) Document(ctx context.Context, id uuid.UUID) (process.Document, error) {
	var out process.Document
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		r, err := u.q.GetProcessDocument(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound, "There is no such document.")
		}
		if err != nil {
			return fmt.Errorf("read document: %w", err)
		}
		out = documentOf(db.ProcessDocumentsRow(r))
		return nil
	})
	return out, err
}

// Content implements process.ProcessStore and process.EngineStore.
func (s *Processes) Content(ctx context.Context, id uuid.UUID) ([]byte, error) {
	var out []byte
	err := s.query(ctx, func(ctx context.Context, u *unit) (err error) {
		out, err = u.q.ProcessDocumentContent(ctx, id)
		return err
	})
	return out, err
}

// DeleteDocument implements process.ProcessStore.
func (s *Processes) DeleteDocument(ctx context.Context, id uuid.UUID) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error { return u.q.DeleteProcessDocument(ctx, id) })
}

// managed limits rows to those of processes that somebody with these hats manages.
const managed = " and a.part = 'manager'"

func (s *Processes) jobs(see process.Sight) *table[process.Pending] {
	return newTable(table[process.Pending]{
		tenant: s.Tenant, name: "process_jobs",
		from: "process_jobs t left join processes p on p.id = t.process_id", rows: seen(see, "t.process_id", managed),
		search: "provost.fold(t.name || ' ' || t.element || ' ' || p.name || ' ' || p.number || ' ' || t.message)", order: "t.due_at nulls first",
		list: newAttributes[process.Pending]("processJob", "job", false),
	})
}

func (s *Processes) incidents(see process.Sight) *table[process.Incident] {
	return newTable(table[process.Incident]{
		tenant: s.Tenant, name: "process_incidents",
		from: "process_incidents t left join processes p on p.id = t.process_id", rows: seen(see, "t.process_id", managed),
		search: "provost.fold(t.name || ' ' || t.element || ' ' || p.name || ' ' || p.number || ' ' || t.message)", order: "t.id desc",
		list: newAttributes[process.Incident]("processIncident", "incident", false),
	})
}

// ListJobs implements process.OperationStore.
func (s *Processes) ListJobs(ctx context.Context, see process.Sight, l query.List) (query.Page[process.Pending], error) {
	return s.jobs(see).List(ctx, everything, l)
}

// EachJob implements process.OperationStore.
func (s *Processes) EachJob(ctx context.Context, see process.Sight, l query.List, yield func(process.Pending) error) error {
	return s.jobs(see).Each(ctx, everything, l, yield)
}

// Job implements process.OperationStore.
func (s *Processes) Job(ctx context.Context, id uuid.UUID) (process.Pending, error) {
	return one(s.jobs(process.Sight{Everything: true}).Get(ctx, everything, id))("job")
}

// HoldJob implements process.OperationStore.
func (s *Processes) HoldJob(ctx context.Context, id uuid.UUID, held bool) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.HoldJob(ctx, db.HoldJobParams{ID: id, Held: held})
	})
}

// ListIncidents implements process.OperationStore.
func (s *Processes) ListIncidents(ctx context.Context, see process.Sight, l query.List) (query.Page[process.Incident], error) {
	return s.incidents(see).List(ctx, everything, l)
}

// EachIncident implements process.OperationStore.
func (s *Processes) EachIncident(ctx context.Context, see process.Sight, l query.List, yield func(process.Incident) error) error {
	return s.incidents(see).Each(ctx, everything, l, yield)
}

// Incident implements process.OperationStore.
func (s *Processes) Incident(ctx context.Context, id uuid.UUID) (process.Incident, error) {
	var out process.Incident
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		if err := u.q.LockIncident(ctx, id); err != nil {
			return fmt.Errorf("lock incident: %w", err)
		}
		var err error
		out, err = one(s.incidents(process.Sight{Everything: true}).Get(ctx, everything, id))("incident")
		return err
	})
	return out, err
}

// AskIncident implements process.OperationStore.
func (s *Processes) AskIncident(ctx context.Context, i process.Incident) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.AskIncident(ctx, db.AskIncidentParams{ID: i.ID, Status: i.Status, Action: i.Action, Reason: i.Reason, SolvedBy: i.SolvedBy})
	})
}

var _ process.OperationStore = (*Processes)(nil)
