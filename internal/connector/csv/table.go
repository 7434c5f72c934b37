package csv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"provost/internal/connector"
)

// table is an open file with its header read.
type table struct {
	shape
	file    *os.File
	info    fs.FileInfo
	scanner *scanner
	owner   *File
	header  record
	columns []string
	// names are the columns as the mapping spells them.
	names []string
	key   int
	bom   []byte
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// openTable opens the class's file and reads its header.
func (f *File) openTable(ctx context.Context, op string, class connector.Class) (*table, error) {
	if err := f.alive(op); err != nil {
		return nil, err
	}
	if ended := connector.ContextError(ctx, op); ended != nil {
		return nil, ended
	}
	s, err := f.shape(class)
	if err != nil {
		return nil, err
	}
	// Opening a pipe would wait for a writer for ever, so its kind is looked at first.
	info, err := f.root.Stat(s.file)
	if err == nil && !info.Mode().IsRegular() {
		return nil, connector.Errorf(connector.ClassPolicy, op, "%q is not a regular file; name a file", s.file)
	}
	file, err := f.root.Open(s.file)
	if err != nil {
		return nil, fileError(op, err)
	}
	t := &table{shape: s, file: file, owner: f, key: -1}
	if err := t.readHeader(ctx, op); err != nil {
		return nil, errors.Join(err, t.close())
	}
	return t, nil
}

func (t *table) close() error {
	return t.file.Close()
}

func fileError(op string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &connector.Error{Class: connector.ClassUnavailable, Op: op, Message: "the file does not exist (yet); check the parameter file", Err: err}
	case errors.Is(err, fs.ErrPermission):
		return &connector.Error{Class: connector.ClassAuth, Op: op, Message: "the file may not be opened; grant the agent's user access", Err: err}
	default:
		return &connector.Error{Class: connector.ClassUnavailable, Op: op, Message: "the file cannot be read", Err: err}
	}
}

func (t *table) readHeader(ctx context.Context, op string) error {
	info, err := t.file.Stat()
	if err != nil {
		return fileError(op, err)
	}
	t.info = info
	t.scanner = newScanner(&contextReader{ctx: ctx, reader: t.file}, t.owner.separator)
	if err := t.skipMark(op); err != nil {
		return err
	}
	if t.scanner.separator == 0 {
		peeked, _ := t.scanner.reader.Peek(t.scanner.reader.Size())
		line, _, _ := bytes.Cut(bytes.TrimLeft(peeked, "\r\n"), []byte("\n"))
		t.scanner.separator = detectSeparator(line)
	}
	t.header, err = t.scanner.next()
	if errors.Is(err, io.EOF) {
		return connector.Errorf(connector.ClassData, op, "the file is empty; its first line must name the columns")
	}
	if err != nil {
		return t.streamError(ctx, op, err)
	}
	if t.header.err != nil {
		return connector.Errorf(connector.ClassData, op, "line %d, the header: %v", t.header.line, t.header.err)
	}
	return t.nameColumns(op)
}

func (t *table) skipMark(op string) error {
	start, _ := t.scanner.reader.Peek(len(byteOrderMark))
	if bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")) {
		return connector.Errorf(connector.ClassData, op, "the file is UTF-16; save it as UTF-8")
	}
	if bytes.Equal(start, byteOrderMark) {
		t.bom = byteOrderMark
		if _, err := t.scanner.reader.Discard(len(byteOrderMark)); err != nil {
			return fileError(op, err)
		}
	}
	return nil
}

