package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"
)

// Folder keeps the contents of documents as files, each under the id of its document. Several servers may share one; nothing that is in it
// is ever changed.
type Folder struct{ root *os.Root }

// OpenFolder opens a folder, made when it is missing.
func OpenFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of documents: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open folder of documents: %w", err)
	}
	return &Folder{root}, nil
}

// Close closes the folder.
func (f *Folder) Close() error { return f.root.Close() }

// partial ends the name of a file that is being written.
const partial = ".part"

// place spreads files over folders by the end of the id: its beginning is a time.
func place(id uuid.UUID) (dir, file string) {
	name := id.String()
	dir = name[len(name)-2:]
	return dir, filepath.Join(dir, name)
}

// Put writes a content. After a crash there is the whole file, or none under its name.
func (f *Folder) Put(id uuid.UUID, content []byte) error {
	dir, name := place(id)
	if err := f.root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make folder of documents: %w", err)
	}
	under := name + partial
	if err := f.write(under, content); err != nil {
		return errors.Join(fmt.Errorf("write document: %w", err), f.remove(under))
	}
	if err := f.root.Rename(under, name); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	return nil
}

func (f *Folder) write(name string, content []byte) error {
	file, err := f.root.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// Get reads a content; one that is not there is fs.ErrNotExist.
func (f *Folder) Get(id uuid.UUID) ([]byte, error) {
	_, name := place(id)
	content, err := f.root.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	return content, nil
}

// Remove removes a content, if it is there.
func (f *Folder) Remove(id uuid.UUID) error {
	_, name := place(id)
	return f.remove(name)
}

func (f *Folder) remove(name string) error {
	if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove document: %w", err)
	}
	return nil
}
