package process

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/object"
	"provost/internal/query"
)

// Types of objects in the audit trail.
const (
	AuditDefinition = "processDefinition"
	AuditProcess    = "process"
	AuditTask       = "task"
)

// MaxSource is the largest definition, in bytes.
const MaxSource = 5 << 20

// DefinitionStore is what is asked of the database about definitions. Methods join the transaction of the context.
type DefinitionStore interface {
	object.Transactor
	// LockDefinition gives the definition with a code, locked; ok is false when there is none.
	LockDefinition(ctx context.Context, code string) (d Definition, ok bool, err error)
	InsertVersion(ctx context.Context, v Version, source []byte, plan *bpm.Plan, library *bpm.Library) error
	// Versions gives the versions of a definition, newest first.
	Versions(ctx context.Context, definition uuid.UUID) ([]Version, error)
	// Version gives a version with its source. It returns fault.NotFound.
	Version(ctx context.Context, id uuid.UUID) (Version, []byte, error)
	Plan(ctx context.Context, version uuid.UUID) (bpm.Plan, error)
	Library(ctx context.Context, version uuid.UUID) (*bpm.Library, error)

	Drafts(ctx context.Context) ([]Draft, error)
	// Draft gives a draft with its source, locked when it is to be changed. It returns fault.NotFound.
	Draft(ctx context.Context, id uuid.UUID, lock bool) (Draft, error)
	InsertDraft(ctx context.Context, d Draft) error
	UpdateDraft(ctx context.Context, d Draft) error
	DeleteDraft(ctx context.Context, id uuid.UUID) error
}

// Definitions is the use cases of process definitions.
type Definitions struct {
	Store    DefinitionStore
	Rows     object.Store[Definition]
	Audit    audit.Recorder
	Language Language
}

// List gives a page of definitions. It needs processDefinition:query.
func (s *Definitions) List(ctx context.Context, l query.List) (query.Page[Definition], error) {
	if _, err := authz.Check(ctx, authz.ProcessDefinitionQuery); err != nil {
		return query.Page[Definition]{}, err
	}
	return s.Rows.List(ctx, authz.Scope{All: true}, l)
}

// Each streams definitions.
func (s *Definitions) Each(ctx context.Context, l query.List, yield func(Definition) error) error {
	if _, err := authz.Check(ctx, authz.ProcessDefinitionQuery); err != nil {
		return err
	}
	return s.Rows.Each(ctx, authz.Scope{All: true}, l, yield)
}

// Get gives one definition, or fault.NotFound.
func (s *Definitions) Get(ctx context.Context, id uuid.UUID) (Definition, error) {
	if _, err := authz.Check(ctx, authz.ProcessDefinitionQuery); err != nil {
		return Definition{}, err
	}
	return s.get(ctx, id)
}

func (s *Definitions) get(ctx context.Context, id uuid.UUID) (Definition, error) {
	found, err := s.Rows.Get(ctx, authz.Scope{All: true}, id)
	if err != nil {
		return Definition{}, err
	}
	if len(found) == 0 {
		return Definition{}, fault.New(fault.NotFound, "There is no such process definition.")
	}
	return found[0], nil
}

// Check gives everything that can be said about a source, and stores nothing.
func (s *Definitions) Check(ctx context.Context, source []byte) ([]Finding, error) {
	if _, err := authz.Check(ctx, authz.ProcessDefinitionQuery); err != nil {
		return nil, err
	}
	_, findings, err := s.compile(ctx, source)
	return findings, err
}

func (s *Definitions) compile(ctx context.Context, source []byte) (*Compiled, []Finding, error) {
	if len(bytes.TrimSpace(source)) == 0 {
		return nil, []Finding{{Severity: SeverityError, Code: "empty", Message: "There is nothing in the file."}}, nil
	}
	compiled, findings, err := s.Language.Compile(ctx, source)
	if findings == nil {
		findings = []Finding{}
	}
	return compiled, findings, err
}

