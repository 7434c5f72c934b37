package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/rs/zerolog"

	"provost/api"
	"provost/internal/app"
	"provost/internal/config"
	"provost/internal/logging"
	"provost/internal/secret"
)

// stopTimeout bounds an orderly stop; requests and activities under way have shorter limits of their own.
const stopTimeout = 45 * time.Second

// server names the process among the sync servers, as agents refer to it.
type server struct {
	Server string `name:"server" env:"PROVOST_SERVER" placeholder:"NAME" help:"Name of this server, as agents are assigned to it (default: the host's name)."`
}

func (s *server) name() (string, error) {
	if s.Server != "" {
		return s.Server, nil
	}
	name, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("find the host's name; give --server: %w", err)
	}
	return name, nil
}

// platform is what every process of the platform takes.
type platform struct {
	config.Common
	config.Database
	config.Temporal
}

// Validate checks the form of the settings; the parser calls it.
func (c *platform) Validate() error {
	return errors.Join(c.Common.Validate(), c.Database.Validate(), c.Temporal.Validate())
}

// settings gives the settings of a process; parts are added by its command.
func (c *platform) settings(p *process) (app.Settings, error) {
	logger, err := logging.New(p.stderr, logging.Options{Level: c.LogLevel, Format: c.LogFormat})
	if err != nil {
		return app.Settings{}, err
	}
	scripts, err := scriptHostArgs()
	return app.Settings{
		Common: c.Common, Database: c.Database, Engine: app.Engine{Temporal: c.Temporal}, Version: Version, Logger: logger, ScriptHost: scripts,
	}, err
}

// scriptHostArgs is the command that runs scripts: this program.
func scriptHostArgs() ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	return []string{self, "script-host"}, nil
}

// required refuses to start without database or engine.
func (c *platform) required() error {
	return errors.Join(c.Database.Required(), c.Temporal.Required())
}

// serveCommand runs everything in one process.
type serveCommand struct {
	platform
	config.HTTP
	server
}

// Validate checks the form of the settings; the parser calls it.
func (c *serveCommand) Validate() error { return errors.Join(c.platform.Validate(), c.HTTP.Validate()) }

// Run implements the command. Without an address of Temporal the full binary runs its own server beside the database.
func (c *serveCommand) Run(ctx context.Context, p *process) error {
	if err := c.Database.Required(); err != nil {
		return err
	}
	if c.Temporal.Address == "" && p.embedded == nil {
		return c.Temporal.Required()
	}
	settings, err := c.settings(p)
	if err != nil {
		return err
	}
	name, err := c.name()
	if err != nil {
		return err
	}
	settings.HTTP, settings.Worker = &c.HTTP, &app.WorkerSettings{Server: name, Core: true}
	var running app.Cleanup
	if c.Temporal.Address == "" {
		if err := embedTemporal(ctx, p, &settings, &running); err != nil {
			return err
		}
	}
	return runUntilStopped(ctx, settings, &running)
}

// embedTemporal starts the embedded server for a single-node installation and points the settings at it.
func embedTemporal(ctx context.Context, p *process, settings *app.Settings, running *app.Cleanup) error {
	engine, err := p.embedded.StartTemporal(ctx, TemporalOptions{
		Database: settings.Database.URL.Reveal(), Address: anyPort, UIAddress: anyPort, Namespace: settings.Engine.Namespace,
		Logger: logging.Slog(settings.Logger),
	})
	if err != nil {
		return err
	}
	running.Add("Temporal", func(context.Context) error { return engine.Stop() })
	useTemporal(settings, engine)
	return nil
}

// useTemporal points the settings at an embedded server.
func useTemporal(settings *app.Settings, engine TemporalServer) {
	settings.Engine.Address, settings.Engine.Token = engine.Address(), secret.New(engine.Token())
	settings.TemporalUI = &api.TemporalUI{Address: engine.UIAddress(), Token: secret.New(engine.ReaderToken(engine.Namespace()))}
}

// runUntilStopped runs a process until the context ends, and stops it and then what ran before it.
func runUntilStopped(ctx context.Context, settings app.Settings, running *app.Cleanup) error {
	started, err := app.Start(ctx, settings)
	if err == nil {
		running.Add("platform", started.Close)
		announceStart(settings.Logger, started)
		<-ctx.Done()
		settings.Logger.Info().Msg("stopping")
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return errors.Join(err, running.Run(stopping))
}

func announceStart(logger zerolog.Logger, started *app.App) {
	event := logger.Info().Str("version", Version)
	if url := started.URL(); url != "" {
		event = event.Str("url", url)
	}
	event.Msg("the platform is running")
}

// apiCommand runs console and API.
type apiCommand struct {
	platform
	config.HTTP
}

// Validate checks the form of the settings; the parser calls it.
func (c *apiCommand) Validate() error { return errors.Join(c.platform.Validate(), c.HTTP.Validate()) }

// Run implements the command.
func (c *apiCommand) Run(ctx context.Context, p *process) error {
	if err := c.required(); err != nil {
		return err
	}
	settings, err := c.settings(p)
	if err != nil {
		return err
	}
	settings.HTTP = &c.HTTP
	return runUntilStopped(ctx, settings, &app.Cleanup{})
}

// workerCommand runs workflows and agents.
type workerCommand struct {
	platform
	server
}

// Run implements the command.
func (c *workerCommand) Run(ctx context.Context, p *process) error {
	return runWorker(ctx, p, &c.platform, &c.server, true)
}

// agentCommand runs the agents of one server.
type agentCommand struct {
	platform
	Server string `name:"server" env:"PROVOST_SERVER" required:"" placeholder:"NAME" help:"Name of this server, as agents are assigned to it."`
}

// Run implements the command.
func (c *agentCommand) Run(ctx context.Context, p *process) error {
	return runWorker(ctx, p, &c.platform, &server{c.Server}, false)
}

func runWorker(ctx context.Context, p *process, c *platform, s *server, core bool) error {
	if err := c.required(); err != nil {
		return err
	}
	settings, err := c.settings(p)
	if err != nil {
		return err
	}
	name, err := s.name()
	if err != nil {
		return err
	}
	settings.Worker = &app.WorkerSettings{Server: name, Core: core}
	return runUntilStopped(ctx, settings, &app.Cleanup{})
}
