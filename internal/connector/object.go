package connector

// Attributes holds the values of one object by attribute name. A value is nil, string, bool, int64, float64, time.Time, []byte, or []any
// of these when the attribute has several values.
type Attributes map[string]any

// Class is one kind of object as an agent's mapping describes it (the guide, "Agents", tab Attribute mapping).
type Class struct {
	// Name is the system's name for the kind: an object class, a table, a resource.
	Name string
	// Properties are the mapping's properties; each kind documents the ones it reads.
	Properties map[string]string
	// Attributes are the system attributes the mapping mentions. Connectors return attributes under exactly these spellings; when the
	// list is empty they return all they can read.
	Attributes []string
}

// Property returns the named mapping property, or fallback if it is absent or empty.
func (c Class) Property(name, fallback string) string {
	if v := c.Properties[name]; v != "" {
		return v
	}
	return fallback
}

// Object is one object as the system holds it.
type Object struct {
	// Class is the name of the class the object was read as.
	Class string
	// ID is the external id: immutable where the system has such a thing (entryUUID, a surrogate key column), otherwise equal to the
	// value of the key attribute.
	ID string
	// Key is how the system addresses the object now: a DN, the value of the key column.
	Key        string
	Attributes Attributes
}

// Ref returns the key that addresses the object.
func (o Object) Ref() Key {
	return Key{ID: o.ID, Name: o.Key}
}

// Key addresses an object. ID wins where it is set, so that a renamed object is still found; Name is the value of the key attribute or
// the address itself (a DN).
type Key struct {
	ID   string
	Name string
}

// String returns the name, or the id if there is no name.
func (k Key) String() string {
	if k.Name != "" {
		return k.Name
	}
	return k.ID
}

// Page is a part of a listing.
type Page struct {
	Objects []Object
	// Deleted are objects known to be gone since the token of the listing; only connectors with token support fill it.
	Deleted []Key
	// Token is where a later listing may go on; it is set on the last page and empty if the connector has no token support.
	Token string
	// Problems are records that could not be read. The listing went on without them.
	Problems []Problem
}

// Problem is a record of the system that a listing had to leave out.
type Problem struct {
	// Line is the line number in a file, starting at 1; 0 if the source has no lines.
	Line int
	// Key is the key of the record where it could be read.
	Key string
	// Message says what is wrong with the record and what to do.
	Message string
}

// DefaultPageSize is used when ListOptions.PageSize is zero.
const DefaultPageSize = 200

// ListOptions says how to list.
type ListOptions struct {
	// PageSize is the wished number of objects per page; zero means [DefaultPageSize].
	PageSize int
	// Token asks only for what changed since the listing that returned it; empty asks for everything. A token the connector cannot
	// use is an [Error] of class data, and the caller then lists everything.
	Token string
}

// Size returns the page size to use.
func (o ListOptions) Size() int {
	if o.PageSize <= 0 {
		return DefaultPageSize
	}
	return o.PageSize
}

// ClassSchema describes a kind of object found in the system.
type ClassSchema struct {
	Name        string
	Description string
	Attributes  []AttributeSchema
}

// AttributeSchema describes an attribute of a class found in the system.
type AttributeSchema struct {
	Name        string
	Description string
	// Type is one of string, boolean, integer, number, time, binary, reference.
	Type        string
	MultiValued bool
	Required    bool
	ReadOnly    bool
	// Key marks attributes that identify the object.
	Key bool
}
