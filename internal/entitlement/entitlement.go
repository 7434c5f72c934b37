// Package entitlement is what there is to hold: information systems, roles with what they contain, and grants (guide pages 017, 018).
package entitlement

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"provost/internal/object"
)

// Ids of the built-in objects.
var (
	// AdminGrant is the grant by which the built-in administrator holds SOFFID_ADMIN.
	AdminGrant  = uuid.MustParse("00000000-0000-7000-8000-0000000000a0")
	AdminRole   = uuid.MustParse("00000000-0000-7000-8000-000000000070") // role SOFFID_ADMIN
	GroupsScope = uuid.MustParse("00000000-0000-7000-8000-000000000060") // scope domain "Groups"
	// InformationSystemsScope is the scope domain "Information systems".
	InformationSystemsScope = uuid.MustParse("00000000-0000-7000-8000-000000000061")
)

// InformationSystem is an application in the functional sense, in a tree. Names are unique among siblings.
type InformationSystem struct {
	object.Meta
	Name                  string            `json:"name" db:"name" validate:"required,max=150"`
	ParentID              *uuid.UUID        `json:"parentId" db:"parent_id"`
	Parent                string            `json:"parent" db:"parent,read" sql:"coalesce(p.name, '')"`
	Kind                  string            `json:"kind" db:"kind" validate:"oneof=application container business"`
	Description           string            `json:"description" db:"description" validate:"max=2000"`
	OwnerID               *uuid.UUID        `json:"ownerId" db:"owner_id"`
	Owner                 string            `json:"owner" db:"owner,read" sql:"coalesce(o.user_name, '')"`
	Sources               string            `json:"sources" db:"sources" validate:"max=2000"`
	Binaries              string            `json:"binaries" db:"binaries" validate:"max=2000"`
	Database              string            `json:"database" db:"database" validate:"max=2000"`
	BPMEnabled            bool              `json:"bpmEnabled" db:"bpm_enabled"`
	NotificationEmails    string            `json:"notificationEmails" db:"notification_emails" validate:"max=2000"`
	ApprovalProcess       string            `json:"approvalProcess" db:"approval_process" validate:"max=200"`
	RoleDefinitionProcess string            `json:"roleDefinitionProcess" db:"role_definition_process" validate:"max=200"`
	SingleRole            bool              `json:"singleRole" db:"single_role"`
	Attributes            object.Attributes `json:"attributes" db:"attributes"`
	Builtin               bool              `json:"builtin" db:"builtin"`
}

// Title names the information system.
func (s *InformationSystem) Title() string { return s.Name }

// IsBuiltin reports whether it comes with the platform.
func (s *InformationSystem) IsBuiltin() bool { return s.Builtin }

// Kinds of scope domains.
const (
	ScopeOfGroups             = "group"
	ScopeOfInformationSystems = "informationSystem"
	ScopeOfValues             = "values"
)

// ScopeDomain is what may limit grants of a role: groups, information systems, or a list of values.
type ScopeDomain struct {
	object.Meta
	InformationSystemID *uuid.UUID `json:"informationSystemId" db:"information_system_id"`
	InformationSystem   string     `json:"informationSystem" db:"information_system,read" sql:"coalesce(s.name, '')"`
	Name                string     `json:"name" db:"name" validate:"required,max=100"`
	Description         string     `json:"description" db:"description" validate:"max=1000"`
	Kind                string     `json:"kind" db:"kind" validate:"oneof=group informationSystem values"`
}

// Title names the domain.
func (d *ScopeDomain) Title() string { return d.Name }

// ScopeValue is one value of a domain of kind values.
type ScopeValue struct {
	object.Meta
	ScopeDomainID uuid.UUID `json:"scopeDomainId" db:"scope_domain_id"`
	ScopeDomain   string    `json:"scopeDomain" db:"scope_domain,read" sql:"d.name"`
	Value         string    `json:"value" db:"value" validate:"required,max=200"`
	Description   string    `json:"description" db:"description" validate:"max=1000"`
}

// Title names the value.
func (v *ScopeValue) Title() string { return v.ScopeDomain + "/" + v.Value }

