package sample

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/query"
	"provost/internal/run"
)

// PeopleFile is the name of the HR file in the sample folder.
const PeopleFile = "sample-people.csv"

//go:embed sample-people.csv
var people []byte

const (
	// patience is how long a start waits for the people to reach their systems.
	patience = 2 * time.Minute
	look     = 200 * time.Millisecond
)

// writePeople writes the HR file the first time; what somebody edits in it stays.
func (o *organisation) writePeople(context.Context) error {
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	file, err := os.OpenFile(o.peoplePath(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("make file: %w", err)
	}
	_, err = file.Write(people)
	return errors.Join(err, file.Close())
}

func (o *organisation) peoplePath() string { return filepath.Join(o.Folder, PeopleFile) }

// people loads the HR file, unless it was loaded before, and waits until everybody is provisioned.
func (o *organisation) people(ctx context.Context) error {
	system, err := o.platform.Systems.Named(ctx, hrSystem)
	if err != nil {
		return fmt.Errorf("find %s: %w", hrSystem, err)
	}
	loaded, err := o.platform.Users.List(ctx, query.List{Filter: fmt.Sprintf("sourceSystem eq %q", hrSystem), Size: 1})
	if err != nil {
		return fmt.Errorf("look for people: %w", err)
	}
	if loaded.Total > 0 {
		return nil
	}
	started, err := o.runs.Start(ctx, system.ID, run.Load, run.Options{})
	if fault.CodeOf(err) == fault.Conflict {
		o.Logger.Info().Msg("the load of an earlier start goes on")
		return nil
	}
	if err != nil {
		return fmt.Errorf("start load: %w", err)
	}
	return o.await(ctx, started.ID)
}

// await returns when a load has ended and its tasks are done. One that takes long goes on without us.
func (o *organisation) await(ctx context.Context, id uuid.UUID) error {
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		done, err := o.provisioned(bounded, id)
		if done || err != nil && bounded.Err() == nil {
			return err
		}
		select {
		case <-tick.C:
		case <-bounded.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			o.Logger.Warn().Msg("the sample people have not all reached their systems yet; the synchronisation goes on")
			return nil
		}
	}
}

func (o *organisation) provisioned(ctx context.Context, id uuid.UUID) (bool, error) {
	r, err := o.runs.Store.Get(authz.With(ctx, authz.System(authz.OriginSystem)), id)
	if err != nil {
		return false, fmt.Errorf("look at load: %w", err)
	}
	switch r.Status {
	case run.Completed:
		open, _, err := o.runs.Store.OpenTasks(ctx, id)
		return open == 0, err
	case run.Failed, run.Cancelled:
		o.Logger.Warn().Int64("run", r.Number).Str("status", r.Status).Str("reason", r.Message).Msg("the load of the sample people has not completed")
		return true, nil
	case run.Blocked:
		o.Logger.Warn().Int64("run", r.Number).Msg("the load of the sample people is blocked by its guard; decide about it in the console")
		return true, nil
	default:
		return false, nil
	}
}