// Refusal tells all errors of a definition at once.
func Refusal(findings []Finding) error {
	var c fault.Collector
	for _, f := range findings {
		if f.Severity != SeverityError {
			continue
		}
		location := f.Element
		if location == "" {
			location = "source"
		}
		if f.Line > 0 {
			location = fmt.Sprintf("%s (line %d)", location, f.Line)
		}
		c.Add(location, "%s", f.Message)
	}
	return c.Err()
}

// Deploy makes a source the current version of the definition whose code it has, or a new definition. It needs processDefinition:publish.
// A source with errors is refused with all of them (fault.Invalid), and nothing is stored. One that is the current version already stays it.
func (s *Definitions) Deploy(ctx context.Context, file string, source []byte) (Version, error) {
	if _, err := authz.Check(ctx, authz.ProcessDefinitionPublish); err != nil {
		return Version{}, err
	}
	compiled, findings, err := s.compile(ctx, source)
	if err != nil {
		return Version{}, err
	}
	if err := Refusal(findings); err != nil {
		return Version{}, err
	}
	var version Version
	err = s.Store.Do(ctx, func(ctx context.Context) (err error) {
		version, err = s.deploy(ctx, file, compiled, findings)
		return err
	})
	return version, err
}

func (s *Definitions) deploy(ctx context.Context, file string, c *Compiled, findings []Finding) (Version, error) {
	of, known, err := s.Store.LockDefinition(ctx, c.Plan.ID)
	if err != nil {
		return Version{}, err
	}
	sum := sha256.Sum256(c.Source)
	version := Version{SHA256: hex.EncodeToString(sum[:]), FileName: strings.TrimSpace(file), Code: c.Plan.ID, Findings: findings, Number: of.Number + 1}
	if known && of.VersionID != nil {
		current, _, err := s.Store.Version(ctx, *of.VersionID)
		if err != nil || current.SHA256 == version.SHA256 {
			return current, err
		}
	}
	before := of
	of.Code, of.Name, of.Kind, of.Number = c.Plan.ID, c.Plan.Name, string(c.Plan.Kind), version.Number
	of.Folder, of.Description = c.Library.Folder, c.Library.Description
	if err := s.write(ctx, &before, &of, known); err != nil {
		return Version{}, err
	}
	if version.ID, err = uuid.NewV7(); err != nil {
		return Version{}, fmt.Errorf("make version id: %w", err)
	}
	version.DefinitionID = of.ID
	if err := s.Store.InsertVersion(ctx, version, c.Source, &c.Plan, &c.Library); err != nil {
		return Version{}, err
	}
	told := map[string]any{"number": version.Number, "sha256": version.SHA256, "fileName": version.FileName}
	if err := record(ctx, s.Audit, "publish", AuditDefinition, of.ID, of.Code, nil, told); err != nil {
		return Version{}, err
	}
	version, _, err = s.Store.Version(ctx, version.ID)
	return version, err
}

// write inserts or updates a definition, with its audit entry.
func (s *Definitions) write(ctx context.Context, before, after *Definition, known bool) error {
	if known {
		if err := s.Rows.Update(ctx, []Definition{*after}); err != nil {
			return err
		}
		return record(ctx, s.Audit, audit.Update, AuditDefinition, after.ID, after.Code, facts(before), facts(after))
	}
	var err error
	if after.ID, err = uuid.NewV7(); err != nil {
		return fmt.Errorf("make definition id: %w", err)
	}
	after.Enabled = true
	if err := s.Rows.Insert(ctx, []Definition{*after}); err != nil {
		return err
	}
	return record(ctx, s.Audit, audit.Create, AuditDefinition, after.ID, after.Code, nil, facts(after))
}

// facts is what the trail keeps of a definition.
func facts(d *Definition) map[string]any {
	return map[string]any{
		"code": d.Code, "name": d.Name, "folder": d.Folder, "kind": d.Kind, "description": d.Description, "enabled": d.Enabled, "number": d.Number,
	}
}

