package step

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/identity"
	"provost/internal/process"
	"provost/internal/query"
)

// maxCandidates is how many users one query of a match may find: more say nothing about a person.
const maxCandidates = 50

// matches gives the variables of a match with the users whose weights reach the threshold, the likeliest first; nil when there are none.
func (s *Service) matches(ctx context.Context, sc *scene, step *bpm.Step, a bpm.Ask) (bpm.Values, error) {
	found := map[uuid.UUID]*process.Candidate{}
	compared := comparedOf(sc.library, a.Values)
	for _, q := range step.Match.Queries {
		text, err := s.text(ctx, sc, a.Node, q.Text, a.Values)
		if err != nil {
			return nil, err
		}
		if text == "" {
			continue // a person without the attribute is like nobody
		}
		list := query.List{Filter: text, Size: maxCandidates}
		if q.Type == "text" {
			list = query.List{Q: text, Size: maxCandidates}
		}
		page, err := s.UserRows.List(ctx, authz.Scope{All: true}, list.Bounded())
		if err != nil {
			return nil, asFault(err)
		}
		for i := range page.Items {
			if err := weigh(found, &page.Items[i], q.Weight, compared); err != nil {
				return nil, err
			}
		}
	}
	var likely []process.Candidate
	for _, c := range found {
		if c.Weight >= step.Match.Threshold {
			likely = append(likely, *c)
		}
	}
	if len(likely) == 0 {
		return nil, nil
	}
	slices.SortFunc(likely, func(a, b process.Candidate) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.UserName, b.UserName))
	})
	return with(a.Values, process.CandidatesVariable, likely)
}

func weigh(found map[uuid.UUID]*process.Candidate, u *identity.User, weight int, compared []string) error {
	c := found[u.ID]
	if c == nil {
		values, err := valuesOf(u, compared)
		if err != nil {
			return err
		}
		c = &process.Candidate{UserName: u.UserName, FullName: u.FullName, Values: values}
		found[u.ID] = c
	}
	c.Weight += weight
	return nil
}

// notCompared are variables of processes for users that say what is done, and nothing about the person.
var notCompared = []string{"action", "user", "grants", "comments", "requester", "requesterName"}

// comparedOf lists what can be compared of the person that a process is about and of a user: attributes of users for which the process has a
// value. Nothing else of a user comes into the process.
func comparedOf(library *bpm.Library, values bpm.Values) []string {
	var out []string
	add := func(name, kind string) {
		text := string(values[name])
		if text != "" && text != "null" && text != `""` && kind != "password" && !slices.Contains(notCompared, name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, v := range bpm.BuiltIn(library.Kind) {
		add(v.Name, v.Type)
	}
	for i := range library.Attributes {
		add(library.Attributes[i].Name, library.Attributes[i].Type)
	}
	return out
}

// valuesOf gives the attributes of a user that are named, built-in and custom ones.
func valuesOf(u *identity.User, names []string) (bpm.Values, error) {
	text, err := json.Marshal(u)
	if err != nil {
		return nil, fmt.Errorf("encode user: %w", err)
	}
	var known struct {
		Attributes bpm.Values `json:"attributes"`
	}
	fields := bpm.Values{}
	if err := errors.Join(json.Unmarshal(text, &fields), json.Unmarshal(text, &known)); err != nil {
		return nil, fmt.Errorf("read user: %w", err)
	}
	out := bpm.Values{}
	for _, name := range names {
		if value, has := fields[name]; has {
			out[name] = value
		} else if value, has := known.Attributes[name]; has {
			out[name] = value
		}
	}
	return out, nil
}

// with gives values with one more.
func with(values bpm.Values, name string, value any) (bpm.Values, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", name, err)
	}
	out := bpm.Values{name: text}
	for n, v := range values {
		if n != name {
			out[n] = v
		}
	}
	return out, nil
}
