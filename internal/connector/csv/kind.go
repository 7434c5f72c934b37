// Package csv connects to a file of separated values (RFC 4180): each row is an object, the header names its attributes.
//
// Files are read as a stream in bounded memory. A row that cannot be read is reported with its line and left out; the other rows go on.
// Where the agent allows it, rows are written too: the file is copied with the changed row to a temporary file beside it, which then takes
// its place, so that a reader sees the old file or the new one and never half of one. Rows that are not touched keep their bytes.
package csv

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"provost/internal/connector"
)

// Name is the name of the kind.
const Name = "csv"

// Names of the parameters.
const (
	paramFile           = "file"
	paramEncoding       = "encoding"
	paramSeparator      = "separator"
	paramKey            = "key"
	paramWrite          = "write"
	paramBackup         = "backup"
	paramValueSeparator = "valueSeparator"
)

// Names of the mapping properties.
const (
	propFile        = "file"
	propKey         = "key"
	propMultiValued = "multiValued"
)

const (
	encodingUTF8        = "utf-8"
	encodingLatin1      = "iso-8859-1"
	encodingLatin9      = "iso-8859-15"
	encodingWindows1252 = "windows-1252"
)

// charmaps are the encodings of one byte per character. All share the ASCII range, so separators and quotes are found before decoding.
var charmaps = map[string]encoding.Encoding{
	encodingLatin1: charmap.ISO8859_1, encodingLatin9: charmap.ISO8859_15, encodingWindows1252: charmap.Windows1252,
}

const separatorAuto = "auto"

var separators = map[string]byte{"comma": ',', "semicolon": ';', "tab": '\t', "pipe": '|'}

// Kind describes the connector.
func Kind() connector.Kind {
	return connector.Kind{
		Name:        Name,
		Label:       "CSV file",
		Description: "Rows of a text file with separated values, such as an export of a human resources system.",
		Parameters: []connector.Parameter{
			{
				Name: paramFile, Label: "File", Type: connector.TypeString, Required: true,
				Help: "Path of the file on the machine of the agent, or of a folder whose files the mappings name.",
			},
			{
				Name: paramEncoding, Label: "Encoding", Type: connector.TypeChoice, Default: encodingUTF8,
				Choices: []string{encodingUTF8, encodingLatin1, encodingLatin9, encodingWindows1252},
			},
			{
				Name: paramSeparator, Label: "Separator", Type: connector.TypeChoice, Default: separatorAuto,
				Choices: []string{separatorAuto, "comma", "semicolon", "tab", "pipe"}, Help: "auto takes the one that is most frequent in the header.",
			},
			{Name: paramKey, Label: "Key column", Type: connector.TypeString, Help: "Column that identifies a row, unless the mapping names another."},
			{
				Name: paramValueSeparator, Label: "Value separator", Type: connector.TypeString, Default: "|",
				Help: "Between the values of a cell in the columns a mapping calls multi-valued.",
			},
			{Name: paramWrite, Label: "Write", Type: connector.TypeBoolean, Default: "false", Help: "Whether rows may be created, changed and deleted."},
			{
				Name: paramBackup, Label: "Backup", Type: connector.TypeBoolean, Default: "true",
				Help: "Whether the file as it was before the last write is kept with the ending .bak.",
			},
		},
		Properties: []connector.Property{
			{Name: propFile, Label: "File", Type: connector.TypeString, Help: "File in the agent's folder; needed only if the agent names a folder."},
			{Name: propKey, Label: "Key column", Type: connector.TypeString, Help: "Column that identifies a row; the agent's if left empty."},
			{
				Name: propMultiValued, Label: "Multi-valued columns", Type: connector.TypeString,
				Help: "Columns, separated by commas, whose cells hold several values.",
			},
		},
		Templates: []connector.ClassTemplate{{
			SystemObject: "person", ObjectType: "user",
			Rows: []connector.TemplateRow{
				{System: "userName", Direction: connector.In, Provost: "userName"},
				{System: "firstName", Direction: connector.In, Provost: "firstName"},
				{System: "lastName", Direction: connector.In, Provost: "lastName"},
				{System: "emailAddress", Direction: connector.In, Provost: "emailAddress"},
				{System: "primaryGroup", Direction: connector.In, Provost: "primaryGroup"},
			},
		}},
		Capabilities: []connector.Capability{
			connector.CanList, connector.CanGet, connector.CanFind, connector.CanCreate, connector.CanUpdate, connector.CanDelete,
			connector.CanReadSchema,
		},
		Open: open,
	}
}

