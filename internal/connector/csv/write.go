package csv

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"provost/internal/connector"
)

func isCSV(name string) bool {
	return strings.EqualFold(filepath.Ext(name), ".csv")
}

// Create appends a row.
func (f *File) Create(ctx context.Context, class connector.Class, attributes connector.Attributes) (connector.Object, error) {
	var created connector.Object
	err := f.rewrite(ctx, "create", class, func(t *table, out *output) error {
		cells := make([]string, len(t.columns))
		if err := t.fill(cells, attributes); err != nil {
			return err
		}
		made, err := t.object(record{fields: cells})
		if err != nil {
			return connector.Errorf(connector.ClassData, "create", "%v", err)
		}
		created = made
		err = t.each(ctx, "create", func(r record) error {
			if o, err := t.object(r); err == nil && o.Key == created.Key {
				return connector.Exists("create", created.Key)
			}
			return out.keep(r)
		})
		if err != nil {
			return err
		}
		return out.row(cells)
	})
	return created, err
}

// Update changes the cells of the row that differ.
func (f *File) Update(
	ctx context.Context, class connector.Class, current connector.Object, desired connector.Attributes,
) (connector.Object, error) {
	now, err := f.Get(ctx, class, current.Ref())
	if err != nil {
		return connector.Object{}, err
	}
	changes := connector.Diff(now, desired)
	if len(changes) == 0 {
		return now, nil
	}
	wanted := make(connector.Attributes, len(changes))
	for _, change := range changes {
		wanted[change.Attribute] = change.After
	}
	updated, found := now, false
	err = f.rewrite(ctx, "update", class, func(t *table, out *output) error {
		renamed := t.newKey(wanted, now.Key)
		err := t.each(ctx, "update", func(r record) error {
			o, err := t.object(r)
			switch {
			case err == nil && o.Key == now.Key && !found:
				found = true
				updated, err = t.change(r, wanted, out)
				return err
			case err == nil && o.Key == renamed && renamed != now.Key:
				return connector.Exists("update", renamed)
			default:
				return out.keep(r)
			}
		})
		if err == nil && !found {
			err = connector.NotFound("update", current.Ref())
		}
		return err
	})
	return updated, err
}

func (t *table) newKey(wanted connector.Attributes, current string) string {
	for name, v := range wanted {
		if strings.EqualFold(name, t.columns[t.key]) {
			return connector.Text(v)
		}
	}
	return current
}

func (t *table) change(r record, wanted connector.Attributes, out *output) (connector.Object, error) {
	cells := append([]string(nil), r.fields...)
	if err := t.fill(cells, wanted); err != nil {
		return connector.Object{}, err
	}
	updated, err := t.object(record{fields: cells})
	if err != nil {
		return connector.Object{}, connector.Errorf(connector.ClassData, "update", "%v", err)
	}
	return updated, out.row(cells)
}

// fill writes values into cells, encoded.
func (t *table) fill(cells []string, attributes connector.Attributes) error {
	for name, v := range attributes {
		at := -1
		for i, column := range t.columns {
			if strings.EqualFold(column, name) {
				at = i
			}
		}
		if at < 0 {
			return connector.Errorf(connector.ClassPolicy, "write", "the header has no column %q; correct the mapping or add the column", name)
		}
		text, err := t.text(at, v)
		if err != nil {
			return err
		}
		if cells[at], err = t.encode(text); err != nil {
			return connector.Errorf(connector.ClassData, "write", "column %s: %v", name, err)
		}
	}
	return nil
}

func (t *table) text(column int, v any) (string, error) {
	values := connector.Values(v)
	several := t.multiValued[strings.ToLower(t.columns[column])]
	if len(values) > 1 && !several {
		return "", connector.Errorf(connector.ClassData, "write", "column %s has %d values; name it in the property multiValued",
			t.columns[column], len(values))
	}
	parts := make([]string, len(values))
	for i, value := range values {
		parts[i] = connector.Text(value)
		if several && strings.Contains(parts[i], t.owner.valueSeparator) {
			return "", connector.Errorf(connector.ClassData, "write", "a value of column %s contains the value separator %q",
				t.columns[column], t.owner.valueSeparator)
		}
	}
	return strings.Join(parts, t.owner.valueSeparator), nil
}

