// Package repo_test checks what no compiler checks: that the files which build, ship and
// run the platform agree with each other and with the contract.
package repo_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// read returns a file of the repository by its path from the top.
func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(path)))
	require.NoError(t, err)
	return string(content)
}

// module is what the tests need of a go.mod.
type module struct {
	name      string
	goVersion string
	// requires are the versions by module path; direct tells which are not marked indirect.
	requires map[string]string
	direct   map[string]bool
	tools    []string
}

var (
	requirement = regexp.MustCompile(`^(?:require )?(\S+) (v\S+?)( // indirect)?$`)
	toolLine    = regexp.MustCompile(`^(?:tool )?([a-z0-9.-]+\.[a-z]+/\S+)$`)
)

func readModule(t *testing.T, path string) module {
	t.Helper()
	m := module{requires: map[string]string{}, direct: map[string]bool{}}
	for line := range strings.Lines(read(t, path)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "module "); ok {
			m.name = name
		}
		if version, ok := strings.CutPrefix(line, "go "); ok {
			m.goVersion = version
		}
		if found := requirement.FindStringSubmatch(line); found != nil {
			m.requires[found[1]] = found[2]
			m.direct[found[1]] = found[3] == ""
		}
		if found := toolLine.FindStringSubmatch(line); found != nil {
			m.tools = append(m.tools, found[1])
		}
	}
	return m
}

func TestModulesAgree(t *testing.T) {
	t.Parallel()
	root, embedded, tools := readModule(t, "go.mod"), readModule(t, "embedded/go.mod"), readModule(t, "tools/go.mod")
	require.Equal(t, "provost", root.name)
	require.Equal(t, "provost/embedded", embedded.name)
	require.Equal(t, "provost/tools", tools.name)
	require.Equal(t, root.goVersion, embedded.goVersion)
	require.Equal(t, root.goVersion, tools.goVersion)
	require.Contains(t, read(t, "embedded/go.mod"), "replace provost => ../")

	// What both binaries are built from is tested once: it must be the same.
	shared := 0
	for path, version := range root.requires {
		if other, ok := embedded.requires[path]; ok && (root.direct[path] || embedded.direct[path]) {
			require.Equal(t, version, other, "%s differs between go.mod and embedded/go.mod", path)
			shared++
		}
	}
	require.Positive(t, shared)
}

// docs/adr/0007: goose waits for a Temporal server that compiles with the logs of OpenTelemetry it asks for.
func TestReasonOfThePinHolds(t *testing.T) {
	t.Parallel()
	embedded := readModule(t, "embedded/go.mod")
	require.Equal(t, "v3.27.3", embedded.requires["github.com/pressly/goose/v3"])
	require.Regexp(t, `^v0\.`, embedded.requires["go.opentelemetry.io/otel/log"], "take the newest goose, and remove docs/adr/0007 and this test")
}

func TestToolsArePinned(t *testing.T) {
	t.Parallel()
	tools := readModule(t, "tools/go.mod")
	require.ElementsMatch(t, []string{
		"github.com/golangci/golangci-lint/v2/cmd/golangci-lint",
		"github.com/sqlc-dev/sqlc/cmd/sqlc",
		"go.temporal.io/sdk/contrib/tools/workflowcheck",
		"gotest.tools/gotestsum",
	}, tools.tools)
	makefile := read(t, "Makefile")
	for _, tool := range tools.tools {
		require.Contains(t, makefile, "PACKAGE = "+tool+"\n", "make tools builds what is pinned")
	}
}

func TestDockerfile(t *testing.T) {
	t.Parallel()
	dockerfile := read(t, "Dockerfile")
	require.Contains(t, dockerfile, "FROM golang:"+readModule(t, "go.mod").goVersion+"-", "the image is built with the Go of go.mod")
	images := regexp.MustCompile(`(?m)^FROM (\S+)`).FindAllStringSubmatch(dockerfile, -1)
	require.NotEmpty(t, images)
	for _, image := range images {
		requirePinned(t, image[1])
	}
	final := dockerfile[strings.LastIndex(dockerfile, "\nFROM "):]
	require.Regexp(t, `(?m)^USER [1-9][0-9]*$`, final, "the process does not run as root")
	require.Contains(t, final, "HEALTHCHECK")
	require.Contains(t, dockerfile, "npm ci --ignore-scripts")
}

