package metadata

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
)

// Reader is who looks at an object: visibility is theirs.
type Reader string

// The readers. Whoever looks at themselves is a user, whatever else they are (guide page 039). Visibility is about people: the platform,
// which loads and synchronises, and the installation's own scripts see and write everything.
const (
	Administrator Reader = "administrator"
	Operator      Reader = "operator"
	User          Reader = "user"
	Engine        Reader = "engine"
)

type asEngine struct{}

// AsEngine gives a context in which nobody asks what the caller may see of an attribute: what is written follows from what they were
// allowed to do. Their permissions and scopes count as before.
func AsEngine(ctx context.Context) context.Context { return context.WithValue(ctx, asEngine{}, true) }

// ReaderOf tells what the caller of ctx is: an administrator holds the permission to change authorisations without limit, as SOFFID_ADMIN
// does; without a caller it is the platform.
func ReaderOf(ctx context.Context) Reader {
	p, ok := authz.From(ctx)
	switch {
	case ctx.Value(asEngine{}) != nil, !ok || p.IsSystem() || (p.Origin == authz.OriginScript && p.UserID == uuid.Nil):
		return Engine
	case p.Scope(authz.AuthorizationUpdate).All:
		return Administrator
	case p.Allows(authz.UserQuery):
		return Operator
	}
	return User
}

// ReaderOfObject tells what the caller is when they look at one object: a person who looks at themselves is a user.
func ReaderOfObject(ctx context.Context, objectType string, id uuid.UUID) Reader {
	reader := ReaderOf(ctx)
	if p, ok := authz.From(ctx); ok && reader != Engine && objectType == "user" && id == p.UserID && id != uuid.Nil {
		return User
	}
	return reader
}

// Visibility is what the reader may do with the attribute.
func (o *Options) Visibility(reader Reader) Visibility {
	v := map[Reader]Visibility{Administrator: o.AdminVisibility, Operator: o.OperatorVisibility, User: o.UserVisibility}[reader]
	if v == "" {
		return Editable
	}
	return v
}

// path is the name of the attribute in objects and filters.
func (a *Attribute) path() string {
	if a.Builtin {
		return a.Code
	}
	return "attributes." + a.Code
}

// members are the names by which an object tells the value: a reference among the built-in attributes stands beside its id.
func (a *Attribute) members() []string {
	if a.Builtin {
		return []string{a.Code, a.Code + "Id"}
	}
	return []string{a.path()}
}

// refusal is the sentence for a caller who may not write the attribute.
func (a *Attribute) refusal(v Visibility) string {
	if v == Hidden {
		return "You may not see this attribute, and so you may not set it."
	}
	return a.label() + " is read-only for you."
}

// Guard says what one reader may do with the attributes of an object type, by the names that objects, filters and files use. A nil Guard
// lets everything through.
type Guard struct {
	attributes map[string]*Attribute // that are hidden or read-only, by lower-case name
	reader     Reader
}

// Guard gives the guard for a reader.
func (s *Schemas) Guard(ctx context.Context, objectType string, reader Reader) (*Guard, error) {
	g := &Guard{attributes: map[string]*Attribute{}, reader: reader}
	if reader == Engine || !slices.Contains(ObjectTypes(), objectType) {
		return g, nil
	}
	all, err := s.Attributes(ctx, objectType)
	if err != nil {
		return nil, err
	}
	for i := range all {
		a := &all[i]
		if a.DataType == Separator || a.Options.Visibility(reader) == Editable {
			continue
		}
		for _, name := range a.members() {
			g.attributes[strings.ToLower(name)] = a
		}
	}
	return g, nil
}

// find gives an attribute that is hidden or read-only, or nil.
func (g *Guard) find(name string) *Attribute {
	if g == nil {
		return nil
	}
	return g.attributes[strings.ToLower(name)]
}

// Hidden tells whether the reader may not see an attribute.
func (g *Guard) Hidden(name string) bool {
	a := g.find(name)
	return a != nil && a.Options.Visibility(g.reader) == Hidden
}

// Seen refuses to tell about hidden attributes; names lists what somebody asks for.
func (g *Guard) Seen(names []string) error {
	for _, name := range names {
		if g.Hidden(name) {
			return &fault.Error{
				Code: fault.Denied, Message: "You may not see the attribute " + name + ".",
				Fields: []fault.Field{{Location: name, Message: "You may not see this attribute."}},
			}
		}
	}
	return nil
}

// Named refuses to write attributes that the reader may not see, whatever the value: an accepted guess would tell the value. Read-only
// ones are refused where they change, which the rules of the objects see.
func (g *Guard) Named(names []string) error { return g.refuse(names, Hidden) }

// Given refuses to give a new object attributes that the reader may not write.
func (g *Guard) Given(names []string) error { return g.refuse(names, Hidden, ReadOnly) }

func (g *Guard) refuse(names []string, kinds ...Visibility) error {
	var c fault.Collector
	for _, name := range names {
		a := g.find(name)
		if a == nil {
			continue
		}
		for _, kind := range kinds {
			if v := a.Options.Visibility(g.reader); v == kind {
				c.Add(name, "%s", a.refusal(v))
			}
		}
	}
	return c.Err()
}
