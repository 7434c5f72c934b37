// Package run is how data comes in from the managed systems, and how their state is compared with ours: authoritative loads,
// reconciliations, impact previews and mass provisioning, all through one pipeline: export, compare, guard, apply, report. Nothing is
// written before the guard has judged the whole change list (design: sync-engine, "In").
package run

import (
	"time"

	"github.com/google/uuid"

	"provost/internal/mapping"
)

// Kinds of run.
const (
	Load      = "load"      // users and groups of an authoritative source become ours
	Reconcile = "reconcile" // accounts, roles and grants of a system become known
	ImpactIn  = "impact-in" // what a reconciliation or load would change here; writes nothing
	Impact    = "impact"    // what provisioning would change in the system; writes nothing
	Provision = "provision" // brings our state of everything into the system
)

// Status of a run.
const (
	Queued    = "queued"
	Running   = "running"
	Blocked   = "blocked" // by the guard: waits for a reviewer
	Completed = "completed"
	Failed    = "failed"
	Cancelled = "cancelled"
)

// Phases of a run, as its page shows them.
const (
	PhaseExport  = "export"
	PhaseCompare = "compare"
	PhaseGuard   = "guard"
	PhaseApply   = "apply"
	PhaseReport  = "report"
)

// Actions of a change list.
const (
	Create   = "create"
	Update   = "update"
	Disable  = "disable"
	Enable   = "enable"
	Delete   = "delete"
	Link     = "link" // an account nobody owned gets its user
	Grant    = "grant"
	Revoke   = "revoke"
	Drift    = "drift"    // the system differs from what we applied; listed, not changed
	Conflict = "conflict" // several users match, or another source is in charge
	Reject   = "reject"   // the object cannot be used; the message says why
	// Unidentified is a record of which nobody can say what object it is. While there are such, nothing is taken for missing.
	Unidentified = "unidentified"
)

// Run is one execution.
type Run struct {
	ID         uuid.UUID        `json:"id"`
	Number     int64            `json:"number"`
	Kind       string           `json:"kind"`
	SystemID   *uuid.UUID       `json:"systemId"`
	System     string           `json:"system"`
	SystemKey  string           `json:"-"`
	Status     string           `json:"status"`
	Phase      string           `json:"phase"`
	Options    Options          `json:"options"`
	Counters   map[string]int64 `json:"counters"`
	Verdict    *Verdict         `json:"guard"`
	Listing    Listing          `json:"-"`
	Message    string           `json:"message"`
	Author     string           `json:"author"`
	CreatedAt  time.Time        `json:"createdAt"`
	StartedAt  *time.Time       `json:"startedAt"`
	EndedAt    *time.Time       `json:"endedAt"`
	ReviewedBy string           `json:"reviewedBy"`
}

// Options of a run.
type Options struct {
	// Of is what an impact-in run previews: load or reconcile.
	Of string `json:"of,omitempty"`
	// Mode says how much a load or reconciliation lists: "full" or "differential" (what changed since the last one that went through);
	// empty is what the agent says: full reconciliation lists everything.
	Mode string `json:"mode,omitempty"`
}

// Modes of a listing.
const (
	Full         = "full"
	Differential = "differential"
)

// Object is one object as the system listed it, mapped to our attributes. Raw holds the system's own attributes where they are compared.
type Object struct {
	Seq        int64              `json:"seq"`
	Class      string             `json:"class"`
	Type       mapping.ObjectType `json:"type"`
	Key        string             `json:"key"` // name here: user name, account name, role name
	Address    string             `json:"address"`
	ExternalID string             `json:"externalId"`
	Mapped     map[string]any     `json:"mapped"`
	Raw        map[string]any     `json:"raw"`
	Problem    string             `json:"problem"`
	// Unidentified says that nobody can tell which object the record is.
	Unidentified bool `json:"unidentified"`
	// Links says that the object lists all its links: members of a role, grants of an account, groups of a user.
	Links bool `json:"links"`
	// Level is the depth of a group below the topmost listed ones; zero for everything else.
	Level int `json:"level"`
}

// Change is one entry of the change list.
type Change struct {
	Seq        int64            `json:"seq"`
	ObjectType string           `json:"objectType"`
	ObjectKey  string           `json:"objectKey"`
	ObjectID   *uuid.UUID       `json:"objectId"`
	Action     string           `json:"action"`
	Changes    []mapping.Change `json:"changes"`
	Object     map[string]any   `json:"object,omitempty"` // what apply needs
	Status     string           `json:"status"`
	Message    string           `json:"message"`
}

// Verdict is what the guard says about a change list.
type Verdict struct {
	Blocked bool     `json:"blocked"`
	Reasons []string `json:"reasons"`
	// Total is the number of changes that the verdict was given for: a longer list is judged again.
	Total int64 `json:"total"`
}

// Extent is what a run found, for the guard: how many were known before, how many are to be changed in which way.
type Extent struct {
	ObjectType string
	Listed     int64
	Known      int64
	Inserts    int64
	Updates    int64
	Deletes    int64
	// Absent is how many objects or links are taken for missing, and Unidentified how many records may be among them; Places says where
	// the first of these are.
	Absent       int64
	Unidentified int64
	Places       []string
	// Partial says that only what changed was listed: an empty listing is no surprise then.
	Partial bool
}

// Default limits of the guard where an agent says nothing.
const (
	DefaultInserts       = 1000
	DefaultUpdatePercent = 30
	DefaultDeletePercent = 10
	// smallNumber of changes is never judged by a percentage: with five people known, one is 20 %.
	smallNumber = 5
)

// limit gives the limit that counts: what the agent says, the default when it says nothing, and -1 for none.
func limit(said, standard int) int64 {
	switch {
	case said < 0:
		return -1
	case said == 0:
		return int64(standard)
	default:
		return int64(said)
	}
}
