package process

import (
	"context"
	"time"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/object"
)

// Definition is a process that people can start, with its current version.
type Definition struct {
	object.Meta
	Code        string     `json:"code" db:"code" doc:"Id of the process element: what other programs know the process by"`
	Name        string     `json:"name" db:"name"`
	Folder      string     `json:"folder" db:"folder" doc:"Where it stands in the catalogue: Users/Leavers"`
	Kind        string     `json:"kind" db:"kind" enum:"user,permission,request,reservation,delegation"`
	Description string     `json:"description" db:"description"`
	Enabled     bool       `json:"enabled" db:"enabled" doc:"Nobody starts a disabled one; its processes end as they would"`
	Number      int        `json:"number" db:"current_number" doc:"Of the current version"`
	VersionID   *uuid.UUID `json:"versionId" db:"version_id,read" sql:"v.id"`
	DeployedBy  string     `json:"deployedBy" db:"deployed_by,read" sql:"coalesce(v.deployed_by, '')"`
	DeployedAt  *time.Time `json:"deployedAt" db:"deployed_at,read" sql:"v.deployed_at"`
	Running     int64      `json:"running" db:"running,read" sql:"(select count(*) from processes rp where rp.definition_id = t.id and rp.status in ('starting', 'running'))" doc:"Processes that have not ended"`
}

// Title names the definition in the audit trail.
func (d *Definition) Title() string { return d.Code }

// Version is what was deployed under a number. It never changes.
type Version struct {
	ID           uuid.UUID `json:"id"`
	DefinitionID uuid.UUID `json:"definitionId"`
	Code         string    `json:"code"`
	Number       int       `json:"number"`
	SHA256       string    `json:"sha256" doc:"Of the source, in hexadecimal digits"`
	FileName     string    `json:"fileName"`
	DeployedBy   string    `json:"deployedBy"`
	DeployedAt   time.Time `json:"deployedAt"`
	Findings     []Finding `json:"findings" doc:"What was remarked when it was deployed; nothing of it kept it from running"`
	Running      int64     `json:"running" doc:"Processes of this version that have not ended"`
}

// Finding is one remark about a definition, for the person who drew it.
type Finding struct {
	Element  string `json:"element" doc:"Id of the element; empty for the document"`
	Severity string `json:"severity" enum:"error,warning,hint" doc:"With an error the definition is refused"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Line     int    `json:"line,omitempty" doc:"In the document, from 1"`
}

// SeverityError is the severity of findings with which a definition is refused.
const SeverityError = "error"

// Compiled is a definition that can run.
type Compiled struct {
	// Source is the document as it is kept: BPMN, also when it came as something else.
	Source  []byte
	Plan    bpm.Plan
	Library bpm.Library
}

// Language reads definitions. With a finding that is an error there is no compiled definition.
type Language interface {
	Compile(ctx context.Context, source []byte) (*Compiled, []Finding, error)
}

// Draft is unpublished work of a designer. Its source need not be complete, nor a definition at all.
type Draft struct {
	ID           uuid.UUID  `json:"id"`
	Name         string     `json:"name"`
	DefinitionID *uuid.UUID `json:"definitionId" doc:"Definition that it becomes a version of; null makes a new one"`
	Code         string     `json:"code" doc:"Of that definition"`
	Source       string     `json:"source,omitempty" doc:"BPMN; absent in lists"`
	Version      int64      `json:"version"`
	CreatedAt    time.Time  `json:"createdAt"`
	CreatedBy    string     `json:"createdBy"`
	UpdatedAt    time.Time  `json:"updatedAt"`
	UpdatedBy    string     `json:"updatedBy"`
}
