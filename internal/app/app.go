package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"

	"provost/api"
	"provost/internal/config"
	"provost/internal/logging"
	"provost/internal/notice"
	"provost/internal/notify"
	"provost/internal/relay"
	"provost/internal/run"
	"provost/internal/telemetry"
	"provost/ui"
	"provost/worker"
)

// Settings say what a process runs. HTTP and Worker are its parts; a process has at least one of them.
type Settings struct {
	Common   config.Common
	Database config.Database
	Engine   Engine
	// HTTP serves console and API; nil runs none.
	HTTP *config.HTTP
	// Worker runs workflows and agents; nil runs none.
	Worker *WorkerSettings
	// TemporalUI is shown read-only under /temporal; nil where it is not known.
	TemporalUI *api.TemporalUI
	// ScriptHost is the command that runs scripts, such as {"/usr/bin/provost", "script-host"}.
	ScriptHost []string
	Version    string
	Logger     zerolog.Logger
}

// WorkerSettings say what a worker serves.
type WorkerSettings struct {
	// Server is its name, as agents are assigned to it.
	Server string
	// Core adds workflows, the activities beside the database and the delivery of the outbox; without it only agents are served.
	Core bool
}

// App is a running process of the platform.
type App struct {
	*Core
	Temporal client.Client
	Runs     *run.Service

	settings Settings
	registry *prometheus.Registry
	site     *Site
	room     *engineRoom // nil in a process without worker
	cleanup  Cleanup
}

// Start starts a process and returns when it can be used. ctx bounds the start only. When it fails nothing is left running.
func Start(ctx context.Context, s Settings) (*App, error) {
	a := &App{settings: s, registry: telemetry.NewRegistry(s.Version)}
	if err := a.start(ctx); err != nil {
		return nil, errors.Join(err, a.Close(context.WithoutCancel(ctx)))
	}
	return a, nil
}

func (a *App) start(ctx context.Context) error {
	s := &a.settings
	var err error
	// The address first: a port that is taken is found before anything else is begun.
	if s.HTTP != nil {
		if a.site, err = listen(ctx, *s.HTTP); err != nil {
			return err
		}
		a.cleanup.Add("HTTP server", a.site.stop)
	}
	a.Core, err = OpenCore(ctx, CoreSettings{Common: s.Common, Database: s.Database, ScriptHost: s.ScriptHost, Logger: s.Logger})
	if err != nil {
		return err
	}
	a.cleanup.Add("core", a.Core.Close)
	if err := a.Platform.Seed(ctx); err != nil {
		return fmt.Errorf("bring built-in objects up to date: %w", err)
	}
	if a.Temporal, err = s.Engine.dial(ctx, a.identity(), a.registry, s.Logger); err != nil {
		return err
	}
	a.cleanup.Add("Temporal client", func(context.Context) error { a.Temporal.Close(); return nil })
	a.Runs = NewRuns(a.Core)
	if s.Worker != nil {
		if err := a.startWorker(ctx); err != nil {
			return err
		}
	}
	if a.site != nil {
		a.site.serve(ctx, a.handler(ctx), s.Logger)
		// Requests end before what they use: the site is stopped first, though it was opened first.
		a.cleanup.Add("HTTP server", a.site.stop)
	}
	return nil
}

// identity names the process in Temporal.
func (a *App) identity() string {
	if a.settings.Worker != nil {
		return a.settings.Worker.Server
	}
	return "api"
}

// startWorker starts the worker and, beside the core, the delivery of the outbox.
func (a *App) startWorker(ctx context.Context) error {
	s := &a.settings
	room := newEngineRoom(a.Core, s.Worker.Server, s.Logger)
	a.room = room
	room.upkeep.Office = &notice.Office{Store: a.Tenant, Post: &notify.Mailer{Settings: a.Platform.Settings}, Settings: a.Platform.Settings, PublicURL: a.URL(), Logger: logging.Slog(s.Logger)}
	a.cleanup.Add("agents", func(context.Context) error { room.pool.Close(); return nil })
	started, err := worker.Start(ctx, worker.Options{
		Server: s.Worker.Server, Version: s.Version, Temporal: a.Temporal, Tenant: a.Tenant, Core: s.Worker.Core,
		Sync: room.sync, Runs: room.runs, Upkeep: room.upkeep, Process: room.process, Logger: s.Logger,
	})
	if err != nil {
		return err
	}
	a.cleanup.Add("worker", func(context.Context) error { started.Stop(); return nil })
	if !s.Worker.Core {
		return nil
	}
	a.startRelay(ctx)
	return errors.Join(scheduleMaintenance(ctx, a.Temporal), scheduleDigests(ctx, a.Temporal))
}

// startRelay delivers the outbox until the process stops.
func (a *App) startRelay(ctx context.Context) {
	delivery := &relay.Relay{Database: a.Database, Tenant: a.Tenant, Temporal: a.Temporal, Logger: a.settings.Logger}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var done sync.WaitGroup
	done.Go(func() { delivery.Run(running) })
	a.cleanup.Add("relay", func(context.Context) error {
		cancel()
		done.Wait()
		return nil
	})
}

// handler gives the whole HTTP interface of the process.
func (a *App) handler(ctx context.Context) http.Handler {
	s := &a.settings
	return api.New(api.Deps{ //nolint:contextcheck // a request has its own context
		Platform: a.Platform, Sessions: a.Sessions, Monitor: a.monitor(), Events: a.startEvents(ctx), UI: ui.Handler(),
		TemporalUI: s.TemporalUI, TemporalNamespace: s.Engine.Namespace, Metrics: telemetry.Handler(a.registry), Ready: a.ready,
		Version: s.Version, Logger: s.Logger,
	})
}

// ready reports whether database and engine answer.
func (a *App) ready(ctx context.Context) error {
	if err := a.Database.Ping(ctx); err != nil {
		return fmt.Errorf("reach database: %w", err)
	}
	if _, err := a.Temporal.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return fmt.Errorf("reach Temporal: %w", err)
	}
	return nil
}

// URL is where people reach the console; empty for a process without it.
func (a *App) URL() string {
	if a.site == nil {
		return ""
	}
	return a.site.URL()
}

// Close stops the process in order: requests, delivery, worker, client, database.
func (a *App) Close(ctx context.Context) error { return a.cleanup.Run(ctx) }
