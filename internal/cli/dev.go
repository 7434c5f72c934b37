package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rs/zerolog"

	"provost/internal/app"
	"provost/internal/config"
	"provost/internal/ldapdev"
	"provost/internal/logging"
	"provost/internal/pgdev"
	"provost/internal/sample"
	"provost/internal/secret"
	"provost/internal/store"
)

// Names of what dev runs.
const (
	devServer   = "dev"
	devDatabase = "provost"
)

// preferredLDAP is where the sample directory listens when nothing else does, so that the address stays the same over restarts.
const preferredLDAP = "127.0.0.1:1389"

// devCommand runs everything in one process tree.
type devCommand struct {
	platform
	config.HTTP
	TemporalUI string `name:"temporal-ui" env:"PROVOST_TEMPORAL_UI" default:"127.0.0.1:8233" placeholder:"HOST:PORT" help:"Address of Temporal's own user interface, which everybody on this machine may read; port 0 takes a free one."`
	LDAP       string `name:"ldap" env:"PROVOST_LDAP" placeholder:"HOST:PORT" help:"Address of the sample directory; port 0 takes a free one (default: 127.0.0.1:1389, or a free port where that is taken)."`
	NoSample   bool   `name:"no-sample" env:"PROVOST_NO_SAMPLE" help:"Leave out the sample organisation and its directory."`
	JSON       bool   `name:"json" help:"Print one line of JSON when ready."`
}

// devRun is one run of the command.
type devRun struct {
	*devCommand
	process   *process
	logger    zerolog.Logger
	dir       string
	settings  app.Settings
	postgres  *pgdev.Server
	directory *ldapdev.Server
	app       *app.App
	ready     readyLine
	running   app.Cleanup
}

// Validate checks the form of the settings; the parser calls it.
func (c *devCommand) Validate() error { return errors.Join(c.platform.Validate(), c.HTTP.Validate()) }

