package account

import (
	"github.com/google/uuid"

	"provost/internal/mapping"
	"provost/internal/object"
)

// System is a managed system with its agent. Key names its task queue (agent/<key>) and never changes.
type System struct {
	object.Meta
	Key                     string                  `json:"key" db:"key"`
	Name                    string                  `json:"name" db:"name" validate:"required,max=100,excludesall=\\"`
	Description             string                  `json:"description" db:"description" validate:"max=1000"`
	Usage                   string                  `json:"usage" db:"usage" validate:"oneof=iam pam"`
	Connector               string                  `json:"connector" db:"connector" validate:"required,max=50"`
	Parameters              map[string]string       `json:"parameters" db:"parameters" filter:"-"` // secrets as {"name": "secret:<id>"}
	Server                  string                  `json:"server" db:"server" validate:"max=100"` // "" disabled, "*" every server
	AlternativeServer       string                  `json:"alternativeServer" db:"alternative_server" validate:"max=100"`
	SharedThreads           bool                    `json:"sharedThreads" db:"shared_threads"`
	Threads                 int                     `json:"threads" db:"threads" validate:"min=1,max=64"`
	TaskTimeoutMS           int                     `json:"taskTimeoutMs" db:"task_timeout_ms" validate:"min=100,max=3600000"`
	LongTaskTimeoutMS       int                     `json:"longTaskTimeoutMs" db:"long_task_timeout_ms" validate:"min=1000,max=86400000"`
	ReadOnly                bool                    `json:"readOnly" db:"read_only"`
	Paused                  bool                    `json:"paused" db:"paused"`
	ManualAccountCreation   bool                    `json:"manualAccountCreation" db:"manual_account_creation"`
	RoleBased               bool                    `json:"roleBased" db:"role_based"`
	DeltaChanges            bool                    `json:"deltaChanges" db:"delta_changes"`
	RemoveRolesFromDisabled bool                    `json:"removeRolesFromDisabled" db:"remove_roles_from_disabled"`
	TrustPasswords          bool                    `json:"trustPasswords" db:"trust_passwords"`
	Authoritative           bool                    `json:"authoritative" db:"authoritative"`
	FullReconciliation      bool                    `json:"fullReconciliation" db:"full_reconciliation"`
	PropagateChanges        bool                    `json:"propagateChanges" db:"propagate_changes"`
	Precedence              int                     `json:"precedence" db:"precedence" validate:"min=0,max=10000"`
	Removal                 string                  `json:"removal" db:"removal" validate:"oneof=disable delete detach"`
	NamingRuleID            *uuid.UUID              `json:"namingRuleId" db:"naming_rule_id"`
	NamingRule              string                  `json:"namingRule" db:"naming_rule,read" sql:"coalesce(nr.code, '')"`
	PasswordDomainID        *uuid.UUID              `json:"passwordDomainId" db:"password_domain_id"`
	PasswordDomain          string                  `json:"passwordDomain" db:"password_domain,read" sql:"coalesce(pd.code, '')"`
	UserTypeIDs             []uuid.UUID             `json:"userTypeIds" db:"user_type_ids,read" sql:"array(select x.user_type_id from system_user_types x where x.system_id = t.id)"`
	GroupIDs                []uuid.UUID             `json:"groupIds" db:"group_ids,read" sql:"array(select x.group_id from system_groups x where x.system_id = t.id)"`
	Guard                   Guard                   `json:"guard" db:"guard" filter:"-"`
	Correlation             []CorrelationRule       `json:"correlation" db:"correlation" filter:"-" validate:"dive"`
	Mappings                []mapping.ObjectMapping `json:"mappings" db:"mappings" filter:"-"`
	LoadTriggers            []LoadTrigger           `json:"loadTriggers" db:"load_triggers" filter:"-" validate:"dive"`
	Attributes              object.Attributes       `json:"attributes" db:"attributes"`
	Builtin                 bool                    `json:"builtin" db:"builtin"`

	sealed map[uuid.UUID]string // new secrets on their way to the vault
}

// RemoveDisabled is the mapping property, of every connector, by which disabled accounts are taken out of their system instead of being
// written with their disabled state ("true"; guide 045).
const RemoveDisabled = "removeDisabledAccounts"

// Title names the system.
func (s *System) Title() string { return s.Name }

// IsBuiltin reports whether the system comes with the platform.
func (s *System) IsBuiltin() bool { return s.Builtin }

// Serviced reports whether a server is assigned: an agent without one is disabled and gets no tasks.
func (s *System) Serviced() bool { return s.Server != "" }

// Guard holds the limits above which a run stops before its first write. Zero means the default, a negative number no limit.
type Guard struct {
	MaxInserts        int  `json:"maxInserts,omitempty"`
	MaxUpdates        int  `json:"maxUpdates,omitempty"`
	MaxDeletes        int  `json:"maxDeletes,omitempty"`
	MaxInsertPercent  int  `json:"maxInsertPercent,omitempty" validate:"max=100"`
	MaxUpdatePercent  int  `json:"maxUpdatePercent,omitempty" validate:"max=100"`
	MaxDeletePercent  int  `json:"maxDeletePercent,omitempty" validate:"max=100"`
	AllowEmptyListing bool `json:"allowEmptyListing,omitempty"`
}

// CorrelationRule finds the user of an account nobody owns: a SCIM filter over users in which ${attribute} stands for the account's
// value, or a script that gives a user name.
type CorrelationRule struct {
	Kind       string `json:"kind" validate:"oneof=filter script"`
	Expression string `json:"expression" validate:"required,max=10000"`
}

// LoadTrigger is a script that runs around a change coming in; before triggers veto by a falsy result.
type LoadTrigger struct {
	ObjectType string `json:"objectType" validate:"oneof=user account group role grant"`
	Event      string `json:"event" validate:"oneof=preInsert preUpdate preDelete postInsert postUpdate postDelete"`
	Script     string `json:"script" validate:"required,max=100000"`
}
