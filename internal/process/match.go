package process

import (
	"encoding/json"
	"maps"
	"slices"

	"provost/bpm"
	"provost/internal/fault"
)

// CandidatesVariable takes the users who may be the person that a process is about.
const CandidatesVariable = "candidates"

// Candidate is a user who may be the person that a process is about, as the search found it.
type Candidate struct {
	UserName string     `json:"userName"`
	FullName string     `json:"fullName"`
	Weight   int        `json:"weight" doc:"Of the queries that found it"`
	Values   bpm.Values `json:"values" doc:"Its attributes, of those that the process knows of the new person"`
}

// Compared is an attribute of the new person that can be compared.
type Compared struct {
	Name  string          `json:"name"`
	Label string          `json:"label"`
	Value json.RawMessage `json:"value"`
}

// ComparedCandidate is a candidate beside the new person.
type ComparedCandidate struct {
	Candidate
	Differs []string `json:"differs" doc:"Attributes whose values are others"`
}

// MatchView is what a task that detects a duplicate compares.
type MatchView struct {
	Attributes []Compared          `json:"attributes" doc:"Of the new person"`
	Candidates []ComparedCandidate `json:"candidates" doc:"The likeliest first"`
}

// MatchOf compares the candidates among values with the person that the values describe.
func MatchOf(library *bpm.Library, values bpm.Values) (MatchView, error) {
	view := MatchView{Attributes: []Compared{}, Candidates: []ComparedCandidate{}}
	var candidates []Candidate
	if text := values[CandidatesVariable]; len(text) > 0 {
		if err := json.Unmarshal(text, &candidates); err != nil {
			return view, fault.New(fault.Invalid, "The variable %s is no list of users any more: the step cannot be shown.", CandidatesVariable)
		}
	}
	known, seen := attributesByName(library), map[string]bool{}
	for i := range candidates {
		for _, name := range sortedNames(candidates[i].Values) {
			if !seen[name] {
				seen[name] = true
				view.Attributes = append(view.Attributes, Compared{Name: name, Label: viewOf(&bpm.Field{Name: name}, known[name]).Label, Value: values[name]})
			}
		}
	}
	for _, c := range candidates {
		one := ComparedCandidate{Candidate: c, Differs: []string{}}
		for _, a := range view.Attributes {
			if !same(a.Value, c.Values[a.Name]) {
				one.Differs = append(one.Differs, a.Name)
			}
		}
		view.Candidates = append(view.Candidates, one)
	}
	return view, nil
}

// Veil takes out of the view what its reader may not see: hidden tells it of an attribute of a candidate, who is named by the user name. What
// is hidden does not count as different either, which would tell something of it, and what is hidden of all of them is not compared. The
// user name stays: it is what the answer names.
func (v *MatchView) Veil(hidden func(userName, attribute string) bool) {
	seen := map[string]bool{}
	for i := range v.Candidates {
		c := &v.Candidates[i]
		conceals := func(name string) bool { return hidden(c.UserName, name) }
		if conceals("fullName") {
			c.FullName = ""
		}
		maps.DeleteFunc(c.Values, func(name string, _ json.RawMessage) bool { return conceals(name) })
		c.Differs = slices.DeleteFunc(c.Differs, conceals)
		for _, a := range v.Attributes {
			seen[a.Name] = seen[a.Name] || !conceals(a.Name)
		}
	}
	v.Attributes = slices.DeleteFunc(v.Attributes, func(a Compared) bool { return !seen[a.Name] })
}

// Identified gives the variables that say who the person is: the candidate that was chosen, who is changed instead of created. Nothing changes when it
// is a new person. It returns fault.Invalid for somebody who is no candidate.
func Identified(library *bpm.Library, values bpm.Values, chosen string) (bpm.Values, error) {
	if chosen == "" {
		return bpm.Values{}, nil
	}
	view, err := MatchOf(library, values)
	if err != nil {
		return nil, err
	}
	for _, c := range view.Candidates {
		if c.UserName != chosen {
			continue
		}
		user, err := raw(chosen)
		out := bpm.Values{"user": user}
		if attributesByName(library)["action"] != nil {
			out["action"] = json.RawMessage(`"M"`)
		}
		return out, err
	}
	return nil, fault.InvalidField("same", "%s is none of those who may be the same person.", chosen)
}