// SetEnabled lets people start processes of a definition, or no more. It needs processDefinition:publish. A version other than zero must be
// the one the caller saw (fault.Stale).
func (s *Definitions) SetEnabled(ctx context.Context, id uuid.UUID, version int64, enabled bool) (Definition, error) {
	if _, err := authz.Check(ctx, authz.ProcessDefinitionPublish); err != nil {
		return Definition{}, err
	}
	var out Definition
	err := s.Store.Do(ctx, func(ctx context.Context) error {
		found, err := s.Rows.Lock(ctx, id)
		if err != nil {
			return err
		}
		switch {
		case len(found) == 0:
			return fault.New(fault.NotFound, "There is no such process definition.")
		case version != 0 && found[0].Version != version:
			return fault.New(fault.Stale, "%s was changed by %s in the meantime. Look at it again.", found[0].Name, found[0].UpdatedBy)
		case found[0].Enabled == enabled:
			out = found[0]
			return nil
		}
		after := found[0]
		after.Enabled = enabled
		if err := s.write(ctx, &found[0], &after, true); err != nil {
			return err
		}
		out, err = s.get(ctx, id)
		return err
	})
	return out, err
}

// Delete removes a definition of which there never was a process. It needs processDefinition:delete.
func (s *Definitions) Delete(ctx context.Context, id uuid.UUID, version int64) error {
	if _, err := authz.Check(ctx, authz.ProcessDefinitionDelete); err != nil {
		return err
	}
	return s.Store.Do(ctx, func(ctx context.Context) error {
		found, err := s.Rows.Lock(ctx, id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fault.New(fault.NotFound, "There is no such process definition.")
		}
		if version != 0 && found[0].Version != version {
			return fault.New(fault.Stale, "%s was changed by %s in the meantime. Look at it again.", found[0].Name, found[0].UpdatedBy)
		}
		err = s.Rows.Delete(ctx, id)
		if err != nil {
			return err
		}
		return record(ctx, s.Audit, audit.Delete, AuditDefinition, id, found[0].Code, facts(&found[0]), nil)
	})
}

// Versions gives what was deployed of a definition, newest first, with the remarks of each deployment.
func (s *Definitions) Versions(ctx context.Context, id uuid.UUID) ([]Version, error) {
	if _, err := s.Get(ctx, id); err != nil {
		return nil, err
	}
	return s.Store.Versions(ctx, id)
}

// Source gives a version with its document. It needs processDefinition:query.
func (s *Definitions) Source(ctx context.Context, version uuid.UUID) (Version, []byte, error) {
	if _, err := authz.Check(ctx, authz.ProcessDefinitionQuery); err != nil {
		return Version{}, nil, err
	}
	return s.Store.Version(ctx, version)
}

// Differences says what changed from one version to another, which may be of any two definitions. It needs processDefinition:query.
func (s *Definitions) Differences(ctx context.Context, from, to uuid.UUID) ([]bpm.Difference, error) {
	var sides [2]*bpm.Definition
	for i, id := range []uuid.UUID{from, to} {
		v, source, err := s.Source(ctx, id)
		if err != nil {
			return nil, err
		}
		if sides[i], _ = bpm.Parse(source); sides[i] == nil {
			return nil, fmt.Errorf("version %d of %s cannot be read any more", v.Number, v.Code)
		}
	}
	return bpm.Diff(sides[0], sides[1]), nil
}

// record writes an audit entry of before and after, which may be nil.
func record(ctx context.Context, to audit.Recorder, action, kind string, id uuid.UUID, name string, before, after any) error {
	e := audit.Entry{Action: action, ObjectType: kind, ObjectID: &id, ObjectName: name}
	var err error
	if e.Before, e.After, _, err = audit.Difference(before, after); err != nil {
		return err
	}
	return to.Record(ctx, e)
}

// raw encodes a value that has a JSON form.
func raw(v any) (json.RawMessage, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return text, nil
}
