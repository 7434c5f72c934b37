package process

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/fault"
)

// auditDraft is the type of drafts in the audit trail, which keeps their names and not their sources.
const auditDraft = "processDraft"

// Drafts gives all drafts by name, without their sources. It needs processDefinition:query.
func (s *Definitions) Drafts(ctx context.Context) ([]Draft, error) {
	if _, err := authz.Check(ctx, authz.ProcessDefinitionQuery); err != nil {
		return nil, err
	}
	return s.Store.Drafts(ctx)
}

// Draft gives one draft with its source, or fault.NotFound.
func (s *Definitions) Draft(ctx context.Context, id uuid.UUID) (Draft, error) {
	if _, err := authz.Check(ctx, authz.ProcessDefinitionQuery); err != nil {
		return Draft{}, err
	}
	return s.Store.Draft(ctx, id, false)
}

// NewDraft keeps new work. Without a source, it begins with the current version of the definition. It needs processDefinition:create, or
// processDefinition:update for a definition that there is.
func (s *Definitions) NewDraft(ctx context.Context, d Draft) (Draft, error) {
	permission := authz.ProcessDefinitionCreate
	if d.DefinitionID != nil {
		permission = authz.ProcessDefinitionUpdate
	}
	if _, err := authz.Check(ctx, permission); err != nil {
		return Draft{}, err
	}
	var err error
	if d.ID, err = uuid.NewV7(); err != nil {
		return Draft{}, fmt.Errorf("make draft id: %w", err)
	}
	err = s.Store.Do(ctx, func(ctx context.Context) error {
		if err := s.begin(ctx, &d); err != nil {
			return err
		}
		if err := fitting(&d); err != nil {
			return err
		}
		if err := s.Store.InsertDraft(ctx, d); err != nil {
			return err
		}
		return record(ctx, s.Audit, audit.Create, auditDraft, d.ID, d.Name, nil, map[string]any{"name": d.Name, "definitionId": d.DefinitionID})
	})
	if err != nil {
		return Draft{}, err
	}
	return s.Store.Draft(ctx, d.ID, false)
}

// begin gives a draft of a definition what it begins with.
func (s *Definitions) begin(ctx context.Context, d *Draft) error {
	if d.DefinitionID == nil {
		return nil
	}
	of, err := s.get(ctx, *d.DefinitionID)
	if fault.Is(err, fault.NotFound) {
		return fault.InvalidField("definitionId", "There is no such process definition.")
	}
	if err != nil {
		return err
	}
	if d.Name == "" {
		d.Name = of.Name
	}
	if d.Source == "" && of.VersionID != nil {
		_, source, err := s.Store.Version(ctx, *of.VersionID)
		if err != nil {
			return err
		}
		d.Source = string(source)
	}
	return nil
}

// fitting checks what has to hold of every draft, however little it is yet.
func fitting(d *Draft) error {
	d.Name = strings.TrimSpace(d.Name)
	var c fault.Collector
	if d.Name == "" {
		c.Add("name", "A draft needs a name.")
	}
	if len(d.Source) > MaxSource {
		c.Add("source", "A definition has at most %d MB.", MaxSource>>20)
	}
	return c.Err()
}

// SaveDraft keeps what a designer changed: name and source. It needs processDefinition:update. A version other than zero must be the one
// the designer saw (fault.Stale).
func (s *Definitions) SaveDraft(ctx context.Context, id uuid.UUID, version int64, name, source string) (Draft, error) {
	if _, err := authz.Check(ctx, authz.ProcessDefinitionUpdate); err != nil {
		return Draft{}, err
	}
	err := s.Store.Do(ctx, func(ctx context.Context) error {
		d, err := s.lockDraft(ctx, id, version)
		if err != nil {
			return err
		}
		before := map[string]any{"name": d.Name, "bytes": len(d.Source)}
		d.Name, d.Source = name, source
		if err := fitting(&d); err != nil {
			return err
		}
		if err := s.Store.UpdateDraft(ctx, d); err != nil {
			return err
		}
		return record(ctx, s.Audit, audit.Update, auditDraft, id, d.Name, before, map[string]any{"name": d.Name, "bytes": len(d.Source)})
	})
	if err != nil {
		return Draft{}, err
	}
	return s.Store.Draft(ctx, id, false)
}

func (s *Definitions) lockDraft(ctx context.Context, id uuid.UUID, version int64) (Draft, error) {
	d, err := s.Store.Draft(ctx, id, true)
	if err != nil {
		return d, err
	}
	if version != 0 && d.Version != version {
		return d, fault.New(fault.Stale, "%s was changed by %s in the meantime. Look at it again before you save.", d.Name, d.UpdatedBy)
	}
	return d, nil
}

// DeleteDraft throws unpublished work away; what is deployed stays as it is. It needs processDefinition:update.
func (s *Definitions) DeleteDraft(ctx context.Context, id uuid.UUID, version int64) error {
	if _, err := authz.Check(ctx, authz.ProcessDefinitionUpdate); err != nil {
		return err
	}
	return s.Store.Do(ctx, func(ctx context.Context) error {
		d, err := s.lockDraft(ctx, id, version)
		if err != nil {
			return err
		}
		if err := s.Store.DeleteDraft(ctx, id); err != nil {
			return err
		}
		return record(ctx, s.Audit, audit.Delete, auditDraft, id, d.Name, map[string]any{"name": d.Name}, nil)
	})
}

// PublishDraft deploys a draft (see [Definitions.Deploy]) and removes it. A draft of a definition has to keep the code of that.
func (s *Definitions) PublishDraft(ctx context.Context, id uuid.UUID, version int64) (Version, error) {
	if _, err := authz.Check(ctx, authz.ProcessDefinitionPublish); err != nil {
		return Version{}, err
	}
	var out Version
	err := s.Store.Do(ctx, func(ctx context.Context) error {
		d, err := s.lockDraft(ctx, id, version)
		if err != nil {
			return err
		}
		compiled, findings, err := s.compile(ctx, []byte(d.Source))
		if err != nil {
			return err
		}
		if err := Refusal(findings); err != nil {
			return err
		}
		if d.Code != "" && !strings.EqualFold(d.Code, compiled.Plan.ID) {
			return fault.InvalidField(compiled.Plan.ID, "The id of the process has to stay %s: the draft is a new version of that.", d.Code)
		}
		if out, err = s.deploy(ctx, d.Name, compiled, findings); err != nil {
			return err
		}
		return s.Store.DeleteDraft(ctx, id)
	})
	return out, err
}