// File is a connector to one file, or to the files of one folder.
type File struct {
	root *os.Root
	// name is the file in root; empty if the mappings name it.
	name           string
	charmap        encoding.Encoding
	separator      byte
	key            string
	valueSeparator string
	write, backup  bool
	limits         connector.Limits

	mu     sync.RWMutex
	closed bool
	// writing serialises rewrites.
	writing sync.Mutex
}

func open(_ context.Context, config connector.Config) (connector.Connector, error) {
	params := config.Parameters
	path := filepath.Clean(params[paramFile])
	folder, name := path, ""
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		folder, name = filepath.Split(path)
	}
	if folder == "" {
		folder = "."
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, &connector.Error{
			Class: connector.ClassUnavailable, Op: "open", Message: "the folder of the file cannot be opened; correct the parameter file", Err: err,
		}
	}
	return &File{
		root: root, name: name, charmap: charmaps[params[paramEncoding]], separator: separators[params[paramSeparator]],
		key: params[paramKey], valueSeparator: params[paramValueSeparator],
		write: params[paramWrite] == "true", backup: params[paramBackup] == "true", limits: config.Limits,
	}, nil
}

// Test opens the file and reads its header; of a folder, that it can be read.
func (f *File) Test(ctx context.Context) error {
	if f.name == "" {
		if err := f.alive("test"); err != nil {
			return err
		}
		if _, err := f.root.Stat("."); err != nil {
			return fileError("test", err)
		}
		return connector.ContextError(ctx, "test")
	}
	t, err := f.openTable(ctx, "test", connector.Class{})
	if err != nil {
		return err
	}
	return t.close()
}

// Close makes later calls fail.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	f.closed = true
	return f.root.Close()
}

func (f *File) alive(op string) error {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.closed {
		return &connector.Error{Class: connector.ClassUnavailable, Op: op, Err: connector.ErrClosed}
	}
	return nil
}

// shape is a class's mapping properties.
type shape struct {
	class       connector.Class
	file        string
	key         string
	multiValued map[string]bool
}

func (f *File) shape(class connector.Class) (shape, error) {
	s := shape{class: class, file: f.name, key: class.Property(propKey, f.key), multiValued: map[string]bool{}}
	if f.name == "" {
		s.file = class.Property(propFile, "")
	}
	if s.file == "" {
		return s, connector.Errorf(connector.ClassPolicy, "mapping", "the agent names a folder; name the file in the property file of %s", class.Name)
	}
	if !filepath.IsLocal(s.file) {
		return s, connector.Errorf(connector.ClassPolicy, "mapping", "the property file of %s leads out of the agent's folder", class.Name)
	}
	for column := range strings.SplitSeq(class.Property(propMultiValued, ""), ",") {
		if column = strings.TrimSpace(column); column != "" {
			s.multiValued[strings.ToLower(column)] = true
		}
	}
	return s, nil
}

var (
	_ connector.Connector    = (*File)(nil)
	_ connector.Lister       = (*File)(nil)
	_ connector.Getter       = (*File)(nil)
	_ connector.Finder       = (*File)(nil)
	_ connector.Creator      = (*File)(nil)
	_ connector.Updater      = (*File)(nil)
	_ connector.Deleter      = (*File)(nil)
	_ connector.SchemaReader = (*File)(nil)
)
