package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/internal/process"
)

// MigrationRequest puts running processes of one version on another version of the same definition.
type MigrationRequest struct {
	To        uuid.UUID         `json:"to" doc:"Version to put them on"`
	Elements  map[string]string `json:"elements,omitempty" doc:"Elements with the ones that take their place; all others keep their id"`
	Processes []uuid.UUID       `json:"processes,omitempty" maxItems:"100000" doc:"Left out: all that run by the version"`
	Reason    string            `json:"reason,omitempty" maxLength:"10000" doc:"Required unless it is a dry run"`
	DryRun    bool              `json:"dryRun,omitempty" doc:"Only say what it would come to"`
}

type migrationInput struct {
	IDInput
	Body MigrationRequest
}

type migrationOutput struct{ Body process.MigrationReview }

type elementsOutput struct{ Body []process.Element }

// migrateProcess puts one process on another version, or says why it cannot be put there.
func (a *API) migrateProcess(ctx context.Context, in *migrateInput) error {
	found, _, err := a.deps.Platform.Processes.See(ctx, in.ID)
	if err != nil {
		return err
	}
	do := a.deps.Platform.Operations.Migrate
	if in.Body.DryRun {
		do = a.deps.Platform.Operations.ReviewMigration
	}
	review, err := do(ctx, process.Migration{
		From: found.VersionID, To: in.Body.Version, Elements: in.Body.Elements, Processes: []uuid.UUID{in.ID}, Reason: in.Body.Reason,
	})
	if err != nil {
		return err
	}
	return review.Refusal()
}

func (a *API) registerMigrations() {
	o, tags := a.deps.Platform.Operations, []string{"Process operations"}
	register(a, signedIn, huma.Operation{
		OperationID: "migrate-processes", Method: http.MethodPost, Path: "/process-versions/{id}/migrate", Tags: tags,
		Summary: "Put running processes of a version on another version of the definition",
		Description: steeredDoc + "All or none: processes at an element that has no place in the other version refuse it. " +
			"For holders of process:update, and for whoever manages each of the processes named.",
		DefaultStatus: http.StatusOK,
	}, func(ctx context.Context, in *migrationInput) (*migrationOutput, error) {
		m := process.Migration{From: in.ID, To: in.Body.To, Elements: in.Body.Elements, Processes: in.Body.Processes, Reason: in.Body.Reason}
		do := o.Migrate
		if in.Body.DryRun {
			do = o.ReviewMigration
		}
		review, err := do(ctx, m)
		if err == nil && !in.Body.DryRun {
			for _, id := range in.Body.Processes {
				a.deps.Events.Publish("processes", id)
			}
		}
		return &migrationOutput{Body: review}, err
	})
	register(a, signedIn, huma.Operation{
		OperationID: "list-process-elements", Method: http.MethodGet, Path: "/processes/{id}/elements", Tags: tags,
		Summary: "Elements that the tokens of a process can be put at", Description: "For managers of the process, and holders of process:update.",
	}, func(ctx context.Context, in *IDInput) (*elementsOutput, error) {
		elements, err := o.Elements(ctx, in.ID)
		return &elementsOutput{Body: filled(elements)}, err
	})
}
