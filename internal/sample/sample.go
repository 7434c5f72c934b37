// Package sample makes the sample organisation that a new installation of `provost dev` shows: sixty people who do not exist in the file
// of a human resources system, a directory and a badge system that they are provisioned to, the roles they hold there, and the processes by
// which they ask for more. Everything is written through the use cases of the platform, as somebody at the console would do it, and what is
// there already is left as it is.
package sample

import (
	"context"
	"fmt"

	"github.com/rs/zerolog"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/platform"
	"provost/internal/run"
)

// Options say where the sample organisation lives.
type Options struct {
	// Folder holds the HR file.
	Folder string
	// Server serves its agents.
	Server string
	// Database is the URL of the PostgreSQL server on which the badge system gets a database of its own. The role must be allowed to make
	// databases and roles; otherwise the badge system is left out.
	Database string
	// Directory is provisioned to; nil leaves it out.
	Directory *Directory
	Logger    zerolog.Logger
}

// Directory is an LDAP server.
type Directory struct {
	URL              string // ldap://host:port
	Suffix           string
	BindDN, Password string
}

// organisation is the sample organisation being made.
type organisation struct {
	Options
	platform *platform.Platform
	runs     *run.Service
}

// Load makes what is missing of the sample organisation, loads its people, and returns when they have reached their systems, or after a
// while with a warning in the log when they have not. A second call on the same database writes only what changed around it, such as the
// port of the directory.
func Load(ctx context.Context, p *platform.Platform, runs *run.Service, o Options) error {
	ctx = authz.With(ctx, authz.System(authz.OriginSystem))
	ctx = change.WithOrigin(ctx, change.Origin{Kind: change.Import})
	made := &organisation{Options: o, platform: p, runs: runs}
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"HR file", made.writePeople},
		{"settings", made.settings},
		{"groups", made.groups},
		{"systems", made.systems},
		{"roles", made.roles},
		{"people", made.people},
		{"processes", made.processes},
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("make sample organisation: %s: %w", step.name, err)
		}
	}
	return nil
}
