package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/process"
	"provost/internal/store/db"
)

// recordVersion puts the process on another version, with what belongs to the elements whose place others take. Open tasks go by what the
// version says about late ones.
func (l *Ledger) recordVersion(ctx context.Context, u *unit, of *db.LockProcessRow, e *process.Entry) error {
	if e.Version == nil {
		return nil
	}
	if err := u.q.PutOnVersion(ctx, db.PutOnVersionParams{ID: e.Process, VersionID: *e.Version}); err != nil {
		return fmt.Errorf("put process on version: %w", err)
	}
	of.VersionID = *e.Version
	params := db.RenameElementsParams{ProcessID: e.Process, Before: []string{}, After: []string{}}
	for _, before := range slices.Sorted(maps.Keys(e.Renamed)) {
		params.Before, params.After = append(params.Before, before), append(params.After, e.Renamed[before])
	}
	if err := u.q.RenameElements(ctx, params); err != nil {
		return fmt.Errorf("rename elements: %w", err)
	}
	library, err := l.Library(ctx, *e.Version)
	if err != nil {
		return err
	}
	return u.adoptDeadlines(ctx, e.Process, library)
}

// adoptDeadlines makes open tasks do when they are late what a version says.
func (u *unit) adoptDeadlines(ctx context.Context, id uuid.UUID, version *bpm.Library) error {
	params := db.AdoptDeadlinesParams{ProcessID: id}
	for _, element := range slices.Sorted(maps.Keys(version.Steps)) {
		late := bpm.DeadlineOf{}
		if d := version.Steps[element].Deadline; d != nil {
			late = *d
		}
		params.Elements, params.Flows = append(params.Elements, element), append(params.Flows, late.ExpireFlow)
		params.Expires, params.Reminds = append(params.Expires, late.Expire != ""), append(params.Reminds, late.Remind != "")
		params.Escalates = append(params.Escalates, late.Escalate != "")
	}
	if err := u.q.AdoptDeadlines(ctx, params); err != nil {
		return fmt.Errorf("adopt deadlines: %w", err)
	}
	return nil
}
