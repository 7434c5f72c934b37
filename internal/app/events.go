package app

import (
	"context"
	"sync"

	"provost/api"
)

// startEvents tells the browsers that listen what changed, in whatever process it was changed.
func (a *App) startEvents(ctx context.Context) *api.Events {
	events := api.NewEvents()
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var done sync.WaitGroup
	done.Go(func() { events.Follow(running, a.Tenant, a.settings.Logger) })
	a.cleanup.Add("notices of changes", func(context.Context) error {
		cancel()
		done.Wait()
		return nil
	})
	return events
}
