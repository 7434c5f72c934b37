package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"

	"provost/internal/script"
)

// versionCommand prints the version.
type versionCommand struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run implements the command.
func (c *versionCommand) Run(p *process) error {
	if c.JSON {
		return printJSON(p, map[string]any{"version": Version, "go": runtime.Version(), "embeddedTemporal": p.embedded != nil})
	}
	_, err := fmt.Fprintf(p.stdout, "provost %s (%s)\n", Version, runtime.Version())
	return err
}

// scriptHostCommand is the child process in which scripts run.
type scriptHostCommand struct{}

// Run implements the command.
func (*scriptHostCommand) Run(ctx context.Context, p *process) error {
	return script.ServeHost(ctx, p.stdin, p.stdout)
}

// printJSON prints one line of JSON.
func printJSON(p *process, value any) error {
	encoder := json.NewEncoder(p.stdout)
	encoder.SetEscapeHTML(false) // addresses stay readable
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("print result: %w", err)
	}
	return nil
}