// Role is an entitlement of a system inside an information system. Names are unique per system.
type Role struct {
	object.Meta
	SystemID            uuid.UUID         `json:"systemId" db:"system_id"`
	System              string            `json:"system" db:"system,read" sql:"sy.name"`
	InformationSystemID uuid.UUID         `json:"informationSystemId" db:"information_system_id"`
	InformationSystem   string            `json:"informationSystem" db:"information_system,read" sql:"isy.name"`
	Name                string            `json:"name" db:"name" validate:"required,max=150"`
	Description         string            `json:"description" db:"description" validate:"max=2000"`
	Category            string            `json:"category" db:"category" validate:"max=200"`
	ScopeDomainID       *uuid.UUID        `json:"scopeDomainId" db:"scope_domain_id"`
	ScopeDomain         string            `json:"scopeDomain" db:"scope_domain,read" sql:"coalesce(sd.name, '')"`
	BPMEnabled          bool              `json:"bpmEnabled" db:"bpm_enabled"`
	Requestable         bool              `json:"requestable" db:"requestable,read" sql:"(t.bpm_enabled and isy.bpm_enabled)" doc:"In processes: it is open to them, and so is its information system"`
	PasswordProtected   bool              `json:"passwordProtected" db:"password_protected"`
	ExternalID          string            `json:"externalId" db:"external_id" validate:"max=500"`
	ApprovalStart       *time.Time        `json:"approvalStart" db:"approval_start"`
	ApprovalEnd         *time.Time        `json:"approvalEnd" db:"approval_end"`
	Attributes          object.Attributes `json:"attributes" db:"attributes"`
	Builtin             bool              `json:"builtin" db:"builtin"`
}

// Title names the role with its system.
func (r *Role) Title() string { return r.Name + "@" + r.System }

// IsBuiltin reports whether the role comes with the platform.
func (r *Role) IsBuiltin() bool { return r.Builtin }

// Scope limits a grant to a group, an information system or a value; all nil means no limit. The field names begin with Scope so that
// they stay visible in the types that embed it.
type Scope struct {
	ScopeGroupID             *uuid.UUID `json:"scopeGroupId" db:"scope_group_id"`
	ScopeInformationSystemID *uuid.UUID `json:"scopeInformationSystemId" db:"scope_information_system_id"`
	ScopeValueID             *uuid.UUID `json:"scopeValueId" db:"scope_value_id"`
}

// Empty reports whether there is no limit.
func (s Scope) Empty() bool {
	return s.ScopeGroupID == nil && s.ScopeInformationSystemID == nil && s.ScopeValueID == nil
}

// Content says that a role contains another one. Source restricts it to holders with that scope; Scope fixes the contained role's.
type Content struct {
	object.Meta
	RoleID                    uuid.UUID  `json:"roleId" db:"role_id"`
	Role                      string     `json:"role" db:"role,read" sql:"r.name"`
	RoleSystem                string     `json:"roleSystem" db:"role_system,read" sql:"rs.name"`
	ContainedRoleID           uuid.UUID  `json:"containedRoleId" db:"contained_role_id"`
	ContainedRole             string     `json:"containedRole" db:"contained_role,read" sql:"c.name"`
	ContainedRoleSystem       string     `json:"containedRoleSystem" db:"contained_role_system,read" sql:"cs.name"`
	Mandatory                 bool       `json:"mandatory" db:"mandatory"`
	SourceGroupID             *uuid.UUID `json:"sourceGroupId" db:"source_group_id"`
	SourceInformationSystemID *uuid.UUID `json:"sourceInformationSystemId" db:"source_information_system_id"`
	SourceValueID             *uuid.UUID `json:"sourceValueId" db:"source_value_id"`
	Scope
	// State is that of a grant: a content that waits to be approved has no effect, one that waits to be removed has.
	State string `json:"state" db:"state" validate:"omitempty,oneof=active approvalPending removalPending"`
	// ProcessID is the process that decides about a pending addition or removal.
	ProcessID     *uuid.UUID `json:"processId" db:"process_id"`
	ProcessNumber *int64     `json:"processNumber" db:"process_number,read" sql:"pr.number"`
	Process       string     `json:"process" db:"process,read" sql:"coalesce(pr.name, '')"`
}

// Title names the content.
func (c *Content) Title() string { return c.Role + " contains " + c.ContainedRole }

// GroupRole is a role granted to a group: it flows to the members and down the tree.
type GroupRole struct {
	object.Meta
	GroupID   uuid.UUID `json:"groupId" db:"group_id"`
	Group     string    `json:"group" db:"group,read" sql:"g.name"`
	RoleID    uuid.UUID `json:"roleId" db:"role_id"`
	Role      string    `json:"role" db:"role,read" sql:"r.name"`
	System    string    `json:"system" db:"system,read" sql:"rs.name"`
	Mandatory bool      `json:"mandatory" db:"mandatory"`
	Scope
}

// Title names the group grant.
func (g *GroupRole) Title() string { return g.Role + " to group " + g.Group }

// States of a grant, and of the content of a role. Pending ones wait for a process; provisioning does not see an approvalPending grant.
const (
	GrantActive          = "active"
	GrantApprovalPending = "approvalPending"
	GrantRemovalPending  = "removalPending"
)

// Origins of a grant.
const (
	OriginPerson         = "person"
	OriginRole           = "role" // optional content of another role
	OriginGroup          = "group"
	OriginRule           = "rule"
	OriginLoad           = "load"
	OriginReconciliation = "reconciliation"
	OriginProcess        = "process"
	OriginToken          = "token"
	OriginScript         = "script"
)

