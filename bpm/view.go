package bpm

import (
	"maps"
	"slices"
)

// Place is an element that something is at.
type Place struct {
	Node  string
	Type  NodeType
	Count int // tokens, or running instances of a loop
	Stuck int // of them, those that wait for an operator
}

// Subscription is a message or signal that the process waits for.
type Subscription struct {
	Node string
	Type EventType
	Name string
	Key  string // of a message; empty takes every one
}

// Doer is who does a work.
type Doer string

// Those who do work: people were asked, an activity performs it, or another process was invited.
const (
	ByPeople   Doer = "people"
	ByActivity Doer = "activity"
	ByProcess  Doer = "process"
)

// OpenWork is a task or call that has not come back.
type OpenWork struct {
	Work  int64
	Node  string
	Visit int
	By    Doer
}

// Status gives how far the process is; empty when it has not started.
func (s *State) Status() Status { return s.at.Status }

// Values gives a copy of the variables of the process, without those of running loops.
func (s *State) Values() Values { return maps.Clone(s.at.Values) }

// Timers gives the timers that run, oldest first, to set them again in a new run of a workflow.
func (s *State) Timers() []Wake {
	wakes := make([]Wake, 0, len(s.at.Timers))
	for _, t := range s.at.Timers {
		wakes = append(wakes, Wake{Timer: t.ID, Node: t.Node, At: t.At})
	}
	return wakes
}

// Works gives what was asked of others and has not come back, oldest first.
func (s *State) Works() []OpenWork {
	works := make([]OpenWork, 0, len(s.at.Works))
	for _, w := range s.at.Works {
		t := s.at.token(w.Token)
		works = append(works, OpenWork{Work: w.ID, Node: t.Node, Visit: t.Visit, By: w.By})
	}
	return works
}

// Quiet reports whether only people, timers, messages and called processes are waited for: nothing that runs would be lost between two
// runs of a workflow.
func (s *State) Quiet() bool {
	return s.at.Wave == 0 && !slices.ContainsFunc(s.at.Works, func(w work) bool { return w.By == ByActivity })
}

// Places gives the elements that something is at, by their ids, for the diagram and the list of tasks. A loop counts by the instances that
// run.
func (s *State) Places() []Place {
	found := map[string]*Place{}
	for _, t := range s.at.Tokens {
		place := found[t.Node]
		if place == nil {
			place = &Place{Node: t.Node, Type: t.Type}
			found[t.Node] = place
		}
		if t.Loop == nil || t.Loop.Begun == t.Loop.Ended {
			place.Count++
		}
		if t.For == forOperator {
			place.Stuck++
		}
	}
	places := make([]Place, 0, len(found))
	for _, id := range sorted(found) {
		places = append(places, *found[id])
	}
	return places
}

// Waits gives the messages and signals that are waited for, the oldest first.
func (s *State) Waits() []Subscription {
	subscriptions := make([]Subscription, 0, len(s.at.Waits))
	for _, w := range s.at.Waits {
		subscriptions = append(subscriptions, Subscription{Node: w.Node, Type: w.Type, Name: w.Name, Key: w.Key})
	}
	return subscriptions
}

// sorted gives the keys of a map in their order.
func sorted[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
