package connector

import "context"

// Connector is an opened connection to one managed system.
type Connector interface {
	// Test reports whether the system answers and the credentials are accepted. It changes nothing.
	Test(ctx context.Context) error
	// Close releases the connections. Calls that are running end with an error; calls made later fail with [ErrClosed].
	Close() error
}

// Lister reads all objects of a class.
type Lister interface {
	// List streams the objects page by page, in bounded memory, and stops at the first error of emit (returned as it is) or when ctx
	// ends. An empty listing is one page without objects, or none. Objects that appear
	// or go while the listing runs may or may not be seen; every object that exists throughout is seen exactly once.
	List(ctx context.Context, class Class, options ListOptions, emit func(Page) error) error
}

// Getter reads one object.
type Getter interface {
	// Get returns the object, or [ErrNotFound].
	Get(ctx context.Context, class Class, key Key) (Object, error)
}

// Finder finds objects by example.
type Finder interface {
	// Find returns at most limit objects whose attributes have the values of the example; a limit of zero means [DefaultPageSize].
	Find(ctx context.Context, class Class, example Attributes, limit int) ([]Object, error)
}

// Creator creates objects.
type Creator interface {
	// Create creates the object and returns it as the system holds it afterwards, or [ErrExists] if its key is taken.
	Create(ctx context.Context, class Class, attributes Attributes) (Object, error)
}

// Updater changes objects.
type Updater interface {
	// Update brings the desired attributes into the object and returns it as the system holds it afterwards. Only attributes of desired
	// are touched, and of those only the ones that differ. A desired key other than the current one renames the object. Errors:
	// [ErrNotFound] if the object is gone, [ErrExists] if the new key is taken.
	Update(ctx context.Context, class Class, current Object, desired Attributes) (Object, error)
}

// Deleter deletes objects.
type Deleter interface {
	// Delete deletes the object, or returns [ErrNotFound].
	Delete(ctx context.Context, class Class, key Key) error
}

// PasswordSetter sets passwords.
type PasswordSetter interface {
	// SetPassword sets the object's password. Errors: [ErrNotFound]; class policy if the system refuses the password.
	SetPassword(ctx context.Context, class Class, key Key, password Password) error
}

// PasswordValidator checks passwords.
type PasswordValidator interface {
	// ValidatePassword reports whether the password is the object's. A wrong or empty password is false, not an error; an absent object
	// is [ErrNotFound].
	ValidatePassword(ctx context.Context, class Class, key Key, password string) (bool, error)
}

// Invoker runs an operation of the system's own, as scripts do through dispatcherService.invoke.
type Invoker interface {
	// Invoke runs verb on path with the parameters and returns the rows of the answer. Each kind documents its verbs; an unknown verb is an
	// [Error] of class unsupported.
	Invoke(ctx context.Context, verb, path string, params map[string]any) ([]map[string]any, error)
}

// SchemaReader describes the classes the system has.
type SchemaReader interface {
	// Schema returns the classes sorted by name.
	Schema(ctx context.Context) ([]ClassSchema, error)
}

// Comparer is implemented by connectors whose system calls values equal that differ as text, such as DNs in another case.
type Comparer interface {
	// Canonical returns a single value of the attribute in the one form that all spellings of it share; see [DiffFor].
	Canonical(class Class, attribute string, value any) any
}

// Capability names something a connector can do.
type Capability string

// The capabilities, one for each optional interface.
const (
	CanList             Capability = "list"
	CanGet              Capability = "get"
	CanFind             Capability = "find"
	CanCreate           Capability = "create"
	CanUpdate           Capability = "update"
	CanDelete           Capability = "delete"
	CanSetPassword      Capability = "setPassword"
	CanValidatePassword Capability = "validatePassword"
	CanInvoke           Capability = "invoke"
	CanReadSchema       Capability = "schema"
)

// CapabilitiesOf returns what the connector implements, in the order of the constants.
func CapabilitiesOf(c Connector) []Capability {
	var found []Capability
	add := func(ok bool, capability Capability) {
		if ok {
			found = append(found, capability)
		}
	}
	add(implements[Lister](c), CanList)
	add(implements[Getter](c), CanGet)
	add(implements[Finder](c), CanFind)
	add(implements[Creator](c), CanCreate)
	add(implements[Updater](c), CanUpdate)
	add(implements[Deleter](c), CanDelete)
	add(implements[PasswordSetter](c), CanSetPassword)
	add(implements[PasswordValidator](c), CanValidatePassword)
	add(implements[Invoker](c), CanInvoke)
	add(implements[SchemaReader](c), CanReadSchema)
	return found
}

func implements[T any](c Connector) bool {
	_, ok := c.(T)
	return ok
}
