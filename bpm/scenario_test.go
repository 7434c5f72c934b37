package bpm

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update-scenarios", false, "write what the scenarios came to; read the difference before you keep it")

// scenario is a process, in a .bpmn file, and what happens to it, in a .txt file beside: a line that begins with > happens, the lines below
// are the commands it leads to, or, after !, why it was refused. Behind = is what the process then waits for, with its variables. Times
// begin on Monday 2026-03-02 at eight.
type scenario struct {
	plan    *Plan
	scripts map[string]string
	comment []string
	events  []string
	text    string
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/scenarios/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			s := readScenario(t, file)
			got := s.run(t, func(st *State) *State { return st })
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
				return
			}
			require.Equal(t, s.text, got)
			require.Equal(t, got, s.run(t, func(st *State) *State { return carried(t, st) }), "with the state written down after every step")
		})
	}
}

func (s scenario) run(t *testing.T, carry func(*State) *State) string {
	t.Helper()
	p := play(t, s.plan)
	p.carry, p.scripts = carry, s.scripts
	lines := append([]string{}, s.comment...)
	for _, event := range s.events {
		p.lines = nil
		if err := p.happen(event); err != nil {
			p.write("! %v", err)
		}
		lines = append(lines, "> "+event)
		for _, line := range append(p.lines, p.where()) {
			lines = append(lines, "  "+line)
		}
		checkState(t, p)
	}
	return strings.Join(lines, "\n") + "\n"
}

// happen does what a line of a scenario says.
func (p *player) happen(line string) error {
	p.t.Helper()
	words := split(line)
	if last := len(words) - 1; words[last] == "hold" {
		p.hold = true
		words = words[:last]
	}
	var arguments []string
	values := Values{}
	for _, word := range words[1:] {
		if name, value, found := strings.Cut(word, "="); found {
			values[name] = json.RawMessage(strings.ReplaceAll(value, "'", `"`))
		} else {
			arguments = append(arguments, word)
		}
	}
	arguments = append(arguments, "", "", "")
	switch words[0] {
	case "start":
		return p.do(Started{Message: arguments[0], Values: values})
	case "done":
		return p.done(arguments[0], arguments[1], values)
	case "fail":
		return p.fail(arguments[0], arguments[1], arguments[2])
	case "advance":
		return p.advance(arguments[0])
	case "message":
		return p.do(Messaged{Name: arguments[0], Key: arguments[1], Values: values})
	case "signal":
		return p.do(Signalled{Name: arguments[0], Values: values})
	case "retry", "skip", "answer":
		return p.help(words[0], arguments[0], values)
	case "move":
		return p.do(Moved{From: arguments[0], To: arguments[1]})
	case "cancel":
		return p.do(Cancelled{Reason: arguments[0]})
	case "again":
		return p.do(p.last)
	case "fire":
		for _, w := range p.timers {
			if w.Node == arguments[0] {
				p.forget(w.Timer)
				return p.do(Fired{Timer: w.Timer})
			}
		}
	}
	require.Fail(p.t, "nothing happens by "+line)
	return nil
}

// help does what an operator does about the oldest incident, or answers the scripts that were held.
func (p *player) help(how, outcome string, values Values) error {
	p.t.Helper()
	if how == "answer" {
		return p.do(p.answer())
	}
	require.NotEmpty(p.t, p.alarms, "there is no incident")
	if how == "retry" {
		return p.do(Retried{Incident: p.alarms[0].Incident, Values: values})
	}
	return p.do(Skipped{Incident: p.alarms[0].Incident, Outcome: outcome, Values: values})
}

func readScenario(t *testing.T, file string) scenario {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	s := scenario{text: string(data)}
	for line := range strings.Lines(s.text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "> "):
			s.events = append(s.events, line[2:])
		case !strings.HasPrefix(line, "  "):
			s.comment = append(s.comment, line)
		}
	}
	source, err := os.ReadFile(strings.TrimSuffix(file, ".txt") + ".bpmn")
	require.NoError(t, err)
	definition, findings := Review(source)
	require.False(t, Refused(findings), "%v", findings)
	plan, library := definition.Compile()
	s.plan, s.scripts = &plan, library.Scripts
	return s
}
