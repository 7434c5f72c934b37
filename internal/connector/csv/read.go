package csv

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"sort"
	"strconv"
	"strings"

	"provost/internal/connector"
)

// maxProblems ends a listing whose file is wrong as a whole, such as one read with the wrong separator.
const maxProblems = 10_000

// List streams the rows. The token is the file's time and size: asked with the token of an unchanged file, it lists nothing; of a changed
// one, everything.
func (f *File) List(ctx context.Context, class connector.Class, options connector.ListOptions, emit func(connector.Page) error) error {
	ctx, cancel := f.limits.Long(ctx)
	defer cancel()
	t, err := f.openTable(ctx, "list", class)
	if err != nil {
		return err
	}
	defer func() { _ = t.close() }()
	if token := t.token(); options.Token == token {
		return emit(connector.Page{Token: token})
	}
	l := &listing{table: t, size: options.Size(), emit: emit, seen: map[[2]uint64]int{}}
	if err := t.each(ctx, "list", l.add); err != nil {
		return err
	}
	l.page.Token = t.token()
	return l.flush()
}

func (t *table) token() string {
	return strconv.FormatInt(t.info.ModTime().UnixNano(), 36) + "." + strconv.FormatInt(t.info.Size(), 36)
}

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// listing gathers rows into pages.
type listing struct {
	*table
	size     int
	emit     func(connector.Page) error
	page     connector.Page
	problems int
	// seen holds the line of each key by two hashes of it: a few bytes per row however long the keys are.
	seen map[[2]uint64]int
}

func (l *listing) add(r record) error {
	object, err := l.object(r)
	if err == nil {
		err = l.duplicate(object.Key, r.line)
	}
	if err != nil {
		l.problems++
		l.page.Problems = append(l.page.Problems, connector.Problem{Line: r.line, Key: object.Key, Message: err.Error()})
	} else {
		l.page.Objects = append(l.page.Objects, object)
	}
	if l.problems > maxProblems {
		return connector.Errorf(connector.ClassData, "list", "more than %d rows cannot be read; the last is line %d: %v", maxProblems, r.line, err)
	}
	if len(l.page.Objects)+len(l.page.Problems) < l.size {
		return nil
	}
	return l.flush()
}

func (l *listing) duplicate(key string, line int) error {
	hash := [2]uint64{maphash.String(seeds[0], key), maphash.String(seeds[1], key)}
	if first, twice := l.seen[hash]; twice {
		return fmt.Errorf("the key %q is in line %d already; only that row was read", key, first)
	}
	l.seen[hash] = line
	return nil
}

func (l *listing) flush() error {
	page := l.page
	l.page = connector.Page{}
	return l.emit(page)
}

// errFound ends a search early.
var errFound = errors.New("found")

// Get returns the first row with the key.
func (f *File) Get(ctx context.Context, class connector.Class, key connector.Key) (connector.Object, error) {
	ctx, cancel := f.limits.Task(ctx)
	defer cancel()
	wanted := keyOf(key)
	found, err := f.search(ctx, "get", class, 1, func(o connector.Object) bool { return o.Key == wanted })
	if err != nil {
		return connector.Object{}, err
	}
	if len(found) == 0 {
		return connector.Object{}, connector.NotFound("get", key)
	}
	return found[0], nil
}

func keyOf(key connector.Key) string {
	if key.ID != "" {
		return key.ID
	}
	return key.Name
}

// Find returns rows that have the example's values.
func (f *File) Find(ctx context.Context, class connector.Class, example connector.Attributes, limit int) ([]connector.Object, error) {
	if limit <= 0 {
		limit = connector.DefaultPageSize
	}
	ctx, cancel := f.limits.Task(ctx)
	defer cancel()
	return f.search(ctx, "find", class, limit, func(o connector.Object) bool { return len(connector.Diff(o, example)) == 0 })
}

func (f *File) search(
	ctx context.Context, op string, class connector.Class, limit int, matches func(connector.Object) bool,
) ([]connector.Object, error) {
	t, err := f.openTable(ctx, op, class)
	if err != nil {
		return nil, err
	}
	defer func() { _ = t.close() }()
	var found []connector.Object
	err = t.each(ctx, op, func(r record) error {
		if object, err := t.object(r); err == nil && matches(object) {
			found = append(found, object)
		}
		if len(found) == limit {
			return errFound
		}
		return nil
	})
	if errors.Is(err, errFound) {
		err = nil
	}
	return found, err
}

// Schema returns one class with the columns of the file, or one for each readable .csv file of the folder.
func (f *File) Schema(ctx context.Context) ([]connector.ClassSchema, error) {
	names := []string{f.name}
	if f.name == "" {
		var err error
		if names, err = f.files(); err != nil {
			return nil, err
		}
	}
	var classes []connector.ClassSchema
	for _, name := range names {
		t, err := f.openTable(ctx, "schema", connector.Class{Name: name, Properties: map[string]string{propFile: name}})
		if err != nil && f.name == "" && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		classes = append(classes, t.describe(name))
		if err := t.close(); err != nil {
			return nil, fileError("schema", err)
		}
	}
	return classes, nil
}

func (f *File) files() ([]string, error) {
	if err := f.alive("schema"); err != nil {
		return nil, err
	}
	folder, err := f.root.Open(".")
	if err != nil {
		return nil, fileError("schema", err)
	}
	defer func() { _ = folder.Close() }()
	entries, err := folder.ReadDir(-1)
	if err != nil {
		return nil, fileError("schema", err)
	}
	var names []string
	for _, entry := range entries {
		if entry.Type().IsRegular() && isCSV(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	sort.Strings(names)
	return names, nil
}

func (t *table) describe(name string) connector.ClassSchema {
	class := connector.ClassSchema{Name: name}
	for i, column := range t.columns {
		class.Attributes = append(class.Attributes, connector.AttributeSchema{
			Name: column, Type: "string", Key: i == t.key, Required: i == t.key,
			MultiValued: t.multiValued[strings.ToLower(column)],
		})
	}
	return class
}
