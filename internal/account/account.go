// Package account is how people are known in the managed systems: systems with their agents, accounts, and the rules by which account
// names come about (guide pages 016, 045, 047).
package account

import (
	"time"

	"github.com/google/uuid"

	"provost/internal/object"
)

// Ids of the built-in objects.
var (
	InternalSystem        = uuid.MustParse("00000000-0000-7000-8000-000000000040") // system "soffid"
	DefaultNamingRule     = uuid.MustParse("00000000-0000-7000-8000-000000000020")
	DefaultPasswordDomain = uuid.MustParse("00000000-0000-7000-8000-000000000030")
)

// Types of account.
const (
	Single     = "single"     // of one user, follows the user's life
	Shared     = "shared"     // of several people or a service
	Privileged = "privileged" // administrator account, used by one person at a time
	Unmanaged  = "unmanaged"  // seen in the system, never written
)

// Status of an account. The engine switches between enabled and disabled; the forced ones it leaves alone.
const (
	Enabled        = "enabled"
	ForcedEnabled  = "forcedEnabled"
	Locked         = "locked"
	Disabled       = "disabled"
	ForcedDisabled = "forcedDisabled"
	Removed        = "removed"
	Archived       = "archived"
)

// Usable reports whether an account with the status can be used in its system.
func Usable(status string) bool { return status == Enabled || status == ForcedEnabled }

// Gone reports whether an account with the status no longer exists in its system: it neither blocks its name nor counts.
func Gone(status string) bool { return status == Removed || status == Archived }

// Account is how somebody, or something, is known in a system.
type Account struct {
	object.Meta
	SystemID        uuid.UUID         `json:"systemId" db:"system_id"`
	System          string            `json:"system" db:"system,read" sql:"s.name"`
	Name            string            `json:"name" db:"name" validate:"required,max=250"`
	LoginName       string            `json:"loginName" db:"login_name" validate:"max=250"`
	Description     string            `json:"description" db:"description" validate:"max=1000"`
	Type            string            `json:"type" db:"type" validate:"oneof=single shared privileged unmanaged"`
	Status          string            `json:"status" db:"status" validate:"oneof=enabled forcedEnabled locked disabled forcedDisabled removed archived"`
	UserTypeID      uuid.UUID         `json:"userTypeId" db:"user_type_id"`
	UserType        string            `json:"userType" db:"user_type,read" sql:"ut.name"`
	UserID          *uuid.UUID        `json:"userId" db:"user_id"`
	User            string            `json:"user" db:"user,read" sql:"coalesce(u.user_name, '')"`
	FullName        string            `json:"fullName" db:"full_name,read" sql:"coalesce(u.full_name, '')"`
	ExternalID      string            `json:"externalId" db:"external_id" validate:"max=500"`
	Attributes      object.Attributes `json:"attributes" db:"attributes"`
	Origin          string            `json:"origin" db:"origin"`
	LastLogin       *time.Time        `json:"lastLogin" db:"last_login"`
	LastPasswordSet *time.Time        `json:"lastPasswordSet" db:"last_password_set"`
	PasswordExpires *time.Time        `json:"passwordExpires" db:"password_expires"`
	LastSync        *time.Time        `json:"lastSync" db:"last_sync,read" sql:"(select max(y.applied_at) from target_states y where y.object_type = 'account' and y.object_id = t.id)"`
}

// Title names the account with its system.
func (a *Account) Title() string { return a.Name + "@" + a.System }

// Access says who may use, manage, sign in through, or reserve a shared or privileged account: one of user, group or role.
type Access struct {
	object.Meta
	AccountID uuid.UUID  `json:"accountId" db:"account_id"`
	Level     string     `json:"level" db:"level" validate:"oneof=owner manager sso reserve"`
	UserID    *uuid.UUID `json:"userId" db:"user_id"`
	User      string     `json:"user" db:"user,read" sql:"coalesce(u.user_name, '')"`
	GroupID   *uuid.UUID `json:"groupId" db:"group_id"`
	Group     string     `json:"group" db:"group,read" sql:"coalesce(g.name, '')"`
	RoleID    *uuid.UUID `json:"roleId" db:"role_id"`
	Role      string     `json:"role" db:"role,read" sql:"coalesce(r.name, '')"`
	// EndAt is when the access ends by itself; nil for one that is taken away by hand.
	EndAt *time.Time `json:"endAt,omitempty" db:"end_at"`
	// Process is the code of the definition that decides about reservations; empty for the only one there is. Of the level reserve only.
	Process string `json:"process" db:"process" validate:"max=255"`
}

// Title names the access entry.
func (a *Access) Title() string { return a.Level + " " + a.User + a.Group + a.Role }

// Kinds of naming rules.
const (
	NameSame   = "same"
	NameManual = "manual"
	NameScript = "script"
)

// NamingRule says how an account name comes about: the user name, by hand, or by a script with an optional condition. A null name
// means no account.
type NamingRule struct {
	object.Meta
	Code        string `json:"code" db:"code" validate:"required,max=50"`
	Description string `json:"description" db:"description" validate:"max=1000"`
	Kind        string `json:"kind" db:"kind" validate:"oneof=same manual script"`
	Condition   string `json:"condition" db:"condition" validate:"max=100000"`
	Script      string `json:"script" db:"script" validate:"max=100000"`
	Builtin     bool   `json:"builtin" db:"builtin"`
}

// Title names the rule.
func (r *NamingRule) Title() string { return r.Code }

// IsBuiltin reports whether the rule comes with the platform.
func (r *NamingRule) IsBuiltin() bool { return r.Builtin }

// PasswordDomain is a set of systems that share a password.
type PasswordDomain struct {
	object.Meta
	Code        string `json:"code" db:"code" validate:"required,max=50"`
	Description string `json:"description" db:"description" validate:"max=1000"`
	Builtin     bool   `json:"builtin" db:"builtin"`
}

// Title names the domain.
func (d *PasswordDomain) Title() string { return d.Code }

// IsBuiltin reports whether the domain comes with the platform.
func (d *PasswordDomain) IsBuiltin() bool { return d.Builtin }
