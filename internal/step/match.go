package step

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/identity"
	"provost/internal/query"
)

// candidatesVariable takes the users who may be the same person.
const candidatesVariable = "candidates"

// maxCandidates is how many users one query of a match may find: more say nothing about a person.
const maxCandidates = 50

// candidate is a user who may be the person that a process is about.
type candidate struct {
	UserName string `json:"userName"`
	FullName string `json:"fullName"`
	Weight   int    `json:"weight"` // of the queries that found it
}

// matches gives the variables of a match with the users whose weights reach the threshold, the likeliest first; nil when there are none.
func (s *Service) matches(ctx context.Context, sc *scene, step *bpm.Step, a bpm.Ask) (bpm.Values, error) {
	found := map[uuid.UUID]*candidate{}
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
			weigh(found, &page.Items[i], q.Weight)
		}
	}
	var likely []candidate
	for _, c := range found {
		if c.Weight >= step.Match.Threshold {
			likely = append(likely, *c)
		}
	}
	if len(likely) == 0 {
		return nil, nil
	}
	slices.SortFunc(likely, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.UserName, b.UserName))
	})
	return with(a.Values, candidatesVariable, likely)
}

func weigh(found map[uuid.UUID]*candidate, u *identity.User, weight int) {
	c := found[u.ID]
	if c == nil {
		c = &candidate{UserName: u.UserName, FullName: u.FullName}
		found[u.ID] = c
	}
	c.Weight += weight
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
