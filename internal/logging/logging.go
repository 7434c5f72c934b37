package logging

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/log"
)

// The forms of the log.
const (
	FormatJSON    = "json"
	FormatConsole = "console"
)

// Options say what the log contains and how it looks.
type Options struct {
	// Level is the least severe level written: trace, debug, info, warn or error. Empty
	// means info.
	Level string
	// Format is [FormatJSON] or [FormatConsole]. Empty means JSON.
	Format string
	// NoColor leaves colours out of the console form.
	NoColor bool
}

// New returns a logger that writes to w, which need not be safe for concurrent use. It
// returns an error for an unknown level or format.
func New(w io.Writer, o Options) (zerolog.Logger, error) {
	level := zerolog.InfoLevel
	if o.Level != "" {
		parsed, err := zerolog.ParseLevel(o.Level)
		if err != nil {
			return zerolog.Nop(), fmt.Errorf("log level: %w", err)
		}
		level = parsed
	}
	switch o.Format {
	case "", FormatJSON:
	case FormatConsole:
		w = zerolog.ConsoleWriter{Out: w, NoColor: o.NoColor, TimeFormat: time.TimeOnly}
	default:
		return zerolog.Nop(), fmt.Errorf("log format %q: must be %s or %s", o.Format, FormatJSON, FormatConsole)
	}
	safe := zerolog.SyncWriter(&redactor{next: w})
	return zerolog.New(safe).Level(level).With().Timestamp().Logger(), nil
}

// Slog returns the log for code that speaks log/slog.
func Slog(l zerolog.Logger) *slog.Logger {
	return slog.New(zerolog.NewSlogHandler(l))
}

// Temporal returns the log for the Temporal client and worker.
func Temporal(l zerolog.Logger) log.Logger {
	return log.NewStructuredLogger(Slog(l.With().Str("component", "temporal").Logger()))
}
