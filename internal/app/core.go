package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"provost/internal/authn"
	"provost/internal/config"
	"provost/internal/connector"
	"provost/internal/connector/csv"
	"provost/internal/connector/ldap"
	"provost/internal/connector/sql"
	"provost/internal/logging"
	"provost/internal/mapscript"
	"provost/internal/platform"
	"provost/internal/process"
	"provost/internal/script"
	"provost/internal/scriptservice"
	"provost/internal/secret"
	"provost/internal/session"
	"provost/internal/store"
)

// Core is what every process has: the database with the use cases on it. It runs nothing by itself.
type Core struct {
	Database   *store.Database
	Tenant     *store.Tenant
	Secrets    *secret.Box
	Connectors *connector.Registry
	Platform   *platform.Platform
	Sessions   *session.Service
	Scripts    *script.Host // nil where no script is run
	// Services answers what scripts ask of the platform.
	Services *scriptservice.Services
	// Documents is the folder of documents; nil where they are in the database only.
	Documents *process.Folder

	cleanup Cleanup
}

// CoreSettings say where the database and the keys are.
type CoreSettings struct {
	Common   config.Common
	Database config.Database
	// ScriptHost is the command that runs scripts, such as {"/usr/bin/provost", "script-host"}; empty where none is run.
	ScriptHost []string
	Logger     zerolog.Logger
}

// Connectors gives the registry of all kinds of connectors.
func Connectors() *connector.Registry {
	return connector.NewRegistry(csv.Kind(), sql.Kind(), ldap.Kind())
}

// OpenCore opens the database, which must be migrated, and wires the use cases. It waits for a database that is starting.
func OpenCore(ctx context.Context, s CoreSettings) (*Core, error) {
	c := &Core{Connectors: Connectors()}
	if err := c.open(ctx, s); err != nil {
		return nil, errors.Join(err, c.Close(context.WithoutCancel(ctx)))
	}
	return c, nil
}

func (c *Core) open(ctx context.Context, s CoreSettings) error {
	var err error
	if c.Secrets, err = openBox(&s.Common); err != nil {
		return err
	}
	if c.Database, err = openDatabase(ctx, &s.Database); err != nil {
		return err
	}
	c.cleanup.Add("database", func(context.Context) error { c.Database.Close(); return nil })
	c.Tenant = c.Database.Tenant(Tenant)
	c.Services = scriptservice.New(logging.Slog(s.Logger))
	deps := platform.Deps{Secrets: c.Secrets, Connectors: c.Connectors, Services: c.Services}
	if s.Common.DocumentsDir != "" {
		if c.Documents, err = process.OpenFolder(s.Common.DocumentsDir); err != nil {
			return err
		}
		deps.Documents = c.Documents
		c.cleanup.Add("documents", func(context.Context) error { return c.Documents.Close() })
	}
	if len(s.ScriptHost) > 0 {
		if c.Scripts, err = script.NewHost(script.Options{Command: s.ScriptHost, Logger: logging.Slog(s.Logger)}); err != nil {
			return fmt.Errorf("start script host: %w", err)
		}
		c.cleanup.Add("script host", func(context.Context) error { c.Scripts.Close(); return nil })
		deps.Scripts = c.Scripts
	}
	c.Platform = platform.New(c.Tenant, deps)
	c.Services.Bind(c.Platform, nil, c.runner())
	hasher, err := authn.NewHasher(authn.DefaultParams, 0)
	if err != nil {
		return fmt.Errorf("prepare password hashes: %w", err)
	}
	c.Sessions = session.New(c.Tenant.Sessions(), c.Tenant, hasher, session.Settings{})
	return c.checkMigrated(ctx)
}

// runner runs the scripts of mappings and triggers, in the language that the engine settings name.
func (c *Core) runner() *mapscript.Runner {
	return &mapscript.Runner{Host: c.Scripts, Services: c.Services, Setting: c.Platform.ScriptLanguage}
}

// openBox opens the master key file, made the first time.
func openBox(common *config.Common) (*secret.Box, error) {
	path, err := common.KeyFile()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make folder of the master key: %w", err)
	}
	return secret.OpenBox(path)
}

// retryPause is how often a database that does not answer yet is asked again.
const retryPause = 250 * time.Millisecond

// openDatabase opens the pool; a database that is still starting is waited for.
func openDatabase(ctx context.Context, d *config.Database) (*store.Database, error) {
	ctx, cancel := context.WithTimeout(ctx, d.ConnectTimeout)
	defer cancel()
	for {
		opened, err := store.Open(ctx, d.URL.Reveal(), d.MaxConnections)
		if err == nil {
			return opened, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("the database does not answer: %w", err)
		case <-time.After(retryPause):
		}
	}
}

// ErrNotMigrated says that the schema is older than this program, or missing.
var ErrNotMigrated = errors.New("the database schema is not up to date: run `provost migrate up` first")

// checkMigrated finds out early that the schema is missing, with a sentence that says what to do.
func (c *Core) checkMigrated(ctx context.Context) error {
	if _, err := c.Tenant.ServedSystems(ctx, ""); err != nil {
		return errors.Join(ErrNotMigrated, err)
	}
	return nil
}

// Close ends what was opened.
func (c *Core) Close(ctx context.Context) error { return c.cleanup.Run(ctx) }
