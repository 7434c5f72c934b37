package process

import (
	"encoding/json"
	"slices"
	"strings"
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
