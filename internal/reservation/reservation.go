// Package reservation is the accounts that people may use, and the door to those that they have to reserve first (guide pages 012, 016, 028).
package reservation

import (
	"time"

	"github.com/google/uuid"
)

// What somebody may do with an account, the most first. All but Own are levels of the account's access list.
const (
	Own     = "own" // it is theirs
	Owner   = "owner"
	Manager = "manager"
	SSO     = "sso"
	Reserve = "reserve"
)

// Actions that people have on accounts.
const (
	ActionReserve = "reserve"
	ActionRelease = "release"
)

// Use is an account as somebody may use it.
type Use struct {
	ID                uuid.UUID  `json:"id" db:"id,auto"`
	System            string     `json:"system" db:"system,read" sql:"s.name"`
	SystemDescription string     `json:"systemDescription" db:"system_description,read" sql:"s.description"`
	Name              string     `json:"name" db:"name"`
	LoginName         string     `json:"loginName" db:"login_name"`
	Description       string     `json:"description" db:"description"`
	Type              string     `json:"type" db:"type" enum:"single,shared,privileged,unmanaged"`
	Status            string     `json:"status" db:"status"`
	Access            string     `json:"access" db:"access,read" sql:"case when m.level is null then 'own' else m.level end" enum:"own,owner,manager,sso,reserve" doc:"What the caller may do with it"`
	Until             *time.Time `json:"until" db:"until,read" sql:"m.end_at" doc:"When the access ends by itself"`
	InUseBy           string     `json:"inUseBy" db:"in_use_by,read" sql:"coalesce(o.full_name, '')" doc:"Who else has reserved it now"`
	ProcessID         *uuid.UUID `json:"processId" db:"process_id,read" sql:"w.id" doc:"That decides about the caller's reservation"`
	ProcessNumber     *int64     `json:"processNumber" db:"process_number,read" sql:"w.number"`
	// May says what the caller may do now.
	May []string `json:"may" filter:"-" enum:"reserve,release" doc:"What the caller may do now"`
}

// Title is what people call the account.
func (u *Use) Title() string { return u.Name + "@" + u.System }

// Request asks for the use of an account until a moment.
type Request struct {
	Until    time.Time `json:"until" doc:"When it is given back at the latest"`
	Comments string    `json:"comments,omitempty" maxLength:"2000" doc:"What it is needed for"`
}
