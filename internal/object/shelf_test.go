package object_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/object"
	"provost/internal/query"
)

// book is a sample object.
type book struct {
	object.Meta
	Name    string    `json:"name" validate:"required,max=20"`
	Kind    string    `json:"kind" validate:"omitempty,oneof=novel atlas"`
	Mail    string    `json:"mail" validate:"omitempty,email"`
	Shelf   string    `json:"shelf"`
	ShelfID uuid.UUID `json:"shelfId"`
	Lent    bool      `json:"lent"`
}

// Title names the book.
func (b *book) Title() string { return b.Name }

// IsBuiltin says that the catalogue itself cannot be removed.
func (b *book) IsBuiltin() bool { return b.Name == "catalogue" }

// library is the service of books over a store in memory, with what it was asked to do.
type library struct {
	*object.Service[book, *book]
	t      *testing.T
	rows   map[uuid.UUID]book
	trail  []string
	retry  int   // how often a transaction is asked to run again
	broken error // what the trail answers
	rules  rules
	fresh  map[uuid.UUID]book // while a transaction runs
}

// rules of books; each can be replaced.
type rules struct {
	object.NoRules[book]
	prepare, written func(edits []*object.Edit[book]) error
}

// Key implements object.Rules.
func (*rules) Key(b *book) string { return b.Name }

// Prepare implements object.Rules.
func (r *rules) Prepare(_ context.Context, edits []*object.Edit[book]) error {
	if r.prepare == nil {
		return nil
	}
	return r.prepare(edits)
}

// Written implements object.Rules.
func (r *rules) Written(_ context.Context, edits []*object.Edit[book]) error {
	if r.written == nil {
		return nil
	}
	return r.written(edits)
}

// found gives a library of books: each on the shelf of its first letter.
func found(t *testing.T, names ...string) *library {
	t.Helper()
	l := &library{t: t, rows: map[uuid.UUID]book{}}
	for _, name := range names {
		id := uuid.New()
		l.rows[id] = book{Meta: object.Meta{ID: id, Version: 3, UpdatedBy: "the librarian"}, Name: name, ShelfID: shelf(name)}
	}
	l.Service = &object.Service[book, *book]{
		Type: "book", Label: "book", Tx: l, Store: store{l}, Audit: l, Rules: &l.rules,
		Permissions: object.Permissions{Query: authz.GroupQuery, Create: authz.GroupCreate, Update: authz.GroupUpdate, Delete: authz.GroupDelete},
	}
	return l
}

// shelf is the limit that a name belongs to.
func shelf(name string) uuid.UUID {
	return uuid.NewSHA1(uuid.Nil, []byte(strings.ToLower(name[:1])))
}

// id finds a book by its name.
func (l *library) id(name string) uuid.UUID {
	for id, b := range l.rows {
		if b.Name == name {
			return id
		}
	}
	l.t.Fatalf("there is no %s", name)
	return uuid.Nil
}

func (l *library) names() []string {
	out := []string{}
	for _, b := range l.rows {
		out = append(out, b.Name)
	}
	slices.Sort(out)
	return out
}

// Do implements object.Transactor: what fails is taken back, and the function may be asked to run again.
func (l *library) Do(ctx context.Context, fn func(ctx context.Context) error) error {
	for {
		l.fresh = maps.Clone(l.rows)
		trail := slices.Clone(l.trail)
		err := fn(ctx)
		if l.retry > 0 && err == nil {
			l.retry--
			l.trail = trail
			continue
		}
		if err != nil {
			l.trail = trail
			return err
		}
		l.rows = l.fresh
		return nil
	}
}

// Record implements audit.Recorder.
func (l *library) Record(_ context.Context, entries ...audit.Entry) error {
	for _, e := range entries {
		l.trail = append(l.trail, e.Action+" "+e.ObjectName+" "+string(e.Before)+">"+string(e.After))
	}
	return l.broken
}

// store is the rows of a library.
type store struct{ l *library }

