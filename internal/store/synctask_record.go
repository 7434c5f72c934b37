package store

import (
	"encoding/json"

	"github.com/google/uuid"

	"provost/internal/audit"
	"provost/internal/connector"
	"provost/internal/synctask"
)

// verdict says what a result means for its part, and whether it counts as an attempt: an agent that cannot be reached burns none.
func verdict(r *synctask.Result) (status string, counted bool) {
	switch r.ErrorClass {
	case "":
		return synctask.Done, false
	case connector.ClassUnavailable, connector.ClassAuth:
		return synctask.Waiting, false
	case connector.ClassThrottled:
		return synctask.Pending, false
	case connector.ClassTransient:
		return synctask.Pending, true
	default:
		return synctask.Failed, true
	}
}

// appliedEntries are the audit entries of what was changed in a system: which attributes, never their values.
func appliedEntries(system uuid.UUID, results []synctask.Result) []audit.Entry {
	var entries []audit.Entry
	for i := range results {
		r := &results[i]
		switch r.Outcome {
		case synctask.Created, synctask.Updated, synctask.Deleted:
		default:
			continue
		}
		after, err := json.Marshal(map[string]any{"system": system, "outcome": r.Outcome, "attributes": r.Attributes, "version": r.Version})
		if err != nil {
			continue // a map of strings always encodes
		}
		entries = append(entries, audit.Entry{Action: audit.Apply, ObjectType: r.Type, ObjectID: &r.Object, ObjectName: r.Key, After: after})
	}
	return entries
}