// Delete removes the row.
func (f *File) Delete(ctx context.Context, class connector.Class, key connector.Key) error {
	wanted, found := keyOf(key), false
	return f.rewrite(ctx, "delete", class, func(t *table, out *output) error {
		err := t.each(ctx, "delete", func(r record) error {
			if o, err := t.object(r); err == nil && o.Key == wanted && !found {
				found = true
				return nil
			}
			return out.keep(r)
		})
		if err == nil && !found {
			err = connector.NotFound("delete", key)
		}
		return err
	})
}

// output writes the new file. A last line without an end gets one before anything follows it.
type output struct {
	table   *table
	writer  *bufio.Writer
	lineEnd []byte
	open    bool
}

// keep copies a row as it is.
func (o *output) keep(r record) error {
	if errors.Is(r.err, errLineTooLong) {
		return connector.Errorf(connector.ClassData, "write", "line %d cannot be copied: %v", r.line, r.err)
	}
	return o.raw(r.raw)
}

func (o *output) raw(line []byte) error {
	if err := o.endLine(); err != nil {
		return err
	}
	o.open = !bytes.HasSuffix(line, []byte("\n"))
	_, err := o.writer.Write(line)
	return err
}

func (o *output) row(cells []string) error {
	line := join(cells, o.table.scanner.separator)
	return o.raw(append(line, o.lineEnd...))
}

func (o *output) endLine() error {
	if !o.open {
		return nil
	}
	_, err := o.writer.Write(o.lineEnd)
	return err
}

// rewrite copies the file through build, which writes the rows, and puts the copy in its place.
func (f *File) rewrite(ctx context.Context, op string, class connector.Class, build func(*table, *output) error) error {
	if !f.write {
		return connector.Errorf(connector.ClassUnsupported, op, "the agent does not write its file; set the parameter write")
	}
	f.writing.Lock()
	defer f.writing.Unlock()
	ctx, cancel := f.limits.Task(ctx)
	defer cancel()
	t, err := f.openTable(ctx, op, class)
	if err != nil {
		return err
	}
	defer func() { _ = t.close() }()
	temporary := "." + filepath.Base(t.shape.file) + "." + rand.Text() + ".tmp"
	temporary = filepath.Join(filepath.Dir(t.shape.file), temporary)
	if err := f.writeCopy(t, temporary, build); err != nil {
		_ = f.root.Remove(temporary)
		return writeError(ctx, op, err)
	}
	if err := f.replace(t, temporary); err != nil {
		_ = f.root.Remove(temporary)
		return writeError(ctx, op, err)
	}
	return nil
}

func writeError(ctx context.Context, op string, err error) error {
	if _, ok := errors.AsType[*connector.Error](err); ok {
		return err
	}
	if ended := connector.ContextError(ctx, op); ended != nil {
		return ended
	}
	return &connector.Error{Class: connector.ClassUnavailable, Op: op, Message: "the file cannot be written; check space and permissions", Err: err}
}

func (f *File) writeCopy(t *table, name string, build func(*table, *output) error) (err error) {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, t.info.Mode().Perm())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	out := &output{table: t, writer: bufio.NewWriter(file), lineEnd: []byte("\n")}
	if bytes.HasSuffix(t.header.raw, []byte("\r\n")) {
		out.lineEnd = []byte("\r\n")
	}
	if _, err := out.writer.Write(t.bom); err != nil {
		return err
	}
	if err := out.raw(t.header.raw); err != nil {
		return err
	}
	if err := build(t, out); err != nil {
		return err
	}
	if err := out.writer.Flush(); err != nil {
		return err
	}
	return file.Sync()
}

// replace puts the copy in the file's place, unless somebody else changed the file meanwhile.
func (f *File) replace(t *table, temporary string) error {
	name := t.shape.file
	now, err := f.root.Stat(name)
	if err != nil {
		return err
	}
	if !now.ModTime().Equal(t.info.ModTime()) || now.Size() != t.info.Size() {
		return connector.Errorf(connector.ClassTransient, "write", "the file was changed by somebody else at the same time")
	}
	if f.backup {
		if err := f.keepBackup(name); err != nil {
			return fmt.Errorf("keeping the backup: %w", err)
		}
	}
	return f.root.Rename(temporary, name)
}

func (f *File) keepBackup(name string) (err error) {
	from, err := f.root.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	to, err := f.root.OpenFile(name+".bak", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	_, err = io.Copy(to, from)
	return err
}
