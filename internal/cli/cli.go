package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"provost/internal/config"
)

// Version is the version of the binary, set by the linker.
var Version = "dev" //nolint:gochecknoglobals // the linker can set nothing else

// Exit codes of every command.
const (
	exitDone    = 0
	exitRefused = 1
	exitUsage   = 2
)

// commands is the tree of commands.
type commands struct {
	Dev        devCommand        `cmd:"" help:"Run the whole platform on this machine, with embedded servers and sample data."`
	Serve      serveCommand      `cmd:"" help:"Run everything in one process: console, API, workflows and agents."`
	API        apiCommand        `cmd:"" name:"api" help:"Run the console and the API only."`
	Worker     workerCommand     `cmd:"" help:"Run workflows and agents only."`
	Agent      agentCommand      `cmd:"" help:"Run the agents of one server only, inside the trusted network: it needs the database and Temporal."`
	Temporal   temporalCommand   `cmd:"" help:"Run only the embedded Temporal server and its user interface."`
	Migrate    migrateCommands   `cmd:"" help:"Bring the database schema up to date, or show its state."`
	Token      tokenCommands     `cmd:"" help:"Manage API tokens."`
	Audit      auditCommands     `cmd:"" help:"Check the audit trail."`
	ScriptHost scriptHostCommand `cmd:"" hidden:"" help:"Evaluate scripts for the parent process."`
	BPM        bpmCommands       `cmd:"" name:"bpm" help:"Check and import process definitions."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
}

// process is what a command has of the process it runs in.
type process struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	embedded       Embedded
}

// usageError is wrong usage that only shows when a command runs.
type usageError struct{ sentence string }

// Error returns the sentence.
func (e *usageError) Error() string { return e.sentence }

// Main runs the command that args name and returns the exit code. SIGINT and SIGTERM stop it in order. embedded is nil in a binary
// without the Temporal server.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer, embedded Embedded) int {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	return run(ctx, args, &process{stdin: stdin, stdout: stdout, stderr: stderr, embedded: embedded})
}

// helpShown is how the parser says that it printed what was asked for.
type helpShown struct{ code int }

func run(ctx context.Context, args []string, p *process) (code int) {
	defer func() {
		if shown, ok := recover().(helpShown); ok {
			code = shown.code
		}
	}()
	parser, err := newParser(ctx, p)
	if err != nil {
		fmt.Fprintln(p.stderr, "provost:", err)
		return exitRefused
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(p.stderr, "provost: %s\n", err)
		return exitUsage
	}
	return report(p, parsed.Run())
}

func newParser(ctx context.Context, p *process) (*kong.Kong, error) {
	return kong.New(&commands{},
		kong.Name("provost"),
		kong.Description("Provost, an identity governance platform. Settings are flags or environment variables PROVOST_…"),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { panic(helpShown{code}) }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(p),
	)
}

// report prints what went wrong as one sentence and gives the exit code.
func report(p *process, err error) int {
	if err == nil {
		return exitDone
	}
	fmt.Fprintf(p.stderr, "provost: %s\n", err)
	var usage *usageError
	var invalid *config.InvalidError
	if errors.As(err, &usage) || errors.As(err, &invalid) {
		return exitUsage
	}
	return exitRefused
}