func TestMakefileKeepsTheContract(t *testing.T) {
	t.Parallel()
	makefile := read(t, "Makefile")
	for _, target := range []string{
		"help", "run", "dev", "build", "ui", "generate", "verify", "lint", "test", "test-race", "e2e", "test-connectors",
		"fuzz-smoke", "replay", "bench", "migrate", "soak-faults", "soak-sync", "deps", "cover",
	} {
		require.Regexp(t, `(?m)^`+target+`:.* ## \S`, makefile, "make help explains %s", target)
		require.Contains(t, makefile, ".PHONY: "+target+"\n")
	}
	require.NotContains(t, regexp.MustCompile(`npm[^\n]* ci\b[^\n]*--ignore-scripts`).ReplaceAllString(makefile, ""), " ci ",
		"npm ci always runs with --ignore-scripts")
}

// What the documents tell a reader to type exists.
func TestDocumentsNameTargetsThatExist(t *testing.T) {
	t.Parallel()
	makefile := read(t, "Makefile")
	named := regexp.MustCompile("(?:`|^|\n)make ([a-z][a-z0-9-]*)")
	seen := map[string]bool{}
	for _, path := range documents(t) {
		for _, found := range named.FindAllStringSubmatch(read(t, path), -1) {
			require.Regexp(t, `(?m)^`+found[1]+`:`, makefile, "%s says make %s", path, found[1])
			seen[found[1]] = true
		}
	}
	require.Subset(t, slices.Collect(maps.Keys(seen)), []string{"run", "test", "help"}, "the README's commands are among them")
}

// Links between documents lead somewhere.
func TestDocumentsLinkToFilesThatExist(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	checked := 0
	for _, path := range documents(t) {
		for _, found := range link.FindAllStringSubmatch(read(t, path), -1) {
			_, err := os.Stat(filepath.Join("..", "..", filepath.Dir(path), found[1]))
			require.NoError(t, err, "%s links to %s", path, found[1])
			checked++
		}
	}
	require.Positive(t, checked)
}

// documents gives the paths of what people read first.
func documents(t *testing.T) []string {
	t.Helper()
	paths := []string{"README.md", "ui/README.md"}
	for _, pattern := range []string{"docs/*.md", "docs/adr/*.md"} {
		found, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(pattern)))
		require.NoError(t, err)
		for _, path := range found {
			paths = append(paths, strings.TrimPrefix(filepath.ToSlash(path), "../../"))
		}
	}
	require.Greater(t, len(paths), 8)
	return paths
}

// A soak that names no test would end at once and look like a success.
func TestSoaksRunATest(t *testing.T) {
	t.Parallel()
	tests := read(t, "worker/soak_test.go")
	named := regexp.MustCompile(`-tags soak .*-run '\^(\w+)\$\$' ./worker`).FindAllStringSubmatch(read(t, "Makefile"), -1)
	require.Len(t, named, 2)
	for _, found := range named {
		require.Contains(t, tests, "func "+found[1]+"(")
	}
}

func TestCIRunsTheReadmesCommand(t *testing.T) {
	t.Parallel()
	script := read(t, ".ci/run")
	require.True(t, strings.HasPrefix(script, "#!/bin/bash\n"))
	require.Contains(t, script, "export CI=true\n")
	require.Contains(t, script, "exec make test\n")
	info, err := os.Stat(filepath.Join("..", "..", ".ci", "run"))
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&0o111, ".ci/run can be executed")
}

// Each linter that is off says why, as the first lines of the file promise.
func TestDisabledLintersAreArgued(t *testing.T) {
	t.Parallel()
	_, rest, found := strings.Cut(read(t, ".golangci.yml"), "  disable:\n")
	require.True(t, found)
	list, _, found := strings.Cut(rest, "  settings:\n")
	require.True(t, found)
	for line := range strings.Lines(list) {
		require.Regexp(t, `^    - \w+ # \S.{7,}\n$`, line)
	}
}

func requirePinned(t *testing.T, image string) {
	t.Helper()
	_, tag, found := strings.Cut(image, ":")
	require.True(t, found, "%s has no tag", image)
	require.Regexp(t, `^v?\d+\.\d+`, tag, "%s does not name a version", image)
}
