package connectortest

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"

	"provost/internal/connector"
)

// MemoryName is the name of the kind of [Memory].
const MemoryName = "memory"

// Memory is a managed system that lives in the test: a true connector for tests of what is built on the SPI. Objects have an id that
// survives a rename. Credentials are the parameter password, compared with the field of that name.
type Memory struct {
	// Tokens has listings return a token and go on from one.
	Tokens bool
	// Password is what the parameter password must be.
	Password string
	// KeyAttribute identifies objects; "name" if empty.
	KeyAttribute string

	mu      sync.Mutex
	last    int
	changes int                           // so far, for tokens
	objects map[string]map[string]*stored // by class and id
}

type stored struct {
	object   connector.Object
	password string
	changed  int // the number of its last change
}

var errToken = errors.New("the token is none of this system")

// since reads a token: the number of changes there were when the listing that returned it began.
func since(token string) (int, error) {
	if token == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(token)
	if err != nil || n < 0 {
		return 0, &connector.Error{Class: connector.ClassData, Op: "list", Err: errToken}
	}
	return n, nil
}

// NewMemory returns an empty system.
func NewMemory() *Memory {
	return &Memory{KeyAttribute: "name", objects: map[string]map[string]*stored{}}
}

// Kind returns the kind whose connectors reach this system.
func (m *Memory) Kind() connector.Kind {
	return connector.Kind{
		Name: MemoryName, Label: "Memory", Description: "Objects that live as long as the test.",
		Parameters: []connector.Parameter{{Name: "password", Label: "Password", Type: connector.TypeSecret}},
		Capabilities: []connector.Capability{
			connector.CanList, connector.CanGet, connector.CanFind, connector.CanCreate, connector.CanUpdate, connector.CanDelete,
			connector.CanSetPassword, connector.CanValidatePassword,
		},
		Open: func(_ context.Context, config connector.Config) (connector.Connector, error) {
			if config.Parameters["password"] != m.Password {
				return nil, connector.Errorf(connector.ClassAuth, "open", "the password is wrong; correct the agent's parameters")
			}
			return &MemoryConnector{system: m}, nil
		},
	}
}

// MemoryConnector is a connector to a [Memory].
type MemoryConnector struct {
	system *Memory
	closed bool
}

// enter locks the system for a call.
func (c *MemoryConnector) enter(ctx context.Context, op string) (leave func(), err error) {
	if err := connector.ContextError(ctx, op); err != nil {
		return nil, err
	}
	c.system.mu.Lock()
	if c.closed {
		c.system.mu.Unlock()
		return nil, &connector.Error{Class: connector.ClassUnavailable, Op: op, Err: connector.ErrClosed}
	}
	return c.system.mu.Unlock, nil
}

// find returns the object of a key, or nil.
func (m *Memory) find(class connector.Class, key connector.Key) *stored {
	if key.ID != "" {
		return m.objects[class.Name][key.ID]
	}
	for _, s := range m.objects[class.Name] {
		if s.object.Key == key.Name {
			return s
		}
	}
	return nil
}

// Test succeeds until Close.
func (c *MemoryConnector) Test(ctx context.Context) error {
	leave, err := c.enter(ctx, "test")
	if err != nil {
		return err
	}
	leave()
	return nil
}

// Close makes later calls fail.
func (c *MemoryConnector) Close() error {
	c.system.mu.Lock()
	defer c.system.mu.Unlock()
	c.closed = true
	return nil
}

// List pages through the objects there were at its beginning.
func (c *MemoryConnector) List(
	ctx context.Context, class connector.Class, options connector.ListOptions, emit func(connector.Page) error,
) error {
	leave, err := c.enter(ctx, "list")
	if err != nil {
		return err
	}
	from, err := since(options.Token)
	token := ""
	if c.system.Tokens {
		token = strconv.Itoa(c.system.changes)
	}
	var objects []connector.Object
	for _, s := range c.system.objects[class.Name] {
		if s.changed > from || from == 0 {
			objects = append(objects, copyOf(s.object))
		}
	}
	leave()
	if err != nil {
		return err
	}
	slices.SortFunc(objects, func(a, b connector.Object) int { return cmp.Compare(a.ID, b.ID) })
	for chunk := range slices.Chunk(objects, options.Size()) {
		if err := connector.ContextError(ctx, "list"); err != nil {
			return err
		}
		if err := emit(connector.Page{Objects: chunk}); err != nil {
			return err
		}
	}
	if token == "" {
		return nil
	}
	return emit(connector.Page{Token: token})
}

func copyOf(o connector.Object) connector.Object {
	o.Attributes = maps.Clone(o.Attributes)
	return o
}

