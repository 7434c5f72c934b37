package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"provost/bpm"
	"provost/internal/script"
	"provost/internal/simulate"
)

// bpmSimulateCommand plays a definition without a database: nothing is changed, and time is skipped.
type bpmSimulateCommand struct {
	File     string   `arg:"" help:"Definition to play; - is the standard input."`
	Vars     string   `name:"vars" placeholder:"JSON" help:"Variables to start with, as a JSON object."`
	Complete playActs `name:"complete" placeholder:"ELEMENT[=OUTCOME][:JSON]" help:"Complete the open task of an element, with a decision and values. Can be repeated; acts are played in their order."`
	Advance  playActs `name:"advance" placeholder:"DURATION" help:"Let time pass: PT1H or 1h30m. Can be repeated."`
	Message  playActs `name:"message" placeholder:"NAME[=KEY][:JSON]" help:"Bring a message, with a key and values. Can be repeated."`
	Signal   playActs `name:"signal" placeholder:"NAME[:JSON]" help:"Bring a signal with values. Can be repeated."`
	Snapshot bool     `name:"snapshot-every-step" help:"Write the state down and read it again after every step: the result must be the same."`
}

// playActs are acts of one kind, with their places on the command line.
type playActs []playAct

type playAct struct {
	left int // arguments behind it: fewer come later
	act  simulate.Act
}

// Decode implements kong.MapperValue.
func (a *playActs) Decode(ctx *kong.DecodeContext) error {
	left := ctx.Scan.Len()
	var text string
	if err := ctx.Scan.PopValueInto(ctx.Value.Name, &text); err != nil {
		return err
	}
	act, err := actOf(ctx.Value.Name, text)
	if err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	*a = append(*a, playAct{left: left, act: act})
	return nil
}

// IsCumulative implements kong.MapperValue for flags that can be repeated.
func (*playActs) IsCumulative() bool { return true }

// actOf reads what a flag says.
func actOf(flag, text string) (simulate.Act, error) {
	if flag == "advance" {
		pause, err := pauseOf(text)
		return simulate.Act{Advance: pause}, err
	}
	head, values, err := headAndValues(text)
	if err != nil {
		return simulate.Act{}, err
	}
	switch flag {
	case "message":
		name, key, _ := strings.Cut(head, "=")
		return simulate.Act{Message: &simulate.Message{Name: name, Key: key, Values: values}}, nil
	case "signal":
		return simulate.Act{Signal: &simulate.Message{Name: head, Values: values}}, nil
	}
	element, outcome, _ := strings.Cut(head, "=")
	return simulate.Act{Complete: &simulate.Completion{Element: element, Outcome: outcome, Values: values}}, nil
}

var errNoPause = errors.New("is no duration above zero, such as PT1H, P3D or 1h30m")

// pauseOf reads a duration of ISO 8601, or of Go. Months and years have the length they have from the day on which simulations begin.
func pauseOf(text string) (time.Duration, error) {
	pause, err := time.ParseDuration(text)
	if err != nil {
		period, err := bpm.ParsePeriod(text)
		if err != nil {
			return 0, errNoPause
		}
		end, err := period.After(simulate.Began)
		if err != nil {
			return 0, errNoPause
		}
		pause = end.Sub(simulate.Began)
	}
	if pause <= 0 {
		return 0, errNoPause
	}
	return pause, nil
}

// headAndValues takes NAME:{…} apart.
func headAndValues(text string) (string, bpm.Values, error) {
	head, rest, found := strings.Cut(text, ":")
	if !found {
		return head, nil, nil
	}
	values, err := valuesOf(rest)
	return head, values, err
}

func valuesOf(text string) (bpm.Values, error) {
	var values bpm.Values
	if text == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return nil, fmt.Errorf("the values are no JSON object: %w", err)
	}
	return values, nil
}

// Run implements the command. It prints the result as JSON; the exit code tells a definition that is refused, or a process that failed.
func (c *bpmSimulateCommand) Run(ctx context.Context, p *process) error {
	if p.embedded == nil {
		return &usageError{"this binary cannot simulate: use the full binary provost"}
	}
	values, err := valuesOf(c.Vars)
	if err != nil {
		return &usageError{"--vars: " + err.Error()}
	}
	source, err := readLimited(p, c.File)
	if err != nil {
		return err
	}
	command, err := scriptHostArgs()
	if err != nil {
		return err
	}
	scripts, err := script.NewHost(script.Options{Command: command, Size: 1})
	if err != nil {
		return fmt.Errorf("start script host: %w", err)
	}
	defer scripts.Close()
	result, err := p.embedded.Simulate(ctx, scripts, simulate.Request{Source: source, Values: values, Acts: c.acts(), Snapshot: c.Snapshot})
	if err != nil {
		return err
	}
	if err := printJSON(p, result); err != nil {
		return err
	}
	if result.Error != nil {
		return fmt.Errorf("%s: %w", result.Error.Message, errRefused)
	}
	return nil
}

// acts are all acts in the order of the command line.
func (c *bpmSimulateCommand) acts() []simulate.Act {
	all := slices.Concat(c.Complete, c.Advance, c.Message, c.Signal)
	slices.SortStableFunc(all, func(a, b playAct) int { return b.left - a.left })
	acts := make([]simulate.Act, len(all))
	for i, a := range all {
		acts[i] = a.act
	}
	return acts
}
