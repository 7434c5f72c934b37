package bpm

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// State is where one running process is. The zero State is a process that has not started. It is JSON, small, and the same state is
// always the same bytes. It is not safe for concurrent use, and a copy by assignment shares what it holds: use Clone.
type State struct{ at position } //nolint:recvcheck // a State that is a value is written down as well, for example as a member of an input

// position is what a State writes down. Its lists are in the order of their ids, which is the order of age.
type position struct {
	Format    int            `json:"format"`
	Status    Status         `json:"status"`
	Values    Values         `json:"values"`
	Last      int64          `json:"last"`             // id that was given last: never used again
	Moves     int            `json:"moves,omitempty"`  // nodes entered since something happened outside
	Visits    map[string]int `json:"visits,omitempty"` // by node
	Scopes    []*scope       `json:"scopes,omitempty"`
	Tokens    []*token       `json:"tokens,omitempty"`
	Timers    []timer        `json:"timers,omitempty"`
	Waits     []wait         `json:"waits,omitempty"`
	Works     []work         `json:"works,omitempty"`
	Incidents []incident     `json:"incidents,omitempty"`
	Messages  []message      `json:"messages,omitempty"` // that nobody waited for yet
	Wave      int64          `json:"wave,omitempty"`     // the Evaluate that has not been answered
	Open      int            `json:"open,omitempty"`     // how many of the questions it asks
	Asked     []question     `json:"asked,omitempty"`    // by tokens that wait for the value of a script
}

// scope is a running (sub-)process, or one instance of a loop. It ends when its last token does.
type scope struct {
	ID          int64  `json:"id"`
	Owner       int64  `json:"owner,omitempty"`  // token that waits for its end; none for the process itself
	Values      Values `json:"values,omitempty"` // locals of a loop instance
	Live        int    `json:"live,omitempty"`   // tokens in it
	Interrupted bool   `json:"interrupted,omitempty"`
}

// token is one place where a process is.
type token struct {
	ID       int64    `json:"id"`
	Scope    int64    `json:"scope"`
	Node     string   `json:"node"`
	Type     NodeType `json:"type"`           // of the node, for whoever has no plan at hand
	Flow     string   `json:"flow,omitempty"` // by which it came, or leaves
	Leaving  bool     `json:"leaving,omitempty"`
	For      reason   `json:"for,omitempty"`    // what it waits for; empty while it moves
	Visit    int      `json:"visit,omitempty"`  // of the node
	Work     int64    `json:"work,omitempty"`   // that is open
	Inner    bool     `json:"inner,omitempty"`  // an instance of a loop
	Starts   string   `json:"starts,omitempty"` // start event by which an event sub-process begins
	Occurred bool     `json:"occurred,omitempty"`
	Armed    bool     `json:"armed,omitempty"` // there are timers or waits that it owns
	Loop     *turns   `json:"loop,omitempty"`
	Given    Values   `json:"given,omitempty"` // by a called process that ended
}

// reason is what a token waits for.
type reason string

const (
	forScript    reason = "script"
	forWork      reason = "work"
	forEvent     reason = "event"
	forJoin      reason = "join"
	forScope     reason = "scope"
	forInstances reason = "instances"
	forOperator  reason = "operator"
	forDelivery  reason = "delivery" // of what it throws: never between two steps
)

// turns is how far a loop is. Items are the elements of the instances that have not begun.
type turns struct {
	Type    LoopType          `json:"type"`
	Total   int               `json:"total,omitempty"`
	Begun   int               `json:"begun,omitempty"`
	Ended   int               `json:"ended,omitempty"`
	Items   []json.RawMessage `json:"items,omitempty"`
	Outcome string            `json:"outcome,omitempty"` // of the instance that decided last
}

// timer fires for a token, or for a scope whose event sub-process it starts. Every and Left are of a repetition.
type timer struct {
	ID    int64     `json:"id"`
	Owner int64     `json:"owner"`
	Node  string    `json:"node"`
	At    time.Time `json:"at"`
	Every *Period   `json:"every,omitempty"`
	Left  int       `json:"left,omitempty"`
}

// wait takes a message or signal for a token, or for a scope.
type wait struct {
	Owner int64     `json:"owner"`
	Node  string    `json:"node"`
	Type  EventType `json:"type"`
	Name  string    `json:"name"`
	Key   string    `json:"key,omitempty"` // of a message; empty takes every one
}

// work is what somebody else does for a token.
type work struct {
	ID    int64 `json:"id"`
	Token int64 `json:"token"`
	By    Doer  `json:"by"`
}

