package scriptservice

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/metadata"
	"provost/internal/object"
	"provost/internal/platform"
	"provost/internal/script"
)

// attributesName is the entry of a data object that holds the custom attributes.
const attributesName = "attributes"

// kind ties a class of the guide to one of ours.
type kind[T any, P object.Pointer[T]] struct {
	classes []string // of the guide; objects are answered as the first
	label   string   // "user": in sentences
	fields  []field[T]
	// paths are further names by which filters of the guide reach our attributes: "users.user.userName" → "user".
	paths map[string]string
	// metadata is the object type of the custom attributes; empty for a type without.
	metadata   string
	attributes func(*T) *object.Attributes
	service    func(*platform.Platform) *object.Service[T, P]
}

// sight is what a call may see of the objects of a kind: of the custom attributes those with these codes, of the others what the guard
// leaves.
type sight struct {
	codes map[string]bool
	guard *metadata.Guard
}

// visible gives what the call may see. The installation's own scripts see all but passwords, as mappings do.
func (k *kind[T, P]) visible(ctx context.Context, c *call) (sight, error) {
	s := sight{codes: map[string]bool{}}
	var err error
	if s.guard, err = c.Attributes.Guard(ctx, k.metadata, metadata.ReaderOf(ctx)); err != nil || k.metadata == "" {
		return s, err
	}
	fields, err := c.Attributes.For(ctx, k.metadata)
	for _, f := range fields {
		if !f.Builtin && f.Type.Readable() && f.Type != metadata.Separator {
			s.codes[f.Code] = true
		}
	}
	return s, err
}

// show gives an object as scripts see it.
func (k *kind[T, P]) show(t *T, visible sight) map[string]any {
	seen := *t
	visible.guard.Blank(&seen)
	out := map[string]any{script.ClassKey: k.classes[0]}
	for _, f := range k.fields {
		value := f.get(&seen)
		for _, name := range f.names {
			out[name] = value
		}
	}
	if k.attributes != nil {
		out[attributesName] = shownAttributes(*k.attributes(t), visible)
	}
	return out
}

func shownAttributes(all object.Attributes, visible sight) map[string]any {
	out := make(map[string]any, len(all))
	for code, value := range all {
		if visible.codes[code] {
			out[code] = value
		}
	}
	return out
}

// showOne is show for one object.
func (k *kind[T, P]) showOne(ctx context.Context, c *call, t *T) (any, error) {
	visible, err := k.visible(ctx, c)
	if err != nil {
		return nil, err
	}
	return k.show(t, visible), nil
}

// showAll is show for a list.
func (k *kind[T, P]) showAll(ctx context.Context, c *call, items []T) ([]any, error) {
	visible, err := k.visible(ctx, c)
	if err != nil {
		return nil, err
	}
	out := make([]any, len(items))
	for i := range items {
		out[i] = k.show(&items[i], visible)
	}
	return out, nil
}

// fill brings what a script gave into an object. Entries the script left out, or gave back as it was shown them, stay as they are.
func (k *kind[T, P]) fill(t *T, given map[string]any, visible sight) error {
	before := *t
	visible.guard.Blank(&before) // what it was shown
	var c fault.Collector
	known := map[string]bool{script.ClassKey: true, attributesName: k.attributes != nil}
	for _, f := range k.fields {
		for _, name := range f.names {
			known[name] = true
			value, ok := given[name]
			if !ok || same(value, f.get(&before)) {
				continue
			}
			if f.set == nil {
				c.Add(name, "%s of a %s cannot be set", name, k.label)
			} else if err := f.set(t, value); err != nil {
				c.Add(name, "%s %s", name, err.Error())
			}
		}
	}
	for name, value := range given {
		if !known[name] && !empty(value) {
			c.Add(name, "a %s has no %s", k.label, name)
		}
	}
	if err := k.fillAttributes(t, given, visible); err != nil {
		c.Add(attributesName, "%s", err.Error())
	}
	return c.Err()
}

