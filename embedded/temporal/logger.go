package temporal

import (
	"context"
	"log/slog"
	"os"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// atLeast passes records of a level and above to a handler.
type atLeast struct {
	slog.Handler

	level slog.Leveler
}

// Enabled implements slog.Handler.
func (h atLeast) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.level.Level() && h.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (h atLeast) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeast{h.Handler.WithAttrs(attrs), h.level}
}

// WithGroup implements slog.Handler.
func (h atLeast) WithGroup(name string) slog.Handler {
	return atLeast{h.Handler.WithGroup(name), h.level}
}

// logger gives the server's log lines to slog.
type logger struct{ to *slog.Logger }

var (
	_ log.Logger      = logger{}
	_ log.WithLogger  = logger{}
	_ log.SLogWrapper = logger{}
)

// SLog implements log.SLogWrapper.
func (l logger) SLog() *slog.Logger { return l.to }

// With implements log.WithLogger.
func (l logger) With(tags ...tag.Tag) log.Logger {
	attrs := make([]any, len(tags))
	for i, attr := range attributes(tags) {
		attrs[i] = attr
	}
	return logger{l.to.With(attrs...)}
}

// Debug implements log.Logger.
func (l logger) Debug(msg string, tags ...tag.Tag) { l.write(slog.LevelDebug, msg, tags) }

// Info implements log.Logger.
func (l logger) Info(msg string, tags ...tag.Tag) { l.write(slog.LevelInfo, msg, tags) }

// Warn implements log.Logger.
func (l logger) Warn(msg string, tags ...tag.Tag) { l.write(slog.LevelWarn, msg, tags) }

// Error implements log.Logger.
func (l logger) Error(msg string, tags ...tag.Tag) { l.write(slog.LevelError, msg, tags) }

// DPanic implements log.Logger: in production it is an error.
func (l logger) DPanic(msg string, tags ...tag.Tag) { l.write(slog.LevelError, msg, tags) }

// Panic implements log.Logger.
func (l logger) Panic(msg string, tags ...tag.Tag) {
	l.write(slog.LevelError, msg, tags)
	panic(msg)
}

// Fatal implements log.Logger: the server calls it where it cannot go on, such as a port that is taken after all.
func (l logger) Fatal(msg string, tags ...tag.Tag) {
	l.write(slog.LevelError, msg, tags)
	os.Exit(1) //nolint:forbidigo // the interface promises that it does not return
}

func (l logger) write(level slog.Level, msg string, tags []tag.Tag) {
	ctx := context.Background()
	if l.to.Enabled(ctx, level) {
		l.to.LogAttrs(ctx, level, msg, attributes(tags)...)
	}
}

func attributes(tags []tag.Tag) []slog.Attr {
	attrs := make([]slog.Attr, len(tags))
	for i, one := range tags {
		attrs[i] = slog.Any(one.Key(), one.Value())
	}
	return attrs
}