// Grant is a role held by an account. Unique is account + role + scope + holder.
type Grant struct {
	object.Meta
	AccountID           uuid.UUID  `json:"accountId" db:"account_id"`
	Account             string     `json:"account" db:"account,read" sql:"a.name"`
	UserID              *uuid.UUID `json:"userId" db:"user_id,read" sql:"a.user_id"`
	User                string     `json:"user" db:"user,read" sql:"coalesce(u.user_name, '')"`
	FullName            string     `json:"fullName" db:"full_name,read" sql:"coalesce(u.full_name, a.description)"`
	RoleID              uuid.UUID  `json:"roleId" db:"role_id"`
	Role                string     `json:"role" db:"role,read" sql:"r.name"`
	RoleDescription     string     `json:"roleDescription" db:"role_description,read" sql:"r.description"`
	SystemID            uuid.UUID  `json:"systemId" db:"system_id,read" sql:"r.system_id"`
	System              string     `json:"system" db:"system,read" sql:"sy.name"`
	InformationSystemID uuid.UUID  `json:"informationSystemId" db:"information_system_id,read" sql:"r.information_system_id"`
	InformationSystem   string     `json:"informationSystem" db:"information_system,read" sql:"isy.name"`
	// ApprovalProcess is the code of the process that has to approve direct changes; empty for none.
	ApprovalProcess string `json:"approvalProcess" db:"approval_process,read" sql:"isy.approval_process"`
	Scope
	ScopeName     string     `json:"scopeName" db:"scope_name,read" sql:"coalesce(scg.name, sci.name, scv.value, '')"`
	HolderGroupID *uuid.UUID `json:"holderGroupId" db:"holder_group_id"`
	HolderGroup   string     `json:"holderGroup" db:"holder_group,read" sql:"coalesce(hg.name, '')"`
	ParentGrantID *uuid.UUID `json:"parentGrantId" db:"parent_grant_id"`
	StartAt       *time.Time `json:"startAt" db:"start_at"`
	EndAt         *time.Time `json:"endAt" db:"end_at"`
	State         string     `json:"state" db:"state" validate:"omitempty,oneof=active approvalPending removalPending"`
	Origin        string     `json:"origin" db:"origin"`
	OriginID      *uuid.UUID `json:"originId" db:"origin_id"`
	// ProcessID is the process that decides about a pending grant or revocation.
	ProcessID     *uuid.UUID        `json:"processId" db:"process_id"`
	ProcessNumber *int64            `json:"processNumber" db:"process_number,read" sql:"pr.number"`
	Process       string            `json:"process" db:"process,read" sql:"coalesce(pr.name, '')"`
	Attributes    object.Attributes `json:"attributes" db:"attributes"`
}

// Title names the grant.
func (g *Grant) Title() string { return g.Role + "@" + g.System + " to " + g.Account }

// EffectiveRole is one way in which a user or account holds a role. Path lists the steps: grant, groups, containing roles.
type EffectiveRole struct {
	UserID            *uuid.UUID      `json:"userId"`
	AccountID         *uuid.UUID      `json:"accountId"`
	Account           string          `json:"account"`
	RoleID            uuid.UUID       `json:"roleId"`
	Role              string          `json:"role"`
	Description       string          `json:"description"`
	System            string          `json:"system"`
	InformationSystem string          `json:"informationSystem"`
	ScopeName         string          `json:"scopeName"`
	Via               string          `json:"via"`
	Path              []Step          `json:"path"`
	RawPath           json.RawMessage `json:"-"`
	Since             time.Time       `json:"since"`
	// GrantID is the grant it begins with, if it begins with one; Revocable is set when that grant gives exactly this role and a
	// person may revoke it. Otherwise Source says in words what has to change instead.
	GrantID     *uuid.UUID `json:"grantId"`
	GrantOrigin string     `json:"grantOrigin"`
	Revocable   bool       `json:"revocable"`
	Source      string     `json:"source"`
}

// Step is one step of a path: a grant, a group or a containing role, with its name of today.
type Step struct {
	Kind string    `json:"kind"`
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

// Authorization gives a permission to a role: whoever holds the role holds the permission, limited to the scope of the grant
// (guide page 053).
type Authorization struct {
	object.Meta
	Permission        string    `json:"permission" db:"permission" validate:"required"`
	RoleID            uuid.UUID `json:"roleId" db:"role_id"`
	Role              string    `json:"role" db:"role,read" sql:"r.name"`
	System            string    `json:"system" db:"system,read" sql:"sy.name"`
	Description       string    `json:"description" db:"description,read" sql:"r.description"`
	InformationSystem string    `json:"informationSystem" db:"information_system,read" sql:"isy.name"`
	ScopeDomain       string    `json:"scopeDomain" db:"scope_domain,read" sql:"coalesce(sd.name, '')"`
}

// Title names the authorisation.
func (a *Authorization) Title() string { return a.Permission + " for " + a.Role }