// fillAttributes replaces the visible custom attributes by the given ones; what the call cannot see stays.
func (k *kind[T, P]) fillAttributes(t *T, given map[string]any, visible sight) error {
	value, ok := given[attributesName]
	if !ok || k.attributes == nil {
		return nil
	}
	wanted, ok := value.(map[string]any)
	if !ok && value != nil {
		return fault.New(fault.Invalid, "attributes must be a map")
	}
	at := k.attributes(t)
	if !same(wanted, shownAttributes(*at, visible)) {
		*at = replaced(*at, wanted, visible)
	}
	return nil
}

func replaced(stored object.Attributes, wanted map[string]any, visible sight) object.Attributes {
	out := make(object.Attributes, len(stored)+len(wanted))
	for code, value := range stored {
		if !visible.codes[code] {
			out[code] = value
		}
	}
	maps.Copy(out, wanted)
	return out
}

// absent makes what is not there, or not in sight, null.
func absent[T any](t T, err error) (*T, error) {
	if fault.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // null is the answer
	}
	if err != nil {
		return nil, err
	}
	return &t, nil
}

// named gives the object with a natural key, or nil. Who may see none of the kind is told so, whether there is such an object or not.
func (k *kind[T, P]) named(ctx context.Context, c *call, key string) (*T, error) {
	service := k.service(c.Platform)
	if _, err := authz.Check(ctx, service.Permissions.Query); err != nil {
		return nil, err
	}
	return absent(service.Named(ctx, key))
}

// shown answers an object, or null.
func (k *kind[T, P]) shown(ctx context.Context, c *call, t *T, err error) (any, error) {
	if t == nil || err != nil {
		return nil, err
	}
	return k.showOne(ctx, c, t)
}

// byName is the method that finds an object by its name.
func (k *kind[T, P]) byName() method {
	return method{reads, func(ctx context.Context, c *call) (any, error) {
		if len(c.args) > 0 && c.args[0] == nil {
			return nil, nil // nothing has no name: scripts ask before they look whether there is one
		}
		name, err := c.text(0, "the name of the "+k.label)
		if err != nil {
			return nil, err
		}
		t, err := k.named(ctx, c, name)
		return k.shown(ctx, c, t, err)
	}}
}

// byID is the method that finds an object by its id.
func (k *kind[T, P]) byID() method {
	return method{reads, func(ctx context.Context, c *call) (any, error) {
		t, err := k.identified(ctx, c)
		return k.shown(ctx, c, t, err)
	}}
}

// identified gives the object that the first argument names by its id, or nil.
func (k *kind[T, P]) identified(ctx context.Context, c *call) (*T, error) {
	id, ok, err := c.id("the " + k.label)
	if !ok || err != nil {
		return nil, err
	}
	return absent(k.service(c.Platform).Get(ctx, id))
}

// several gives those of the objects that the call may see, in the order of the ids.
func (k *kind[T, P]) several(ctx context.Context, c *call, ids []uuid.UUID) ([]T, error) {
	service := k.service(c.Platform)
	who, err := authz.Check(ctx, service.Permissions.Query)
	if err != nil {
		return nil, err
	}
	found, err := service.Store.Get(ctx, who.Scope(service.Permissions.Query), ids...)
	slices.SortFunc(found, func(a, b T) int {
		return slices.Index(ids, P(&a).Base().ID) - slices.Index(ids, P(&b).Base().ID)
	})
	return found, err
}

// create is the method that makes an object from a data object.
func (k *kind[T, P]) create() method {
	return method{writes, func(ctx context.Context, c *call) (any, error) {
		given, err := c.object(k.classes...)
		if err != nil {
			return nil, err
		}
		visible, err := k.visible(ctx, c)
		if err != nil {
			return nil, err
		}
		var draft T
		if err := k.fill(&draft, given, visible); err != nil {
			return nil, err
		}
		if err := visible.guard.Given(k.given(given)); err != nil {
			return nil, err
		}
		created, err := k.service(c.Platform).Create(ctx, draft)
		if err != nil {
			return nil, err
		}
		return k.show(&created, visible), nil
	}}
}

