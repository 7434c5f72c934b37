// Package provision decides what should be in the managed systems: who may have an account where, in which state, and with which
// attributes. It is pure: the store loads subjects and systems, package activities carries the decisions out.
package provision

import (
	"time"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/identity"
)

// Subject is a user with everything that policies and mappings look at.
type Subject struct {
	User     identity.User
	Managed  bool // of the user type
	Groups   []Group
	Accounts []account.Account // those that are gone too
	Roles    []Role
}

// Group is a group the user belongs to, directly or through one below it.
type Group struct {
	identity.Group
	Primary bool
	Direct  bool
	StartAt *time.Time
	EndAt   *time.Time
	Extra   map[string]any // attributes of the membership
}

// Role is a role that the user or account holds in effect.
type Role struct {
	ID        uuid.UUID
	Name      string
	System    string
	SystemID  uuid.UUID
	AccountID *uuid.UUID
	Scope     string
	Holder    string
	Direct    bool
}

// Holder is an account without user, with what it holds.
type Holder struct {
	Account account.Account
	Roles   []Role
	Access  []account.Access
}

// Members is a role or group with the accounts and users that hold it.
type Members struct {
	Accounts    []string // names of accounts that hold it directly, of the role's system
	AllAccounts []string // directly or through something else
}
