package process

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
)

// leftFor is how long a file is left alone that no document names: whoever attaches writes the file first and the row with it a moment later.
const leftFor = 24 * time.Hour

// folderParts is how many folders the files are spread over (see place): one for each value of the last byte of an id.
const folderParts = 256

// Sweeper removes the files of documents that are not there: what was attached to a row that was rolled back, what was left when a server
// was killed between a row and its file, and files of documents that are kept in the database again. The folder belongs to one database.
type Sweeper struct {
	Folder *Folder
	Rows   interface {
		// DocumentsInFolder gives those of the ids whose documents are kept in the folder.
		DocumentsInFolder(ctx context.Context, ids []uuid.UUID) ([]uuid.UUID, error)
	}
}

// Sweep looks at one of the parts of the folder and gives the number of files that it removed. Which part follows from the minute of now, so that
// whoever calls it once a minute sees all of them in less than five hours. Files that are younger than a day stay, and so does what is no
// file of a document. A part that has none is nothing to do.
func (s *Sweeper) Sweep(ctx context.Context, now time.Time) (int, error) {
	dir := fmt.Sprintf("%02x", now.Unix()/60%folderParts)
	entries, err := fs.ReadDir(s.Folder.root.FS(), dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read folder of documents: %w", err)
	}
	found := map[string]uuid.UUID{} // documents of files that may be removed, by their names
	var ids []uuid.UUID
	for _, entry := range entries {
		id, old := s.left(dir, entry, now)
		if old {
			found[entry.Name()], ids = id, append(ids, id)
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	named, err := s.Rows.DocumentsInFolder(ctx, ids)
	if err != nil {
		return 0, err
	}
	kept := make(map[string]bool, len(named))
	for _, id := range named {
		kept[id.String()] = true
	}
	removed := 0
	for name := range found {
		if kept[name] {
			continue
		}
		if err := s.Folder.remove(filepath.Join(dir, name)); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

// left tells whether a file is one of a document, whole or in part, that nobody writes any more.
func (*Sweeper) left(dir string, entry fs.DirEntry, now time.Time) (uuid.UUID, bool) {
	name := strings.TrimSuffix(entry.Name(), partial)
	id, err := uuid.Parse(name)
	if of, _ := place(id); err != nil || name != id.String() || of != dir || !entry.Type().IsRegular() {
		return id, false
	}
	info, err := entry.Info()
	return id, err == nil && now.Sub(info.ModTime()) > leftFor
}
