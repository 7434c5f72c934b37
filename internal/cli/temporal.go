package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"provost/internal/secret"
)

// Where the embedded Temporal server listens unless told otherwise.
const (
	temporalAddress   = "127.0.0.1:7233"
	temporalUIAddress = "127.0.0.1:8233"
	anyPort           = "127.0.0.1:0"
)

// temporalCommand runs the embedded server alone.
type temporalCommand struct {
	Memory    bool         `name:"memory" help:"Keep everything in memory, for tests."`
	Database  secret.Value `name:"database" env:"PROVOST_DATABASE_URL" placeholder:"URL" help:"PostgreSQL server to keep everything in, as postgres://user:password@host/database."`
	Addr      string       `name:"addr" placeholder:"HOST:PORT" help:"Where the server listens (default: 127.0.0.1:7233, with --memory a free port)."`
	UI        string       `name:"ui" placeholder:"HOST:PORT" help:"Where the user interface listens (default: 127.0.0.1:8233, with --memory none)."`
	OpenUI    bool         `name:"open-ui" help:"Let everybody on this machine read in the user interface (always so with --memory)."`
	Namespace string       `name:"namespace" env:"PROVOST_TEMPORAL_NAMESPACE" default:"provost" placeholder:"NAME" help:"Namespace to make ready."`
	Token     secret.Value `name:"token" env:"PROVOST_TEMPORAL_TOKEN" placeholder:"TOKEN" help:"Token that may do anything (default: drawn at random)."`
	JSON      bool         `name:"json" help:"Print one line of JSON when ready."`
}

// temporalReady is the line that tells a program how to reach the server.
type temporalReady struct {
	Address   string `json:"temporalAddress"`
	UI        string `json:"temporalUI,omitempty"`
	Namespace string `json:"namespace"`
	Token     string `json:"token"`
}

// Run implements the command: it ends with the context or, when the input is a pipe, with the program at the pipe's other end.
func (c *temporalCommand) Run(ctx context.Context, p *process) error {
	if p.embedded == nil {
		return &usageError{"this binary has no Temporal server inside: use the full binary provost"}
	}
	if !c.Memory && c.Database.Empty() {
		return &usageError{"give --database URL (PROVOST_DATABASE_URL), or --memory"}
	}
	ctx, cancel := untilInputEnds(ctx, p.stdin)
	defer cancel()
	server, err := p.embedded.StartTemporal(ctx, c.options(p.stderr))
	if err != nil {
		return err
	}
	if err := c.announce(p, server); err != nil {
		return errors.Join(err, server.Stop())
	}
	<-ctx.Done()
	return server.Stop()
}

func (c *temporalCommand) options(stderr io.Writer) TemporalOptions {
	o := TemporalOptions{
		Database: c.Database.Reveal(), Address: c.Addr, UIAddress: c.UI, OpenUI: c.OpenUI || c.Memory, Namespace: c.Namespace,
		Secret: c.Token.Reveal(), Logger: slog.New(slog.NewTextHandler(stderr, nil)),
	}
	if c.Memory {
		o.Database = ""
		return o
	}
	if o.Address == "" {
		o.Address = temporalAddress
	}
	if o.UIAddress == "" {
		o.UIAddress = temporalUIAddress
	}
	return o
}

func (c *temporalCommand) announce(p *process, server TemporalServer) error {
	line := temporalReady{Address: server.Address(), UI: server.UIURL(), Namespace: server.Namespace(), Token: server.Token()}
	if c.JSON {
		return printJSON(p, line)
	}
	_, err := fmt.Fprintf(p.stdout, "Temporal: %s\nnamespace: %s\ntoken: %s\nuser interface: %s\n", line.Address, line.Namespace, line.Token, line.UI)
	return err
}

// untilInputEnds gives a context that also ends when the input, if it is a pipe, has nobody at its other end any more.
func untilInputEnds(ctx context.Context, stdin io.Reader) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	file, ok := stdin.(*os.File)
	if !ok {
		return ctx, cancel
	}
	if info, err := file.Stat(); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		return ctx, cancel // a terminal or /dev/null, whose end means nothing
	}
	go func() {
		// Whatever is read, and however reading ends, nobody is there any more.
		_, _ = io.Copy(io.Discard, file)
		cancel()
	}()
	return ctx, cancel
}
