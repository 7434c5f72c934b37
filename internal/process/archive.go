package process

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"time"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
)

// manifestFile names the list of documents in a backup.
const manifestFile = "manifest.json"

// archivePage is how many documents a backup reads about at once.
const archivePage = 200

// ArchivedDocument is a document as a backup lists it.
type ArchivedDocument struct {
	Document
	Number int64  `json:"number"` // of the process
	File   string `json:"file"`   // in the backup
}

// Restored is what became of the files of a backup.
type Restored struct {
	Restored  int      `json:"restored" doc:"Written again: the content was missing, damaged, or elsewhere"`
	Unchanged int      `json:"unchanged" doc:"There already"`
	Unknown   int      `json:"unknown" doc:"Of documents that are not known here: their processes are not there, or they were removed"`
	Damaged   []string `json:"damaged" doc:"Files of the backup whose content is not the one that was attached"`
}

// Backup writes all documents as a ZIP file, each with its process's number and its name, and a manifest. Documents whose content cannot be
// read are an error at the end, after all others were written.
func (e *Engine) Backup(ctx context.Context, to io.Writer) error {
	if err := e.noteBackup(ctx); err != nil {
		return err
	}
	out := zip.NewWriter(to)
	var listed []ArchivedDocument
	var missing error
	for after := uuid.Nil; ; {
		page, err := e.Store.DocumentsAfter(ctx, after, archivePage)
		if err != nil {
			return err
		}
		for _, d := range page {
			content, err := e.read(ctx, &d.Document)
			if err != nil {
				missing = errors.Join(missing, fmt.Errorf("document %s of process %d: %w", d.Name, d.Number, err))
				continue
			}
			d.File = path.Join(strconv.FormatInt(d.Number, 10), d.ID.String(), d.Name)
			if err := pack(out, d.File, d.At, content); err != nil {
				return err
			}
			listed = append(listed, d)
		}
		if len(page) < archivePage {
			break
		}
		after = page[len(page)-1].ID
	}
	manifest, err := json.MarshalIndent(listed, "", "  ")
	if err != nil {
		return fmt.Errorf("encode manifest: %w", err)
	}
	if err := pack(out, manifestFile, time.Time{}, manifest); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	return missing
}

func (e *Engine) noteBackup(ctx context.Context) error {
	if _, err := authz.Check(ctx, authz.SettingsUpdate); err != nil {
		return err
	}
	return e.Store.Do(ctx, func(ctx context.Context) error { return e.note(ctx, "backup", nil, nil) })
}

func pack(to *zip.Writer, name string, at time.Time, content []byte) error {
	file, err := to.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at})
	if err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	if _, err := file.Write(content); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	return nil
}

// read gives the content of a document, wherever it is. A content that is not the one that was attached is an error.
func (e *Engine) read(ctx context.Context, d *Document) ([]byte, error) {
	content, err := contentOf(ctx, e.Store, e.Folder, d)
	if err == nil && digest(content) != d.SHA256 {
		err = fault.New(fault.Conflict, "The content of %s is not the one that was attached: restore it from a backup.", d.Name)
	}
	return content, err
}

// contents reads what is in the database.
type contents interface {
	Content(ctx context.Context, id uuid.UUID) ([]byte, error)
}

func contentOf(ctx context.Context, from contents, folder *Folder, d *Document) ([]byte, error) {
	if d.Place != InFolder {
		return from.Content(ctx, d.ID)
	}
	if folder == nil {
		return nil, fault.New(fault.Unavailable, "%s is in the folder of documents, which this server does not have (PROVOST_DOCUMENTS_DIR).", d.Name)
	}
	content, err := folder.Get(d.ID)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "The file of %s is not in the folder of documents: restore it from a backup.", d.Name)
	}
	return content, err
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Restore puts contents of a backup back where they are missing or damaged, and moves those that are not where new documents go. A content
// is taken only if it is the one that was attached. Each document is restored by itself: what was restored before an error stays.
func (e *Engine) Restore(ctx context.Context, from io.ReaderAt, size int64) (Restored, error) {
	out := Restored{Damaged: []string{}}
	if _, err := authz.Check(ctx, authz.SettingsUpdate); err != nil {
		return out, err
	}
	archive, err := zip.NewReader(from, size)
	if err != nil {
		return out, fault.InvalidField("body", "This is no backup of documents: it cannot be read as a ZIP file (%v).", err)
	}
	state, err := e.Store.Engine(ctx)
	if err != nil {
		return out, err
	}
	for _, file := range archive.File {
		if file.Name == manifestFile || file.FileInfo().IsDir() {
			continue
		}
		if err := e.restore(ctx, file, state.Documents.Place, &out); err != nil {
			return out, err
		}
	}
	return out, e.Store.Do(ctx, func(ctx context.Context) error { return e.note(ctx, "restore", nil, out) })
}

// restore sees to one file of a backup: number/id/name.
func (e *Engine) restore(ctx context.Context, file *zip.File, to DocumentPlace, out *Restored) error {
	id, err := uuid.Parse(path.Base(path.Dir(file.Name)))
	if err != nil {
		out.Unknown++
		return nil //nolint:nilerr // a file that no backup has written
	}
	d, err := e.Store.Document(ctx, id)
	if fault.Is(err, fault.NotFound) {
		out.Unknown++
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := e.read(ctx, &d); err == nil && d.Place == to {
		out.Unchanged++
		return nil
	}
	content, err := unpack(file, d.Size)
	if err != nil || digest(content) != d.SHA256 {
		out.Damaged = append(out.Damaged, file.Name)
		return nil //nolint:nilerr // told in the answer
	}
	if err := e.put(ctx, d.ID, to, content); err != nil {
		return err
	}
	out.Restored++
	return nil
}

// unpack reads a file of a known size; one that is larger is not read on.
func unpack(file *zip.File, size int64) ([]byte, error) {
	opened, err := file.Open()
	if err != nil {
		return nil, fmt.Errorf("read backup: %w", err)
	}
	content, err := io.ReadAll(io.LimitReader(opened, size+1))
	return content, errors.Join(err, opened.Close())
}

// put writes a content into a place: into the folder first, so that no document is said to be there that is not.
func (e *Engine) put(ctx context.Context, id uuid.UUID, to DocumentPlace, content []byte) error {
	if to == InFolder {
		if err := e.Folder.Put(id, content); err != nil {
			return err
		}
		content = nil
	}
	return e.Store.MoveDocument(ctx, id, to, content)
}
