// Package rehearsal plays a definition for whoever draws it: the interpreter moves the tokens, the designer says what people decide, which timers
// fire and which messages come. Scripts are run; nothing else happens: no task is opened, no mail is sent, no system is called.
//
// A rehearsal has no memory: it is played from its beginning with all acts so far, and its clock is moved by the timers that fire.
package rehearsal

import (
	"context"
	"fmt"
	"maps"
	"time"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/process"
)

// MostActs is how many acts a rehearsal may have.
const MostActs = 500

// patience is how long the scripts of a rehearsal may run together.
const patience = 20 * time.Second

// Act is what the designer lets happen. Kind says what; the member that belongs to it names the place.
type Act struct {
	Kind    string // complete, fire, message, signal, skip
	ID      int64  // of the work to complete, the timer to fire, or the incident to skip
	Name    string // of the message or signal
	Key     string // of the message
	Outcome string // flow that people choose
	Values  bpm.Values
}

// Request says what is to be played.
type Request struct {
	Source []byte
	Values bpm.Values // of the start form
	// Message begins the process at the message start event of that name.
	Message string
	Acts    []Act
}

// Place is an element where tokens are.
type Place struct {
	Element string `json:"element"`
	Count   int    `json:"count"`
	Stuck   int    `json:"stuck" doc:"Of them, those that wait for an operator"`
}

// Wait is what the process waits for, and what the designer can let happen.
type Wait struct {
	Kind     string         `json:"kind" enum:"work,call,timer,message,signal,incident"`
	ID       int64          `json:"id,omitempty"`
	Element  string         `json:"element"`
	Name     string         `json:"name" doc:"Of the step, for people; of the message or signal"`
	Key      string         `json:"key,omitempty" doc:"With which the message is waited for"`
	At       *time.Time     `json:"at,omitempty" doc:"When the timer fires"`
	Actors   string         `json:"actors,omitempty" doc:"Who is asked, as the definition has it"`
	Outcomes []bpm.Decision `json:"outcomes,omitempty" doc:"Ways out that people choose from"`
	Text     string         `json:"text,omitempty" doc:"What went wrong"`
}

// Step is one line of what happened.
type Step struct {
	Element string `json:"element"`
	Name    string `json:"name"`
	Event   string `json:"event" enum:"enter,leave"`
	Flow    string `json:"flow,omitempty" doc:"That it was left by"`
}

// Effect is something that would have happened.
type Effect struct {
	Element string `json:"element"`
	Name    string `json:"name"`
	Kind    string `json:"kind" doc:"apply, invoke, mail, message, signal, call"`
}

// Result is where the process came to.
type Result struct {
	Status  string     `json:"status" enum:"running,completed,cancelled,failed"`
	Message string     `json:"message,omitempty" doc:"Of the error that ended it"`
	Now     time.Time  `json:"now"`
	Places  []Place    `json:"places"`
	Waits   []Wait     `json:"waits"`
	Trace   []Step     `json:"trace"`
	Effects []Effect   `json:"effects"`
	Values  bpm.Values `json:"values"`
}

// Scripts runs the scripts of a wave; see package step.
type Scripts interface {
	Evaluate(ctx context.Context, library *bpm.Library, now time.Time, calls []bpm.Call) ([]bpm.Result, error)
}

// Service plays definitions.
type Service struct {
	Language process.Language
	// Scripts may be nil: then a definition that needs one cannot be played.
	Scripts Scripts
	Now     func() time.Time
}

// Play plays a definition with all acts so far. It needs processDefinition:update. A definition with errors is refused with them (fault.Invalid), and
// so is an act for which the process does not wait.
func (s *Service) Play(ctx context.Context, in Request) (Result, error) {
	if _, err := authz.Check(ctx, authz.ProcessDefinitionUpdate); err != nil {
		return Result{}, err
	}
	if len(in.Acts) > MostActs {
		return Result{}, fault.InvalidField("acts", "A rehearsal has at most %d acts. Begin it anew.", MostActs)
	}
	compiled, findings, err := s.Language.Compile(ctx, in.Source)
	if err != nil {
		return Result{}, err
	}
	if err := process.Refusal(findings); err != nil {
		return Result{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p := &play{service: s, plan: &compiled.Plan, library: &compiled.Library, state: &bpm.State{}, now: s.Now().UTC().Truncate(time.Second)}
	p.result.Trace, p.result.Effects = []Step{}, []Effect{}
	values := bpm.Values{}
	for _, name := range []string{"requester", "requesterName"} {
		values[name] = []byte(`"requester"`)
	}
	maps.Copy(values, in.Values)
	if err := p.happen(ctx, bpm.Started{Values: values, Message: in.Message}); err != nil {
		return Result{}, fault.Wrap(fault.Invalid, err, "The process cannot begin: %s.", err)
	}
	for i, act := range in.Acts {
		if err := p.act(ctx, act); err != nil {
			return Result{}, fault.InvalidField(fmt.Sprintf("acts[%d]", i), "Act %d cannot happen: %s.", i+1, err)
		}
	}
	return p.told(), nil
}
