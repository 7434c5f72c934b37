package app

import (
	"context"
	"sync"
	"time"

	"provost/api"
)

// reconnect is the pause before a notice connection that broke is opened again.
const reconnect = time.Second

// startEvents tells the browsers that listen what changed, in whatever process it was changed.
func (a *App) startEvents(ctx context.Context) *api.Events {
	events := api.NewEvents()
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var done sync.WaitGroup
	done.Go(func() {
		for running.Err() == nil {
			err := a.Tenant.ListenEvents(running, events.Publish)
			if running.Err() != nil {
				return
			}
			a.settings.Logger.Warn().Err(err).Msg("the connection for notices of changes broke; it is opened again")
			select {
			case <-running.Done():
			case <-time.After(reconnect):
			}
		}
	})
	a.cleanup.Add("notices of changes", func(context.Context) error {
		cancel()
		done.Wait()
		return nil
	})
	return events
}