// Run implements the command. Without PROVOST_DATABASE_URL and PROVOST_TEMPORAL_ADDRESS it starts its own servers.
func (c *devCommand) Run(ctx context.Context, p *process) error {
	r := &devRun{devCommand: c, process: p}
	err := r.start(ctx)
	if err == nil {
		err = r.wait(ctx)
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = nil // stopped before it was ready, as asked
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return errors.Join(err, r.running.Run(stopping))
}

// wait returns when the command is asked to stop, or with an error when a server it started has ended by itself.
func (r *devRun) wait(ctx context.Context) error {
	var postgres, directory <-chan struct{}
	if r.postgres != nil {
		postgres = r.postgres.Done()
	}
	if r.directory != nil {
		directory = r.directory.Done()
	}
	select {
	case <-ctx.Done():
		r.logger.Info().Msg("stopping")
		return nil
	case <-postgres:
		return fmt.Errorf("PostgreSQL has ended by itself; its log is in %s", filepath.Join(r.dir, postgresFolder))
	case <-directory:
		return fmt.Errorf("the sample directory has ended by itself; its log is in %s", filepath.Join(r.dir, directoryFolder))
	}
}

func (r *devRun) start(ctx context.Context) error {
	steps := []func(context.Context) error{
		r.prepare, r.startPostgres, r.migrate, r.startTemporal, r.startDirectory, r.startPlatform, r.loadSample, r.announce,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// prepare makes the folder and the settings.
func (r *devRun) prepare(context.Context) error {
	var err error
	if r.dir, err = devFolder(&r.Common); err != nil {
		return err
	}
	if os.Getenv(config.EnvName("log-format")) == "" && isTerminal(r.process.stderr) {
		r.LogFormat = logging.FormatConsole
	}
	if r.settings, err = r.platform.settings(r.process); err != nil {
		return err
	}
	r.logger = r.settings.Logger
	r.settings.HTTP = &r.HTTP
	r.settings.Worker = &app.WorkerSettings{Server: devServer, Core: true}
	return nil
}

// isTerminal reports whether people read what is written.
func isTerminal(w any) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// startPostgres starts a server of our own, unless one was named.
func (r *devRun) startPostgres(ctx context.Context) error {
	if !r.URL.Empty() {
		return nil
	}
	if r.PGBin != "" {
		if err := os.Setenv(config.EnvName("pg-bin"), r.PGBin); err != nil {
			return fmt.Errorf("name PostgreSQL's programs: %w", err)
		}
	}
	var err error
	if r.postgres, err = pgdev.Start(ctx, pgdev.Options{Dir: filepath.Join(r.dir, postgresFolder), Logger: logging.Slog(r.logger)}); err != nil {
		return err
	}
	r.running.Add("PostgreSQL", r.postgres.Stop)
	if err := r.postgres.CreateDatabase(ctx, devDatabase); err != nil {
		return err
	}
	r.URL = secret.New(r.postgres.URL(devDatabase))
	r.settings.Database = r.Database
	return nil
}

func (r *devRun) migrate(ctx context.Context) error {
	return store.Migrate(ctx, r.URL.Reveal(), app.Tenant)
}

// startTemporal starts the embedded server beside the database, unless one was named.
func (r *devRun) startTemporal(ctx context.Context) error {
	r.ready.Namespace = r.Namespace
	if r.Temporal.Address != "" {
		r.ready.TemporalAddress = r.Temporal.Address
		return nil
	}
	if r.process.embedded == nil {
		return &usageError{"this binary has no Temporal server inside: use the full binary provost, or name one with --temporal-address (PROVOST_TEMPORAL_ADDRESS)"}
	}
	engine, err := r.process.embedded.StartTemporal(ctx, TemporalOptions{
		Database: r.URL.Reveal(), Address: anyPort, UIAddress: r.TemporalUI, OpenUI: true, Namespace: r.Namespace,
		Logger: logging.Slog(r.logger),
	})
	if err != nil {
		return err
	}
	r.running.Add("Temporal", func(context.Context) error { return engine.Stop() })
	useTemporal(&r.settings, engine)
	r.ready.TemporalUI, r.ready.TemporalAddress = engine.UIURL(), engine.Address()
	return nil
}

// startDirectory starts the sample directory; a machine without slapd does without.
func (r *devRun) startDirectory(ctx context.Context) error {
	if r.NoSample {
		return nil
	}
	address := r.LDAP
	if address == "" {
		address = freeOr(ctx, preferredLDAP, anyPort)
	}
	directory, err := ldapdev.Start(ctx, ldapdev.Options{
		Dir: filepath.Join(r.dir, directoryFolder), Addr: address, InitialLDIF: sample.DirectoryTree(), Logger: logging.Slog(r.logger),
	})
	if errors.Is(err, ldapdev.ErrNoSlapd) {
		r.logger.Warn().Msg(err.Error() + "; the sample organisation does without its directory")
		r.ready.missing = append(r.ready.missing, "the sample directory: "+err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	r.directory = directory
	r.running.Add("directory", directory.Stop)
	r.ready.LDAPURL = directory.URL()
	return nil
}

// startPlatform starts console, API, relay and worker, and gives the administrator a password the first time.
func (r *devRun) startPlatform(ctx context.Context) error {
	var err error
	if r.app, err = app.Start(ctx, r.settings); err != nil {
		return err
	}
	r.running.Add("platform", r.app.Close)
	password, created, err := r.app.Sessions.EnsureAdministrator(ctx)
	if err != nil {
		return fmt.Errorf("give the administrator a password: %w", err)
	}
	if created {
		if err := keepPassword(r.dir, password); err != nil {
			return err
		}
	} else if password, err = keptPassword(r.dir); err != nil {
		return err
	}
	r.ready.URL, r.ready.User, r.ready.Password, r.ready.DatabaseURL = r.app.URL(), administrator, password, r.URL.Reveal()
	return nil
}
