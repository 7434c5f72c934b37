// Package provision decides what should be in the managed systems: who may have an account where, in which state, and with which
// attributes. It is pure: the store loads subjects and systems, package activities carries the decisions out.
package provision

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/entitlement"
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
	GrantID   string // of the grant that gives exactly this role; empty for one that comes through a group or a role
	// What passes the role on, where no grant gives it directly: a group, or a role that contains it.
	OwnerGroup      string
	OwnerRoleID     *uuid.UUID
	OwnerRole       string
	OwnerRoleSystem string
	Object          *entitlement.Role // nil unless a mapping reads it
}

// Holder is an account without user, with what it holds.
type Holder struct {
	Account account.Account
	Roles   []Role
	Access  []account.Access
}

// Reads tells whether somebody reads an attribute of an object. What nobody reads is not loaded.
type Reads func(attribute string) bool

// Everything reads every attribute.
func Everything(string) bool { return true }

// Nothing reads none but those that come with the object itself.
func Nothing(string) bool { return false }

// Any reports whether one of the attributes is read.
func (r Reads) Any(attributes ...string) bool { return slices.ContainsFunc(attributes, r) }

// RoleSubject is a role with what belongs to it, as far as somebody reads it.
type RoleSubject struct {
	entitlement.Role
	Holders    []RoleHolder
	Contained  []RoleLink       // roles granted to this one
	Containing []RoleLink       // this one granted to roles
	Groups     []identity.Group // to which this one is granted
}

// RoleLink is a role granted to another role or to a group. Owner is that role, or empty; Scope is the value that the grant fixes.
type RoleLink struct {
	ID          uuid.UUID
	RoleID      uuid.UUID
	Role        string
	System      string
	OwnerID     uuid.UUID
	Owner       string
	OwnerSystem string
	Scope       string
	Mandatory   bool
}

// RoleHolder is an account of the role's system that holds the role. Account and User are nil unless a mapping reads them.
type RoleHolder struct {
	Name    string
	Direct  bool
	Account *account.Account
	User    *identity.User
}

// GroupSubject is a group with what belongs to it, as far as somebody reads it.
type GroupSubject struct {
	identity.Group
	Members []GroupMember
	Roles   []RoleLink
}

// GroupMember is a user who belongs to a group, directly or through one below it. User is nil unless a mapping reads it.
type GroupMember struct {
	Name   string
	Direct bool
	User   *identity.User
}
