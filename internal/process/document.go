package process

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
)

// Limits of what people attach and write.
const (
	DefaultDocument = 100_000_000 // bytes, where the parameter soffid.upload.maxsize says nothing
	MaxComment      = 10_000      // bytes
	maxName         = 255
)

// Comments gives what was written about a process, oldest first, to those who see it.
func (s *Processes) Comments(ctx context.Context, id uuid.UUID) ([]Comment, error) {
	if _, _, err := s.See(ctx, id); err != nil {
		return nil, err
	}
	return s.Store.Comments(ctx, id)
}

// AddComment writes about a process, and about one of its tasks when one is given. Whoever sees a process may.
func (s *Processes) AddComment(ctx context.Context, id uuid.UUID, task *uuid.UUID, text string) (Comment, error) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > MaxComment {
		return Comment{}, fault.InvalidField("text", "A comment has 1 to %d characters.", MaxComment)
	}
	who, err := me(ctx)
	if err != nil {
		return Comment{}, err
	}
	key, err := uuid.NewV7()
	if err != nil {
		return Comment{}, fmt.Errorf("make comment id: %w", err)
	}
	var out Comment
	err = s.Store.Do(ctx, func(ctx context.Context) error {
		if _, _, err := s.See(ctx, id); err != nil {
			return err
		}
		if err := s.Store.AddComment(ctx, id, who.UserID, Comment{ID: key, TaskID: task, Text: text}); err != nil {
			return err
		}
		all, err := s.Store.Comments(ctx, id)
		if at := slices.IndexFunc(all, func(c Comment) bool { return c.ID == key }); at >= 0 {
			out = all[at]
		}
		return err
	})
	return out, err
}

// Documents gives the files of a process, oldest first, to those who see it.
func (s *Processes) Documents(ctx context.Context, id uuid.UUID) ([]Document, error) {
	if _, _, err := s.See(ctx, id); err != nil {
		return nil, err
	}
	return s.Store.Documents(ctx, id)
}

// Open gives a file with its content, to those who see its process.
func (s *Processes) Open(ctx context.Context, id uuid.UUID) (Document, []byte, error) {
	if _, err := me(ctx); err != nil {
		return Document{}, nil, err
	}
	d, err := s.Store.Document(ctx, id)
	if err != nil {
		return d, nil, err
	}
	if _, _, err := s.See(ctx, d.ProcessID); err != nil {
		if fault.Is(err, fault.NotFound) {
			err = fault.New(fault.NotFound, "There is no such document.")
		}
		return Document{}, nil, err
	}
	content, err := contentOf(ctx, s.Store, s.Folder, &d)
	return d, content, err
}

// Attach adds a file to a process that has not ended. Its initiator may, its managers, and whoever the process gave work to.
func (s *Processes) Attach(ctx context.Context, id uuid.UUID, task *uuid.UUID, name, mediaType string, content []byte) (Document, error) {
	who, err := me(ctx)
	if err != nil {
		return Document{}, err
	}
	d := Document{
		ProcessID: id, TaskID: task, Name: path.Base(strings.ReplaceAll(strings.TrimSpace(name), `\`, "/")), MediaType: mediaType,
		Size: int64(len(content)), SHA256: digest(content),
	}
	if d.ID, err = uuid.NewV7(); err != nil {
		return Document{}, fmt.Errorf("make document id: %w", err)
	}
	err = s.Store.Do(ctx, func(ctx context.Context) error {
		of, parts, err := s.See(ctx, id)
		switch {
		case err != nil:
			return err
		case of.Ended():
			return fault.New(fault.Conflict, "Process %d has ended: nothing can be attached any more.", of.Number)
		case !attaches(who, parts):
			return &authz.DeniedError{Permission: authz.ProcessUpdate}
		}
		if err := s.fitting(ctx, &d); err != nil {
			return err
		}
		if err := s.keep(ctx, who.UserID, d, content); err != nil {
			return err
		}
		told := map[string]any{"name": d.Name, "size": d.Size, "sha256": d.SHA256}
		return record(ctx, s.Audit, "attach", AuditProcess, id, of.Name, nil, told)
	})
	if err != nil {
		return Document{}, err
	}
	return s.Store.Document(ctx, d.ID)
}

// keep writes a document where new ones go. The file comes first, so that no row is without its content; one
// whose row is not written after all is removed a day later (see [Sweeper]).
func (s *Processes) keep(ctx context.Context, author uuid.UUID, d Document, content []byte) error {
	var err error
	if d.Place, err = s.Store.DocumentPlace(ctx); err != nil {
		return err
	}
	if d.Place == InFolder {
		if s.Folder == nil {
			return fault.New(fault.Unavailable, "Documents are kept in a folder, which this server does not have (PROVOST_DOCUMENTS_DIR).")
		}
		if err := s.Folder.Put(d.ID, content); err != nil {
			return err
		}
		content = nil
	}
	return s.Store.AddDocument(ctx, author, d, content)
}

func attaches(who authz.Principal, parts []Part) bool {
	return who.Allows(authz.ProcessUpdate) || slices.ContainsFunc(parts, func(p Part) bool { return p != PartObserver })
}

// fitting checks name, size and type of a file. Any type is kept and none is ever shown by the browser: it is always downloaded.
func (s *Processes) fitting(ctx context.Context, d *Document) error {
	largest := DefaultDocument
	if s.Largest != nil {
		var err error
		if largest, err = s.Largest(ctx); err != nil {
			return err
		}
	}
	if d.MediaType == "" || strings.ContainsAny(d.MediaType, "\r\n") {
		d.MediaType = "application/octet-stream"
	}
	var c fault.Collector
	switch {
	case d.Name == "" || d.Name == "." || d.Name == "/":
		c.Add("name", "The file needs a name.")
	case len(d.Name) > maxName || strings.ContainsFunc(d.Name, func(r rune) bool { return r < ' ' }):
		c.Add("name", "A file name has at most %d characters, none of them a control character.", maxName)
	}
	if d.Size == 0 {
		c.Add("content", "The file is empty.")
	}
	if d.Size > int64(largest) {
		c.Add("content", "A file has at most %d bytes (soffid.upload.maxsize).", largest)
	}
	return c.Err()
}

// Detach removes a file from a process that has not ended: whoever attached it may, the managers, and holders of process:update.
func (s *Processes) Detach(ctx context.Context, id uuid.UUID) error {
	who, err := me(ctx)
	if err != nil {
		return err
	}
	var d Document
	err = s.Store.Do(ctx, func(ctx context.Context) error {
		var err error
		if d, err = s.Store.Document(ctx, id); err != nil {
			return err
		}
		of, parts, err := s.See(ctx, d.ProcessID)
		switch {
		case fault.Is(err, fault.NotFound):
			return fault.New(fault.NotFound, "There is no such document.")
		case err != nil:
			return err
		case of.Ended():
			return fault.New(fault.Conflict, "Process %d has ended: its documents stay as they are.", of.Number)
		case d.Author != who.UserName && !slices.Contains(parts, PartManager) && !who.Allows(authz.ProcessUpdate):
			return &authz.DeniedError{Permission: authz.ProcessUpdate}
		}
		if err := s.Store.DeleteDocument(ctx, id); err != nil {
			return err
		}
		return record(ctx, s.Audit, "detach", AuditProcess, d.ProcessID, of.Name, map[string]any{"name": d.Name, "sha256": d.SHA256}, nil)
	})
	if err != nil || d.Place != InFolder || s.Folder == nil {
		return err
	}
	return s.Folder.Remove(d.ID)
}
