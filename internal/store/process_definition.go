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
	"provost/internal/object"
	"provost/internal/process"
	"provost/internal/store/db"
)

// ProcessDefinitions keeps definitions, their versions and drafts: it implements process.DefinitionStore.
type ProcessDefinitions struct {
	*Ledger
	rows object.Store[process.Definition]
}

// ProcessDefinitions gives the store of definitions.
func (t *Tenant) ProcessDefinitions() *ProcessDefinitions {
	return &ProcessDefinitions{Ledger: t.Ledger(), rows: t.ProcessDefinitionRows()}
}

// ProcessDefinitionRows keeps process.Definition.
func (t *Tenant) ProcessDefinitionRows() object.Store[process.Definition] {
	return newTable(table[process.Definition]{
		tenant: t, name: "process_definitions",
		from: "process_definitions t left join process_versions v on v.definition_id = t.id and v.number = t.current_number",
		key:  "lower(t.code)", search: "provost.fold(t.code || ' ' || t.name || ' ' || t.folder || ' ' || t.description)",
		order: "lower(t.folder), lower(t.name)",
		list:  newAttributes[process.Definition]("processDefinition", "process definition", false),
	})
}

// LockDefinition implements process.DefinitionStore.
func (s *ProcessDefinitions) LockDefinition(ctx context.Context, code string) (process.Definition, bool, error) {
	var found []process.Definition
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		id, err := u.q.LockDefinitionByCode(ctx, code)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("lock definition: %w", err)
		}
		found, err = s.rows.Get(ctx, everything, id)
		return err
	})
	if err != nil || len(found) == 0 {
		return process.Definition{}, false, err
	}
	return found[0], true, nil
}

// InsertVersion implements process.DefinitionStore.
func (s *ProcessDefinitions) InsertVersion(ctx context.Context, v process.Version, source []byte, plan *bpm.Plan, library *bpm.Library) error {
	params := db.InsertProcessVersionParams{
		ID: v.ID, DefinitionID: v.DefinitionID, Number: int32(v.Number), Sha256: v.SHA256, FileName: v.FileName, Source: source, //nolint:gosec // a small number
	}
	for target, value := range map[*json.RawMessage]any{&params.Plan: plan, &params.Library: library, &params.Findings: v.Findings} {
		text, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("encode version of %s: %w", v.Code, err)
		}
		*target = text
	}
	return s.exec(ctx, func(ctx context.Context, u *unit) error { return u.q.InsertProcessVersion(ctx, params) })
}

// Versions implements process.DefinitionStore.
func (s *ProcessDefinitions) Versions(ctx context.Context, definition uuid.UUID) ([]process.Version, error) {
	out := []process.Version{}
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.ListProcessVersions(ctx, definition)
		if err != nil {
			return fmt.Errorf("read versions: %w", err)
		}
		for _, r := range rows {
			v, err := versionOf(db.GetProcessVersionRow(r))
			if err != nil {
				return err
			}
			out = append(out, v)
		}
		return nil
	})
	return out, err
}

func versionOf(r db.GetProcessVersionRow) (process.Version, error) {
	v := process.Version{
		ID: r.ID, DefinitionID: r.DefinitionID, Code: r.Code, Number: int(r.Number), SHA256: r.Sha256, FileName: r.FileName,
		DeployedBy: r.DeployedBy, DeployedAt: r.DeployedAt, Running: r.Running,
	}
	if err := json.Unmarshal(r.Findings, &v.Findings); err != nil {
		return v, fmt.Errorf("decode findings of %s %d: %w", r.Code, r.Number, err)
	}
	return v, nil
}

// Version implements process.DefinitionStore.
func (s *ProcessDefinitions) Version(ctx context.Context, id uuid.UUID) (process.Version, []byte, error) {
	var out process.Version
	var source []byte
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		row, err := u.q.GetProcessVersion(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound, "There is no such version of a process definition.")
		}
		if err != nil {
			return fmt.Errorf("read version: %w", err)
		}
		if out, err = versionOf(row); err != nil {
			return err
		}
		source, err = u.q.ProcessVersionSource(ctx, id)
		return err
	})
	return out, source, err
}

// Drafts implements process.DefinitionStore.
func (s *ProcessDefinitions) Drafts(ctx context.Context) ([]process.Draft, error) {
	out := []process.Draft{}
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.ListProcessDrafts(ctx)
		for _, r := range rows {
			out = append(out, process.Draft{
				ID: r.ID, Name: r.Name, DefinitionID: r.DefinitionID, Code: r.Code, Version: r.Version,
				CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy, UpdatedAt: r.UpdatedAt, UpdatedBy: r.UpdatedBy,
			})
		}
		return err
	})
	return out, err
}

// Draft implements process.DefinitionStore.
func (s *ProcessDefinitions) Draft(ctx context.Context, id uuid.UUID, lock bool) (process.Draft, error) {
	var out process.Draft
	read := func(ctx context.Context, u *unit) error {
		if lock {
			if err := u.q.LockProcessDraft(ctx, id); err != nil {
				return fmt.Errorf("lock draft: %w", err)
			}
		}
		r, err := u.q.GetProcessDraft(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound, "There is no such draft.")
		}
		out = process.Draft(r)
		return err
	}
	if lock {
		return out, s.exec(ctx, func(ctx context.Context, u *unit) error { return read(ctx, u) })
	}
	return out, s.query(ctx, read)
}

// InsertDraft implements process.DefinitionStore.
func (s *ProcessDefinitions) InsertDraft(ctx context.Context, d process.Draft) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.InsertProcessDraft(ctx, db.InsertProcessDraftParams{ID: d.ID, Name: d.Name, Source: d.Source, DefinitionID: d.DefinitionID})
	})
}

// UpdateDraft implements process.DefinitionStore.
func (s *ProcessDefinitions) UpdateDraft(ctx context.Context, d process.Draft) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.UpdateProcessDraft(ctx, db.UpdateProcessDraftParams{ID: d.ID, Name: d.Name, Source: d.Source})
	})
}

// DeleteDraft implements process.DefinitionStore.
func (s *ProcessDefinitions) DeleteDraft(ctx context.Context, id uuid.UUID) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error { return u.q.DeleteProcessDraft(ctx, id) })
}

var _ process.DefinitionStore = (*ProcessDefinitions)(nil)
