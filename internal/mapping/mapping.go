package mapping

import "slices"

// ObjectType is the kind of Provost object a mapping speaks about; the words of the guide (045, "Objects").
type ObjectType string

// The object types. User, account, role, grant and group are the ones nearly every system has.
const (
	TypeUser             ObjectType = "user"
	TypeAccount          ObjectType = "account"
	TypeRole             ObjectType = "role"
	TypeGrant            ObjectType = "grant"
	TypeGroup            ObjectType = "group"
	TypeGrantedRole      ObjectType = "grantedRole"
	TypeAllGrantedRoles  ObjectType = "allGrantedRoles"
	TypeGrantedGroup     ObjectType = "grantedGroup"
	TypeAllGrantedGroups ObjectType = "allGrantedGroup"
	TypeAuthChange       ObjectType = "authChange"
	TypeMailList         ObjectType = "mailList"
	TypeCustom           ObjectType = "custom"
	TypeHost             ObjectType = "host"
	TypeNetwork          ObjectType = "network"
)

// ObjectTypes lists all object types in the order of the guide.
func ObjectTypes() []ObjectType {
	return []ObjectType{
		TypeUser, TypeAccount, TypeRole, TypeGrant, TypeGroup, TypeGrantedRole, TypeAllGrantedRoles, TypeGrantedGroup,
		TypeAllGrantedGroups, TypeAuthChange, TypeMailList, TypeCustom, TypeHost, TypeNetwork,
	}
}

// Valid tells whether t is one of the object types.
func (t ObjectType) Valid() bool { return slices.Contains(ObjectTypes(), t) }

// Direction is the arrow of a row; the system stands on its left, Provost on its right.
type Direction string

// The directions.
const (
	DirectionOut  Direction = "<="  // Provost → system
	DirectionIn   Direction = "=>"  // system → Provost
	DirectionBoth Direction = "<=>" // either way
)

// Valid tells whether d is one of the directions.
func (d Direction) Valid() bool { return d == DirectionOut || d == DirectionIn || d == DirectionBoth }

// Out tells whether values flow from Provost to the system.
func (d Direction) Out() bool { return d == DirectionOut || d == DirectionBoth }

// In tells whether values flow from the system to Provost.
func (d Direction) In() bool { return d == DirectionIn || d == DirectionBoth }

// Row binds one attribute: a path expression on both sides, or a script on the side a one-way arrow comes from.
type Row struct {
	System    string    `json:"system"`
	Direction Direction `json:"direction"`
	Provost   string    `json:"provost"`
}

// TriggerKind is the moment at which an outgoing trigger runs (guide 045, "Triggers").
type TriggerKind string

// The trigger kinds.
const (
	TriggerPreInsert       TriggerKind = "preInsert"
	TriggerPreUpdate       TriggerKind = "preUpdate"
	TriggerPreDelete       TriggerKind = "preDelete"
	TriggerPostInsert      TriggerKind = "postInsert"
	TriggerPostUpdate      TriggerKind = "postUpdate"
	TriggerPostDelete      TriggerKind = "postDelete"
	TriggerPreSetPassword  TriggerKind = "preSetPassword"
	TriggerPostSetPassword TriggerKind = "postSetPassword"
)

// TriggerKinds lists all trigger kinds in the order of the guide.
func TriggerKinds() []TriggerKind {
	return []TriggerKind{
		TriggerPreInsert, TriggerPreUpdate, TriggerPreDelete, TriggerPostInsert, TriggerPostUpdate, TriggerPostDelete,
		TriggerPreSetPassword, TriggerPostSetPassword,
	}
}

// Valid tells whether k is one of the trigger kinds.
func (k TriggerKind) Valid() bool { return slices.Contains(TriggerKinds(), k) }

// Trigger is a script that runs before or after an operation on the system; a falsy result vetoes it.
type Trigger struct {
	Kind   TriggerKind `json:"kind"`
	Script string      `json:"script"`
}

// ObjectMapping binds one kind of object of a system to a kind of object of Provost. A system may have several for the
// same type; each yields an object if its condition is true.
type ObjectMapping struct {
	SystemObject string            `json:"systemObject"`
	ObjectType   ObjectType        `json:"objectType"`
	Condition    string            `json:"condition,omitempty"` // script over the Provost object; empty is true
	Properties   map[string]string `json:"properties,omitempty"`
	Rows         []Row             `json:"rows"`
	Triggers     []Trigger         `json:"triggers,omitempty"`
}
