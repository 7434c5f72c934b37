// Package identity is who there is: users, usually people, with their types, the groups they belong to and their mail domains
// (guide pages 014, 015, 037, 038, 025).
package identity

import (
	"time"

	"github.com/google/uuid"

	"provost/internal/object"
)

// Ids of the built-in objects, the same in every installation.
var (
	World         = uuid.MustParse("00000000-0000-7000-8000-000000000010") // group "world"
	InternalType  = uuid.MustParse("00000000-0000-7000-8000-000000000001") // user type "I"
	ExternalType  = uuid.MustParse("00000000-0000-7000-8000-000000000002") // user type "E"
	Administrator = uuid.MustParse("00000000-0000-7000-8000-000000000080") // user "admin"
)

// User is an identity. FullName is derived from the other names by the parameter soffid.nameformat.
type User struct {
	object.Meta
	UserName       string            `json:"userName" db:"user_name" validate:"required,max=100,excludesall=\\/\n\t"`
	FirstName      string            `json:"firstName" db:"first_name" validate:"max=200"`
	LastName       string            `json:"lastName" db:"last_name" validate:"max=200"`
	MiddleName     string            `json:"middleName" db:"middle_name" validate:"max=200"`
	FullName       string            `json:"fullName" db:"full_name" validate:"max=600"`
	UserTypeID     uuid.UUID         `json:"userTypeId" db:"user_type_id"`
	UserType       string            `json:"userType" db:"user_type,read" sql:"ut.name"`
	PrimaryGroupID uuid.UUID         `json:"primaryGroupId" db:"primary_group_id"`
	PrimaryGroup   string            `json:"primaryGroup" db:"primary_group,read" sql:"pg.name"`
	Email          string            `json:"email" db:"email" validate:"omitempty,email,max=320"`
	MailAlias      string            `json:"mailAlias" db:"mail_alias" validate:"max=2000"`
	MailServer     string            `json:"mailServer" db:"mail_server" validate:"max=255"`
	HomeServer     string            `json:"homeServer" db:"home_server" validate:"max=255"`
	ProfileServer  string            `json:"profileServer" db:"profile_server" validate:"max=255"`
	Phone          string            `json:"phone" db:"phone" validate:"max=100"`
	Active         bool              `json:"active" db:"active"`
	MultiSession   bool              `json:"multiSession" db:"multi_session"`
	Comments       string            `json:"comments" db:"comments" validate:"max=10000"`
	Attributes     object.Attributes `json:"attributes" db:"attributes"`
	SourceSystemID *uuid.UUID        `json:"sourceSystemId,omitempty" db:"source_system_id"`
	SourceSystem   string            `json:"sourceSystem,omitempty" db:"source_system,read" sql:"coalesce(src.name, '')"`
	Builtin        bool              `json:"builtin" db:"builtin"`
}

// Title names the user.
func (u *User) Title() string { return u.UserName }

// IsBuiltin reports whether the user comes with the platform.
func (u *User) IsBuiltin() bool { return u.Builtin }

// UserType is a class of users that policies refer to. Users of a type that is not managed propagate nothing.
type UserType struct {
	object.Meta
	Name        string `json:"name" db:"name" validate:"required,max=50"`
	Description string `json:"description" db:"description" validate:"max=1000"`
	Managed     bool   `json:"managed" db:"managed"`
	Builtin     bool   `json:"builtin" db:"builtin"`
}

// Title names the type.
func (t *UserType) Title() string { return t.Name }

// IsBuiltin reports whether the type comes with the platform.
func (t *UserType) IsBuiltin() bool { return t.Builtin }

// GroupType is a class of groups. Groups of a role holder type may be the holder of a grant.
type GroupType struct {
	object.Meta
	Name        string `json:"name" db:"name" validate:"required,max=50"`
	Description string `json:"description" db:"description" validate:"max=1000"`
	RoleHolder  bool   `json:"roleHolder" db:"role_holder"`
}

// Title names the type.
func (t *GroupType) Title() string { return t.Name }

// MailDomain is a registered mail domain: an e-mail attribute must use one that is not obsolete.
type MailDomain struct {
	object.Meta
	Name        string `json:"name" db:"name" validate:"required,hostname_rfc1123,max=255"`
	Description string `json:"description" db:"description" validate:"max=1000"`
	Obsolete    bool   `json:"obsolete" db:"obsolete"`
}

// Title names the domain.
func (d *MailDomain) Title() string { return d.Name }

// Group is a business unit, a department or a workgroup, in a tree.
type Group struct {
	object.Meta
	Name           string            `json:"name" db:"name" validate:"required,max=150"`
	Description    string            `json:"description" db:"description" validate:"max=1000"`
	ParentID       *uuid.UUID        `json:"parentId" db:"parent_id"`
	Parent         string            `json:"parent" db:"parent,read" sql:"coalesce(p.name, '')"`
	GroupTypeID    *uuid.UUID        `json:"groupTypeId" db:"group_type_id"`
	GroupType      string            `json:"groupType" db:"group_type,read" sql:"coalesce(gt.name, '')"`
	DriveLetter    string            `json:"driveLetter" db:"drive_letter" validate:"max=10"`
	DriveServer    string            `json:"driveServer" db:"drive_server" validate:"max=255"`
	Disabled       bool              `json:"disabled" db:"disabled"`
	ActiveSince    *time.Time        `json:"activeSince" db:"active_since"`
	ActiveUntil    *time.Time        `json:"activeUntil" db:"active_until"`
	Attributes     object.Attributes `json:"attributes" db:"attributes"`
	SourceSystemID *uuid.UUID        `json:"sourceSystemId,omitempty" db:"source_system_id"`
	Builtin        bool              `json:"builtin" db:"builtin"`
}

// Title names the group.
func (g *Group) Title() string { return g.Name }

// IsBuiltin reports whether the group comes with the platform.
func (g *Group) IsBuiltin() bool { return g.Builtin }

// Membership says that a user belongs to a secondary group, perhaps for a time.
type Membership struct {
	object.Meta
	UserID     uuid.UUID         `json:"userId" db:"user_id"`
	User       string            `json:"user" db:"user,read" sql:"u.user_name"`
	FullName   string            `json:"fullName" db:"full_name,read" sql:"u.full_name"`
	GroupID    uuid.UUID         `json:"groupId" db:"group_id"`
	Group      string            `json:"group" db:"group,read" sql:"g.name"`
	StartAt    *time.Time        `json:"startAt" db:"start_at"`
	EndAt      *time.Time        `json:"endAt" db:"end_at"`
	Comments   string            `json:"comments" db:"comments" validate:"max=10000"`
	Attributes object.Attributes `json:"attributes" db:"attributes"`
	// SourceSystemID is the source that listed the membership and alone may end it by no longer listing it; nil means local.
	SourceSystemID *uuid.UUID `json:"sourceSystemId,omitempty" db:"source_system_id"`
}

// Title names the membership.
func (m *Membership) Title() string { return m.User + " in " + m.Group }
