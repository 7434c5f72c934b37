package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

const (
	guide         = "../../docs/operations-guide.md"
	settingsBegin = "<!-- settings:begin (kept true by a test of internal/cli) -->\n"
	settingsEnd   = "<!-- settings:end -->"
)

// TestSettingsAreDocumented compares the table of the operations guide with the flags. PROVOST_UPDATE_GOLDEN=1 writes it anew.
func TestSettingsAreDocumented(t *testing.T) {
	content, err := os.ReadFile(guide)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(content), settingsBegin)
	require.True(t, found)
	documented, after, found := strings.Cut(rest, settingsEnd)
	require.True(t, found)
	expected := settingsTable(t)
	if os.Getenv("PROVOST_UPDATE_GOLDEN") == "1" {
		require.NoError(t, os.WriteFile(guide, []byte(before+settingsBegin+expected+settingsEnd+after), 0o644))
		return
	}
	require.Equal(t, expected, documented, "run PROVOST_UPDATE_GOLDEN=1 go test ./internal/cli -run TestSettingsAreDocumented")
}

// settingsTable lists every flag that has a twin in the environment, with the commands that take it.
func settingsTable(t *testing.T) string {
	t.Helper()
	parser, err := newParser(context.Background(), &process{})
	require.NoError(t, err)
	commands := map[string][]string{}
	rows := map[string]string{}
	for _, command := range parser.Model.Leaves(true) {
		for _, flag := range command.Flags {
			if len(flag.Envs) == 0 {
				continue
			}
			name := strings.TrimPrefix(command.Path(), "provost ")
			commands[flag.Name] = append(commands[flag.Name], name)
			rows[flag.Name] = row(flag)
		}
	}
	names := make([]string, 0, len(rows))
	for name := range rows {
		names = append(names, name)
	}
	slices.Sort(names)
	var out strings.Builder
	out.WriteString("| flag | environment | default | what it says | commands |\n|---|---|---|---|---|\n")
	for _, name := range names {
		fmt.Fprintf(&out, "%s %s |\n", rows[name], strings.Join(commands[name], ", "))
	}
	return out.String()
}

func row(flag *kong.Flag) string {
	standard := ""
	if flag.HasDefault {
		standard = "`" + flag.Default + "`"
	}
	return fmt.Sprintf("| `--%s` | `%s` | %s | %s |", flag.Name, flag.Envs[0], standard, flag.Help)
}

func TestFlagsAndEnvironmentHaveTheSameNames(t *testing.T) {
	t.Parallel()
	parser, err := newParser(context.Background(), &process{})
	require.NoError(t, err)
	exceptions := map[string]string{
		// The embedded server's own words, as scripts use them; they stand for the same settings elsewhere.
		"temporal database": "PROVOST_DATABASE_URL", "temporal namespace": "PROVOST_TEMPORAL_NAMESPACE", "temporal token": "PROVOST_TEMPORAL_TOKEN",
	}
	for _, command := range parser.Model.Leaves(true) {
		for _, flag := range command.Flags {
			for _, variable := range flag.Envs {
				if exceptions[command.Name+" "+flag.Name] == variable {
					continue
				}
				require.Equal(t, "PROVOST_"+strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_")), variable, command.Name)
			}
		}
	}
}
