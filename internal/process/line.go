package process

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"provost/bpm"
	"provost/internal/fault"
)

// undecided gives lines that somebody filled in without decisions of their own making: a decision stays with a line only where the line is,
// to the letter, one that the process has already. What is no list of objects is left for whoever reads it to refuse.
func undecided(given, current json.RawMessage) json.RawMessage {
	var lines, known []json.RawMessage
	if json.Unmarshal(given, &lines) != nil {
		return given
	}
	if json.Unmarshal(current, &known) != nil {
		known = nil
	}
	for i, line := range lines {
		if !isOneOf(line, known) {
			lines[i] = withoutDecision(line)
		}
	}
	out, err := json.Marshal(lines)
	if err != nil {
		return given
	}
	return out
}

func isOneOf(line json.RawMessage, known []json.RawMessage) bool {
	for _, k := range known {
		if same(line, k) {
			return true
		}
	}
	return false
}

func withoutDecision(line json.RawMessage) json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(line, &members) != nil || members == nil {
		return line
	}
	for name := range members { // names are read in any case
		if slices.Contains([]string{"decision", "decidedby", "comment"}, strings.ToLower(name)) {
			delete(members, name)
		}
	}
	out, err := json.Marshal(members)
	if err != nil {
		return line
	}
	return out
}

// askable notes lines about roles that cannot be asked for. Lines that the process has already are not asked for now: whoever put them there
// was checked, and what changed since is found when they are applied.
func (f *Forms) askable(ctx context.Context, in *Filled, changes bpm.Values, c *fault.Collector) error {
	if f.Requests == nil {
		return nil
	}
	known := attributesByName(in.Library)
	for _, name := range sortedNames(changes) {
		if a := known[name]; a == nil || a.Type != typeOfLines {
			continue
		}
		named, places := rolesAskedFor(changes[name], in.Current[name])
		refused, err := f.Requests.Refusals(ctx, named)
		if err != nil {
			return err
		}
		for i, role := range named {
			if why := refused[role]; why != "" {
				c.Add("values."+name, "Line %d: %s", places[i]+1, why)
			}
		}
	}
	return nil
}

// rolesAskedFor gives the roles of the lines that are new, with their places. What is no list of lines is left for whoever reads it to refuse.
func rolesAskedFor(given, current json.RawMessage) (roles []string, places []int) {
	var lines, known []json.RawMessage
	if json.Unmarshal(given, &lines) != nil {
		return nil, nil
	}
	if json.Unmarshal(current, &known) != nil {
		known = nil
	}
	for i, text := range lines {
		var line LineContent
		if isOneOf(text, known) || json.Unmarshal(text, &line) != nil {
			continue
		}
		roles, places = append(roles, line.Role), append(places, i)
	}
	return roles, places
}