// Get returns the object.
func (c *MemoryConnector) Get(ctx context.Context, class connector.Class, key connector.Key) (connector.Object, error) {
	leave, err := c.enter(ctx, "get")
	if err != nil {
		return connector.Object{}, err
	}
	defer leave()
	if s := c.system.find(class, key); s != nil {
		return copyOf(s.object), nil
	}
	return connector.Object{}, connector.NotFound("get", key)
}

// Find returns the objects that have the example's values.
func (c *MemoryConnector) Find(
	ctx context.Context, class connector.Class, example connector.Attributes, limit int,
) ([]connector.Object, error) {
	if limit <= 0 {
		limit = connector.DefaultPageSize
	}
	var found []connector.Object
	err := c.List(ctx, class, connector.ListOptions{}, func(page connector.Page) error {
		for _, object := range page.Objects {
			if len(connector.Diff(object, example)) == 0 && len(found) < limit {
				found = append(found, object)
			}
		}
		return nil
	})
	return found, err
}

var errKeyless = errors.New("the key attribute has no value")

// Create stores an object.
func (c *MemoryConnector) Create(ctx context.Context, class connector.Class, attributes connector.Attributes) (connector.Object, error) {
	leave, err := c.enter(ctx, "create")
	if err != nil {
		return connector.Object{}, err
	}
	defer leave()
	m := c.system
	key := connector.Text(attributes[m.KeyAttribute])
	if key == "" {
		return connector.Object{}, &connector.Error{Class: connector.ClassData, Op: "create", Err: errKeyless}
	}
	if m.find(class, connector.Key{Name: key}) != nil {
		return connector.Object{}, connector.Exists("create", key)
	}
	m.last++
	created := connector.Object{Class: class.Name, ID: strconv.Itoa(m.last), Key: key, Attributes: connector.Attributes{}}
	write(created.Attributes, attributes)
	if m.objects[class.Name] == nil {
		m.objects[class.Name] = map[string]*stored{}
	}
	m.changes++
	m.objects[class.Name][created.ID] = &stored{object: created, changed: m.changes}
	return copyOf(created), nil
}

func write(into, values connector.Attributes) {
	for name, v := range values {
		if len(connector.Values(v)) == 0 {
			delete(into, name)
			continue
		}
		into[name] = v
	}
}

// Update changes an object.
func (c *MemoryConnector) Update(
	ctx context.Context, class connector.Class, current connector.Object, desired connector.Attributes,
) (connector.Object, error) {
	leave, err := c.enter(ctx, "update")
	if err != nil {
		return connector.Object{}, err
	}
	defer leave()
	m := c.system
	s := m.find(class, current.Ref())
	if s == nil {
		return connector.Object{}, connector.NotFound("update", current.Ref())
	}
	if name := connector.Text(desired[m.KeyAttribute]); name != "" && name != s.object.Key {
		if m.find(class, connector.Key{Name: name}) != nil {
			return connector.Object{}, connector.Exists("update", name)
		}
		s.object.Key = name
	}
	write(s.object.Attributes, desired)
	m.changes++
	s.changed = m.changes
	return copyOf(s.object), nil
}

// Delete removes an object.
func (c *MemoryConnector) Delete(ctx context.Context, class connector.Class, key connector.Key) error {
	leave, err := c.enter(ctx, "delete")
	if err != nil {
		return err
	}
	defer leave()
	s := c.system.find(class, key)
	if s == nil {
		return connector.NotFound("delete", key)
	}
	delete(c.system.objects[class.Name], s.object.ID)
	return nil
}

// SetPassword stores the password as it is.
func (c *MemoryConnector) SetPassword(ctx context.Context, class connector.Class, key connector.Key, password connector.Password) error {
	leave, err := c.enter(ctx, "set password")
	if err != nil {
		return err
	}
	defer leave()
	s := c.system.find(class, key)
	if s == nil {
		return connector.NotFound("set password", key)
	}
	if password.Reveal() == "" {
		return connector.Errorf(connector.ClassPolicy, "set password", "the password is empty")
	}
	s.password = password.Reveal()
	return nil
}

// ValidatePassword compares with the stored password.
func (c *MemoryConnector) ValidatePassword(ctx context.Context, class connector.Class, key connector.Key, password string) (bool, error) {
	leave, err := c.enter(ctx, "validate password")
	if err != nil {
		return false, err
	}
	defer leave()
	s := c.system.find(class, key)
	if s == nil {
		return false, connector.NotFound("validate password", key)
	}
	return password != "" && s.password == password, nil
}
