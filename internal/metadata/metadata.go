// Package metadata describes attributes: data type, labels, hints, validation, visibility (guide page 039). Built-in attributes are
// described too, so that forms, lists, search and imports are drawn from one source.
package metadata

import (
	"provost/internal/filter"
	"provost/internal/object"
)

// DataType is the type of an attribute's value.
type DataType string

// The data types. References hold the id of the object as text.
const (
	String     DataType = "string"
	Multiline  DataType = "multiline"
	HTML       DataType = "html"
	Number     DataType = "number"
	Boolean    DataType = "boolean"
	Date       DataType = "date"
	DateTime   DataType = "dateTime"
	Email      DataType = "email"
	Password   DataType = "password"
	Binary     DataType = "binary"
	Photo      DataType = "photo"
	Attachment DataType = "attachment"
	Separator  DataType = "separator"
	SSOInput   DataType = "ssoInput"

	UserRef              DataType = "user"
	GroupRef             DataType = "group"
	GroupTypeRef         DataType = "groupType"
	RoleRef              DataType = "role"
	AccountRef           DataType = "account"
	InformationSystemRef DataType = "informationSystem"
	UserTypeRef          DataType = "userType"
	MailDomainRef        DataType = "mailDomain"
	SystemRef            DataType = "system"
)

// references maps reference types to the resource that their picker searches.
var references = map[DataType]string{
	UserRef: "users", GroupRef: "groups", GroupTypeRef: "group-types", RoleRef: "roles", AccountRef: "accounts",
	InformationSystemRef: "information-systems", UserTypeRef: "user-types", MailDomainRef: "mail-domains", SystemRef: "systems",
}

// DataTypes lists all data types in the order in which a designer chooses from them.
func DataTypes() []DataType {
	return []DataType{
		String, Multiline, HTML, Number, Boolean, Date, DateTime, Email, Password, Binary, Photo, Attachment, Separator, SSOInput,
		UserRef, GroupRef, GroupTypeRef, RoleRef, AccountRef, InformationSystemRef, UserTypeRef, MailDomainRef, SystemRef,
	}
}

// Reference gives the REST resource a reference type points to, or "" for other types.
func (t DataType) Reference() string { return references[t] }

// Readable reports whether values may be read back: passwords may not, and so may not be filtered, sorted or exported either.
func (t DataType) Readable() bool { return t != Password }

// FilterType is how values compare in filters.
func (t DataType) FilterType() filter.Type {
	switch t {
	case Number:
		return filter.TypeNumber
	case Boolean:
		return filter.TypeBool
	case Date, DateTime:
		return filter.TypeTime
	default:
		return filter.TypeString
	}
}

// Visibility is what a class of readers may do with an attribute.
type Visibility string

// The visibilities, from most to least.
const (
	Editable Visibility = "editable"
	ReadOnly Visibility = "readOnly"
	Hidden   Visibility = "hidden"
)

// Value is one of the values allowed for an attribute.
type Value struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

// Options is what is said about an attribute besides its type.
type Options struct {
	Label              map[string]string `json:"label,omitempty"` // by language
	Hint               string            `json:"hint,omitempty"`
	Description        string            `json:"description,omitempty"`
	LetterCase         string            `json:"letterCase,omitempty" validate:"omitempty,oneof=keep upper lower"`
	Required           bool              `json:"required,omitempty"`
	QuickSearch        bool              `json:"quickSearch,omitempty"`
	Unique             bool              `json:"unique,omitempty"`
	MultiValued        bool              `json:"multiValued,omitempty"`
	MaxRows            int               `json:"maxRows,omitempty" validate:"min=0,max=1000"`
	Size               int               `json:"size,omitempty" validate:"min=0,max=1000000"`
	Values             []Value           `json:"values,omitempty"`
	AdminVisibility    Visibility        `json:"adminVisibility,omitempty" validate:"omitempty,oneof=editable readOnly hidden"`
	OperatorVisibility Visibility        `json:"operatorVisibility,omitempty" validate:"omitempty,oneof=editable readOnly hidden"`
	UserVisibility     Visibility        `json:"userVisibility,omitempty" validate:"omitempty,oneof=editable readOnly hidden"`
	VisibilityScript   string            `json:"visibilityScript,omitempty"`
	ValidationScript   string            `json:"validationScript,omitempty"`
	OnLoad             string            `json:"onLoad,omitempty"`
	OnChange           string            `json:"onChange,omitempty"`
	Filter             string            `json:"filter,omitempty"` // SCIM filter for the values of a reference
}

// Attribute is one row of metadata: an attribute of an object type.
type Attribute struct {
	object.Meta
	ObjectType string   `json:"objectType" db:"object_type" validate:"required"`
	Code       string   `json:"code" db:"code" validate:"required,max=64"`
	DataType   DataType `json:"dataType" db:"data_type" validate:"required"`
	Builtin    bool     `json:"builtin" db:"builtin"`
	Position   int      `json:"position" db:"position"`
	Options    Options  `json:"options" db:"options"`
}

// Title names the attribute.
func (a *Attribute) Title() string { return a.ObjectType + "." + a.Code }

// IsBuiltin reports whether the attribute comes with the platform.
func (a *Attribute) IsBuiltin() bool { return a.Builtin }
