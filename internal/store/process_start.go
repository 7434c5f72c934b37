package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/bpm"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/store/db"
)

// beginning is a process that is about to be.
type beginning struct {
	startable          db.StartableVersionRow
	library            bpm.Library
	initiator, subject process.Person
	parent             *uuid.UUID
	work               *int64
	values, given      bpm.Values
	message            string
	key                *string // of the message
}

// startable gives the version that a new process of a definition gets.
func (u *unit) startable(ctx context.Context, code string) (*beginning, error) {
	row, err := u.q.StartableVersion(ctx, code)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "There is no process %q that can be started: it is not deployed, or disabled.", code)
	}
	if err != nil {
		return nil, fmt.Errorf("read definition: %w", err)
	}
	b := &beginning{startable: row}
	if err := json.Unmarshal(row.Library, &b.library); err != nil {
		return nil, fmt.Errorf("decode library of %s: %w", code, err)
	}
	return b, nil
}

// start writes a process with all that goes with its beginning. made is false when the process that a call or message asks for is there already.
func (l *Ledger) start(ctx context.Context, u *unit, b *beginning) (id uuid.UUID, made bool, err error) {
	if id, err = uuid.NewV7(); err != nil {
		return id, false, fmt.Errorf("make process id: %w", err)
	}
	text, err := encoded(b.values)
	if err != nil {
		return id, false, err
	}
	given, err := encoded(b.given)
	if err != nil {
		return id, false, err
	}
	s := &b.startable
	row, err := u.q.InsertProcess(ctx, db.InsertProcessParams{
		ID: id, DefinitionID: s.DefinitionID, VersionID: s.VersionID, ParentID: b.parent, ParentWork: b.work, Name: s.Name,
		InitiatorID: present(b.initiator.ID), Initiator: b.initiator.UserName, SubjectID: present(b.subject.ID), Subject: b.subject.UserName,
		StartMessage: b.message, StartKey: b.key, Variables: text, Given: given, Words: words([]string{s.Name, b.initiator.UserName, b.initiator.FullName, b.subject.UserName, b.subject.FullName}, b.values),
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, false, nil
	}
	if err != nil {
		return id, false, fmt.Errorf("write process: %w", err)
	}
	if err := l.admit(ctx, u, id, b); err != nil {
		return id, false, err
	}
	entry := db.InsertProcessLogParams{
		ProcessID: id, Kind: "start", Name: s.Name, Actor: b.initiator.UserName, Text: b.library.Description, At: row.StartedAt,
	}
	if err := u.q.InsertProcessLog(ctx, entry); err != nil {
		return id, false, fmt.Errorf("write log: %w", err)
	}
	return id, true, l.postProcess(ctx, u, KindProcessStart, id, ProcessStart{
		Process: id, Number: row.Number, Name: s.Name, Definition: s.Code, Version: s.VersionID, Initiator: b.initiator.UserName,
	})
}

// admit writes who may see the process from its beginning: who started it, whom it is about, and whom its definition names.
func (l *Ledger) admit(ctx context.Context, u *unit, id uuid.UUID, b *beginning) error {
	params := db.AddProcessAccessParams{ProcessID: id}
	add := func(part string, list ...process.Principal) {
		_, ids, scopes, _ := columnsOf(list)
		params.Principals, params.Scopes = append(params.Principals, ids...), append(params.Scopes, scopes...)
		for range list {
			params.Parts = append(params.Parts, part)
		}
	}
	for _, named := range []struct {
		part string
		list []string
	}{{"manager", b.library.Access.Managers}, {"observer", b.library.Access.Observers}} {
		found, _, err := l.Principals(ctx, named.list)
		if err != nil {
			return err
		}
		add(named.part, found...)
	}
	if b.initiator.ID != uuid.Nil {
		add("initiator", process.Principal{Kind: process.UserPrincipal, ID: b.initiator.ID})
	}
	if err := u.q.AddProcessAccess(ctx, params); err != nil {
		return fmt.Errorf("write access: %w", err)
	}
	return nil
}

func (l *Ledger) postProcess(ctx context.Context, u *unit, kind string, id uuid.UUID, payload any) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("encode outbox payload: %w", err)
	}
	return u.post(ctx, kind, []string{"process/" + id.String()}, []json.RawMessage{text})
}

// Child implements process.Ledger. The initiator of a called process is the one of the process that calls it.
func (l *Ledger) Child(ctx context.Context, parent uuid.UUID, work int64, code string, values bpm.Values) (uuid.UUID, error) {
	var id uuid.UUID
	err := l.exec(ctx, func(ctx context.Context, u *unit) error {
		known, err := u.q.ChildProcess(ctx, db.ChildProcessParams{ParentID: &parent, ParentWork: &work})
		if err == nil {
			id = known
			return nil
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("look for the called process: %w", err)
		}
		of, err := l.Brief(ctx, parent)
		if err != nil {
			return err
		}
		b, err := u.startable(ctx, code)
		if err != nil {
			return err
		}
		b.initiator, b.subject, b.parent, b.work, b.values = of.Initiator, of.Subject, &parent, &work, values
		var made bool
		if id, made, err = l.start(ctx, u, b); err != nil || made {
			return err
		}
		id, err = u.q.ChildProcess(ctx, db.ChildProcessParams{ParentID: &parent, ParentWork: &work})
		return err
	})
	return id, err
}
