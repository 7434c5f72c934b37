package child

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// User is the account a child runs as when this process is root.
type User struct {
	Name     string
	UID, GID int
}

// ClosedFolderError says that a folder cannot be entered by the account the child runs as.
type ClosedFolderError struct {
	Folder string // the folder that is closed
	Path   string // what had to be reached
	User   string
}

// Error names the closed folder, the account and both ways out.
func (e *ClosedFolderError) Error() string {
	return fmt.Sprintf("the folder %s is closed to the user %s, who must reach %s: choose another folder, or run `chmod o+x %s`",
		e.Folder, e.User, e.Path, e.Folder)
}

// Unprivileged returns the first account of names that exists, for servers that refuse to run as root. It returns nil when
// this process is not root: the child then runs as the same account as its parent.
func Unprivileged(names ...string) (*User, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // no change of account is an answer, not an error
	}
	for _, name := range names {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.Atoi(found.Uid)
		gid, gidErr := strconv.Atoi(found.Gid)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		return &User{Name: name, UID: uid, GID: gid}, nil
	}
	return nil, fmt.Errorf("none of the users %q exists, and this server refuses to run as root", names)
}

// Attributes returns the process attributes that make a child run as u; u may be nil.
func (u *User) Attributes() *syscall.SysProcAttr {
	if u == nil {
		return &syscall.SysProcAttr{}
	}
	//nolint:gosec // user and group ids are 32 bit unsigned numbers in the kernel
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(u.UID), Gid: uint32(u.GID)}}
}

// Own makes u the owner of path; nothing happens when u is nil.
func (u *User) Own(path string) error {
	if u == nil {
		return nil
	}
	return os.Lchown(path, u.UID, u.GID)
}

// CanReach reports whether u may enter every folder above the absolute path, and returns a *ClosedFolderError for the
// first one that is closed. Folders that do not exist are passed over.
func (u *User) CanReach(path string) error {
	if u == nil {
		return nil
	}
	for folder := filepath.Dir(path); ; folder = filepath.Dir(folder) {
		info, err := os.Stat(folder)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("look at folder: %w", err)
		}
		if err == nil && !u.mayEnter(info) {
			return &ClosedFolderError{Folder: folder, Path: path, User: u.Name}
		}
		if folder == filepath.Dir(folder) {
			return nil
		}
	}
}

func (u *User) mayEnter(info fs.FileInfo) bool {
	mode := info.Mode().Perm()
	owner, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case ok && int(owner.Uid) == u.UID:
		return mode&0o100 != 0
	case ok && int(owner.Gid) == u.GID:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}
