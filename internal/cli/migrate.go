package cli

import (
	"context"
	"fmt"

	"provost/internal/app"
	"provost/internal/config"
	"provost/internal/store"
)

// migrateCommands change or show the state of the database schema.
type migrateCommands struct {
	Up     migrateUpCommand     `cmd:"" help:"Apply all migrations that are missing; the first time this makes the tenant master."`
	Status migrateStatusCommand `cmd:"" help:"List all migrations and whether they are applied."`
}

// migrateUpCommand brings the schema up to date.
type migrateUpCommand struct{ config.Database }

// Run implements the command.
func (c *migrateUpCommand) Run(ctx context.Context, p *process) error {
	if err := c.Required(); err != nil {
		return err
	}
	if err := store.Migrate(ctx, c.URL.Reveal(), app.Tenant); err != nil {
		return err
	}
	_, err := fmt.Fprintln(p.stdout, "The schema is up to date.")
	return err
}

// migrateStatusCommand lists migrations.
type migrateStatusCommand struct {
	config.Database
	JSON bool `name:"json" help:"Print JSON."`
}

// Run implements the command.
func (c *migrateStatusCommand) Run(ctx context.Context, p *process) error {
	if err := c.Required(); err != nil {
		return err
	}
	migrations, err := store.MigrationStatus(ctx, c.URL.Reveal())
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(p, migrations)
	}
	for _, m := range migrations {
		state := "missing"
		if m.Applied {
			state = "applied"
		}
		if _, err := fmt.Fprintf(p.stdout, "%-8s %-12s %s\n", state, m.Line, m.File); err != nil {
			return err
		}
	}
	return nil
}