func (s store) now() map[uuid.UUID]book {
	if s.l.fresh != nil {
		return s.l.fresh
	}
	return s.l.rows
}

func inside(scope authz.Scope, b book) bool { return scope.InGroups(b.ShelfID) }

// Get implements object.Store.
func (s store) Get(_ context.Context, scope authz.Scope, ids ...uuid.UUID) ([]book, error) {
	var out []book
	for _, id := range ids {
		if b, ok := s.now()[id]; ok && inside(scope, b) {
			out = append(out, b)
		}
	}
	return out, nil
}

// Lock implements object.Store.
func (s store) Lock(ctx context.Context, ids ...uuid.UUID) ([]book, error) {
	return s.Get(ctx, authz.Scope{All: true}, ids...)
}

// Named implements object.Store.
func (s store) Named(_ context.Context, keys ...string) ([]book, error) {
	var out []book
	for _, b := range s.now() {
		if slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, b.Name) }) {
			out = append(out, b)
		}
	}
	return out, nil
}

// Outside implements object.Store.
func (s store) Outside(_ context.Context, scope authz.Scope, ids ...uuid.UUID) ([]uuid.UUID, error) {
	var out []uuid.UUID
	for _, id := range ids {
		if b, ok := s.now()[id]; !ok || !inside(scope, b) {
			out = append(out, id)
		}
	}
	return out, nil
}

// List implements object.Store.
func (s store) List(ctx context.Context, scope authz.Scope, l query.List) (query.Page[book], error) {
	var page query.Page[book]
	err := s.Each(ctx, scope, l, func(b book) error {
		page.Total++
		if len(page.Items) < l.Size {
			page.Items = append(page.Items, b)
		}
		return nil
	})
	return page, err
}

// Each implements object.Store.
func (s store) Each(_ context.Context, scope authz.Scope, _ query.List, yield func(book) error) error {
	for _, id := range slices.SortedFunc(maps.Keys(s.now()), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }) {
		if b := s.now()[id]; inside(scope, b) {
			if err := yield(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// Insert implements object.Store.
func (s store) Insert(_ context.Context, books []book) error {
	for _, b := range books {
		b.ShelfID = shelf(b.Name)
		s.l.fresh[b.ID] = b
	}
	return nil
}

// Update implements object.Store.
func (s store) Update(_ context.Context, books []book) error {
	for _, b := range books {
		b.ShelfID = shelf(b.Name)
		b.Version++
		s.l.fresh[b.ID] = b
	}
	return nil
}

// Delete implements object.Store.
func (s store) Delete(_ context.Context, ids ...uuid.UUID) error {
	for _, id := range ids {
		delete(s.l.fresh, id)
	}
	return nil
}

// History implements object.Store.
func (s store) History(_ context.Context, id uuid.UUID) ([]object.Versioned[book], error) {
	return []object.Versioned[book]{{Object: s.now()[id], By: "the librarian"}}, nil
}

// may is somebody with permissions, on the shelves of some letters or, with none, on all.
func may(t *testing.T, letters string, permissions ...authz.Permission) context.Context {
	t.Helper()
	who := authz.Principal{UserName: "anna", Tenant: "master"}
	for _, p := range permissions {
		g := authz.Grant{Permission: p, ScopeKind: authz.ScopeAll}
		if letters != "" {
			g.ScopeKind = authz.ScopeGroup
			for _, letter := range letters {
				g.ScopeIDs = append(g.ScopeIDs, shelf(string(letter)))
			}
		}
		who.Grants = append(who.Grants, g)
	}
	return authz.With(t.Context(), who)
}

func librarian(t *testing.T, letters string) context.Context {
	t.Helper()
	return may(t, letters, authz.GroupQuery, authz.GroupCreate, authz.GroupUpdate, authz.GroupDelete)
}

func refused(t *testing.T, err error, code fault.Code, words string) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, fault.CodeOf(err), err.Error())
	require.Contains(t, err.Error(), words)
}