func (t *table) nameColumns(op string) error {
	seen := map[string]int{}
	for i, cell := range t.header.fields {
		name, err := t.decode(cell)
		if err != nil {
			return connector.Errorf(connector.ClassData, op, "line %d, the header: %v", t.header.line, err)
		}
		name = strings.TrimSpace(name)
		if name == "" {
			name = "column" + strconv.Itoa(i+1)
		}
		if before, twice := seen[strings.ToLower(name)]; twice {
			return connector.Errorf(connector.ClassData, op, "columns %d and %d are both named %q; rename one", before+1, i+1, name)
		}
		seen[strings.ToLower(name)] = i
		t.columns = append(t.columns, name)
		t.names = append(t.names, t.spelling(name))
	}
	if t.shape.key == "" {
		t.key = 0
		return nil
	}
	at, known := seen[strings.ToLower(t.shape.key)]
	if !known {
		return connector.Errorf(connector.ClassPolicy, op, "the header has no column %q, the key; correct the file or the parameter key", t.shape.key)
	}
	t.key = at
	return nil
}

func (s shape) spelling(column string) string {
	for _, mapped := range s.class.Attributes {
		if strings.EqualFold(mapped, column) {
			return mapped
		}
	}
	return column
}

func (s shape) mapped(name string) bool {
	if len(s.class.Attributes) == 0 {
		return true
	}
	for _, mapped := range s.class.Attributes {
		if strings.EqualFold(mapped, name) {
			return true
		}
	}
	return false
}

var errEncoding = errors.New("a cell is not valid text in the configured encoding")

// decode turns a cell's bytes into text.
func (t *table) decode(cell string) (string, error) {
	if t.owner.charmap == nil {
		if !utf8.ValidString(cell) {
			return "", errEncoding
		}
		return cell, nil
	}
	text, err := t.owner.charmap.NewDecoder().String(cell)
	if err != nil || strings.ContainsRune(text, utf8.RuneError) {
		return "", errEncoding
	}
	return text, nil
}

// encode is the opposite of decode.
func (t *table) encode(text string) (string, error) {
	if t.owner.charmap == nil {
		return text, nil
	}
	cell, err := t.owner.charmap.NewEncoder().String(text)
	if err != nil {
		return "", fmt.Errorf("%q cannot be written in the file's encoding: %w", text, err)
	}
	return cell, nil
}

// object reads a record. The error says what is wrong with the row.
func (t *table) object(r record) (connector.Object, error) {
	if r.err != nil {
		return connector.Object{}, r.err
	}
	if len(r.fields) != len(t.columns) {
		return connector.Object{}, fmt.Errorf("the row has %d cells and the header %d", len(r.fields), len(t.columns))
	}
	o := connector.Object{Class: t.class.Name, Attributes: connector.Attributes{}}
	for i, cell := range r.fields {
		text, err := t.decode(cell)
		if err != nil {
			return connector.Object{}, fmt.Errorf("column %s: %w", t.columns[i], err)
		}
		if i == t.key {
			o.ID, o.Key = text, text
		}
		if text != "" && (i == t.key || t.mapped(t.columns[i])) {
			o.Attributes[t.names[i]] = t.value(i, text)
		}
	}
	if o.Key == "" {
		return connector.Object{}, fmt.Errorf("the key column %s is empty", t.columns[t.key])
	}
	return o, nil
}

func (t *table) value(column int, text string) any {
	if !t.multiValued[strings.ToLower(t.columns[column])] {
		return text
	}
	var values []any
	for part := range strings.SplitSeq(text, t.owner.valueSeparator) {
		if part = strings.TrimSpace(part); part != "" {
			values = append(values, part)
		}
	}
	return values
}

func (t *table) streamError(ctx context.Context, op string, err error) error {
	if ended := connector.ContextError(ctx, op); ended != nil {
		return ended
	}
	return fileError(op, err)
}

// each calls visit for every row after the header.
func (t *table) each(ctx context.Context, op string, visit func(record) error) error {
	for {
		r, err := t.scanner.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return t.streamError(ctx, op, err)
		}
		if err := visit(r); err != nil {
			return err
		}
	}
}

// contextReader ends reading when the context ends.
type contextReader struct {
	ctx    context.Context //nolint:containedctx // the reader lives inside one call
	reader io.Reader
}

func (r *contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.reader.Read(p)
}