// incident is a token that an operator has to help on. Redo is what it tries again.
type incident struct {
	ID    int64   `json:"id"`
	Token int64   `json:"token,omitempty"`
	Redo  purpose `json:"redo,omitempty"`
}

// message is one that came before anybody waited for it.
type message struct {
	Name   string `json:"name"`
	Key    string `json:"key,omitempty"`
	Values Values `json:"values,omitempty"`
}

// question is what a token has evaluated: so many scripts for one purpose.
type question struct {
	Token int64   `json:"token"`
	For   purpose `json:"for"`
	Calls int     `json:"calls"`
}

// MarshalJSON writes the state down.
func (s State) MarshalJSON() ([]byte, error) { return json.Marshal(s.at) }

// UnmarshalJSON reads a state that MarshalJSON wrote, of this format or an older one.
func (s *State) UnmarshalJSON(data []byte) error {
	var at position
	if err := json.Unmarshal(data, &at); err != nil {
		return fmt.Errorf("state of a process: %w", err)
	}
	if at.Format > PlanFormat {
		return fmt.Errorf("state of a process: format %d is newer than %d, the newest this version knows", at.Format, PlanFormat)
	}
	s.at = at
	return nil
}

// Clone gives a state that shares nothing with this one.
func (s *State) Clone() (*State, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	clone := &State{}
	err = clone.UnmarshalJSON(data)
	return clone, err
}

// canonical gives values as they come back from being written down, or names the one that is no JSON.
func canonical(values Values) (Values, error) {
	if len(values) == 0 {
		return nil, nil
	}
	result := make(Values, len(values))
	for _, name := range sorted(values) {
		value, err := canonicalValue(values[name])
		if err != nil {
			return nil, fmt.Errorf("value of %s is no JSON: %w", name, err)
		}
		result[name] = value
	}
	return result, nil
}

func canonicalValue(value json.RawMessage) (json.RawMessage, error) {
	if len(bytes.TrimSpace(value)) == 0 {
		return json.RawMessage("null"), nil
	}
	return json.Marshal(value)
}

// newID gives an id that nothing of the process has had.
func (a *position) newID() int64 {
	a.Last++
	return a.Last
}

func (a *position) token(id int64) *token {
	i, found := slices.BinarySearchFunc(a.Tokens, id, func(t *token, id int64) int { return cmp.Compare(t.ID, id) })
	if !found {
		return nil
	}
	return a.Tokens[i]
}

func (a *position) scope(id int64) *scope {
	i, found := slices.BinarySearchFunc(a.Scopes, id, func(s *scope, id int64) int { return cmp.Compare(s.ID, id) })
	if !found {
		return nil
	}
	return a.Scopes[i]
}

// takeWork removes a work and gives it, or reports that it is gone.
func (a *position) takeWork(id int64) (work, bool) {
	i, found := slices.BinarySearchFunc(a.Works, id, func(w work, id int64) int { return cmp.Compare(w.ID, id) })
	if !found {
		return work{}, false
	}
	taken := a.Works[i]
	a.Works = slices.Delete(a.Works, i, i+1)
	return taken, true
}

// visible gives what a script of the scope sees: the values of the process, under those of the loops it is in.
func (a *position) visible(in int64) Values {
	var locals []Values
	for s := a.scope(in); s != nil; s = a.around(s) {
		if len(s.Values) > 0 {
			locals = append(locals, s.Values)
		}
	}
	seen := make(Values, len(a.Values)+len(locals))
	maps.Copy(seen, a.Values)
	for _, values := range slices.Backward(locals) {
		maps.Copy(seen, values)
	}
	return seen
}

// assign changes the nearest variable of each name. There are only those that were declared or given at the start; others are left out.
func (a *position) assign(in int64, values Values) {
	for _, name := range sorted(values) {
		if holder := a.holder(in, name); holder != nil {
			holder[name] = values[name]
		}
	}
}

func (a *position) holder(in int64, name string) Values {
	for s := a.scope(in); s != nil; s = a.around(s) {
		if _, found := s.Values[name]; found {
			return s.Values
		}
	}
	if _, found := a.Values[name]; found {
		return a.Values
	}
	return nil
}

// around gives the scope that a scope is in; nil for the process itself.
func (a *position) around(s *scope) *scope {
	owner := a.token(s.Owner)
	if owner == nil {
		return nil
	}
	return a.scope(owner.Scope)
}