// update is the method that brings a changed data object back.
func (k *kind[T, P]) update() method {
	return method{writes, func(ctx context.Context, c *call) (any, error) {
		given, err := c.object(k.classes...)
		if err != nil {
			return nil, err
		}
		current, err := k.current(ctx, c)
		if err != nil {
			return nil, err
		}
		visible, err := k.visible(ctx, c)
		if err != nil {
			return nil, err
		}
		if err := k.fill(current, given, visible); err != nil {
			return nil, err
		}
		return k.write(ctx, c, current, visible)
	}}
}

// given names, with our words, the attributes that a data object gives.
func (k *kind[T, P]) given(object map[string]any) []string {
	var out []string
	for name, value := range object {
		if our, _ := k.ours(name); !empty(value) {
			out = append(out, our)
		}
	}
	return out
}

func (k *kind[T, P]) write(ctx context.Context, c *call, t *T, visible sight) (any, error) {
	updated, err := k.service(c.Platform).Update(ctx, P(t).Base().ID, P(t).Base().Version, *t)
	if err != nil {
		return nil, err
	}
	return k.show(&updated, visible), nil
}

// remove is the method that deletes an object.
func (k *kind[T, P]) remove() method {
	return method{writes, func(ctx context.Context, c *call) (any, error) {
		if _, err := c.object(k.classes...); err != nil {
			return nil, err
		}
		current, err := k.current(ctx, c)
		if err != nil {
			return nil, err
		}
		return nil, k.service(c.Platform).Delete(ctx, P(current).Base().ID, 0)
	}}
}

// current gives the stored object that the first argument stands for by its id.
func (k *kind[T, P]) current(ctx context.Context, c *call) (*T, error) {
	given, err := c.object(k.classes...)
	if err != nil {
		return nil, err
	}
	text, _ := given["id"].(string)
	id, err := uuid.Parse(text)
	if err != nil {
		return nil, c.wrong("the %s has no id: find it first and change what you found", k.label)
	}
	found, err := k.service(c.Platform).Get(ctx, id)
	return &found, err
}

// ours gives the name of an attribute in our filters by its name in the guide's; unknown names stay, so that our own are understood.
func (k *kind[T, P]) ours(name string) (string, map[string]string) {
	if path, ok := k.path(name); ok {
		name = path
	}
	for _, f := range k.fields {
		if f.ours != "" && (strings.EqualFold(f.ours, name) || slices.ContainsFunc(f.names, func(n string) bool { return strings.EqualFold(n, name) })) {
			return f.ours, f.words
		}
	}
	return name, nil
}

func (k *kind[T, P]) path(name string) (string, bool) {
	for theirs, our := range k.paths {
		if strings.EqualFold(theirs, name) {
			return our, true
		}
	}
	return "", false
}

// classed is a method for the objects of some classes.
type classed struct {
	classes []string
	method  method
}

// entry pairs a method of a kind with its classes.
func entry[T any, P object.Pointer[T]](k *kind[T, P], m method) classed { return classed{k.classes, m} }

// byClass is a writing method that serves several classes: the one of the first argument decides.
func byClass(entries ...classed) method {
	var all []string
	for _, e := range entries {
		all = append(all, e.classes...)
	}
	return method{writes, func(ctx context.Context, c *call) (any, error) {
		given, err := c.object(all...)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if slices.Contains(e.classes, classOf(given)) {
				return e.method.run(ctx, c)
			}
		}
		return nil, c.wrong("a plain map does not say what it is: build it with new com.soffid.iam.api.%s()", all[0])
	}}
}
